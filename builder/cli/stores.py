"""Listings for the stores, and submissions to them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from builder.cli.app import Command
from builder.cli.options import FILE, browser_option, browsers_of, config_argument, out_option
from builder.config.extension import ExtensionConfig, load_config
from builder.report import Outcome
from builder.stores import CHANNELS

if TYPE_CHECKING:
    from builder.stores.publish import Submission


@click.command(cls=Command)
@config_argument
@click.option(
    "--out",
    type=FILE,
    default=Path("dist/listing"),
    show_default=True,
    help="Folder for the texts and pictures.",
)
@click.option(
    "--images",
    type=FILE,
    help=("Folder with PNG screenshots; they are scaled to the stores' size."),
)
def listing(config: Path, out: Path, images: Path | None) -> Outcome:
    """Write the texts for the stores' forms.

    These are names and descriptions in each language, reasons for permissions, the privacy
    form, and the reviewers' note.

    \b
    Example:
      builder listing extension.toml
    """
    from builder.stores.listing import write_listing

    files = write_listing(load_config(config), out, images)
    return Outcome(
        data={"folder": str(out), "files": files},
        text=[f"{out}: begin with README.md", *(f"  {name}" for name in files)],
    )


@click.command(cls=Command)
@config_argument
@browser_option
@out_option
@click.option(
    "--channel",
    type=click.Choice(CHANNELS),
    default=CHANNELS[0],
    show_default=True,
    help="On addons.mozilla.org: listed there, or only signed for your own distribution.",
)
@click.option(
    "--send", "really", is_flag=True, help=("Send. Without it, only report what would be sent.")
)
def publish(config: Path, browser: str, out: Path, channel: str, really: bool) -> Outcome:
    """Upload packages to the Chrome Web Store and addons.mozilla.org.

    It sends nothing without --send. Credentials come from the environment: CHROME_PUBLISHER_ID,
    CHROME_ITEM_ID, and CHROME_ACCESS_TOKEN or CHROME_CLIENT_ID, CHROME_CLIENT_SECRET and
    CHROME_REFRESH_TOKEN; AMO_JWT_ISSUER and AMO_JWT_SECRET. After a failure, run it again: it
    continues where it stopped.

    \b
    Example:
      builder publish extension.toml --browser firefox
    """
    from builder.stores.publish import plan

    loaded = load_config(config)
    submissions = plan(loaded, out, browsers_of(browser), os.environ, must_be_complete=really)
    return _sent(loaded, submissions, channel) if really else _planned(submissions)


def _sent(config: ExtensionConfig, submissions: Sequence[Submission], channel: str) -> Outcome:
    from builder.stores.listing import reviewers_note
    from builder.stores.publish import send_all

    note = reviewers_note(config)
    sent = send_all(config, submissions, os.environ, channel=channel, note=note)
    problems = [one.problem for one in sent if one.problem]
    if problems and len(sent) == 1:
        raise problems[0]
    text = []
    for one in sent:
        text.append(f"{one.store}: {one.answer or one.problem}")
        if one.problem and one.problem.hint:
            text.append(f"  hint: {one.problem.hint}")
    return Outcome(
        text=text,
        problems=[problem.problem for problem in problems],
        ok=not problems,
        data=_submissions_data(submissions, [one.answer for one in sent]),
    )


def _planned(submissions: Sequence[Submission]) -> Outcome:
    text = []
    for submission in submissions:
        sources = f" with {submission.sources.name}" if submission.sources else ""
        text.append(
            f"{submission.store}: would send {submission.package}{sources}\n  sha256"
            f" {submission.sha256}"
        )
        if submission.stale:
            text.append(
                "  note: the project has changed since this was packed: run 'builder pack' again"
            )
        text.append(
            "  credentials:"
            f" {'missing: ' + ', '.join(submission.missing) if submission.missing else 'all there'}"
        )
    text.append("nothing was sent; add --send to do it")
    return Outcome(text=text, data=_submissions_data(submissions, [None] * len(submissions)))


def _submissions_data(
    submissions: Sequence[Submission], answers: Sequence[str | None]
) -> dict[str, Any]:
    return {
        "submissions": [
            asdict(submission)
            | {
                "package": str(submission.package),
                "sources": str(submission.sources) if submission.sources else None,
                "answer": answer,
            }
            for submission, answer in zip(submissions, answers, strict=True)
        ]
    }
