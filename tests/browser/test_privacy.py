"""What a page can learn of the result: nothing."""

from __future__ import annotations

import json

from builder.browsers.base import Browser, wait_for
from tests.browser.conftest import HOSTILE_PAGE


def test_a_hostile_page_finds_nothing_of_the_result(browser: Browser) -> None:
    browser.open(HOSTILE_PAGE)
    browser.choose_menu_entry("#sentence", "Classify emotion")
    card = browser.wait_for_card()
    assert card.framed and card.winner == "joy"
    read = "return document.getElementById('findings').textContent"
    text = wait_for(lambda: found if "tries: many" in (found := browser.execute(read)) else None, 60, "the attack")
    findings = json.loads(text)
    kinds = {finding.split(": ")[0] for finding in findings}
    assert "selectAll" in kinds and "performance" in kinds, "the attack did not run"
    assert not kinds & {"find", "shadow", "message", "global", "frame"}, findings
    leaked = [finding for finding in findings if any(word in finding for word in ("Joy", "joy", "Sadness", "computed", "%", "-extension:"))]
    assert leaked == []
    assert [finding for finding in findings if finding.startswith("added")] == ['added: <div popover="manual"></div>']
