"""Read files of labelled texts: one reader for training, evaluation and quantization.

Spreadsheets and editors write the same table in many ways. A byte order mark, UTF-16 with such a
mark, CRLF line ends, empty rows, and semicolons or tabs instead of commas are all read.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from builder.config.reader import parse_json, read_text
from builder.errors import BuilderError

FORMAT_OF = {
    ".txt": "semicolon",
    ".tsv": "tabs",
    ".csv": "csv",
    ".jsonl": "json lines",
    ".json": "json",
}
"""A file's format by its suffix."""
TEXT_COLUMNS = ("text", "sentence", "comment")
LABEL_COLUMNS = ("labels", "label", "label_name")
DELIMITERS = (",", ";", "\t")
PANEL_COLUMNS = ["number", "text", "labels"]
"""What the header of the side panel's CSV begins with; its labels follow, a column each."""
FORMULA = ("=", "+", "-", "@", "\t", "\n")
"""A text that begins like this gets an apostrophe in the side panel's CSV."""


@dataclass(frozen=True)
class Row:
    """A text with its labels as the file writes them; no label if the file says so."""

    line: int
    text: str
    labels: tuple[str, ...]
    original: str = ""
    """What a third column holds, of ``labelled_tabs``."""


@dataclass(frozen=True)
class LabelledText:
    """A text with the indices of its labels, ascending."""

    text: str
    labels: tuple[int, ...]


def read_rows(file: Path, format: str, known: Sequence[str] = ()) -> list[Row]:
    """Read a file of labelled texts.

    - ``semicolon``: ``text;label``, split at the last semicolon; the header ``text;label_name`` is
      optional.
    - ``tabs``: text, label ids or names, and an optional third column; a header is optional.
    - ``labelled_tabs``: text, label name, and an optional third column.
    - ``csv``: a header with a text and a label column; commas, semicolons or tabs.
    - ``json lines``: one object a line.
    - ``json``: a list of such objects, or what the side panel saves.

    Several labels are separated by commas, or are a list in JSON.

    :param known: label names, for names that contain a comma or a space.
    :raises BuilderError: naming the first line that does not fit, or if there is no row.
    """
    rows = list(_READERS[format](file, frozenset(known)))
    if not rows:
        raise BuilderError(f"{file}: holds no texts", place=str(file))
    return rows


def read_dataset(file: Path, format: str, labels: Sequence[str]) -> list[LabelledText]:
    """Read a file whose labels are all in ``labels``, as training data is.

    :param labels: names in index order. With ``tabs`` the file has indices instead of names.
    :raises BuilderError: naming the first line that does not fit.
    """
    index = {name: number for number, name in enumerate(labels)}
    if format == "tabs":
        index = {str(number): number for number in range(len(labels))}
    texts = []
    for row in read_rows(file, format, labels):
        for label in row.labels:
            if label not in index:
                raise unknown_label(file, row.line, label, labels, ids=format == "tabs")
        texts.append(LabelledText(row.text, tuple(sorted({index[name] for name in row.labels}))))
    return texts


def read_label_names(path: Path) -> list[str]:
    """Label names, one a line, in index order.

    :raises BuilderError: if the file cannot be read, or a name is empty or repeated.
    """
    names = [name.strip() for name in read_text(path, utf16=True).rstrip("\n").split("\n")]
    for number, name in enumerate(names, start=1):
        if not name or name in names[: number - 1]:
            place = f"{path}:{number}"
            raise BuilderError(
                f"{place}: {'a repeated' if name else 'an empty'} label name",
                hint="one label a line",
                place=place,
            )
    return names


def read_plain_texts(path: Path) -> list[str]:
    """The lines of a UTF-8 file, gunzipped if its name ends in ``.gz``; empty lines are omitted.

    :raises BuilderError: if the file cannot be read.
    """
    if path.suffix != ".gz":
        text = read_text(path, utf16=True)
    else:
        try:
            text = gzip.decompress(path.read_bytes()).decode("utf-8")
        except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
            raise BuilderError(f"{path}: cannot be read: {error}", place=str(path)) from None
    return [line for line in text.split("\n") if line.strip()]


def unknown_label(
    file: Path, line: int, label: str, labels: Sequence[str], *, ids: bool
) -> BuilderError:
    """The error about a label that the model does not have."""
    if ids:
        return wrong(file, line, f"'{label}' is no label id", f"ids go from 0 to {len(labels) - 1}")
    return wrong(
        file, line, f"unknown label '{label}'", f"labels of this model: {', '.join(labels)}"
    )


def wrong(file: Path, line: int, problem: str, hint: str) -> BuilderError:
    """An error with its line."""
    place = f"{file}:{line}"
    return BuilderError(f"{place}: {problem}", hint=hint, place=place)


def _semicolons(file: Path, known: frozenset[str]) -> Iterator[Row]:
    for number, line in _lines(file):
        text, separator, label = line.rpartition(";")
        if number == 1 and text.lower() in TEXT_COLUMNS and label.strip().lower() in LABEL_COLUMNS:
            continue
        if not line.strip(" ;"):  # an empty row of a spreadsheet
            continue
        if not separator or not text.strip() or not label.strip():
            raise wrong(
                file,
                number,
                "expected 'text;label'",
                "one text a line, its label after the last ';'",
            )
        yield Row(number, text, _split(label, known))


def _tabs(file: Path, known: frozenset[str]) -> Iterator[Row]:
    for number, line in _lines(file):
        text, *rest = line.split("\t")
        if number == 1 and any(cell.strip().lower() in LABEL_COLUMNS for cell in rest):
            yield from _csv(file, known)
            return
        if not line.strip():
            continue
        if len(rest) not in (1, 2) or not text.strip():
            raise wrong(
                file,
                number,
                "expected 'text<TAB>labels'",
                "tabs between the columns, commas between label names or ids",
            )
        yield Row(number, text, _split(rest[0], known))


def _labelled_tabs(file: Path, known: frozenset[str]) -> Iterator[Row]:
    for number, line in _lines(file):
        if not line.strip():
            continue
        text, *rest = line.split("\t")
        if not rest or not text.strip() or not rest[0].strip():
            raise wrong(
                file,
                number,
                "expected 'text<TAB>label'",
                "tabs between the columns, one text a line",
            )
        yield Row(number, text, (rest[0],), rest[1] if len(rest) > 1 else "")


def _csv(file: Path, known: frozenset[str]) -> Iterator[Row]:
    content = read_text(file, utf16=True)
    reader = csv.reader(
        io.StringIO(content, newline=""), delimiter=_delimiter(content), strict=True
    )
    try:
        header = _without_empty_end(next(reader, []))
        last = reader.line_num
        text, label = _columns(file, header)
        # The side panel separates labels by spaces, and protects spreadsheets from formulas.
        panel = [name.lower() for name in header[:3]] == PANEL_COLUMNS and len(header) > 3
        known |= frozenset(header[3:]) if panel else frozenset()
        for cells in reader:
            line, last = last + 1, reader.line_num  # a quoted text may span lines
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) < len(header) or any(cell.strip() for cell in cells[len(header) :]):
                raise wrong(
                    file,
                    line,
                    f"{len(cells)} columns instead of {len(header)}",
                    f"quote texts that hold a '{reader.dialect.delimiter}'",
                )
            if not cells[text].strip():
                raise wrong(file, line, "the text is empty", "remove the line")
            found = cells[text]
            if panel and found[:1] == "'" and found[1:2] in FORMULA:
                found = found[1:]
            yield Row(line, found, _split(cells[label], known, spaces=panel))
    except csv.Error as error:
        raise wrong(
            file,
            reader.line_num,
            f"no CSV: {error}",
            "close every quotation mark, and double those inside a quoted text",
        ) from None


def _delimiter(content: str) -> str:
    """What separates the columns of the header: the character that names both of them."""
    header = content.partition("\n")[0].lower()
    for delimiter in DELIMITERS:
        names = {name.strip().strip('"').strip() for name in header.split(delimiter)}
        if names & set(TEXT_COLUMNS) and names & set(LABEL_COLUMNS):
            return delimiter
    return DELIMITERS[0]


def _without_empty_end(header: list[str]) -> list[str]:
    while header and not header[-1].strip():
        header.pop()
    return header


def _json_lines(file: Path, known: frozenset[str]) -> Iterator[Row]:
    for number, line in _lines(file):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as error:
            problem = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
            raise wrong(file, number, f"no JSON: {problem}", "one object a line") from None
        yield _from_object(file, number, values, known)


def _json(file: Path, known: frozenset[str]) -> Iterator[Row]:
    values = parse_json(read_text(file), file)
    if isinstance(values, dict) and isinstance(values.get("sentences"), list):
        values = values["sentences"]  # as the side panel saves them
    if not isinstance(values, list):
        raise BuilderError(
            f"{file}: expected a list of objects, or what the side panel saves",
            hint='like [{"text": "...", "label": "..."}]',
            place=str(file),
        )
    for number, value in enumerate(values, start=1):
        yield _from_object(file, number, value, known)


def _from_object(file: Path, line: int, values: Any, known: frozenset[str]) -> Row:
    if not isinstance(values, dict):
        raise wrong(file, line, "expected a JSON object", 'like {"text": "...", "label": "..."}')
    text, label = _columns(file, list(values), line)
    content = list(values.values())[text]
    if not isinstance(content, str) or not content.strip():
        raise wrong(file, line, "the text is no string or empty", "remove the line")
    return Row(line, content, _labels_of(file, line, list(values.values())[label], known))


def _labels_of(file: Path, line: int, value: Any, known: frozenset[str]) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return _split(value, known)
    entries = value if isinstance(value, list) else [value]
    if any(
        isinstance(entry, bool) or not isinstance(entry, (str, int, float)) for entry in entries
    ):
        raise wrong(
            file,
            line,
            "a label is neither a name nor an id",
            "a string, a whole number, or a list of them",
        )
    return tuple(str(entry) for entry in entries)


def _split(cell: str, known: frozenset[str], *, spaces: bool = False) -> tuple[str, ...]:
    """The labels of a cell: a known name as a whole, or names separated by commas or spaces."""
    cell = cell.strip()
    if cell in known:
        return (cell,)
    if not spaces:
        return tuple(label.strip() for label in cell.split(",") if label.strip())
    labels: list[str] = []
    words = cell.split()
    while words:  # the longest known name first, as names may hold spaces themselves
        length = next(
            (end for end in range(len(words), 1, -1) if " ".join(words[:end]) in known), 1
        )
        labels.append(" ".join(words[:length]))
        words = words[length:]
    return tuple(labels)


def _columns(file: Path, header: Sequence[str], line: int = 1) -> tuple[int, int]:
    names = [name.strip().lower() for name in header]
    for wanted in (TEXT_COLUMNS, LABEL_COLUMNS):
        if not any(name in names for name in wanted):
            found = ", ".join(header) or "nothing"
            raise wrong(
                file,
                line,
                f"no column '{wanted[0]}'",
                f"name it one of: {', '.join(wanted)}; found: {found}",
            )
    text, label = (
        next(names.index(name) for name in wanted if name in names)
        for wanted in (TEXT_COLUMNS, LABEL_COLUMNS)
    )
    return text, label


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    """Lines with their numbers. Only line feeds end them: U+2028 or U+0085 may be in a text."""
    yield from enumerate(read_text(file, utf16=True).split("\n"), start=1)


_READERS: Mapping[str, Callable[[Path, frozenset[str]], Iterator[Row]]] = {
    "semicolon": _semicolons,
    "tabs": _tabs,
    "labelled_tabs": _labelled_tabs,
    "csv": _csv,
    "json lines": _json_lines,
    "json": _json,
}
