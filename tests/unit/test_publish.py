"""Publishing: what is sent, in which order, and what the command says of it."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from builder.errors import BuilderError, CheckFailed
from builder.stores.api import chrome as chrome_web_store
from builder.stores.api import mozilla as mozilla_addons
from builder.stores.api.mozilla import MozillaAddons
from tests.support.store_server import (
    CHROME,
    CREATE,
    FIREFOX,
    GECKO_ID,
    SECRET,
    STATUS,
    SUBMIT,
    UPLOAD,
    VERSION,
    Publish,
    Store,
    run,
)


def test_chromes_store_gets_the_package_and_submits_its_version(
    store: Store, to_chrome: Publish
) -> None:
    assert to_chrome() == "1.2.3 is submitted: PENDING_REVIEW"
    assert store.requests == ["POST /token", STATUS, UPLOAD, SUBMIT, STATUS]


def test_a_version_that_chromes_store_has_already_is_not_sent_again(
    store: Store, to_chrome: Publish
) -> None:
    to_chrome()
    assert to_chrome() == "1.2.3 is there already: PENDING_REVIEW"
    assert store.requests.count(UPLOAD) == 1


def test_an_upload_that_takes_its_time_is_waited_for(
    store: Store, to_chrome: Publish, pauses: list[float]
) -> None:
    store.chrome_uploads = ["IN_PROGRESS", "UPLOAD_IN_PROGRESS", "SUCCEEDED"]
    assert "submitted" in to_chrome()
    assert pauses == [chrome_web_store.POLL_S] * 2


def test_a_package_that_chromes_store_cannot_take_is_said(store: Store, to_chrome: Publish) -> None:
    store.chrome_uploads = ["FAILED"]
    with pytest.raises(CheckFailed, match=r"could not take tiny-lens-1\.2\.3-chrome\.zip"):
        to_chrome()
    assert SUBMIT not in store.requests


def test_a_fault_after_the_submission_does_not_submit_twice(
    store: Store, to_chrome: Publish
) -> None:
    store.after[SUBMIT] = 1
    assert "submitted" in to_chrome()
    assert store.requests.count(SUBMIT) == 1


def test_a_fault_before_the_submission_submits_again(store: Store, to_chrome: Publish) -> None:
    store.faults[SUBMIT] = [(503, "busy")]
    assert "submitted" in to_chrome()
    assert store.requests.count(SUBMIT) == 2


def test_faults_are_waited_out_as_long_as_the_store_asks(
    store: Store, to_chrome: Publish, pauses: list[float]
) -> None:
    store.faults[UPLOAD] = [(503, "busy"), (429, "slow down")]
    assert "submitted" in to_chrome()
    assert pauses == [2.0, 7.0]


def test_a_store_that_stays_away_is_named(store: Store, to_chrome: Publish) -> None:
    store.faults[UPLOAD] = [(502, "<h1>Bad gateway</h1>")] * 4
    with pytest.raises(
        BuilderError, match="the Chrome Web Store cannot be reached: answered 502"
    ) as caught:
        to_chrome()
    assert caught.value.code == "store-unreachable"


def test_another_version_than_the_one_that_was_sent_is_noticed(
    store: Store, to_chrome: Publish, to_firefox: Publish
) -> None:
    store.wrong_version = "1.0.0"
    with pytest.raises(CheckFailed, match=r"version 1\.0\.0 in .* instead of 1\.2\.3"):
        to_chrome()
    with pytest.raises(CheckFailed, match=r"version 1\.0\.0 in .* instead of 1\.2\.3"):
        to_firefox()


def test_mozillas_store_gets_package_version_note_and_sources(
    store: Store, to_firefox: Publish
) -> None:
    assert to_firefox() == "1.2.3 is submitted: unreviewed"
    assert store.versions == [
        {"id": 7, "version": VERSION, "source": "there", "file": {"status": "unreviewed"}}
    ]


def test_a_version_without_its_sources_gets_them_when_asked_again(
    store: Store, to_firefox: Publish
) -> None:
    patch = f"PATCH /api/v5/addons/addon/{GECKO_ID}/versions/7/"
    store.faults[patch] = [(500, "oops")] * 4
    with pytest.raises(BuilderError, match="cannot be reached"):
        to_firefox()
    assert to_firefox() == "1.2.3 is there already: unreviewed"
    assert store.requests.count(CREATE) == 1
    assert store.versions[0]["source"] == "there"


def test_a_fault_after_the_version_was_made_makes_no_second_one(
    store: Store, to_firefox: Publish
) -> None:
    store.after[CREATE] = 1
    to_firefox()
    assert [version["version"] for version in store.versions] == [VERSION]


def test_what_mozillas_validation_finds_is_told(store: Store, to_firefox: Publish) -> None:
    store.validation = [
        {"type": "warning", "message": "unsafe"},
        {"type": "error", "message": "no icon", "file": "manifest.json"},
    ]
    with pytest.raises(
        CheckFailed,
        match=r"finds errors in tiny-lens-1\.2\.3-firefox\.zip: no icon \(manifest\.json\)",
    ):
        to_firefox()


def test_an_unknown_item_says_that_the_first_version_is_made_by_hand(
    store: Store, to_chrome: Publish
) -> None:
    store.faults[STATUS] = [(404, {"error": "NOT_FOUND"})]
    with pytest.raises(BuilderError, match="knows no such item") as caught:
        to_chrome()
    assert "by hand" in caught.value.hint


def test_no_message_holds_a_secret(store: Store, dist: Path) -> None:
    wrong = FIREFOX | {"AMO_JWT_ISSUER": "someone-else"}
    client = MozillaAddons.from_environment(wrong, GECKO_ID, sleep=lambda _: None)
    with pytest.raises(BuilderError, match=r"refuses the credentials \(401\)") as caught:
        client.publish(
            dist / f"tiny-lens-{VERSION}-firefox.zip",
            VERSION,
            channel="listed",
            sources=None,
            note="",
        )
    assert SECRET not in str(caught.value) and "***" in str(caught.value)


def test_without_send_the_command_only_says_what_it_would_do(
    project: Path, dist: Path, store: Store
) -> None:
    result = run(project, "--out", dist, "--json", environment=CHROME)
    assert result.exit_code == 0, result.output
    submissions = json.loads(result.stdout)["data"]["submissions"]
    assert [(entry["store"], entry["missing"], entry["answer"]) for entry in submissions] == [
        ("chrome", [], None),
        ("firefox", ["AMO_JWT_ISSUER", "AMO_JWT_SECRET"], None),
    ]
    assert SECRET not in result.output
    assert store.requests == []
    shown = run(project, "--out", dist, environment=CHROME)
    assert "nothing was sent" in shown.output and "--send" in shown.output


@pytest.mark.slow
def test_credentials_are_asked_for_before_anything_is_sent(
    project: Path, packed_dist: Path
) -> None:
    result = run(project, "--out", packed_dist, "--send", environment=CHROME)
    assert result.exit_code == 2
    assert "firefox: credentials are missing" in result.stderr
    assert "AMO_JWT_ISSUER, AMO_JWT_SECRET" in result.stderr


@pytest.mark.slow
def test_a_package_that_the_project_has_outrun_is_said_and_not_sent(
    project: Path, packed_dist: Path, store: Store
) -> None:
    assert "has changed since" not in run(project, "--out", packed_dist).stdout
    project.write_text(project.read_text().replace("Says how", "Tells how"))
    assert "has changed since" in run(project, "--out", packed_dist).stdout
    result = run(project, "--out", packed_dist, "--send", environment=CHROME | FIREFOX)
    assert result.exit_code == 2
    assert "has changed since it was packed" in result.stderr and "builder pack" in result.stderr
    assert store.requests == []


@pytest.mark.slow
def test_the_command_sends_to_both_stores(
    project: Path, packed_dist: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mozilla_addons, "POLL_S", 0)
    monkeypatch.setattr("builder.stores.listing.reviewers_note", lambda _: "a note")
    result = run(project, "--out", packed_dist, "--send", environment=CHROME | FIREFOX)
    assert result.exit_code == 0, result.output
    assert "chrome: 1.2.3 is submitted: PENDING_REVIEW" in result.output
    assert "firefox: 1.2.3 is submitted: unreviewed" in result.output


def test_a_package_that_is_missing_or_of_another_version_is_named(
    project: Path, dist: Path
) -> None:
    package = dist / f"tiny-lens-{VERSION}-chrome.zip"
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("manifest.json", '{"version": "1.0.0"}')
    result = run(project, "--out", dist)
    assert (result.exit_code, result.stderr.splitlines()[0]) == (
        2,
        f"error: {package}: holds version 1.0.0 instead of 1.2.3",
    )
    package.unlink()
    assert f"{package}: missing" in run(project, "--out", dist).stderr
