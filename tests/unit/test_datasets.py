from __future__ import annotations

from pathlib import Path

import pytest

from builder.errors import BuilderError
from builder.models.data.datasets import LabelledText, read_dataset, read_label_names

LABELS = ("sad", "glad")


def test_a_line_is_split_at_its_last_semicolon(tmp_path: Path) -> None:
    file = tmp_path / "data.txt"
    file.write_text("text;label_name\none; two;glad\nthree;sad\n")
    assert read_dataset(file, "semicolon", LABELS) == [
        LabelledText("one; two", (1,)),
        LabelledText("three", (0,)),
    ]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("fine;glad\nno label\n", "data.txt:2: expected 'text;label'"),
        ("fine;cheerful\n", "data.txt:1: unknown label 'cheerful'"),
        ("", "data.txt: holds no texts"),
    ],
)
def test_a_line_of_another_form_is_named_by_its_number(
    content: str, complaint: str, tmp_path: Path
) -> None:
    file = tmp_path / "data.txt"
    file.write_text(content)
    with pytest.raises(BuilderError) as caught:
        read_dataset(file, "semicolon", LABELS)
    assert complaint in str(caught.value)


def test_ids_stand_behind_a_tab_and_are_parted_by_commas(tmp_path: Path) -> None:
    file = tmp_path / "data.tsv"
    file.write_text("one; two\t1,0\tx1\nthree\t1\n")
    assert read_dataset(file, "tabs", LABELS) == [
        LabelledText("one; two", (0, 1)),
        LabelledText("three", (1,)),
    ]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("fine\t0\tx\nno tab\n", "data.tsv:2: expected 'text<TAB>labels'"),
        ("\t0\tx\n", "data.tsv:1: expected 'text<TAB>labels'"),
        ("fine\t0,2\tx\n", "data.tsv:1: '2' is no label id"),
        ("fine\tglad\tx\n", "data.tsv:1: 'glad' is no label id"),
        ("", "data.tsv: holds no texts"),
    ],
)
def test_a_tabbed_line_of_another_form_is_named_by_its_number(
    content: str, complaint: str, tmp_path: Path
) -> None:
    file = tmp_path / "data.tsv"
    file.write_text(content)
    with pytest.raises(BuilderError) as caught:
        read_dataset(file, "tabs", LABELS)
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("sad\nsad\n", ":2: a repeated label name"),
        ("sad\n\nglad\n", ":2: an empty label name"),
    ],
)
def test_a_list_of_label_names_is_read_strictly(
    content: str, complaint: str, tmp_path: Path
) -> None:
    file = tmp_path / "labels.txt"
    file.write_text(content)
    with pytest.raises(BuilderError) as caught:
        read_label_names(file)
    assert complaint in str(caught.value)
