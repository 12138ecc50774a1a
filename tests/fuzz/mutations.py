"""Changes of a file as damage, mistakes and ill will make them."""

from __future__ import annotations

import json
import random
from typing import Any

PIECES = (
    b"",
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    b"\\ud800",
    b"[" * 3000,
    b'{"a":' * 3000,
    b"9" * 5000,
    b"1e999",
    b"-1",
    b"NaN",
    b"null",
    b"true",
    b"{}",
    b"[]",
    b'""',
    b"\xe2\x80\xae",
    b"{{ 7*7 }}",
    b"<script>",
    b"../../escaped",
    b"/etc/passwd",
    b"\r",
    b"\n",
    b'"',
    b"'''",
    b",",
    b"\t",
    b"\xe2\x80\xa8",
    b"0" * 300,
    b"a" * 70_000,
)


VALUES: tuple[object, ...] = (
    None,
    True,
    0,
    -1,
    2**70,
    1.5,
    1e308,
    "",
    "\0",
    "\u202e",
    "../../escaped",
    "/etc/passwd",
    "a" * 5000,
    [],
    [[]],
    [None],
    {},
    {"": {}},
    {"a": 1},
)


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A file with one to four changes; of JSON often one value only, so that it stays JSON."""
    if chance.random() < 0.5 and (changed := _json_changed(content, chance)):
        return changed
    for _ in range(chance.randint(1, 4)):
        content = _changed(content, chance)
    return content


def _changed(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    end = min(len(content), at + chance.choice((1, 1, 2, 4, 8, 30, 200)))
    match chance.randrange(8):
        case 0:  # flip a bit
            if at < len(content):
                flipped = content[at] ^ (1 << chance.randrange(8))
                return content[:at] + bytes((flipped,)) + content[at + 1 :]
        case 1:
            return content[:at] + chance.choice(PIECES) + content[at:]
        case 2:
            return content[:at] + content[end:]
        case 3:
            return content[:at]
        case 4:
            return content[:end] + content[at:end] * chance.choice((1, 2, 50)) + content[end:]
        case 5:
            return content[:at] + chance.randbytes(end - at) + content[end:]
        case 6:
            return _value_replaced(content, chance)
        case _:
            return content[:at] + chance.choice(PIECES) + content[end:]
    return content


def _value_replaced(content: bytes, chance: random.Random) -> bytes:
    """Another value behind one of the colons or equal signs."""
    places = [place for place, byte in enumerate(content) if byte in b":="]
    if not places:
        return content
    start = chance.choice(places) + 1
    ends = [end for mark in b",}]\n" if (end := content.find(bytes((mark,)), start)) >= 0]
    return content[:start] + chance.choice(PIECES) + content[min(ends, default=len(content)) :]


def _json_changed(content: bytes, chance: random.Random) -> bytes | None:
    """JSON with another value at one place, or without it; None for what is no JSON."""
    if content[:1] not in b"{[" or len(content) > 200_000:
        return None
    try:
        values = json.loads(content)
    except (ValueError, RecursionError):
        return None
    node: Any = values
    while isinstance(node, dict | list) and node:
        key = chance.choice(list(node) if isinstance(node, dict) else range(len(node)))
        inner = node[key]
        if not (isinstance(inner, dict | list) and inner) or chance.random() < 0.3:
            if chance.random() < 0.2:
                del node[key]
            else:
                node[key] = chance.choice(VALUES)
            break
        node = inner
    return json.dumps(values).encode("utf-8", "surrogatepass")
