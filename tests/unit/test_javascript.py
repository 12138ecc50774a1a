from __future__ import annotations

from pathlib import Path

import pytest

from builder.packaging.javascript import Lines, code, tokens


def kinds(source: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in tokens(source)]


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
    assert [token.whole for token in tokens("`a${b}c` + `d`") if token.kind == "template"] == [
        False,
        False,
        True,
    ]


def test_offsets_lead_back_to_line_and_column() -> None:
    source = "let a\n  = 'b'\n"
    string = next(token for token in code(source) if token.kind == "string")
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
        marks = [token.text for token in code(source) if token.kind == "mark"]
        for opening, closing in ("()", "[]"):
            assert marks.count(opening) == marks.count(closing), file
