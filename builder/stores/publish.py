"""What ``builder publish`` would send to the stores, and sending it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.config.extension import ExtensionConfig
from builder.config.reader import parse_json
from builder.errors import BuilderError
from builder.files import sha256_of
from builder.models.asset.asset import load_asset
from builder.packaging.archive import holds
from builder.packaging.contents import bundle_contents
from builder.packaging.tree import ZipTree
from builder.stores.api import chrome as chrome_web_store
from builder.stores.api import mozilla as mozilla_addons
from builder.stores.api.chrome import ChromeWebStore
from builder.stores.api.mozilla import MozillaAddons


@dataclass(frozen=True)
class Sent:
    """What a store says of a package, or why it is not there."""

    store: str
    answer: str | None
    problem: BuilderError | None = None


@dataclass(frozen=True)
class Submission:
    """A package for one store. ``missing``: environment variables that sending it needs."""

    store: str
    package: Path
    sha256: str
    sources: Path | None
    missing: tuple[str, ...]
    stale: bool
    """Whether the project has changed since it was packed."""


def plan(
    config: ExtensionConfig,
    out: Path,
    stores: Sequence[str],
    environment: Mapping[str, str],
    *,
    must_be_complete: bool = False,
) -> list[Submission]:
    """What would be sent. Nothing is, and no server is asked.

    :param must_be_complete: refuse a plan that should not be carried out: without credentials, or
        of a package that is not current.
    :raises BuilderError: if a package is missing or is not of the version that extension.toml says.
    """
    asset = load_asset(config.asset)
    submissions = []
    for store in stores:
        package = out / f"{config.slug}-{config.version}-{store}.zip"
        _check(package, config)
        sources = out / f"{config.slug}-{config.version}-sources.zip"
        api = chrome_web_store if store == "chrome" else mozilla_addons
        submissions.append(
            Submission(
                store,
                package,
                sha256_of(package),
                sources if store == "firefox" and sources.is_file() else None,
                tuple(api.missing_credentials(environment)),
                not holds(package, bundle_contents(config, asset, store)),
            )
        )
    for submission in submissions if must_be_complete else ():
        if submission.stale:
            raise BuilderError(
                f"{submission.package}: the project has changed since it was packed",
                place=str(submission.package),
                hint="run 'builder pack' again, and prove it with 'builder verify'",
            )
        if submission.missing:
            raise BuilderError(
                f"{submission.store}: credentials are missing",
                hint=f"set in the environment: {', '.join(submission.missing)}",
            )
    return submissions


def send_all(
    config: ExtensionConfig,
    submissions: Sequence[Submission],
    environment: Mapping[str, str],
    *,
    channel: str,
    note: str,
) -> list[Sent]:
    """Send each package; a store that refuses its own keeps no other store from getting theirs."""
    sent = []
    for submission in submissions:
        try:
            answer = send(config, submission, environment, channel=channel, note=note)
        except BuilderError as problem:
            sent.append(Sent(submission.store, None, problem))
        else:
            sent.append(Sent(submission.store, answer))
    return sent


def send(
    config: ExtensionConfig,
    submission: Submission,
    environment: Mapping[str, str],
    *,
    channel: str,
    note: str,
) -> str:
    """Send one package; returns what the store says of it.

    :param channel: of addons.mozilla.org: listed there, or unlisted to be given out by oneself.
    :raises BuilderError: for credentials that are refused, or a store that does not answer.
    :raises CheckFailed: if the store refuses the package.
    """
    if submission.store == "chrome":
        return ChromeWebStore.from_environment(environment).publish(
            submission.package, config.version
        )
    if config.gecko_id is None:
        raise BuilderError(
            f"{config.file}: extension.gecko_id: missing, and {mozilla_addons.NAME} needs it",
            place=str(config.file),
        )
    store = MozillaAddons.from_environment(environment, config.gecko_id)
    return store.publish(
        submission.package, config.version, channel=channel, sources=submission.sources, note=note
    )


def _check(package: Path, config: ExtensionConfig) -> None:
    if not package.is_file():
        raise BuilderError(
            f"{package}: missing", hint="run 'builder pack' first", place=str(package)
        )
    try:
        text = ZipTree(package).read("manifest.json").decode("utf-8-sig")
        version = parse_json(text, package)["version"]
    except (BuilderError, KeyError, TypeError, ValueError):
        raise BuilderError(
            f"{package}: is no package of an extension",
            hint="run 'builder pack' again",
            place=str(package),
        ) from None
    if version != config.version:
        raise BuilderError(
            f"{package}: holds version {version} instead of {config.version}",
            hint="run 'builder pack' again",
            place=str(package),
        )
