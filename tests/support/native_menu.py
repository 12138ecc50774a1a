"""Chromium's context menu as a person uses it: mouse events on the display, and the entry found by
reading the screen.

The menu is drawn by the system, so no driver sees it; a fixed offset would break with the next
entry added.
"""

from __future__ import annotations

import csv
import io
import subprocess
import time
from tempfile import TemporaryDirectory
from typing import NamedTuple

from builder.browsers.driver import find_program, wait_for

MENU_TIMEOUT = 20
ENLARGED = 2  # tesseract misses letters of a menu's size
STEPS = 8
READINGS = 5
PACE_S = 0.1  # between two acts of the mouse, as of a person: quicker ones can be lost
NO_REGION = 11  # tesseract: find as much text as possible, in no order


class Word(NamedTuple):
    line: tuple[str, ...]
    text: str
    x: float
    y: float


def choose(box: tuple[float, float, float, float], entry: str, *, select: bool) -> None:
    """Select the text in ``box`` (left, top, right, bottom in screen pixels) or leave it,
    right-click it, choose ``entry`` by its title.

    :raises TimeoutError: if no such entry shows.
    """
    _open(box, select=select)
    x, y = wait_for(lambda: _find(entry), MENU_TIMEOUT, f"the menu entry '{entry}'")
    click(x, y)


def click(x: float, y: float) -> None:
    """Move the mouse to a place on the screen, and press and release it there, as slowly as a
    person.
    """
    _mouse("mousemove", x - 10, y - 2)
    time.sleep(PACE_S)
    _mouse("mousemove", x, y)
    time.sleep(2 * PACE_S)
    _mouse("mousedown", 1)
    time.sleep(PACE_S)
    _mouse("mouseup", 1)


def lines(box: tuple[float, float, float, float], *, select: bool) -> list[str]:
    """The lines on the screen while the menu is open on ``box``; the menu is closed again."""
    _open(box, select=select)
    seen: list[str] = []
    for _ in range(READINGS):
        before, seen = seen, _lines_on_screen()
        if seen == before:  # a menu that is still being drawn reads otherwise the next time
            break
    _mouse("mousemove", 5, 5)
    _mouse("click", 1)
    return seen


def _lines_on_screen() -> list[str]:
    read: dict[tuple[str, ...], list[str]] = {}
    for word in _read_screen():
        read.setdefault(word.line, []).append(word.text)
    return [" ".join(words) for words in read.values()]


def _open(box: tuple[float, float, float, float], *, select: bool) -> None:
    left, top, right, bottom = box
    middle = (top + bottom) / 2
    if select:
        _mouse("mousemove", left + 1, middle)
        _mouse("mousedown", 1)
        for step in range(1, STEPS + 1):  # a jump would not be taken as dragging
            _mouse("mousemove", left + (right - 2 - left) * step / STEPS, middle)
            time.sleep(PACE_S / STEPS)
        _mouse("mouseup", 1)
        time.sleep(PACE_S)
    _mouse("mousemove", left + min(40, (right - left) / 2), middle)
    seen = [_pixels()]
    _mouse("click", 3)

    def is_drawn() -> bool | None:
        seen.append(_pixels())
        return True if seen[-1] == seen[-2] != seen[0] else None

    wait_for(is_drawn, MENU_TIMEOUT, "the menu")


def _pixels() -> bytes:
    import mss

    with mss.MSS() as screen:
        return bytes(screen.grab(screen.monitors[0]).rgb)


def _mouse(action: str, *numbers: float) -> None:
    subprocess.run(
        [find_program("xdotool", "xdotool"), action, *(str(round(number)) for number in numbers)],
        check=True,
    )


def _find(title: str) -> tuple[float, float] | None:
    """The middle of a title on the screen, in pixels."""
    wanted = title.split()
    words = _read_screen()
    for start in range(len(words)):
        found = words[start : start + len(wanted)]
        if [word.text for word in found] == wanted and len({word.line for word in found}) == 1:
            return sum(word.x for word in found) / len(found), found[0].y
    return None


def _read_screen() -> list[Word]:
    import mss
    from PIL import Image

    with mss.MSS() as screen, TemporaryDirectory() as folder:
        shot = screen.grab(screen.monitors[0])
        image = Image.frombytes("RGB", shot.size, shot.rgb)
        file = f"{folder}/screen.png"
        image.resize((image.width * ENLARGED, image.height * ENLARGED)).save(file)
        table = subprocess.run(
            [find_program("tesseract", "tesseract"), file, "-", "--psm", str(NO_REGION), "tsv"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
    rows = csv.DictReader(io.StringIO(table), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [
        Word(
            (row["block_num"], row["par_num"], row["line_num"]),
            row["text"],
            (int(row["left"]) + int(row["width"]) / 2) / ENLARGED,
            (int(row["top"]) + int(row["height"]) / 2) / ENLARGED,
        )
        for row in rows
        if row["text"] and row["text"].strip()
    ]
