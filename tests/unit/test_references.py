"""The allow-list: what the manifest leads to ships, and nothing else."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from builder.config.extension import BROWSERS, load_config
from builder.errors import BuilderError
from builder.models.asset.asset import load_asset
from builder.packaging.contents import bundle_candidates, bundle_contents
from builder.packaging.references.graph import trace_references
from builder.packaging.tree import Contents, ContentsTree
from builder.paths import extension_folder
from builder.site.contents import site_contents
from builder.site.edge import edge_modules


def files_of(manifest: dict[str, Any] | None = None, **texts: str) -> ContentsTree:
    """An extension in memory; ``a__b_js`` is written ``a/b.js``."""
    contents: Contents = {
        "manifest.json": (
            json.dumps(manifest or {"background": {"service_worker": "main.js"}}, indent=1).encode()
        )
    }
    for name, text in texts.items():
        path, _, suffix = name.replace("__", "/").rpartition("_")
        contents[f"{path}.{suffix}"] = text.encode()
    return ContentsTree(contents)


@pytest.mark.parametrize(
    "statement",
    [
        "import './part.js'",
        "import {a} from './part.js'",
        'import * as a from "./part.js"',
        "export {a} from './part.js'",
        "export * from './part.js'",
        "const a = await import('./part.js')",
        "new Worker(new URL('./part.js', import.meta.url))",
        "new URL('part.js?x#y', import.meta.url)",
        "chrome.runtime.getURL('part.js')",
        "chrome.runtime.getURL('/part.js#now')",
        "frame.src = `${chrome.runtime.getURL('part.js')}#${id}`",
        "chrome.runtime.getURL(`part.js#${id}`)",
        "chrome.scripting.executeScript({target: {tabId}, files: ['part.js']})",
        "chrome.scripting.insertCSS({files: [\n'other.js',\n'part.js'\n]})",
        "const PAGE = 'part.js'",
        "importScripts('part.js')",
        "importScripts('other.js', 'part.js')",
        "if (ok) /`/.test(s)\nimport('./part.js')",
        "if (ok) /'/.test(s)\nimport('./part.js')",
        "while (a) /[/`]/.exec(b)\nexport * from './part.js'",
        "x = a / b; y = c / `d`; import('./part.js')",
        "a++ / 2; import('./part.js'); 3 / `",
        "`${await import('./part.js')} and ${`${b}`}`",
        "`${{a: `}`}}`; import('./part.js')",
        "import data from './part.js' with {type: 'json'}",
        "import('./part.js', {with: {type: 'json'}})",
        "import /* why */ './part.js'",
        "import(/* why */ './part.js')",
        "import(`./part.js`)",
        "export * as part from './part.js'",
        "export {default} from './part.js'",
        "class A { static { import('./part.js') } }",
        "const ü = '–'; import('./part.js')",
        "import('./p\\u0061rt.js')",
        "registerContentScripts([{id: 'a', js: ['part.js']}])",
        "let broken = ; import('./part.js')",
    ],
)
def test_a_module_leads_to_what_it_loads(statement: str) -> None:
    assert "part.js" in trace_references(files_of(main_js=statement, part_js="", other_js="")).files


@pytest.mark.parametrize(
    "statement",
    [
        "// import './part.js'",
        "/** @type {import('./part.js').T} */",
        "const a = /import '.\\/part.js'/",
        "const part = part.js",
        "'a part.js b'",
        "import 'part'",
        "'import \\'./part.js\\''",
        "`import './part.js'`",
        "/* import('./part.js') */",
        "// import('./part.js')\u2028",
        "a = b / import_('./part') / c",
    ],
)
def test_what_only_looks_like_loading_leads_nowhere(statement: str) -> None:
    found = trace_references(files_of(main_js=statement, part_js=""))
    assert sorted(found.files) == ["main.js", "manifest.json"]
    assert not found.missing


def test_a_regular_expression_after_a_condition_hides_no_import() -> None:
    texts: dict[str, Any] = {
        "main_js": "if (ok) /`/.test(s)\nimport('./late.js')\n`tail`",
        "late_js": "",
    }
    found = trace_references(files_of(**texts))
    assert "late.js" in found.files
    assert found.chain("late.js")[0] == "main.js:2"


def test_an_inline_script_of_a_page_leads_to_what_it_imports() -> None:
    page = "<p>\n<script type=module>\nimport './gone.js'\n</script><script>'part.js'</script>"
    found = trace_references(
        files_of(
            {"action": {"default_popup": "a.html"}},
            a_html=page + '<script type=\'application/json\'>{"a": "other.js"}</script>',
            part_js="",
            other_js="",
        )
    )
    assert [(miss.source, miss.line, miss.target) for miss in found.missing] == [
        ("a.html", 3, "gone.js")
    ]
    assert "part.js" in found.files
    assert "other.js" not in found.files


@pytest.mark.parametrize(
    ("texts", "place"),
    [
        ({"main_js": "\nimport './gone.js'"}, ("main.js", 2, "gone.js")),
        (
            {"main_js": "import './a/b.js'", "a__b_js": "import '../../gone.js'"},
            ("a/b.js", 1, "../gone.js"),
        ),
        ({"main_js": "chrome.runtime.getURL('a/gone.html')"}, ("main.js", 1, "a/gone.html")),
        ({"main_js": "new URL('./gone/', import.meta.url)"}, ("main.js", 1, "gone/")),
        ({"main_js": "executeScript({files: ['page/gone.js']})"}, ("main.js", 1, "page/gone.js")),
        (
            {"main_js": "'a.html'", "a_html": "<p>\n<img\nsrc='gone.png'>"},
            ("a.html", 2, "gone.png"),
        ),
        (
            {"main_js": "'a.html'", "a_html": "<style>\np { background: url(gone.png) }</style>"},
            ("a.html", 2, "gone.png"),
        ),
        (
            {"main_js": "'a.css'", "a_css": "/* url(no.png) */\n@import 'gone.css';"},
            ("a.css", 2, "gone.css"),
        ),
    ],
)
def test_a_name_without_a_file_is_reported_with_its_place(
    texts: dict[str, str], place: tuple[str, int, str]
) -> None:
    (missing,) = trace_references(files_of(None, **texts)).missing
    assert (missing.source, missing.line, missing.target) == place


def test_a_manifest_leads_to_every_kind_of_file_that_it_may_name() -> None:
    manifest = {
        "default_locale": "en",
        "icons": {"16": "i/16.png"},
        "action": {"default_icon": {"16": "i/a.png"}, "default_popup": "p/popup.html"},
        "background": {"scripts": ["b/one.js", "/b/two.js"]},
        "options_ui": {"page": "p/options.html"},
        "side_panel": {"default_path": "p/side.html"},
        "sidebar_action": {"default_panel": "p/bar.html", "default_icon": "i/bar.png"},
        "content_scripts": [{"matches": [], "js": ["c/one.js"], "css": ["c/one.css"]}],
        "web_accessible_resources": [{"resources": ["w/*.svg"], "matches": []}],
    }
    names = [
        "_locales/en/messages.json",
        "i/16.png",
        "i/a.png",
        "p/popup.html",
        "b/one.js",
        "b/two.js",
        "p/options.html",
        "p/side.html",
        "p/bar.html",
        "i/bar.png",
        "c/one.js",
        "c/one.css",
        "w/a.svg",
        "w/b.svg",
    ]
    contents: Contents = {name: b"" for name in [*names, "stray.js", "w/c.txt"]}
    contents["manifest.json"] = json.dumps(manifest).encode()
    found = trace_references(ContentsTree(contents))
    assert sorted(found.files) == sorted([*names, "manifest.json"])
    assert not found.missing


def test_a_page_leads_to_its_scripts_styles_and_pictures() -> None:
    page = (
        '<link rel="stylesheet" href="../a.css"><script type="module" src="a.js"></script><img'
        ' srcset="a.png 1x, b.png 2x"><a href="https://example.org/x.html">x</a><a'
        ' href="#top">y</a><img src="data:image/png;base64,">'
    )
    found = trace_references(
        files_of(
            {"action": {"default_popup": "p/p.html"}},
            p__p_html=page,
            p__a_js="",
            i_png="",
            a_css="p{background:url('i.png')}",
            p__a_png="",
            p__b_png="",
        )
    )
    assert sorted(found.files) == [
        "a.css",
        "i.png",
        "manifest.json",
        "p/a.js",
        "p/a.png",
        "p/b.png",
        "p/p.html",
    ]
    assert not found.missing


def test_the_folder_of_a_model_leads_to_what_its_description_lists() -> None:
    description = json.dumps({"files": [{"path": "weights.bin"}, {"path": "extra/merges.txt"}]})
    found = trace_references(
        files_of(
            main_js="new URL('./model/', import.meta.url)",
            model__model_json=description,
            model__weights_bin="",
            model__extra__merges_txt="",
            model__README_md="",
            model__training_log="",
        )
    )
    assert "model/training.log" not in found.files
    assert {
        "model/weights.bin",
        "model/extra/merges.txt",
        "model/README.md",
        "model/model.json",
    } <= set(found.files)


def test_how_the_manifest_leads_to_a_file_can_be_told() -> None:
    found = trace_references(files_of(main_js="\nimport './a.js'", a_js="import './b.js'", b_js=""))
    assert found.chain("b.js") == ["a.js:1", "main.js:2", "manifest.json:3"]


def test_every_file_of_the_extension_ships_to_some_browser(repository: Path) -> None:
    config = load_config(repository / "extension.toml")
    asset = load_asset(config.asset)
    shipped = set().union(*(bundle_contents(config, asset, browser) for browser in BROWSERS))
    shipped |= set(site_contents(config, asset).app)
    shipped |= set(edge_modules(config, asset)[0])
    ours = {
        path.relative_to(extension_folder()).as_posix()
        for path in extension_folder().rglob("*")
        if path.is_file()
    }
    sources = {
        "manifest.json.jinja",
        "icons/icon.svg",
        "icons/icon-small.svg",
        "delivery/model-source.js",
        "site/index.html.jinja",
        "site/sw.js",
        "engine/wasm-trim/README.md",
    }  # of which what ships is made, and what people read
    types = {name for name in ours if name.endswith("/types.js")}
    for name in types:  # JSDoc alone, which nothing imports when it runs
        text = (extension_folder() / name).read_text(encoding="utf-8")
        assert re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL).strip() == "export {}"
    assert ours - shipped == sources | types | {
        "notices/huggingface-tokenizers.txt"
    }  # which ships with other models


def test_a_file_that_nobody_names_does_not_ship(project: Path, tmp_path: Path) -> None:
    config = load_config(project)
    asset = load_asset(config.asset)
    (asset.folder / "notes.txt").write_text("private")
    for browser in BROWSERS:
        contents = bundle_contents(config, asset, browser)
        assert "model/notes.txt" not in contents
        assert set(contents) < set(bundle_candidates(config, asset, browser))


def test_a_missing_file_that_a_module_names_stops_the_build(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "extension"
    shutil.copytree(extension_folder(), copy)
    (copy / "platform/call.js").unlink()
    monkeypatch.setattr("builder.packaging.contents.extension_folder", lambda: copy)
    config = load_config(project)
    with pytest.raises(
        BuilderError,
        match=(r"extension/[\w/-]+\.js:\d+: refers to platform/call\.js, which does not exist"),
    ):
        bundle_contents(config, load_asset(config.asset), "chrome")
