from __future__ import annotations

from pathlib import Path

import pytest

from builder.packaging.javascript import Lines, parse


def kinds(source: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in parse(source).tokens]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("// eval('x')\n1", [("comment", "// eval('x')"), ("name", "1")]),
        ("'it\\'s'", [("string", "it's")]),
        (r'"\x41\u0042\u{43}\n"', [("string", "ABC\n")]),
        ("a / b / c", [("name", "a"), ("mark", "/"), ("name", "b"), ("mark", "/"), ("name", "c")]),
        ("return /'[/]\\//g", [("name", "return"), ("regex", "/'[/]\\//g")]),
        ("x = /a'b/", [("name", "x"), ("mark", "="), ("regex", "/a'b/")]),
        ("`a${b}c`", [("template", "a"), ("name", "b"), ("template", "c")]),
        (
            "`a${f({x: `${'y'}`})}c`",
            [
                ("template", "a"),
                ("name", "f"),
                ("mark", "("),
                ("mark", "{"),
                ("name", "x"),
                ("mark", ":"),
                ("template", ""),
                ("string", "y"),
                ("template", ""),
                ("mark", "}"),
                ("mark", ")"),
                ("template", "c"),
            ],
        ),
        ("/* open", [("comment", "/* open")]),
        ("'open\nb", [("mark", "'"), ("name", "open"), ("name", "b")]),
    ],
)
def test_a_source_is_cut_into_these_tokens(source: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(source) == expected


def test_a_template_with_holes_is_not_whole_in_any_part() -> None:
    assert [
        token.whole for token in parse("`a${b}c` + `d`").tokens if token.kind == "template"
    ] == [
        False,
        False,
        True,
    ]


def test_offsets_lead_back_to_line_and_column() -> None:
    source = "let a\n  = 'b'\n"
    string = next(token for token in parse(source).code if token.kind == "string")
    assert Lines(source).at(string.offset) == (2, 5)


def test_every_module_of_the_extension_and_the_minified_runtime_is_read_to_its_end(
    repository: Path,
) -> None:
    files = [
        *(repository / "extension").rglob("*.js"),
        *(repository / "tools/node_modules/onnxruntime-web/dist").glob("ort.wasm.min.mjs"),
    ]
    assert len(files) > 20
    for file in files:
        source = file.read_text(encoding="utf-8")
        marks = [token.text for token in parse(source).code if token.kind == "mark"]
        for opening, closing in ("()", "[]"):
            assert marks.count(opening) == marks.count(closing), file


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("chrome.tabs.create({})", ["tabs.create"]),
        ("globalThis.browser?.tabs.query()", ["tabs.query"]),
        (
            "const api = globalThis.browser ?? chrome\napi.storage.local.get()",
            ["storage.local.get"],
        ),
        (
            "const {tabs, storage: s} = chrome; tabs.query(); s.local",
            ["tabs.query", "storage.local"],
        ),
        ("const {tabs = 1} = chrome; tabs.query()", ["tabs.query"]),
        ("chrome['tabs'].create()", ["tabs.create"]),
        ("const scripting = chrome.scripting; scripting.insertCSS()", ["scripting.insertCSS"]),
        ("other.chrome.tabs", []),
        ("'chrome.tabs'; // chrome.tabs", []),
        ("/chrome.tabs/", []),
    ],
)
def test_uses_of_the_browsers_api_are_seen(source: str, expected: list[str]) -> None:
    found = [use.path for use in parse(source).uses]
    assert [path for path in found if "." in path] == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a from './a.js' with {type: 'json'}; using b = a?.c ?? 1n", None),
        ("async function* a() { for await (const b of c) yield* b }", None),
        ("/[\\p{L}--[a-z]]/v.test(a); class A { #b = 1; static { } }", None),
        ("let a = ;\nb()", (1, "unexpected")),
        ("\n\nfunction (", (3, "unexpected")),
        ("if (a) {\n  b()", (2, "'}' is missing")),
        ("const a =\n  <div/>", (2, "JSX")),
    ],
)
def test_a_script_that_does_not_parse_is_told_with_its_line(
    source: str, expected: tuple[int, str] | None
) -> None:
    script = parse(source)
    if expected is None:
        assert script.error is None
        return
    assert script.error is not None
    offset, problem = script.error
    assert script.lines.at(offset)[0] == expected[0]
    assert expected[1] in problem


@pytest.mark.parametrize("piece", ["(", "[", "{", "a(", "`${", "x?", "/*", "'", "<a>"])
def test_a_script_that_nests_deeply_or_breaks_is_still_read(piece: str) -> None:
    script = parse("import './a.js'\n" + piece * 5000)
    assert script.tokens
    assert isinstance(script.uses, tuple)
    assert script.error is None or script.error[0] >= 0
