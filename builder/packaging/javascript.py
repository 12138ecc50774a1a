"""JavaScript read by a real parser: what a script loads, which APIs it calls, and its tokens.

Parsing is tree-sitter's. It reads files with syntax errors too, so that nothing a broken file
names is lost; ``Script.error`` says where such a file breaks.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import tree_sitter_javascript
from tree_sitter import Language, Node, Parser

_LANGUAGE = Language(tree_sitter_javascript.language())
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": ""}
_ESCAPE = re.compile(
    r"\\(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL
)
# Names and punctuators; also strings and comments, for stretches that the parser skipped.
_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<comment>//[^\n]*|/\*.*?(?:\*/|\Z))"
    r"""|(?P<string>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")"""
    r"|(?P<name>[\w$#\u0080-\uffff]+)|(?P<mark>=>|\?\.|\.\.\.|.)",
    re.DOTALL,
)
_COMMENTS = {"comment", "html_comment", "hash_bang_line"}
_LITERALS = {"string", "template_string", "regex", *_COMMENTS}
_LOADS = {"import_statement", "export_statement", "call_expression", "new_expression"}
_PATHS = {"member_expression", "subscript_expression"}
_ASSIGNMENTS = {"variable_declarator", "assignment_expression"}
_JSX = {"jsx_element", "jsx_self_closing_element"}
_KEPT = {"identifier", "ERROR", "MISSING", *_LITERALS, *_LOADS, *_PATHS, *_ASSIGNMENTS, *_JSX}
_FUNCTIONS_WITH_FILES = {"executeScript", "insertCSS", "removeCSS"}
_FUNCTIONS_WITH_SCRIPTS = {"registerContentScripts", "updateContentScripts"}
_LONGEST_PATH = 50
_GLOBALS = {"globalThis", "self", "window"}
_APIS = {"chrome", "browser"}


class Token(NamedTuple):
    """One token. ``kind``: ``name`` (numbers too), ``string``, ``template`` (one stretch of text),
    ``regex``, ``mark`` or ``comment``.

    ``text`` is the value for strings and templates, else the source; ``offset`` is where it begins.
    ``whole`` is false for a template's text that an interpolation continues.
    """

    kind: str
    text: str
    offset: int
    whole: bool = True


@dataclass(frozen=True)
class Load:
    """A place where a script loads a file by name.

    ``kind``: ``import`` (static, dynamic or re-exported), ``url`` (beside the script) or ``root``
    (from the extension's root). ``name`` is the literal, up to its first interpolation; ``whole``
    is false where there is one. ``name`` is None for an ``import()`` of something computed.
    """

    kind: str
    name: str | None
    offset: int
    whole: bool = True


class Use(NamedTuple):
    """A path below ``chrome`` or ``browser``, like ``tabs.create``."""

    path: str
    offset: int


class Lines:
    """Line and column of offsets in a text, both from 1."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def at(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


@lru_cache(maxsize=256)
def parse(source: str) -> Script:
    """Parse a script or module."""
    return Script(source)


class Script:
    """A parsed script or module; offsets count characters of ``source``."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._bytes = source.encode("utf-8", errors="replace")
        self._root = Parser(_LANGUAGE).parse(self._bytes).root_node
        self._offsets = _Offsets(source)

    @cached_property
    def lines(self) -> Lines:
        return Lines(self.source)

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """All tokens, comments included.

        The parser tells what is a string, a template, a regular expression or a comment; all else
        is names and punctuators.
        """
        found: list[Token] = []
        done = 0
        for start, end, token in sorted(self._literals(), key=lambda literal: literal[0]):
            if start < done:
                continue
            found += self._names_and_marks(done, start)
            found.append(token)
            done = end
        return (*found, *self._names_and_marks(done, len(self._bytes)))

    @cached_property
    def code(self) -> tuple[Token, ...]:
        """The tokens without the comments."""
        return tuple(token for token in self.tokens if token.kind != "comment")

    @cached_property
    def strings(self) -> tuple[Token, ...]:
        """The strings, and the stretches of text of templates."""
        return tuple(token for token in self.tokens if token.kind in ("string", "template"))

    @cached_property
    def loads(self) -> tuple[Load, ...]:
        """Every file that the script loads by name, in the order of the source."""
        found = [load for node in self._find(_LOADS) for load in self._loads_of(node)]
        return tuple(sorted(found, key=lambda load: load.offset))

    @cached_property
    def uses(self) -> tuple[Use, ...]:
        """Every use of the browser's API: ``chrome.a.b``, also through ``const api = chrome``,
        ``const {a} = chrome`` and ``const b = chrome.a``.
        """
        aliases = self._aliases()
        found, inner = [], set()
        nodes = self._find(_PATHS)
        if any(aliases.values()):
            nodes += self._nodes["identifier"]
        for node in sorted(nodes, key=lambda node: (node.start_byte, -node.end_byte)):
            if node.id in inner:
                continue
            base = node
            while (part := _object_of(base)) is not None:
                inner.add(part.id)
                base = part
            if path := self._api_path(node, aliases):
                found.append(Use(".".join(path), self._start(base)))
        return tuple(found)

    @cached_property
    def error(self) -> tuple[int, str] | None:
        """Where the script stops being JavaScript, and the text there; None if it parses."""
        if jsx := self._find(_JSX):
            return self._start(jsx[0]), "JSX, which browsers cannot run"
        if not self._root.has_error:
            return None
        first, *_ = self._find({"ERROR", "MISSING"})
        if first.is_missing:
            return self._start(first), f"'{first.type}' is missing"
        line = self._text(first).strip().split("\n", 1)[0][:40]
        return self._start(first), f"unexpected '{line}'"

    # Nodes

    @cached_property
    def _nodes(self) -> dict[str, list[Node]]:
        """The nodes that matter, by type, each list in the order of the source.

        One walk with a cursor: it takes time in proportion to the file, where recursion would
        fail on deep files and the parser's own queries get slow on broken ones.
        """
        found: dict[str, list[Node]] = {kind: [] for kind in _KEPT}
        cursor, broken = self._root.walk(), self._root.has_error
        while True:
            node = cursor.node
            assert node is not None
            if (kind := "MISSING" if broken and node.is_missing else node.type) in found:
                found[kind].append(node)
            if cursor.goto_first_child():
                continue
            while not cursor.goto_next_sibling():
                if not cursor.goto_parent():
                    return found

    def _find(self, kinds: set[str]) -> list[Node]:
        nodes = [node for kind in kinds for node in self._nodes[kind]]
        return sorted(nodes, key=lambda node: (node.start_byte, -node.end_byte))

    def _start(self, node: Node) -> int:
        return self._offsets.characters(node.start_byte)

    def _text(self, node: Node) -> str:
        return self._between(node.start_byte, node.end_byte)

    def _between(self, start: int, end: int) -> str:
        return self._bytes[start:end].decode("utf-8", errors="replace")

    # Tokens

    def _literals(self) -> Iterator[tuple[int, int, Token]]:
        """All that is no name or punctuator, with its bytes."""
        for node in self._find(_LITERALS):
            start, end = node.start_byte, node.end_byte
            if node.type == "template_string":
                yield from self._template(node)
            elif node.type == "string":
                value = _value(self._between(start + 1, end - 1))
                yield start, end, Token("string", value, self._start(node))
            else:
                kind = "regex" if node.type == "regex" else "comment"
                yield start, end, Token(kind, self._text(node), self._start(node))

    def _template(self, node: Node) -> Iterator[tuple[int, int, Token]]:
        """A template's stretches of text, each with its delimiters."""
        holes = [child for child in node.children if child.type == "template_substitution"]
        start = node.start_byte
        for hole in holes:
            yield start, hole.start_byte + 2, self._stretch(start, hole.start_byte, whole=False)
            start = hole.end_byte - 1
        yield start, node.end_byte, self._stretch(start, node.end_byte - 1, whole=not holes)

    def _stretch(self, start: int, end: int, *, whole: bool) -> Token:
        value = _value(self._between(start + 1, end))
        return Token("template", value, self._offsets.characters(start) + 1, whole)

    def _names_and_marks(self, start: int, end: int) -> Iterator[Token]:
        offset = self._offsets.characters(start)
        for match in _TOKEN.finditer(self._between(start, end)):
            kind = str(match.lastgroup)
            if kind != "space":
                value = _value(match[0][1:-1]) if kind == "string" else match[0]
                yield Token(kind, value, offset + match.start())

    # Loads

    def _loads_of(self, node: Node) -> Iterator[Load]:
        if node.type in ("import_statement", "export_statement"):
            yield from self._load("import", node.child_by_field_name("source"))
        elif node.type == "call_expression":
            function, arguments = node.child_by_field_name("function"), _arguments(node)
            name = self._last_name(function)
            if function is not None and function.type == "import":
                found = list(self._load("import", arguments[0] if arguments else None))
                yield from found or [Load("import", None, self._start(node))]
            elif name == "getURL":
                yield from self._load("root", arguments[0] if arguments else None)
            elif name == "importScripts":
                for argument in arguments:
                    yield from self._load("root", argument)
            elif name in _FUNCTIONS_WITH_FILES or name in _FUNCTIONS_WITH_SCRIPTS:
                yield from self._files(arguments, name)
        elif node.type == "new_expression":
            arguments = _arguments(node)
            if (
                self._last_name(node.child_by_field_name("constructor")) == "URL"
                and len(arguments) == 2
                and self._text(arguments[1]).replace(" ", "") == "import.meta.url"
            ):
                yield from self._load("url", arguments[0])

    def _load(self, kind: str, literal: Node | None) -> Iterator[Load]:
        if literal is None:
            return
        if literal.type == "string":
            yield Load(kind, _value(self._text(literal)[1:-1]), self._start(literal))
        elif literal.type == "template_string":
            _, _, first = next(self._template(literal))
            yield Load(kind, first.text, self._start(literal), first.whole)

    def _files(self, arguments: list[Node], function: str) -> Iterator[Load]:
        """The lists of files in the object that a function is given."""
        keys = {"files"} if function in _FUNCTIONS_WITH_FILES else {"js", "css"}
        waiting = list(reversed(arguments))
        while waiting:
            node = waiting.pop()
            if node.type == "pair":
                key, value = node.child_by_field_name("key"), node.child_by_field_name("value")
                if key is None or value is None or value.type != "array":
                    continue
                if self._text(key).strip("'\"") in keys:
                    for item in value.named_children:
                        yield from self._load("root", item)
            elif node.type in ("object", "array"):
                waiting += reversed(node.named_children)

    # The browser's API

    def _aliases(self) -> dict[str, list[str]]:
        """Names that stand for the API or for a part of it, with their path below it."""
        aliases: dict[str, list[str]] = {name: [] for name in _APIS}
        for node in self._find(_ASSIGNMENTS):
            fields = ("name", "value") if node.type == "variable_declarator" else ("left", "right")
            target, value = (node.child_by_field_name(field) for field in fields)
            if target is None or value is None:
                continue
            path = self._api_path(value, aliases)
            if path is None:
                continue
            if target.type == "identifier":
                aliases.setdefault(self._text(target), path)
            elif target.type == "object_pattern":
                for name, member in self._members(target):
                    aliases.setdefault(name, [*path, member])
        return aliases

    def _members(self, pattern: Node) -> Iterator[tuple[str, str]]:
        """The variables of ``{a, b: c, d = 1}``, each with the member that it is."""
        for part in pattern.named_children:
            if part.type == "object_assignment_pattern":
                part = part.named_children[0]
            if part.type == "shorthand_property_identifier_pattern":
                yield self._text(part), self._text(part)
            elif part.type == "pair_pattern":
                key, value = part.child_by_field_name("key"), part.child_by_field_name("value")
                if value is not None and value.type == "assignment_pattern":
                    value = value.child_by_field_name("left")
                if key is not None and value is not None and value.type == "identifier":
                    yield self._text(value), self._text(key)

    def _api_path(self, node: Node, aliases: dict[str, list[str]]) -> list[str] | None:
        """The path of an expression below the API; empty for the API, None for all else."""
        path: list[str] = []
        for _ in range(_LONGEST_PATH):
            if node.type == "identifier":
                name = self._text(node)
                if name in _GLOBALS and path and path[-1] in _APIS:
                    path.pop()
                elif name in aliases:
                    path += reversed(aliases[name])
                else:
                    return None
                return path[::-1]
            if node.type in ("parenthesized_expression", "await_expression"):
                inner = node.named_children[0] if node.named_children else None
            elif node.type in ("binary_expression", "ternary_expression"):
                return self._either(node, aliases, path)
            else:
                inner = _object_of(node)
                member = node.child_by_field_name(
                    "property" if node.type == "member_expression" else "index"
                )
                if member is None:
                    return None
                if node.type == "subscript_expression" and member.type != "string":
                    return None
                path.append(self._text(member).strip("'\""))
            if inner is None:
                return None
            node = inner
        return None

    def _either(
        self, node: Node, aliases: dict[str, list[str]], path: list[str]
    ) -> list[str] | None:
        """``globalThis.browser ?? chrome``: the first alternative that is the API."""
        operator = node.child_by_field_name("operator")
        if operator is not None and self._text(operator) not in ("??", "||", "&&"):
            return None
        fields = ("consequence", "alternative") if operator is None else ("left", "right")
        for field in fields:
            part = node.child_by_field_name(field)
            # Alternatives of alternatives end here, so that this never goes deep.
            if part is not None and part.type in ("identifier", "member_expression"):
                found = self._api_path(part, aliases)
                if found is not None:
                    return [*found, *reversed(path)]
        return None

    def _last_name(self, node: Node | None) -> str:
        """``c`` of ``a.b.c``."""
        if node is not None and node.type == "member_expression":
            node = node.child_by_field_name("property")
        return self._text(node) if node is not None and "identifier" in node.type else ""


class _Offsets:
    """From bytes of the UTF-8 text to characters."""

    def __init__(self, source: str) -> None:
        self._ends: list[int] = []  # of the characters of several bytes
        self._extra: list[int] = []  # bytes beyond one a character, up to there
        extra = 0
        for match in re.finditer(r"[^\x00-\x7f]", source):
            more = len(match[0].encode("utf-8", errors="replace")) - 1
            self._ends.append(match.end() + extra + more)
            extra += more
            self._extra.append(extra)

    def characters(self, offset: int) -> int:
        index = bisect_right(self._ends, offset)
        return offset - (self._extra[index - 1] if index else 0)


def _arguments(call: Node) -> list[Node]:
    arguments = call.child_by_field_name("arguments")
    if arguments is None:
        return []
    return [child for child in arguments.named_children if child.type not in _COMMENTS]


def _object_of(node: Node) -> Node | None:
    """``a.b`` of ``a.b.c`` and of ``a.b['c']``."""
    if node.type in ("member_expression", "subscript_expression"):
        return node.child_by_field_name("object")
    return None


def _value(raw: str) -> str:
    """The value of a string literal."""
    if "\\" not in raw:
        return raw

    def replace(match: re.Match[str]) -> str:
        digits = match[1] or match[2] or match[3]
        if not digits:
            return _ESCAPES.get(match[4], match[4])
        number = int(digits, 16)
        return chr(number) if number < 0x110000 else "\ufffd"

    return _ESCAPE.sub(replace, raw)
