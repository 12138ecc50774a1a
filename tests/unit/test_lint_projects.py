"""Projects that stores would reject, each caught where its author wrote the cause."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from builder.cli import main
from builder.paths import extension_folder
from tests.support.tiny import description, write_description, write_extension, write_tiny_asset

OWN = "own"
"""The folder of files with which the author overrides the extension's."""

CARD = (
    "# Tiny\n\nA model of a few numbers, made by hand for tests. It was trained on nothing, and it"
    " may be used for anything.\n"
)
CSP = "csp | tojson"


@pytest.fixture
def author(tmp_path: Path) -> Path:
    """The folder of a sound project with files of its author's own."""
    write_tiny_asset(tmp_path / "asset")
    value = description(tmp_path / "asset")
    value["sources"] = [{"what": "weights", "name": "made by hand", "licence": "CC0-1.0"}]
    write_description(tmp_path / "asset", value)
    (tmp_path / "asset/README.md").write_text(CARD)
    file = write_extension(tmp_path / "extension.toml", "asset")
    file.write_text(file.read_text().replace("[model]", f'overrides = "{OWN}"\n\n[model]'))
    (tmp_path / OWN).mkdir()
    return tmp_path


def override(name: str, old: str, new: str) -> Callable[[Path], None]:
    """The extension's own file with something else in it."""

    def spoil(folder: Path) -> None:
        text = (extension_folder() / name).read_text(encoding="utf-8")
        assert old in text
        target = folder / OWN / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text.replace(old, new, 1), encoding="utf-8")

    return spoil


def begin(name: str, code: str) -> Callable[[Path], None]:
    """The extension's own script with a line after its first."""
    return override(name, "\n", f"\n{code}\n")


def manifest(keys: str) -> Callable[[Path], None]:
    return override(
        "manifest.json.jinja",
        '  "manifest_version": 3,\n',
        f'  "manifest_version": 3,\n  {keys},\n',
    )


def permission(name: str) -> Callable[[Path], None]:
    return override("manifest.json.jinja", '"storage"', f'"storage", "{name}"')


def words(locale: str, text: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        target = folder / OWN / "_locales" / locale / "messages.json"
        target.parent.mkdir(parents=True)
        target.write_text(text)

    return spoil


def configure(old: str, new: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        file = folder / "extension.toml"
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))

    return spoil


def model(**values: object) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        file = folder / "asset/model.json"
        file.write_text(json.dumps(json.loads(file.read_text()) | values, indent=1))

    return spoil


def wrong_icon(folder: Path) -> None:
    (folder / "art").mkdir()
    for size in (16, 32, 48, 128):
        (folder / f"art/icon-{size}.png").write_bytes(
            (extension_folder() / "icons/icon-16.png").read_bytes()
        )
    configure("[model]", 'icons = "art"\n\n[model]')(folder)


def weights_gone(folder: Path) -> None:
    (folder / "asset/model.onnx").write_bytes(b"another model")


@dataclass(frozen=True)
class Broken:
    """``line`` is the text of the line that is named; none for a file as a whole."""

    code: str
    spoil: Callable[[Path], None]
    file: str
    line: str | None = None


BACKGROUND = "background/background.js"
POPUP = "ui/popup/popup.html"
TEMPLATE = f"{OWN}/manifest.json.jinja"
TOML = "extension.toml"
PROJECTS = {
    "a description over 132 characters": Broken(
        "LM001", configure("Says how a text sounds.", "x" * 133), TOML, "description"
    ),
    "a version with a word": Broken("LM001", configure('"1.2.3"', '"1.2.3-beta"'), TOML, "version"),
    "no id for Firefox": Broken("LM107", configure('gecko_id = "tiny@lens.example"\n', ""), TOML),
    "weights that are not the described ones": Broken("LM001", weights_gone, "asset/model.onnx"),
    "an icon of the wrong size": Broken("LM106", wrong_icon, "art/icon-128.png"),
    "a module from a delivery network": Broken(
        "LM201",
        begin(BACKGROUND, "import 'https://cdn.example.org/a.js'"),
        f"{OWN}/{BACKGROUND}",
        "cdn.example.org",
    ),
    "a script from a delivery network": Broken(
        "LM201",
        override(POPUP, "</head>", '<script src="//cdn.example.org/a.js"></script>\n</head>'),
        f"{OWN}/{POPUP}",
        "cdn.example",
    ),
    "eval": Broken("LM202", begin(BACKGROUND, "eval('1')"), f"{OWN}/{BACKGROUND}", "eval"),
    "the address of a script in a string": Broken(
        "LM203",
        begin(BACKGROUND, "const D = 'https://unpkg.com/x/y.js'"),
        f"{OWN}/{BACKGROUND}",
        "unpkg",
    ),
    "a script inside a page": Broken(
        "LM204",
        override(POPUP, "</head>", "<script>go()</script>\n</head>"),
        f"{OWN}/{POPUP}",
        "go()",
    ),
    "obfuscated code": Broken(
        "LM206", begin(BACKGROUND, "const _0xabcd12 = 1"), f"{OWN}/{BACKGROUND}", "_0xabcd12"
    ),
    "a source map": Broken(
        "LM207",
        begin(BACKGROUND, "//# sourceMappingURL=a.map"),
        f"{OWN}/{BACKGROUND}",
        "sourceMapping",
    ),
    "a package's name in an import": Broken(
        "LM208", begin(BACKGROUND, "import 'lodash'"), f"{OWN}/{BACKGROUND}", "lodash"
    ),
    "a request to a server": Broken(
        "LM210",
        begin("engine/worker.js", "fetch('https://stats.example.org/')"),
        f"{OWN}/engine/worker.js",
        "stats.example",
    ),
    "a file that is not there": Broken(
        "LM110", begin(BACKGROUND, "import './gone.js'"), f"{OWN}/{BACKGROUND}", "gone.js"
    ),
    "a permission that nothing uses": Broken("LM301", permission("history"), TEMPLATE, '"history"'),
    "a call without its permission": Broken(
        "LM302",
        begin(BACKGROUND, "chrome.downloads.download({url: ''})"),
        f"{OWN}/{BACKGROUND}",
        "downloads",
    ),
    "access to every site": Broken(
        "LM303", manifest('"host_permissions": ["<all_urls>"]'), TEMPLATE, "host_permissions"
    ),
    "an update address": Broken(
        "LM111", manifest('"update_url": "https://example.org/u"'), TEMPLATE, "update_url"
    ),
    "a policy that allows eval": Broken(
        "LM402",
        override(
            "manifest.json.jinja",
            CSP,
            """"script-src 'self' 'wasm-unsafe-eval' 'unsafe-eval'" | tojson""",
        ),
        TEMPLATE,
        "content_security_policy",
    ),
    "a policy without wasm": Broken(
        "LM401",
        override(
            "manifest.json.jinja", CSP, """"script-src 'self'; connect-src 'self'" | tojson"""
        ),
        TEMPLATE,
        "content_security_policy",
    ),
    "sites that may send messages": Broken(
        "LM113",
        manifest('"externally_connectable": {"matches": ["*://*/*"]}'),
        TEMPLATE,
        "externally_connectable",
    ),
    "a word with a hole and nothing to fill it": Broken(
        "LM803",
        words("de", '{\n "close":\n  {"message": "Zu $NAME$"}\n}'),
        f"{OWN}/_locales/de/messages.json",
        '"close"',
    ),
    "a model from nowhere": Broken("LM702", model(sources=[]), "asset/model.json", '"sources"'),
    "a model whose licence restricts its use": Broken(
        "LM701",
        model(licence={"name": "research only", "restricts_use": True}),
        "asset/model.json",
        '"licence"',
    ),
    "a key in a script": Broken(
        "LM506",
        begin(BACKGROUND, "const KEY = 'AKIA" + "ABCDEFGHIJKLMNOP'"),
        f"{OWN}/{BACKGROUND}",
        "AKIA",
    ),
    "a script that nobody loads": Broken("LM505", lambda folder: None, f"{OWN}/ui/old.js"),
}


def run_lint(folder: Path) -> tuple[int, list[dict[str, str]]]:
    report = folder / "report.json"
    result = CliRunner().invoke(
        main, ["lint", str(folder / TOML), "--no-mozilla", "--json", str(report)]
    )
    return result.exit_code, json.loads(report.read_text())["data"]["findings"]


def test_a_sound_project_passes(author: Path) -> None:
    assert run_lint(author) == (0, [])


@pytest.mark.parametrize("case", PROJECTS.values(), ids=PROJECTS.keys())
def test_a_rejection_is_caught_where_its_author_wrote_the_cause(case: Broken, author: Path) -> None:
    case.spoil(author)
    if case.code == "LM505":
        (author / OWN / "ui").mkdir()
        (author / case.file).write_text("1")
    code, findings = run_lint(author)
    found = [
        finding
        for finding in findings
        if finding["code"] == case.code and finding["file"] == str(author / case.file)
    ]
    assert found, findings
    if case.line is not None:
        lines = (author / case.file).read_text().splitlines()
        assert any(case.line in lines[int(finding["line"]) - 1] for finding in found), found
    assert code == (1 if any(finding["severity"] == "error" for finding in findings) else 0)
    assert all(
        finding["why"] and finding["fix"] and finding["source"].startswith("https://")
        for finding in found
    )


def test_twenty_projects_and_more_are_broken_in_as_many_ways() -> None:
    assert len(PROJECTS) >= 20
    assert len({case.code for case in PROJECTS.values()}) >= 20
