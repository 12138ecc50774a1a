"""Each cause of a rejection is caught at its place: in the project, in the unpacked extension and
in the zip.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from builder.cli import main
from builder.config.extension import load_config
from builder.errors import BuilderError
from builder.packaging.manifest import CONTENT_SECURITY_POLICY
from builder.packaging.pack import build_extension
from builder.paths import extension_folder
from builder.stores.extension import RELEASED
from builder.stores.lint.engine import LintReport, lint
from builder.stores.lint.rules import RULES
from builder.stores.permissions import TABLE, change, warnings
from tests.support.rejections import FROM_REJECTIONS
from tests.support.tiny import description, write_description, write_extension, write_tiny_asset

CARD = (
    "# Tiny\n\nA model of a few numbers, made by hand for tests. It was trained on nothing, and it"
    " may be used for anything.\n"
)


@pytest.fixture(scope="module")
def light() -> Iterator[bytes]:
    """WebAssembly of a few bytes that passes for the released file: with the real one, every test
    would read 14 MB several times.
    """
    content = b"\0asm\1\0\0\0"
    digest = hashlib.sha256(content).hexdigest()
    RELEASED[digest] = "ort-wasm-simd-threaded.wasm"
    yield content
    del RELEASED[digest]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory, light: bytes) -> Path:
    """A project without a fault, built: the folder holds chrome/ and firefox/."""
    folder = tmp_path_factory.mktemp("sound")
    write_tiny_asset(folder / "asset")
    value = description(folder / "asset")
    value["sources"] = [{"what": "weights", "name": "made by hand", "licence": "CC0-1.0"}]
    write_description(folder / "asset", value)
    (folder / "asset/README.md").write_text(CARD)
    for bundle in build_extension(
        load_config(write_extension(folder / "extension.toml", "asset")),
        folder / "dist",
        ("chrome", "firefox"),
    ):
        wasm = bundle.folder / "runtime/ort-wasm-simd-threaded.wasm"
        wasm.unlink()
        wasm.write_bytes(light)
    return folder


def copy_of(folder: Path, to: Path) -> Path:
    """A copy to spoil."""
    return Path(shutil.copytree(folder, to))


def packed(folder: Path) -> Path:
    file = folder.parent / f"{folder.name}.zip"
    with zipfile.ZipFile(file, "w") as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())
    return file


def edit(name: str, change: Callable[[Any], Any]) -> Callable[[Path], None]:
    """Change the JSON of a file; it is written a key a line, so that lines can be told."""

    def spoil(folder: Path) -> None:
        value = json.loads((folder / name).read_text())
        value = change(value) or value
        (folder / name).write_text(json.dumps(value, indent=2, ensure_ascii=False))

    return spoil


def manifest(**keys: Any) -> Callable[[Path], None]:
    def change(value: dict[str, Any]) -> None:
        for key, content in keys.items():
            if content is None:
                value.pop(key, None)
            else:
                value[key] = content

    return edit("manifest.json", change)


def replace(name: str, old: str, new: str) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text
        (folder / name).write_text(text.replace(old, new, 1))

    return spoil


def add(name: str, content: str | bytes) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)

    return spoil


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def append(name: str, code: str) -> Callable[[Path], None]:
    return replace(name, "\n", f"\n{code}\n")


def into_a_folder(folder: Path) -> None:
    for path in list(folder.iterdir()):
        path.rename(folder.parent / path.name)
    (folder / "inner").mkdir()
    for path in folder.parent.iterdir():
        if path != folder and path.name != "firefox":
            path.rename(folder / "inner" / path.name)


def twice(folder: Path) -> None:
    shutil.copy(
        folder / "runtime/ort-wasm-simd-threaded.wasm",
        folder / "model/ort-wasm-simd-threaded.jsep.wasm",
    )


def same_file_twice(folder: Path) -> None:
    for name in "ab":
        (folder / f"model/{name}.bin").write_bytes(b"x" * 200_000)


def modified_runtime(folder: Path) -> None:
    file = folder / "runtime/ort.wasm.min.mjs"
    file.write_text(file.read_text() + "\n")


def gecko(**keys: Any) -> Callable[[Path], None]:
    def change(value: dict[str, Any]) -> None:
        found = value["browser_specific_settings"]["gecko"]
        for key, content in keys.items():
            found.pop(key, None) if content is None else found.__setitem__(key, content)

    return edit("manifest.json", change)


def message(locale: str, key: str, text: str | None) -> Callable[[Path], None]:
    def change(value: dict[str, Any]) -> None:
        value.pop(key) if text is None else value.__setitem__(key, {"message": text})

    return edit(f"_locales/{locale}/messages.json", change)


def permissions(*names: str) -> Callable[[Path], None]:
    return edit("manifest.json", lambda value: value["permissions"].extend(names))


BUTTON = "background/background.js"
CSP = CONTENT_SECURITY_POLICY
LONG = "x" * 133
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", 16, 16)
ESCAPED = "\\\\x61".replace("\\\\", "\\") * 60


@dataclass(frozen=True)
class Broken:
    """``line`` holds what must stand on the line that is reported; none for a file as a whole."""

    code: str
    browser: str
    spoil: Callable[[Path], None]
    file: str
    line: str | None = None


CASES = {
    "the manifest is no JSON": Broken(
        "LM101",
        "chrome",
        replace("manifest.json", '"version":', '"version"'),
        "manifest.json",
        '"version"',
    ),
    "the manifest lies in a folder": Broken("LM101", "chrome", into_a_folder, "manifest.json"),
    "manifest version 2": Broken(
        "LM102", "chrome", manifest(manifest_version=2), "manifest.json", "manifest_version"
    ),
    "a version with a word": Broken(
        "LM103", "chrome", manifest(version="1.0-beta"), "manifest.json", "1.0-beta"
    ),
    "a version with a leading zero": Broken(
        "LM103", "firefox", manifest(version="1.02"), "manifest.json", "1.02"
    ),
    "no name": Broken("LM104", "chrome", manifest(name=None), "manifest.json"),
    "a name too long for Edge": Broken(
        "LM114", "chrome", message("fr", "name", "x" * 46), "_locales/fr/messages.json", '"name"'
    ),
    "a store's trademark in the name": Broken(
        "LM115",
        "firefox",
        message("fr", "name", "Mozilla Firefox Lens"),
        "_locales/fr/messages.json",
        '"name"',
    ),
    "a direction of writing that is turned": Broken(
        "LM805",
        "firefox",
        message("fr", "menu_title", "Lens \u202egpj"),
        "_locales/fr/messages.json",
        '"menu_title"',
    ),
    "a description too long in one locale": Broken(
        "LM105",
        "chrome",
        message("fr", "description", LONG),
        "_locales/fr/messages.json",
        "description",
    ),
    "no icon for the store": Broken(
        "LM106", "chrome", manifest(icons={"16": "icons/icon-16.png"}), "manifest.json", "icons"
    ),
    "an icon of another size": Broken(
        "LM106", "chrome", add("icons/icon-128.png", PNG), "icons/icon-128.png"
    ),
    "no id for Firefox": Broken("LM107", "firefox", gecko(id=None), "manifest.json", "gecko"),
    "no declaration of data": Broken(
        "LM108", "firefox", gecko(data_collection_permissions=None), "manifest.json", "gecko"
    ),
    "Firefox with a service worker": Broken(
        "LM109",
        "firefox",
        manifest(background={"service_worker": "background/firefox.js"}),
        "manifest.json",
        "background",
    ),
    "a script that is not there": Broken(
        "LM110", "chrome", remove("shared/failures.js"), "background/background.js", "failures.js"
    ),
    "an update address": Broken(
        "LM111",
        "chrome",
        manifest(update_url="https://example.org/u.xml"),
        "manifest.json",
        "update_url",
    ),
    "every page readable by sites": Broken(
        "LM112",
        "chrome",
        manifest(web_accessible_resources=[{"resources": ["ui/*"], "matches": ["<all_urls>"]}]),
        "manifest.json",
        "ui/*",
    ),
    "sites may send messages": Broken(
        "LM113",
        "chrome",
        manifest(externally_connectable={"matches": ["*://*/*"]}),
        "manifest.json",
        "*://*/*",
    ),
    "a script from a delivery network": Broken(
        "LM201",
        "chrome",
        replace(
            "ui/popup/popup.html",
            "</head>",
            '<script src="https://cdn.example.org/a.js"></script>\n</head>',
        ),
        "ui/popup/popup.html",
        "cdn.example.org",
    ),
    "a module from a delivery network": Broken(
        "LM201",
        "firefox",
        append(BUTTON, "import 'https://cdn.example.org/a.js'"),
        BUTTON,
        "cdn.example.org",
    ),
    "eval": Broken("LM202", "chrome", append(BUTTON, "eval('1 + 1')"), BUTTON, "eval("),
    "a function from text": Broken(
        "LM202", "firefox", append(BUTTON, "new Function('return 1')()"), BUTTON, "new Function"
    ),
    "a timer with text": Broken(
        "LM202", "firefox", append(BUTTON, "setTimeout('go()', 10)"), BUTTON, "setTimeout('go()"
    ),
    "the address of a script in a string that never loads": Broken(
        "LM203",
        "chrome",
        append(BUTTON, "const DEFAULT = 'https://cdn.jsdelivr.net/npm/x@1/dist/x.min.js'"),
        BUTTON,
        "jsdelivr",
    ),
    "a script inside a page": Broken(
        "LM204",
        "chrome",
        replace("ui/popup/popup.html", "</head>", "<script>go()</script>\n</head>"),
        "ui/popup/popup.html",
        "go()",
    ),
    "a handler inside a page": Broken(
        "LM204",
        "firefox",
        replace("ui/popup/popup.html", "<textarea", '<textarea onclick="go()"'),
        "ui/popup/popup.html",
        "onclick",
    ),
    "markup from a value": Broken(
        "LM205",
        "firefox",
        append("ui/lib/i18n.js", "document.body.innerHTML = location.hash"),
        "ui/lib/i18n.js",
        "innerHTML",
    ),
    "obfuscated names": Broken(
        "LM206", "chrome", append(BUTTON, "const _0x1f3a = ['a']"), BUTTON, "_0x1f3a"
    ),
    "a text in escapes": Broken(
        "LM206", "firefox", append(BUTTON, f"const T = '{ESCAPED}'"), BUTTON, "const T"
    ),
    "a source map": Broken(
        "LM207",
        "chrome",
        append(BUTTON, "//# sourceMappingURL=background.js.map"),
        BUTTON,
        "sourceMappingURL",
    ),
    "a package's name in an import": Broken(
        "LM208", "chrome", append(BUTTON, "import 'lodash'"), BUTTON, "lodash"
    ),
    "a module by a computed name": Broken(
        "LM209", "firefox", append(BUTTON, "import(location.hash)"), BUTTON, "import(location"
    ),
    "a script that does not parse": Broken(
        "LM211", "firefox", append(BUTTON, "let a = ;"), BUTTON, "let a = ;"
    ),
    "a request to a server": Broken(
        "LM210",
        "firefox",
        append("engine/worker.js", "fetch('https://stats.example.org/hit')"),
        "engine/worker.js",
        "stats.example.org",
    ),
    "a permission that nothing uses": Broken(
        "LM301", "chrome", permissions("history"), "manifest.json", '"history"'
    ),
    "a call without its permission": Broken(
        "LM302", "firefox", append(BUTTON, "chrome.downloads.download({})"), BUTTON, "downloads"
    ),
    "access to every site": Broken(
        "LM303", "chrome", manifest(host_permissions=["<all_urls>"]), "manifest.json", "<all_urls>"
    ),
    "a content script on every site": Broken(
        "LM303",
        "firefox",
        manifest(
            content_scripts=[{"matches": ["*://*/*"], "js": ["content/card-host/overlay.js"]}]
        ),
        "manifest.json",
        "*://*/*",
    ),
    "a permission of the other browser": Broken(
        "LM304", "firefox", permissions("offscreen"), "manifest.json", "offscreen"
    ),
    "a host among the permissions": Broken(
        "LM305", "chrome", permissions("https://example.org/*"), "manifest.json", "example.org"
    ),
    "wasm without its policy": Broken(
        "LM401", "chrome", manifest(content_security_policy=None), "manifest.json"
    ),
    "a policy that allows eval": Broken(
        "LM402",
        "firefox",
        manifest(
            content_security_policy={"extension_pages": f"{CSP}; script-src-elem 'unsafe-inline'"}
        ),
        "manifest.json",
        "content_security_policy",
    ),
    "a request from a web page": Broken(
        "LM212",
        "firefox",
        append("content/page-view/view.js", "void fetch(address)"),
        "content/page-view/view.js",
        "fetch(address)",
    ),
    "an address that carries text": Broken(
        "LM213",
        "chrome",
        append(BUTTON, "chrome.tabs.create({url: 'https://example.org/?' + text})"),
        BUTTON,
        "example.org",
    ),
    "requests to any host": Broken(
        "LM403",
        "chrome",
        manifest(
            content_security_policy={
                "extension_pages": CSP.replace("connect-src 'self'", "connect-src https:")
            }
        ),
        "manifest.json",
        "content_security_policy",
    ),
    "images of any host": Broken(
        "LM407",
        "chrome",
        manifest(
            content_security_policy={
                "extension_pages": CSP.replace("default-src 'self'", "img-src https:")
            }
        ),
        "manifest.json",
        "content_security_policy",
    ),
    "an address that no model comes from": Broken(
        "LM405",
        "chrome",
        manifest(
            content_security_policy={
                "extension_pages": CSP.replace(
                    "connect-src 'self'", "connect-src 'self' https://a.example/"
                )
            }
        ),
        "manifest.json",
        "content_security_policy",
    ),
    "a model on the user's own machine": Broken(
        "LM406",
        "chrome",
        edit(
            "settings.json",
            lambda value: (
                value
                | {
                    "delivery": {
                        "address": "http://localhost:8000/",
                        "model": "0" * 64,
                        "origins": [],
                    }
                }
            ),
        ),
        "settings.json",
    ),
    "a policy in the old form": Broken(
        "LM404",
        "chrome",
        manifest(content_security_policy=CSP),
        "manifest.json",
        "content_security_policy",
    ),
    "a tokenizer over 5 MB": Broken(
        "LM501",
        "firefox",
        add("model/tokenizer.json", b"[" + b"1," * 2_700_000 + b"1]"),
        "model/tokenizer.json",
    ),
    "a script that nobody can read": Broken(
        "LM510", "chrome", add("extra.js", b"//" + b"a" * 5_300_000), "extra.js"
    ),
    "a gzipped file": Broken(
        "LM503", "chrome", add("model/vocab.txt.gz", b"\x1f\x8b\x08"), "model/vocab.txt.gz"
    ),
    "a zip under another name": Broken(
        "LM503", "chrome", add("model/extra.dat", b"PK\x03\x04"), "model/extra.dat"
    ),
    "what the system left": Broken("LM504", "chrome", add("ui/.DS_Store", b"x"), "ui/.DS_Store"),
    "what the tools left": Broken(
        "LM504", "firefox", add("node_modules/x/package.json", "{}"), "node_modules/x/package.json"
    ),
    "a script that nobody loads": Broken("LM505", "firefox", add("ui/old.js", "1"), "ui/old.js"),
    "a key in a script": Broken(
        "LM506", "chrome", append(BUTTON, "const KEY = 'AKIA" + "ABCDEFGHIJKLMNOP'"), BUTTON, "AKIA"
    ),
    "a program": Broken("LM507", "firefox", add("model/convert.py", "print()"), "model/convert.py"),
    "a reserved name": Broken("LM508", "chrome", add("_metadata/x.txt", "x"), "_metadata/x.txt"),
    "the same file twice": Broken("LM509", "firefox", same_file_twice, "model/b.bin"),
    "a modified runtime": Broken("LM601", "firefox", modified_runtime, "runtime/ort.wasm.min.mjs"),
    "the runtime twice": Broken("LM602", "chrome", twice, "runtime/ort-wasm-simd-threaded.wasm"),
    "wasm from somewhere": Broken(
        "LM603", "firefox", add("model/other.wasm", b"\0asm"), "model/other.wasm"
    ),
    "a licence that restricts": Broken(
        "LM701",
        "chrome",
        edit("model/model.json", lambda value: value["licence"].update(restricts_use=True)),
        "model/model.json",
        "licence",
    ),
    "a model from nowhere": Broken(
        "LM702",
        "firefox",
        edit("model/model.json", lambda value: value.update(sources=[])),
        "model/model.json",
        "sources",
    ),
    "a card that says nothing": Broken(
        "LM702", "chrome", add("model/README.md", "# Model\n"), "model/README.md", "# Model"
    ),
    "no licence for the runtime": Broken(
        "LM703", "firefox", remove("notices/onnxruntime-web.txt"), "notices/"
    ),
    "weights of another model": Broken(
        "LM704", "chrome", add("model/vocab.txt", "other"), "model/vocab.txt"
    ),
    "a word of the manifest that is missing": Broken(
        "LM801", "chrome", message("en", "description", None), "manifest.json", "__MSG_desc"
    ),
    "a word of a page that is missing": Broken(
        "LM801",
        "firefox",
        message("en", "popup_label", None),
        "ui/popup/popup.html",
        "popup_label",
    ),
    "a locale that lacks words": Broken(
        "LM802", "chrome", message("ja", "close", None), "_locales/ja/messages.json", "{"
    ),
    "a hole without its placeholder": Broken(
        "LM803",
        "firefox",
        message("es", "close", "x $NAME$"),
        "_locales/es/messages.json",
        '"close"',
    ),
    "words that are no JSON": Broken(
        "LM803", "chrome", add("_locales/de/messages.json", "{"), "_locales/de/messages.json", "{"
    ),
    "a locale that the store does not know": Broken(
        "LM804", "chrome", add("_locales/eo/messages.json", "{}"), "_locales/eo/messages.json"
    ),
}


def test_every_rule_about_packages_has_a_broken_package() -> None:
    without = {rule.code for rule in RULES} - {case.code for case in CASES.values()}
    assert without - FROM_REJECTIONS == {"LM001", "LM502"}  # both below
    assert len(CASES) > 20


@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_a_sound_package_has_nothing_to_complain_about(browser: str, sound: Path) -> None:
    report = lint(sound / "dist" / browser, mozilla=False)
    assert [(finding.code, finding.place, finding.message) for finding in report.findings] == []
    assert report.stores == (("chrome", "edge") if browser == "chrome" else ("firefox",))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_a_cause_of_rejection_is_caught_at_its_place_in_folder_and_zip(
    case: Broken, sound: Path, tmp_path: Path
) -> None:
    folder = copy_of(
        sound / "dist" / case.browser,
        tmp_path / "firefox" if case.spoil is into_a_folder else tmp_path / "package",
    )
    line = None
    case.spoil(folder)
    if case.line is not None:
        lines = (folder / case.file).read_text().splitlines()
        line = next(number for number, text in enumerate(lines, start=1) if case.line in text)
    for target, between in ((folder, "/"), (packed(folder), "!/")):
        report = lint(
            target, ("chrome", "edge") if case.browser == "chrome" else ("firefox",), mozilla=False
        )
        found = [finding for finding in report.findings if finding.code == case.code]
        places = [(finding.file, finding.line) for finding in found]
        wanted = f"{target}{between}{case.file}"
        assert any(
            file == wanted and (line is None or number == line) for file, number in places
        ), [(finding.code, finding.place, finding.message) for finding in report.findings]
        assert all(
            finding.why and finding.fix and finding.source.startswith("https://")
            for finding in found
        )


# The project


def lint_project(folder: Path) -> LintReport:
    return lint(folder / "extension.toml", mozilla=False)


def own_extension(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copy = folder / "extension"
    shutil.copytree(extension_folder(), copy)
    for module in (
        "builder.packaging.contents",
        "builder.stores.lint.subject",
        "builder.stores.lint.project_locations",
    ):
        monkeypatch.setattr(f"{module}.extension_folder", lambda: copy)
    return copy


def test_a_sound_project_has_no_error_and_tells_what_each_permission_is_for(sound: Path) -> None:
    report = lint_project(sound)
    assert report.ok, report.findings
    assert report.stores == ("chrome", "firefox", "edge")
    for browser, traced in report.permissions.items():
        names = json.loads((sound / "dist" / browser / "manifest.json").read_text())["permissions"]
        assert [entry.name for entry in traced] == names
        for entry in traced:
            assert entry.reason and re.match(r"[\w/.-]+:\d+ [\w.]+", entry.used_at[0])


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('description = "Says how a text sounds."', f'description = "{LONG}"', 6, "133 characters"),
        ('version = "1.2.3"', 'version = "1.2.3-rc1"', 3, "does not fit"),
        ('asset = "asset"', 'asset = "elsewhere"', 0, "no such asset folder"),
    ],
)
def test_a_project_that_cannot_be_built_is_a_finding_with_its_line(
    old: str, new: str, line: int, message: str, sound: Path, tmp_path: Path
) -> None:
    folder = copy_of(sound, tmp_path / "project")
    file = folder / "extension.toml"
    file.write_text(file.read_text().replace(old, new))
    (finding,) = lint_project(folder).findings
    assert (finding.code, finding.severity) == ("LM001", "error")
    assert message in finding.message
    assert finding.place == (f"{file}:{line}" if line else str(folder / "elsewhere"))


def test_a_project_without_an_id_for_firefox_is_told_and_fixed(sound: Path, tmp_path: Path) -> None:
    folder = copy_of(sound, tmp_path / "project")
    file = folder / "extension.toml"
    file.write_text(file.read_text().replace('gecko_id = "tiny@lens.example"\n', ""))
    assert [
        finding.code for finding in lint_project(folder).findings if finding.severity == "error"
    ] == ["LM107"]
    report = lint(file, fix=True, mozilla=False)
    assert report.ok and "gecko_id" in report.fixed[0]
    config = load_config(file)
    assert config.gecko_id is not None and config.slug == "tiny-lens"


def test_a_fault_in_the_source_is_reported_where_it_is_written_once_for_all_stores(
    sound: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = own_extension(tmp_path, monkeypatch)
    append("background/background.js", "eval('1')")(source)
    replace("manifest.json.jinja", '"storage"', '"storage", "history"')(source)
    (source / "ui/old.css").write_text("p {}")
    found = {finding.code: finding for finding in lint_project(sound).findings}
    assert found["LM202"].place == f"{source}/background/background.js:2"
    assert found["LM202"].stores == ("chrome", "firefox", "edge")
    template = (source / "manifest.json.jinja").read_text().splitlines()
    assert '"history"' in template[found["LM301"].line - 1]
    assert found["LM301"].file == f"{source}/manifest.json.jinja"
    assert found["LM505"].file == f"{source}/ui/old.css"


def test_a_model_from_nowhere_is_reported_in_the_asset(sound: Path, tmp_path: Path) -> None:
    folder = copy_of(sound, tmp_path / "project")
    edit("model.json", lambda value: value.update(sources=[]))(folder / "asset")
    found = {finding.code: finding for finding in lint_project(folder).findings}
    assert found["LM702"].file == str(folder / "asset/model.json")
    assert (
        '"sources"'
        in (folder / "asset/model.json").read_text().splitlines()[found["LM702"].line - 1]
    )


def test_a_package_over_the_limit_of_a_store_is_told(
    sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("builder.stores.lint.rules.package.MOZILLA_UNPACKED_LIMIT", 100_000)
    report = lint(sound / "dist/firefox", mozilla=False)
    assert [finding.code for finding in report.findings] == ["LM502"]


# What --fix, --ignore and the formats do


def test_fixing_a_folder_removes_what_needs_no_decision_and_nothing_else(
    sound: Path, tmp_path: Path
) -> None:
    folder = copy_of(sound / "dist/chrome", tmp_path / "package")
    for name in (
        "what the system left",
        "a source map",
        "wasm without its policy",
        "a locale that lacks words",
    ):
        CASES[name].spoil(folder)
    assert not lint(folder, mozilla=False).ok
    report = lint(folder, fix=True, mozilla=False)
    decided_by_a_person = ["LM403", "LM407"]
    assert [finding.code for finding in report.findings] == decided_by_a_person
    assert len(report.fixed) == 4
    assert lint(folder, fix=True, mozilla=False).fixed == []
    assert (folder / "background/background.js").read_text() == (
        sound / "dist/chrome/background/background.js"
    ).read_text()


def test_a_zip_is_not_fixed(sound: Path, tmp_path: Path) -> None:
    with pytest.raises(BuilderError, match="a zip is not corrected"):
        lint(packed(copy_of(sound / "dist/chrome", tmp_path / "package")), fix=True)


def test_what_is_ignored_is_left_out_everywhere_or_in_one_file(sound: Path, tmp_path: Path) -> None:
    folder = copy_of(sound / "dist/chrome", tmp_path / "package")
    CASES["eval"].spoil(folder)
    assert not lint(folder, ignore=["LM202:popup.js"], mozilla=False).ok
    assert lint(folder, ignore=["LM202:background.js"], mozilla=False).ok
    assert lint(folder, ignore=["LM202"], mozilla=False).ok
    with pytest.raises(BuilderError, match="no rule has this code"):
        lint(folder, ignore=["LM999"])


def test_the_command_prints_places_reasons_and_remedies_and_fails_on_errors(
    sound: Path, tmp_path: Path
) -> None:
    folder = copy_of(sound / "dist/chrome", tmp_path / "package")
    CASES["eval"].spoil(folder)
    result = CliRunner().invoke(
        main,
        [
            "lint",
            str(folder),
            "--no-mozilla",
            "--sarif",
            str(tmp_path / "out.sarif"),
            "--json",
            str(tmp_path / "out.json"),
        ],
    )
    assert result.exit_code == 1
    assert f"error LM202: {folder}/background/background.js:2: calls eval" in result.output
    assert "why: " in result.output and "fix: " in result.output
    assert "1 error, 0 warnings, 0 notes for chrome, edge" in result.output
    envelope = json.loads((tmp_path / "out.json").read_text())
    assert (envelope["ok"], envelope["problems"][0]["code"]) == (False, "LM202")
    assert envelope["problems"][0]["place"] == f"{folder}/background/background.js:2"
    log = json.loads((tmp_path / "out.sarif").read_text())
    assert log["version"] == "2.1.0"
    (found,) = log["runs"][0]["results"]
    assert (
        found["ruleId"]
        == log["runs"][0]["tool"]["driver"]["rules"][found["ruleIndex"]]["id"]
        == "LM202"
    )
    assert found["locations"][0]["physicalLocation"]["region"] == {"startLine": 2}


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["lint", "nowhere.zip"], 2, "no such file or folder"),
        (["lint", "--store", "opera"], 2, "'opera' is not one of"),
    ],
)
def test_a_target_or_store_that_does_not_exist_is_bad_input(
    arguments: list[str], code: int, words: str
) -> None:
    result = CliRunner().invoke(main, arguments)
    assert (result.exit_code, words in result.stderr) == (code, True)


# Permissions of an update


@pytest.mark.parametrize(
    ("before", "after", "browser", "asks"),
    [
        (["storage"], ["storage", "contextMenus"], "chrome", []),
        (["storage"], ["storage", "history"], "chrome", [TABLE["history"].chrome_warning]),
        (["tabs"], ["tabs", "webNavigation"], "chrome", []),  # the same sentence
        (["tabs"], ["tabs", "webNavigation"], "firefox", [TABLE["webNavigation"].firefox_warning]),
        (["history"], [], "chrome", []),
    ],
)
def test_an_update_asks_the_user_anew_only_for_a_new_warning(
    before: list[str], after: list[str], browser: str, asks: list[str]
) -> None:
    found = change({"permissions": before}, {"permissions": after}, browser)
    assert list(found.new_warnings) == asks
    assert found.asks == bool(asks)
    assert set(found.added) == set(after) - set(before)


def test_access_to_all_sites_covers_each_site_and_in_chrome_the_history() -> None:
    everywhere = {"host_permissions": ["<all_urls>"]}
    assert not change(
        everywhere, {"permissions": ["tabs"], "host_permissions": ["https://a.example/*"]}, "chrome"
    ).asks
    assert change(everywhere, {"permissions": ["tabs"], **everywhere}, "firefox").new_warnings == (
        TABLE["tabs"].firefox_warning,
    )
    assert warnings({"content_scripts": [{"matches": ["https://a.example/*"]}]}, "chrome") == {
        "Read and change your data on https://a.example/*"
    }
