"""Text files as editors and spreadsheets write them: a row for each report, with its value."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from builder.config.reader import read_json, read_toml
from builder.errors import BuilderError
from builder.models.data.eval_data import read_eval_data

LABELS = ["joy", "anger", "quiet love"]
BOM = b"\xef\xbb\xbf"
SLEPT = [("I finally slept well", ["joy"])]
PANEL = (
    "\ufeffnumber,text,labels,joy,anger,quiet love\r\n"
    '1,"I slept, finally",joy,0.9,0.05,0.05\r\n'
    "2,'=SUM of my fears,anger quiet love,0.1,0.8,0.7\r\n"
    "3,The bus is red,,0.1,0.1,0.1\r\n"
)
PANEL_ROWS = [
    ("I slept, finally", ["joy"]),
    ("=SUM of my fears", ["anger", "quiet love"]),
    ("The bus is red", []),
]
PANEL_JSON = {
    "source": "https://example.com",
    "at": "2026-01-01T00:00:00Z",
    "model": {"name": "m", "version": "1.0.0"},
    "sentences": [
        {"number": 1, "text": "I slept, finally", "label": "joy", "labels": ["joy"], "scores": {}},
        {
            "number": 2,
            "text": "=SUM of my fears",
            "label": "anger",
            "labels": ["anger", "quiet love"],
            "scores": {},
        },
        {"number": 3, "text": "The bus is red", "label": None, "labels": [], "scores": {}},
    ],
}

READ: dict[str, tuple[str, bytes, list[tuple[str, list[str]]]]] = {
    "a byte order mark in CSV": ("a.csv", BOM + b"text,label\nI finally slept well,joy\n", SLEPT),
    "a byte order mark in text": (
        "a.txt",
        BOM + b"text;label_name\nI finally slept well;joy\n",
        SLEPT,
    ),
    "a byte order mark before the first text": (
        "a.txt",
        BOM + b"I finally slept well;joy\n",
        SLEPT,
    ),
    "a byte order mark in JSON lines": (
        "a.jsonl",
        BOM + b'{"text": "I finally slept well", "label": "joy"}\n',
        SLEPT,
    ),
    "a byte order mark in tabs": ("a.tsv", BOM + b"I finally slept well\t0\n", SLEPT),
    "CRLF": ("a.csv", b"text,label\r\nI finally slept well,joy\r\n", SLEPT),
    "CRLF in text": ("a.txt", b"text;label_name\r\nI finally slept well;joy\r\n", SLEPT),
    "CR alone": ("a.csv", b"text,label\rI finally slept well,joy\r", SLEPT),
    "no line end at the end": ("a.csv", b"text,label\nI finally slept well,joy", SLEPT),
    "semicolons in CSV": (
        "a.csv",
        b'text;label\n"I finally slept; well, well";joy\n',
        [("I finally slept; well, well", ["joy"])],
    ),
    "tabs in CSV": ("a.csv", b"text\tlabel\nI finally slept well\tjoy\n", SLEPT),
    "UTF-16 with tabs, as Excel writes Unicode text": (
        "a.tsv",
        "text\tlabel\r\nI finally slept well\tjoy\r\n".encode("utf-16"),
        SLEPT,
    ),
    "UTF-16 big-endian": (
        "a.csv",
        b"\xfe\xff" + "text,label\nI finally slept well,joy\n".encode("utf-16-be"),
        SLEPT,
    ),
    "names in tabs under a header": ("a.tsv", b"text\tlabel\nI finally slept well\tjoy\n", SLEPT),
    "empty rows of a spreadsheet": (
        "a.csv",
        b"text,label,\nI finally slept well,joy,\n,,\n,,\n\n",
        SLEPT,
    ),
    "empty rows in semicolons": ("a.txt", b"I finally slept well;joy\n;\n\n", SLEPT),
    "spaces around a label": ("a.txt", b"I finally slept well; joy \n", SLEPT),
    "columns of another order, in capitals": (
        "a.csv",
        b"Label,Id,Text\njoy,7,I finally slept well\n",
        SLEPT,
    ),
    "a suffix in capitals": ("A.CSV", b"text,label\nI finally slept well,joy\n", SLEPT),
    "a line end within quotes": (
        "a.csv",
        b'text,label\n"I finally\nslept, ""well""",joy\n',
        [('I finally\nslept, "well"', ["joy"])],
    ),
    "U+2028, U+0085 and a form feed in a CSV text": (
        "a.csv",
        "text,label\nI\u2028finally\u0085slept\x0cwell,joy\n".encode(),
        [("I\u2028finally\u0085slept\x0cwell", ["joy"])],
    ),
    "U+2028 in a text of semicolons": (
        "a.txt",
        "I\u2028finally\u0085slept;joy\n".encode(),
        [("I\u2028finally\u0085slept", ["joy"])],
    ),
    "U+2028 in JSON lines": (
        "a.jsonl",
        '{"text": "I\u2028slept", "label": "joy"}\n'.encode(),
        [("I\u2028slept", ["joy"])],
    ),
    "labels of several words": (
        "a.csv",
        b'text,labels\nI finally slept well,"quiet love, joy"\n',
        [("I finally slept well", ["joy", "quiet love"])],
    ),
    "a JSON list": ("a.json", b'[{"text": "I finally slept well", "label": "joy"}]', SLEPT),
    "the side panel's CSV": ("a.csv", PANEL.encode(), PANEL_ROWS),
    "the side panel's CSV without its mark": ("a.csv", PANEL[1:].encode(), PANEL_ROWS),
    "the side panel's JSON": ("a.json", json.dumps(PANEL_JSON).encode(), PANEL_ROWS),
}

REFUSED: dict[str, tuple[str, bytes, str]] = {
    "Latin-1": (
        "a.csv",
        "text,label\nfine,joy\nschön,joy\n".encode("latin-1"),
        "a.csv:3: not UTF-8",
    ),
    "half a UTF-16 character": ("a.csv", b"\xff\xfet\x00e", "not UTF-16 text"),
    "an unclosed quotation mark": ("a.csv", b'text,label\n"fine,joy\n', "no CSV"),
    "an error behind a text of two lines": (
        "a.csv",
        b'text,label\n"a\nb",joy\nfine,bad\n',
        "a.csv:4: unknown label 'bad'",
    ),
    "a line of JSON nested deeply": ("a.jsonl", b"[" * 100_000, "a.jsonl:1: no JSON"),
    "a line of JSON with a long number": (
        "a.jsonl",
        b'{"text": "a", "label": ' + b"9" * 5000 + b"}",
        "a.jsonl:1: no JSON",
    ),
    "a label id of 5,000 digits": ("a.csv", b"text,label\nfine," + b"9" * 5000, "is no label id"),
    "nothing but a mark": ("a.csv", BOM, "no column 'text'"),
}


@pytest.mark.parametrize("case", READ)
def test_labelled_texts_are_read_as_spreadsheets_and_editors_write_them(
    case: str, tmp_path: Path
) -> None:
    name, content, expected = READ[case]
    (tmp_path / name).write_bytes(content)
    data = read_eval_data(tmp_path / name, LABELS, multi_label=True)
    found = [
        (text, [LABELS[index] for index in row.nonzero()[0]])
        for text, row in zip(data.texts, data.ground_truth, strict=True)
    ]
    assert found == expected


@pytest.mark.parametrize("case", REFUSED)
def test_labelled_texts_that_cannot_be_read_are_one_sentence(case: str, tmp_path: Path) -> None:
    name, content, message = REFUSED[case]
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BuilderError) as caught:
        read_eval_data(tmp_path / name, LABELS, multi_label=True)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


CONFIGS: dict[str, tuple[bytes, bytes]] = {
    "a byte order mark": (BOM + b'name = "a"\n', BOM + b'{"name": "a"}'),
    "CRLF": (b'\r\nname = "a"\r\n', b'{\r\n"name": "a"\r\n}\r\n'),
}
BROKEN_CONFIGS: dict[str, tuple[bytes, bytes, str]] = {
    "UTF-16": ('name = "a"'.encode("utf-16"), '{"name": "a"}'.encode("utf-16"), "UTF-16 text"),
    "Latin-1": (b'\nname = "\xe9"', b'{\n"name": "\xe9"}', ":2: not UTF-8 text"),
    "deep nesting": (b"a = " + b"[" * 100_000, b'{"a":' * 100_000, "nests too deeply"),
    "a number of 5,000 digits": (
        b"a = " + b"9" * 5000,
        b'{"a": ' + b"9" * 5000 + b"}",
        "a number of thousands of digits",
    ),
}


@pytest.mark.parametrize("case", CONFIGS)
def test_configuration_is_read_as_editors_write_it(case: str, tmp_path: Path) -> None:
    toml, json_text = CONFIGS[case]
    (tmp_path / "a.toml").write_bytes(toml)
    (tmp_path / "a.json").write_bytes(json_text)
    assert read_toml(tmp_path / "a.toml").values == {"name": "a"}
    assert read_json(tmp_path / "a.json").values == {"name": "a"}


@pytest.mark.parametrize("case", BROKEN_CONFIGS)
def test_configuration_that_cannot_be_read_is_one_sentence(case: str, tmp_path: Path) -> None:
    toml, json_text, message = BROKEN_CONFIGS[case]
    (tmp_path / "a.toml").write_bytes(toml)
    (tmp_path / "a.json").write_bytes(json_text)
    for read, name in ((read_toml, "a.toml"), (read_json, "a.json")):
        with pytest.raises(BuilderError) as caught:
            read(tmp_path / name)
        assert name in str(caught.value) and message in str(caught.value)
        assert caught.value.hint


def test_half_a_surrogate_pair_in_json_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{\n"name": "\\ud83d"\n}')
    with pytest.raises(BuilderError, match=r"a\.json:2: \\ud83d is half of a surrogate pair"):
        read_json(tmp_path / "a.json")
    (tmp_path / "a.json").write_text('{"name": "\\ud83d\\ude00 \\\\ud83d"}')
    assert read_json(tmp_path / "a.json").values == {"name": "\U0001f600 \\ud83d"}
