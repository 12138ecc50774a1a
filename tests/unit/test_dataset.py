from __future__ import annotations

from pathlib import Path

import pytest

from builder.errors import BuilderError
from builder.models.dataset import Example, drop_blemishes, read_examples

LABELS = ("sad", "glad")


def test_a_line_is_split_at_its_last_semicolon(tmp_path: Path) -> None:
    file = tmp_path / "data.txt"
    file.write_text("text;label_name\none; two;glad\nthree;sad\n")
    assert read_examples(file, LABELS) == [Example("one; two", 1), Example("three", 0)]


@pytest.mark.parametrize(("content", "complaint"), [
    ("fine;glad\nno label\n", "data.txt:2: expected 'text;label'"),
    ("fine;cheerful\n", "data.txt:1: unknown label 'cheerful'"),
    ("", "data.txt: holds no examples"),
])
def test_a_line_of_another_form_is_named_by_its_number(content: str, complaint: str, tmp_path: Path) -> None:
    file = tmp_path / "data.txt"
    file.write_text(content)
    with pytest.raises(BuilderError) as caught:
        read_examples(file, LABELS)
    assert complaint in str(caught.value)


def test_texts_of_validation_and_texts_with_two_labels_are_dropped_and_repetitions_kept_once() -> None:
    train = [Example("a", 0), Example("b", 0), Example("b", 1), Example("c", 1), Example("c", 1)]
    assert drop_blemishes(train, [Example("a", 0)]) == [Example("c", 1)]
