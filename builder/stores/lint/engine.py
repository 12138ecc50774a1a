"""Checks a project, a folder or a finished zip against what the stores refuse."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

import builder.stores.lint.rules  # noqa: F401 - enters the rules into the table
from builder.config.extension import CONFIG, ExtensionConfig, load_config
from builder.config.reader import read_text
from builder.errors import BuilderError
from builder.models.asset.asset import load_asset
from builder.packaging.contents import bundle_candidates, omitted_files
from builder.packaging.manifest import REPLACEABLE_WORDS, TEMPLATE, WORDS
from builder.packaging.references.graph import MANIFEST, line_of, trace_references
from builder.packaging.tree import Contents, ContentsTree, FolderTree, ZipTree
from builder.paths import extension_folder
from builder.stores.extension import Extension
from builder.stores.lint.findings import BROWSER_OF, RULES, STORES, Finding, Hit, Rule, rule
from builder.stores.permissions import Traced, trace

log = logging.getLogger(__name__)
Locate = Callable[[str, int], tuple[str, int]]
"""From a file and line of the package to where a person finds them."""


@rule(
    "LM001",
    "The project cannot be built",
    source="https://developer.chrome.com/docs/webstore/prepare",
    fix="correct what the message names",
    why=(
        "There is no package to look at before this is right; values that stores refuse are found"
        " here as well."
    ),
)
def _buildable(_extension: Extension) -> Iterator[Hit]:
    return iter(())  # found while the project is read, before there is an extension


@dataclass
class LintReport:
    """``findings``, the worst first; ``permissions`` by browser, each with its reason and the calls
    that need it.
    """

    stores: tuple[str, ...]
    findings: list[Finding] = field(default_factory=list)
    permissions: dict[str, list[Traced]] = field(default_factory=dict)
    fixed: list[str] = field(default_factory=list)
    mozilla: str = ""
    correctable: bool = False
    """Whether ``fix`` may be asked of the target: a zip is finished."""

    @property
    def ok(self) -> bool:
        return not any(finding.severity == "error" for finding in self.findings)

    def count(self, severity: str) -> int:
        return sum(finding.severity == severity for finding in self.findings)


@dataclass(frozen=True)
class Subject:
    """An extension to check, with the way back from its files to the disk, and the files themselves
    for other checkers.
    """

    extension: Extension
    locate: Locate
    contents: Contents | None = None


def lint(
    target: Path,
    stores: Sequence[str] | None = None,
    *,
    ignore: Sequence[str] = (),
    fix: bool = False,
    mozilla: bool = True,
) -> LintReport:
    """Check ``target``: an extension.toml or the folder that holds one, an unpacked extension, or a
    zip.

    :param stores: which stores' rules; without, those that take this kind of package.
    :param ignore: ``CODE`` or ``CODE:PATTERN``, a pattern of file names, of what to leave out.
    :param fix: correct first what can be corrected without a decision.
    :param mozilla: run Mozilla's addons-linter too, where it is installed.
    :raises BuilderError: if there is no such target, or a zip should be corrected.
    """
    for entry in ignore:
        if entry.split(":")[0] not in {known.code for known in RULES} and not entry.startswith(
            "AMO"
        ):
            raise BuilderError(
                f"--ignore {entry}: no rule has this code", hint="docs/reference/lint.md lists them"
            )
    from builder.stores.lint.fixes import fix_folder, fix_project

    file = _project_file(target)
    fixed = []
    if fix and file is not None:
        fixed = fix_project(file)
    elif fix and target.is_dir():
        fixed = fix_folder(target)
    elif fix:
        raise BuilderError(
            f"{target}: a zip is not corrected",
            hint="correct the project and pack it again",
            place=str(target),
        )
    subjects, problems = (
        _project_subjects(file, stores or STORES)
        if file is not None
        else (_package_subjects(target, stores), [])
    )
    asked = tuple(stores or (STORES if file is not None else _stores_of(subjects)))
    report = LintReport(asked, fixed=fixed, correctable=file is not None or target.is_dir())
    found: dict[Finding, set[str]] = {finding: set(report.stores) for finding in problems}
    for browser, subject in subjects.items():
        report.permissions[browser] = trace(subject.extension)
        takers = {store for store in report.stores if BROWSER_OF[store] == browser}
        log.debug(
            "holding %d files for %s to %d rules",
            len(subject.extension.tree.names),
            browser,
            len(RULES),
        )
        for known in RULES:
            if takers & set(known.stores) and (
                subject.extension.problem is None or known.code == "LM101"
            ):
                for hit in known.check(subject.extension):
                    found.setdefault(_finding(known, hit, subject.locate), set()).update(
                        takers & set(known.stores)
                    )
    if mozilla and "firefox" in report.stores and "firefox" in subjects:
        from builder.stores.lint.addons_linter import run_addons_linter

        more, report.mozilla = run_addons_linter(
            subjects["firefox"], None if file is not None else target
        )
        found |= {finding: {"firefox"} for finding in more}
    order = {"error": 0, "warning": 1, "note": 2}
    report.findings = sorted(
        (
            _with_stores(finding, stores_hit)
            for finding, stores_hit in found.items()
            if not _ignored(finding, ignore)
        ),
        key=lambda finding: (order[finding.severity], finding),
    )
    return report


def _finding(known: Rule, hit: Hit, locate: Locate) -> Finding:
    file, line = locate(hit.file, hit.line)
    return Finding(
        known.code,
        file,
        line,
        hit.message,
        severity=known.severity,
        stores=(),
        why=known.why,
        source=known.source,
        fix=known.fix,
        heuristic=known.heuristic,
    )


def _with_stores(finding: Finding, stores: set[str]) -> Finding:
    return Finding(
        finding.code,
        finding.file,
        finding.line,
        finding.message,
        severity=finding.severity,
        stores=tuple(store for store in STORES if store in stores),
        why=finding.why,
        source=finding.source,
        fix=finding.fix,
        heuristic=finding.heuristic,
    )


def _ignored(finding: Finding, ignore: Sequence[str]) -> bool:
    for entry in ignore:
        code, _, pattern = entry.partition(":")
        if finding.code == code and (not pattern or fnmatchcase(finding.file, f"*{pattern}")):
            return True
    return False


def _project_file(target: Path) -> Path | None:
    if target.is_dir() and not (target / MANIFEST).exists() and (target / CONFIG).is_file():
        return target / CONFIG
    return target if target.suffix == ".toml" else None


# A finished package


def _package_subjects(target: Path, stores: Sequence[str] | None) -> dict[str, Subject]:
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


def _stores_of(subjects: dict[str, Subject]) -> list[str]:
    return [store for store in STORES if BROWSER_OF[store] in subjects]


# A project


def _project_subjects(
    file: Path, stores: Sequence[str]
) -> tuple[dict[str, Subject], list[Finding]]:
    """What each browser's bundle would be, and what keeps it from being built."""
    known = {known.code: known for known in RULES}
    problems: list[Finding] = []

    def refuse(error: BuilderError, code: str = "LM001") -> None:
        place = error.place or str(file)
        name, _, line = place.rpartition(":")
        file_name, number = (name, int(line)) if name and line.isdigit() else (place, 0)
        message = str(error).removeprefix(f"{place}: ")
        about = known[code]
        problems.append(
            Finding(
                code,
                file_name,
                number,
                message,
                severity="error",
                stores=(),
                why=about.why,
                source=about.source,
                fix=error.hint or about.fix,
            )
        )

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
            refuse(error, "LM107" if browser == "firefox" and config.gecko_id is None else "LM001")
            continue
        found = trace_references(
            ContentsTree(candidates), omitted=omitted_files(needs_tokenizers=asset.needs_tokenizers)
        )
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
            _project_places(config, contents),
            contents,
        )
    problems += _unused_sources(known["LM505"], unused)
    return subjects, problems


def _is_source(path: Path | bytes, config: ExtensionConfig) -> bool:
    homes = [extension_folder(), *([config.overrides] if config.overrides else [])]
    if not isinstance(path, Path) or (path.parent.name, path.suffix) == (
        "icons",
        ".svg",
    ):  # which the icons are drawn from
        return False
    return any(path.is_relative_to(home) for home in homes)


def _unused_sources(about: Rule, unused: list[dict[str, Path | bytes]]) -> list[Finding]:
    """Files of the extension's source, or of an author's own, that no browser's bundle takes."""
    if len(unused) < len(set(BROWSER_OF.values())):
        return []  # the other browser may take them
    return [
        Finding(
            "LM505",
            str(path),
            0,
            "no page, module or key of the manifest names it: it is not packed",
            severity="warning",
            stores=(),
            why=about.why,
            source=about.source,
            fix=about.fix,
            heuristic=True,
        )
        for name, path in sorted(unused[0].items())
        if all(name in other for other in unused)
    ]


def _project_places(config: ExtensionConfig, contents: Contents) -> Locate:
    sources = extension_folder()
    tree = ContentsTree(contents)

    def locate(name: str, line: int) -> tuple[str, int]:
        content = contents.get(name)
        if isinstance(content, Path):
            return str(content), line
        if name == MANIFEST:
            return _manifest_place(
                config,
                _own_or(sources, config, TEMPLATE),
                tree.read(name).decode().splitlines()[max(line, 1) - 1],
            )
        if name.startswith("_locales/") and content is not None:
            return _word_place(
                config,
                _own_or(sources, config, name),
                tree.read(name).decode().splitlines()[max(line, 1) - 1],
            )
        return (
            (str(sources / name), line)
            if (sources / name).exists()
            else (name or str(config.file), line)
        )

    return locate


def _own_or(sources: Path, config: ExtensionConfig, name: str) -> Path:
    """The author's own version of a file, if there is one."""
    own = config.overrides / name if config.overrides else None
    return own if own is not None and own.is_file() else sources / name


def _manifest_place(config: ExtensionConfig, template: Path, generated: str) -> tuple[str, int]:
    """A line of the generated manifest, as the template has it; else the line of extension.toml
    that holds its value.
    """
    for file in (template, config.file):
        text = read_text(file)
        for quoted in reversed(re.findall(r'"[^"]+"', generated)):
            if (place := text.find(quoted)) >= 0:
                return str(file), text.count("\n", 0, place) + 1
    return str(template), 1


def _word_place(config: ExtensionConfig, file: Path, generated: str) -> tuple[str, int]:
    keys = re.findall(r'"([^"]+)": [{]', generated)
    if keys and keys[0] in (*WORDS, *REPLACEABLE_WORDS):
        for number, text in enumerate(read_text(config.file).splitlines(), start=1):
            if re.match(rf"\s*(\[extension\.)?{keys[0]}\b", text):
                return str(config.file), number
    if not file.is_file():
        return str(config.file), 1
    return str(file), line_of(read_text(file), keys[0]) if keys else 1
