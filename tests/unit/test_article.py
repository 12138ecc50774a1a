"""The table that puts the article's figures beside ours."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.article import (
    ARTICLE,
    BEGIN,
    END,
    README,
    accuracy_of,
    put_into,
    rows,
    table,
)
from benchmarks.web_app import Visits
from builder.bench.cloud import CloudReport
from builder.bench.statistics import summarize
from builder.errors import BuilderError
from builder.models.asset.asset import load_asset
from builder.site.build import Site
from tests.support.tiny import write_tiny_asset

SITE = Site(Path("dist/site"), 430, 12_840_000, 1_970_000, 240_000, 8_660_000, True, ())
FACTS = {
    "browser": "Chromium",
    "visits": 3,
    "cores": 2,
    "processor": "P",
    "date": "2026-11-29",
    "load": 0.1,
}


def visits(requests: int) -> Visits:
    again, other, warm = (summarize(ms) for ms in ([300.0, 320, 400], [310.0] * 3, [7.0, 8, 9]))
    return Visits(2000.0, again, other, other, warm, requests)


def report(url: str, ms: float) -> CloudReport:
    return CloudReport(url, summarize([ms] * 3), 100)


def test_the_table_holds_what_the_model_the_site_and_the_visits_tell(repository: Path) -> None:
    asset = load_asset(repository / "model_assets/emotion")
    edge, other = report("http://a/", 9), report("http://b/", 180)
    found = {what: ours for what, _, ours in rows(asset, SITE, visits(0), edge, other)}
    assert found["over the wire, first visit"] == "8.9 MB, all of it"
    assert found["over the wire, second visit"] == "0"
    assert found["second visit, to the first scores"] == "320 ms"
    assert found["one more text in the page"] == "8 ms"
    assert found["one text, asked of a server"].startswith("9 ms")
    assert found["one text, asked of http://b/"] == "180 ms"
    text = table(rows(asset, SITE, visits(2), edge, None), asset, FACTS)
    assert "2 requests" in text and "Chromium, 3 visits" in text and "load 0.1" in text
    assert "busy" not in text
    assert "busy" in table(rows(asset, SITE, visits(0), edge, None), asset, FACTS | {"load": 9.5})
    assert len({line.count("|") for line in text.splitlines() if line.startswith("|")}) == 1


def test_the_accuracies_are_those_of_the_model_card(repository: Path) -> None:
    asset = load_asset(repository / "model_assets/emotion")
    found = accuracy_of(asset)
    card = (asset.folder / "README.md").read_text(encoding="utf-8")
    assert f"accuracy {found.int8:.4f} (fp32 {found.fp32:.4f})" in card
    assert f"{ARTICLE.lost:.3f}" == "0.107"


def test_a_model_without_these_figures_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BuilderError, match="tells no accuracy on Emotion"):
        accuracy_of(load_asset(write_tiny_asset(tmp_path / "asset")))


def test_a_new_table_takes_the_place_of_the_old_one() -> None:
    text = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert put_into(text, "new") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"
    with pytest.raises(BuilderError, match="has no place for the table"):
        put_into("nothing", "new")


def test_the_readme_has_the_table_of_the_shipped_model(repository: Path) -> None:
    asset = load_asset(repository / "model_assets/emotion")
    text = (repository / README).read_text(encoding="utf-8")
    shown = text.partition(BEGIN)[2].partition(END)[0]
    assert f"| emotion {asset.description['version']} |" in shown
    for what, article, ours in rows(asset, SITE, visits(0), report("http://a/", 9), None)[:4]:
        assert f"| {what} | {article} | {ours} |" in shown
