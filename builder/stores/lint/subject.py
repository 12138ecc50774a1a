"""What is checked: a finished package, or what a project would pack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from builder.config.extension import CONFIG, ExtensionConfig, load_config
from builder.errors import BuilderError
from builder.models.asset.asset import load_asset
from builder.packaging.contents import bundle_candidates, omitted_from
from builder.packaging.references.graph import MANIFEST, trace_references
from builder.packaging.tree import Contents, ContentsTree, FolderTree, ZipTree
from builder.paths import extension_folder
from builder.stores.extension import Extension
from builder.stores.lint.findings import BROWSER_OF, STORES, Finding, Rule
from builder.stores.lint.project_locations import Locate, project_locations
from builder.stores.lint.rules import BUILDABLE, BY_CODE

NOT_SHIPPED = ("types.js", "README.md")  # for the type checker, and for people


@dataclass(frozen=True)
class Subject:
    """An extension to check, with the way back from its files to the disk, and the files themselves
    for other checkers.
    """

    extension: Extension
    locate: Locate
    contents: Contents | None = None


def project_file(target: Path) -> Path | None:
    if target.is_dir() and not (target / MANIFEST).exists() and (target / CONFIG).is_file():
        return target / CONFIG
    return target if target.suffix == ".toml" else None


def package_subjects(target: Path, stores: Sequence[str] | None) -> dict[str, Subject]:
    if not target.exists():
        raise BuilderError(
            f"{target}: no such file or folder",
            place=str(target),
            hint="name an extension.toml, an unpacked extension or a zip",
        )
    tree = FolderTree(target) if target.is_dir() else ZipTree(target)
    between = "/" if target.is_dir() else "!/"
    size = None if target.is_dir() else target.stat().st_size

    def locate(name: str, line: int) -> tuple[str, int]:
        return (f"{target}{between}{name}" if name else str(target)), line

    first = Extension(tree, "chrome", zip_size=size)
    browsers = {BROWSER_OF[store] for store in stores} if stores else _browsers_of(first)
    return {
        browser: Subject(Extension(tree, browser, zip_size=size), locate)
        for browser in sorted(browsers)
    }


def _browsers_of(extension: Extension) -> set[str]:
    """Which browsers a package is made for, as its manifest tells."""
    manifest = extension.manifest
    background = manifest.get("background")
    background = background if isinstance(background, dict) else {}
    firefox = "browser_specific_settings" in manifest or "scripts" in background
    chrome = "service_worker" in background or "minimum_chrome_version" in manifest
    return (
        {"firefox"}
        if firefox and not chrome
        else {"chrome"}
        if not firefox
        else {"chrome", "firefox"}
    )


def stores_of(subjects: dict[str, Subject]) -> list[str]:
    return [store for store in STORES if BROWSER_OF[store] in subjects]


def project_subjects(file: Path, stores: Sequence[str]) -> tuple[dict[str, Subject], list[Finding]]:
    """What each browser's bundle would be, and what keeps it from being built."""
    problems: list[Finding] = []

    def refuse(error: BuilderError, rule: Rule = BUILDABLE) -> None:
        place = error.place or str(file)
        name, _, line = place.rpartition(":")
        file_name, number = (name, int(line)) if name and line.isdigit() else (place, 0)
        message = str(error).removeprefix(f"{place}: ")
        problems.append(rule.finding(file_name, number, message, fix=error.hint))

    try:
        config = load_config(file)
        asset = load_asset(config.asset)
    except BuilderError as error:
        refuse(error)
        return {}, problems
    subjects = {}
    unused: list[dict[str, Path | bytes]] = []
    for browser in sorted({BROWSER_OF[store] for store in stores}):
        try:
            candidates = bundle_candidates(config, asset, browser)
        except BuilderError as error:
            refuse(
                error,
                BY_CODE["LM107"] if browser == "firefox" and config.gecko_id is None else BUILDABLE,
            )
            continue
        found = trace_references(ContentsTree(candidates), omitted=omitted_from(config, asset))
        contents = {name: candidates[name] for name in found.files}
        unused.append(
            {
                name: path
                for name, path in candidates.items()
                if name not in contents and _is_source(path, config)
            }
        )
        subjects[browser] = Subject(
            Extension(ContentsTree(contents), browser, graph=found),
            project_locations(config, contents),
            contents,
        )
    problems += _unused_sources(BY_CODE["LM505"], unused)
    return subjects, problems


def _is_source(path: Path | bytes, config: ExtensionConfig) -> bool:
    homes = [extension_folder(), *([config.overrides] if config.overrides else [])]
    if not isinstance(path, Path) or (path.parent.name, path.suffix) == (
        "icons",
        ".svg",
    ):  # which the icons are drawn from
        return False
    if path.name in NOT_SHIPPED and path.is_relative_to(extension_folder()):
        return False
    return any(path.is_relative_to(home) for home in homes)


def _unused_sources(about: Rule, unused: list[dict[str, Path | bytes]]) -> list[Finding]:
    """Files of the extension's source, or of an author's own, that no browser's bundle takes."""
    if len(unused) < len(set(BROWSER_OF.values())):
        return []  # the other browser may take them
    return [
        about.finding(
            str(path), 0, "no page, module or key of the manifest names it: it is not packed"
        )
        for name, path in sorted(unused[0].items())
        if all(name in other for other in unused)
    ]
