from __future__ import annotations

from pathlib import Path

import pytest

from builder.errors import BuilderError
from builder.models.data.eval_data import EvalData, mapping_for, read_eval_data

LABELS = ["good", "bad"]
JSON_LINES = """\
{"text": "fine; really", "label": "good"}
{"text": "poor", "label": 1}
{"text": "both", "labels": ["good", 1]}
{"text": "-", "label": null}
"""
FILES = {
    "a.txt": "text;label_name\nfine; really;good\npoor;bad\n-;none\n",
    "a.tsv": "fine; really\t0\tx1\npoor\t1\nboth\t0,1\tx3\n",
    "a.csv": 'text,label\n"fine; really",good\npoor,1\n"both","good,bad"\n-,\n',
    "a.jsonl": JSON_LINES,
}


def read(
    folder: Path,
    name: str,
    content: str,
    *,
    multi_label: bool = True,
    mapping: dict[str, str] | None = None,
) -> EvalData:
    (folder / name).write_text(content)
    return read_eval_data(folder / name, LABELS, multi_label=multi_label, mapping=mapping)


@pytest.mark.parametrize("name", FILES)
def test_every_format_gives_texts_with_their_labels(name: str, tmp_path: Path) -> None:
    found = read(tmp_path, name, FILES[name])
    expected = {
        "fine; really": [True, False],
        "poor": [False, True],
        "both": [True, True],
        "-": [False, False],
    }
    assert found.texts[:2] == ["fine; really", "poor"]
    assert {
        text: row.tolist() for text, row in zip(found.texts, found.ground_truth, strict=True)
    }.items() <= expected.items()


def test_texts_of_several_labels_are_omitted_for_a_model_of_one(tmp_path: Path) -> None:
    found = read(tmp_path, "a.jsonl", FILES["a.jsonl"], multi_label=False)
    assert (found.texts, found.omitted) == (["fine; really", "poor", "-"], 1)


def test_ids_are_lines_of_the_labels_file_beside_the_data_and_a_mapping_leads_them_to_the_models(
    tmp_path: Path,
) -> None:
    (tmp_path / "labels.txt").write_text("joy\nanger\nneutral\n")
    found = read(
        tmp_path,
        "b.tsv",
        "hooray\t0\nfie\t1\nthe bus\t2\n",
        mapping={"joy": "good", "anger": "bad", "neutral": "none"},
    )
    assert found.ground_truth.tolist() == [[True, False], [False, True], [False, False]]


def test_a_recipe_beside_the_asset_says_how_its_data_is_mapped(
    repository: Path, data: Path
) -> None:
    asset = repository / "model_assets/emotion"
    mapping = mapping_for(data / "goemotions/dev.tsv", None, asset)
    assert mapping is not None and mapping["neutral"] == "none"
    assert mapping_for(data / "emotion/val.txt", None, asset) is None
    assert mapping_for(Path("elsewhere/dev.tsv"), None, asset) is None


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("c.txt", "fine;good\nno label here\n", "c.txt:2: expected 'text;label'"),
        ("c.txt", "fine;good\npoor;awful\n", "c.txt:2: unknown label 'awful'"),
        ("c.tsv", "fine\t0\npoor;1\n", "c.tsv:2: expected 'text<TAB>labels'"),
        ("c.tsv", "fine\t0\npoor\t7\n", "c.tsv:2: '7' is no label id"),
        ("c.csv", "words,label\nfine,good\n", "c.csv:1: no column 'text'"),
        ("c.csv", "text,label\nfine,good\npoor,bad,worse\n", "c.csv:3: 3 columns instead of 2"),
        ("c.jsonl", '{"text": "fine", "label": "good"}\n{"text": }\n', "c.jsonl:2: no JSON"),
        (
            "c.jsonl",
            '{"text": "fine", "label": 1.5}\n',
            "c.jsonl:1: unknown label '1.5'",
        ),
        ("c.xlsx", "PK", "its name ends in none of"),
        ("c.json", "{}", "c.json: expected a list of objects"),
        ("c.txt", "", "holds no texts"),
    ],
)
def test_a_bad_line_is_named_by_its_number(
    name: str, content: str, complaint: str, tmp_path: Path
) -> None:
    with pytest.raises(BuilderError) as caught:
        read(tmp_path, name, content)
    assert complaint in str(caught.value)
    assert caught.value.hint or "holds no texts" in complaint
