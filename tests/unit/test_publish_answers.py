"""Every answer that a store may give to ``builder publish``: no success that is none, and advice
that fits the state.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from builder.errors import BuilderError, CheckFailed
from builder.stores.api import chrome as chrome_web_store
from builder.stores.api import mozilla as mozilla_addons
from builder.stores.api.chrome import ChromeWebStore
from tests.support.store_server import (
    ADDON,
    AMO_CHECKED,
    AMO_UPLOAD,
    CHROME,
    CREATE,
    FIREFOX,
    SOURCES,
    STATUS,
    SUBMIT,
    UPLOAD,
    VERSION,
    VERSIONS,
    Publish,
    Store,
    run,
)

SUCCESS, FAILED, BAD = 0, CheckFailed.exit_code, BuilderError.exit_code
Answers = dict[str, tuple[int, Any]]


@dataclass(frozen=True, kw_only=True)
class Row:
    """What a store answers, and what an author must be told."""

    id: str
    answers: Answers
    exit_code: int
    says: str
    advice: str = ""
    never: tuple[str, ...] = field(default=(SUBMIT, CREATE))
    """Requests that must not be made."""
    retry_after: str = "7"


def revision(state: str | None, version: str = VERSION) -> dict[str, Any]:
    return {"state": state, "distributionChannels": [{"crxVersion": version}]}


def submitted(state: str | None, version: str = VERSION, **more: Any) -> Answers:
    return {STATUS: (200, {"submittedItemRevisionStatus": revision(state, version)} | more)}


def published(state: str, version: str = VERSION, **more: Any) -> Answers:
    return {STATUS: (200, {"publishedItemRevisionStatus": revision(state, version)} | more)}


def refusal(call: str, status: int, message: str) -> Answers:
    return {call: (status, {"error": {"code": status, "message": message}})}


CHROME_ROWS = [
    Row(
        id="pending", answers=submitted("PENDING_REVIEW"), exit_code=SUCCESS, says="PENDING_REVIEW"
    ),
    Row(id="published", answers=published("PUBLISHED"), exit_code=SUCCESS, says="PUBLISHED"),
    Row(
        id="to-testers",
        answers=published("PUBLISHED_TO_TESTERS"),
        exit_code=SUCCESS,
        says="already: PUBLISHED_TO_TESTERS",
    ),
    Row(
        id="staged",
        answers=submitted("STAGED"),
        exit_code=SUCCESS,
        says="waits until you publish it in the dashboard",
    ),
    Row(
        id="warned",
        answers=published("PUBLISHED", warned=True),
        exit_code=SUCCESS,
        says="warns of a policy violation",
    ),
    Row(
        id="rejected",
        answers=submitted("REJECTED"),
        exit_code=FAILED,
        says="1.2.3 was rejected",
        advice="raise extension.version",
    ),
    Row(
        id="published-and-rejected",
        answers=submitted("REJECTED", publishedItemRevisionStatus=revision("PUBLISHED", "1.2.2")),
        exit_code=FAILED,
        says="rejected",
        advice="mail",
    ),
    Row(
        id="unspecified",
        answers=submitted("ITEM_STATE_UNSPECIFIED"),
        exit_code=FAILED,
        says="says nothing: ITEM_STATE_UNSPECIFIED",
        advice="dashboard",
    ),
    Row(id="no-state", answers=submitted(None), exit_code=FAILED, says="nothing: unknown"),
    Row(
        id="taken-down",
        answers=published("PUBLISHED", takenDown=True),
        exit_code=FAILED,
        says="taken the item down",
        advice="policy",
        never=(UPLOAD, SUBMIT),
    ),
    Row(
        id="other-in-review",
        answers=submitted("PENDING_REVIEW", "1.2.2"),
        exit_code=FAILED,
        says="while version 1.2.2 is in review",
        advice="cancel its submission",
        never=(UPLOAD, SUBMIT),
    ),
    Row(
        id="other-staged",
        answers=submitted("STAGED", "1.2.2"),
        exit_code=FAILED,
        says="in review or staged",
        advice="wait",
        never=(UPLOAD, SUBMIT),
    ),
    Row(
        id="in-review-by-upload",
        answers=refusal(UPLOAD, 400, "The item cannot be updated now: it is in pending review."),
        exit_code=FAILED,
        says="pending review",
        advice="cancel its submission",
    ),
    Row(
        id="version-too-low",
        answers=refusal(UPLOAD, 400, "Invalid version number in manifest: 1.2.3."),
        exit_code=FAILED,
        says=r"refuses \(400\): Invalid version",
        advice="raise the version",
    ),
    Row(
        id="too-large",
        answers=refusal(UPLOAD, 413, "Payload too large"),
        exit_code=FAILED,
        says=r"refuses \(413\): Payload",
    ),
    Row(
        id="upload-failed",
        answers={UPLOAD: (200, {"uploadState": "FAILED"})},
        exit_code=FAILED,
        says="ended as FAILED",
        advice="nothing is submitted",
    ),
    Row(
        id="upload-not-found",
        answers={UPLOAD: (200, {"uploadState": "NOT_FOUND"})},
        exit_code=FAILED,
        says="ended as NOT_FOUND",
    ),
    Row(
        id="upload-without-state",
        answers={UPLOAD: (200, {})},
        exit_code=FAILED,
        says="nothing that it names",
    ),
    Row(
        id="upload-unspecified",
        answers={UPLOAD: (200, {"uploadState": "UPLOAD_STATE_UNSPECIFIED"})},
        exit_code=FAILED,
        says="UPLOAD_STATE_UNSPECIFIED",
    ),
    Row(
        id="upload-lost-while-busy",
        answers={UPLOAD: (200, {"uploadState": "IN_PROGRESS"}), STATUS: (200, {})},
        exit_code=FAILED,
        says="ended as nothing",
    ),
    Row(
        id="upload-without-end",
        answers={
            UPLOAD: (200, {"uploadState": "IN_PROGRESS"}),
            STATUS: (200, {"lastAsyncUploadState": "IN_PROGRESS"}),
        },
        exit_code=BAD,
        says="still busy",
        advice="some minutes",
    ),
    Row(
        id="form-incomplete",
        answers=refusal(SUBMIT, 400, "The privacy form is incomplete."),
        exit_code=FAILED,
        says="uploaded, but not submitted: .*privacy form",
        advice="complete what it names",
        never=(),
    ),
    Row(
        id="may-not-submit",
        answers=refusal(SUBMIT, 403, "forbidden"),
        exit_code=BAD,
        says="uploaded, but not submitted: .*credentials",
        advice="account",
        never=(),
    ),
    Row(
        id="submission-unanswered",
        answers=refusal(SUBMIT, 503, "busy"),
        exit_code=BAD,
        says="not known whether it is submitted",
        advice="publish again",
        never=(),
    ),
    Row(
        id="submitted-nothing",
        answers={SUBMIT: (200, {}), STATUS: (200, {})},
        exit_code=FAILED,
        says="has not submitted version 1.2.3",
        never=(),
    ),
    Row(
        id="rejected-at-once",
        answers={SUBMIT: (200, {"state": "REJECTED"}), STATUS: (200, {})},
        exit_code=FAILED,
        says="not submitted",
        never=(),
    ),
    Row(
        id="throttled-for-an-hour",
        answers=refusal(UPLOAD, 429, "quota"),
        retry_after="3600",
        exit_code=BAD,
        says="no more requests for 60 min",
        advice="goes on where it was",
    ),
    Row(
        id="throttled-without-end",
        answers=refusal(UPLOAD, 429, "quota"),
        exit_code=BAD,
        says="takes no more requests: answered 429: quota",
        advice="later",
    ),
    Row(
        id="throttled-in-odd-words",
        answers=refusal(UPLOAD, 429, "quota"),
        retry_after="\u00b2",
        exit_code=BAD,
        says="takes no more requests",
    ),
    Row(
        id="throttled-until-a-date",
        answers=refusal(UPLOAD, 429, "quota"),
        retry_after="Fri, 31 Dec 2100 23:59:59 GMT",
        exit_code=BAD,
        says="takes no more requests for",
    ),
    Row(
        id="throttled-at-submission",
        answers=refusal(SUBMIT, 429, "quota"),
        exit_code=BAD,
        says="uploaded, but not submitted: .* no more requests",
        advice="again",
        never=(),
    ),
    Row(
        id="account-suspended",
        answers=refusal(STATUS, 403, "The publisher is suspended."),
        exit_code=BAD,
        says=r"refuses the credentials \(403\): The publisher is suspended",
        advice="account",
    ),
    Row(
        id="unknown-item",
        answers=refusal(STATUS, 404, "Not found"),
        exit_code=BAD,
        says="no such item",
        advice="by hand",
    ),
    Row(id="proxy", answers={STATUS: (200, "<h1>Sign in</h1>")}, exit_code=BAD, says="not a JSON"),
    Row(id="redirect", answers={STATUS: (302, "")}, exit_code=BAD, says="302", advice="proxy"),
    Row(id="a-list", answers={STATUS: (200, [])}, exit_code=BAD, says="not a JSON object"),
    Row(id="null", answers={STATUS: (200, None)}, exit_code=BAD, says="not a JSON object"),
    Row(id="deep", answers={STATUS: (200, "[" * 100_000)}, exit_code=BAD, says="not a JSON object"),
    Row(
        id="odd-types",
        answers={
            STATUS: (200, {"submittedItemRevisionStatus": {"distributionChannels": 3, "state": []}})
        },
        exit_code=FAILED,
        says="not submitted",
        never=(),
    ),
]


def version(status: Any, **more: Any) -> Answers:
    entry = {"id": 7, "version": VERSION, "channel": "listed", "source": "there"}
    return {VERSIONS: (200, {"results": [entry | {"file": {"status": status}} | more]})}


def checked(**more: Any) -> Answers:
    return {AMO_CHECKED: (200, {"uuid": "u1", "processed": True, "version": VERSION} | more)}


MOZILLA_ROWS = [
    Row(id="waiting", answers=version("unreviewed"), exit_code=SUCCESS, says="already: unreviewed"),
    Row(id="public", answers=version("public"), exit_code=SUCCESS, says="already: public"),
    Row(
        id="rejected",
        answers=version("disabled"),
        exit_code=FAILED,
        says="rejected or disabled",
        advice="raise extension.version",
    ),
    Row(
        id="disabled-by-author",
        answers=version("public", is_disabled=True),
        exit_code=FAILED,
        says="disabled by its developer",
        advice="enable it",
    ),
    Row(
        id="other-channel",
        answers=version("public", channel="unlisted"),
        exit_code=FAILED,
        says="but unlisted instead of listed",
        advice="raise extension.version",
    ),
    Row(id="nominated", answers=version("nominated"), exit_code=FAILED, says="nothing: nominated"),
    Row(id="no-file", answers=version("x", file=None), exit_code=FAILED, says="nothing: unknown"),
    Row(
        id="taken-down",
        answers={ADDON: (200, {"status": "disabled"})},
        exit_code=FAILED,
        says="disabled by Mozilla",
        advice="Developer Hub",
    ),
    Row(
        id="deleted",
        answers={ADDON: (200, {"status": "deleted"})},
        exit_code=FAILED,
        says="is deleted",
    ),
    Row(
        id="invisible",
        answers={ADDON: (200, {"status": "public", "is_disabled": True})},
        exit_code=FAILED,
        says="invisible",
        advice="make it visible",
    ),
    Row(
        id="validation-failed",
        answers=checked(
            valid=False, validation={"messages": [{"type": "error", "message": "no icon"}]}
        ),
        exit_code=FAILED,
        says="finds errors in .*: no icon",
        advice="raise the version",
    ),
    Row(
        id="validation-without-reason",
        answers=checked(valid=False, validation=None),
        exit_code=FAILED,
        says="gives no reason",
    ),
    Row(
        id="validation-of-odd-types",
        answers=checked(valid=False, validation={"messages": ["x", {"type": "error"}]}),
        exit_code=FAILED,
        says="finds errors",
    ),
    Row(
        id="validation-without-end",
        answers={AMO_CHECKED: (200, {"uuid": "u1", "processed": False})},
        exit_code=BAD,
        says="still checking",
        advice="no version is made yet",
    ),
    Row(
        id="version-taken",
        answers={CREATE: (409, {"version": ["Version 1.2.3 was uploaded before and deleted."]})},
        exit_code=FAILED,
        says="uploaded before and deleted",
        advice="raise the version",
        never=(SOURCES,),
    ),
    Row(
        id="without-sources",
        answers={SOURCES: (400, {"source": ["Unsupported file type."]})},
        exit_code=FAILED,
        says="submitted without its sources: .*Unsupported",
        advice="adds only the sources",
        never=(),
    ),
    Row(
        id="throttled",
        answers={AMO_UPLOAD: (429, {"detail": "Request was throttled."})},
        retry_after="1200",
        exit_code=BAD,
        says="no more requests for 20 min",
        advice="goes on where it was",
    ),
    Row(id="null", answers={VERSIONS: (200, None)}, exit_code=BAD, says="not a JSON object"),
    Row(
        id="odd-types",
        answers={VERSIONS: (200, {"results": [3]}), AMO_UPLOAD: (201, {"processed": True})},
        exit_code=FAILED,
        says="gives no reason",
    ),
]


def told(publish: Publish) -> tuple[int, str, str]:
    """Exit code, message and hint of what the command would print."""
    try:
        return SUCCESS, publish(), ""
    except BuilderError as error:
        return error.exit_code, str(error), error.hint


def check(row: Row, store: Store, publish: Publish) -> None:
    store.always, store.retry_after = row.answers, row.retry_after
    exit_code, message, hint = told(publish)
    assert exit_code == row.exit_code, message
    assert pytest.raises(AssertionError, match=row.says).matches(AssertionError(message)), message
    assert row.advice in hint
    assert bool(hint) == (exit_code != SUCCESS)
    assert not set(row.never) & set(store.requests)


@pytest.mark.parametrize("row", CHROME_ROWS, ids=lambda row: row.id)
def test_an_answer_of_the_chrome_web_store(row: Row, store: Store, to_chrome: Publish) -> None:
    check(row, store, to_chrome)


@pytest.mark.parametrize("row", MOZILLA_ROWS, ids=lambda row: row.id)
def test_an_answer_of_mozilla(row: Row, store: Store, to_firefox: Publish) -> None:
    check(row, store, to_firefox)


def test_a_cancelled_submission_is_sent_again(store: Store, to_chrome: Publish) -> None:
    store.faults[STATUS] = [submitted("CANCELLED")[STATUS]]
    assert to_chrome() == "1.2.3 is submitted: PENDING_REVIEW"
    assert store.requests.count(UPLOAD) == store.requests.count(SUBMIT) == 1


def test_a_submission_that_stays_cancelled_is_no_success(store: Store, to_chrome: Publish) -> None:
    store.always = submitted("CANCELLED")
    with pytest.raises(CheckFailed, match="is cancelled"):
        to_chrome()


def test_a_status_that_lags_behind_is_asked_again(
    store: Store, to_chrome: Publish, pauses: list[float]
) -> None:
    store.faults[STATUS] = [(200, {}), (200, {}), (200, {})]
    assert "submitted" in to_chrome()
    assert pauses == [chrome_web_store.POLL_S] * 2


def test_credentials_that_no_header_can_carry_are_said(store: Store, dist: Path) -> None:
    environment = CHROME | {"CHROME_ACCESS_TOKEN": "a\nb\u2028"}
    client = ChromeWebStore.from_environment(environment, sleep=lambda _: None)
    with pytest.raises(BuilderError, match="characters that no header can carry"):
        client.publish(dist / f"tiny-lens-{VERSION}-chrome.zip", VERSION)


@pytest.mark.parametrize(
    ("answer", "advice"),
    [
        ((401, {"error": "invalid_client"}), "check CHROME_CLIENT_ID"),
        ((400, {"error": "invalid_grant"}), "check CHROME_CLIENT_ID"),
        ((503, "busy"), "try again later"),
        ((429, "busy"), "try again later"),
        ((200, []), "try again later"),
        ((200, {}), "try again later"),
    ],
)
def test_a_token_that_google_does_not_give(
    store: Store, answer: tuple[int, Any], advice: str
) -> None:
    store.always["POST /token"] = answer
    with pytest.raises(BuilderError, match="gives no access token") as caught:
        ChromeWebStore.from_environment(CHROME)
    assert advice in caught.value.hint


def test_a_store_that_refuses_keeps_the_other_from_nothing(
    project: Path, packed_dist: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mozilla_addons, "POLL_S", 0)
    monkeypatch.setattr("builder.stores.listing.reviewers_note", lambda _: "a note")
    store.always = submitted("REJECTED")
    result = run(
        project, "--out", packed_dist, "--send", "--json", "-", environment=CHROME | FIREFOX
    )
    envelope = json.loads(result.stdout)
    assert (result.exit_code, envelope["ok"]) == (1, False)
    assert [entry["answer"] for entry in envelope["data"]["submissions"]] == [
        None,
        "1.2.3 is submitted: unreviewed",
    ]
    assert ["rejected" in problem["message"] for problem in envelope["problems"]] == [True]
