"""LM2: scripts and pages. Text of comments counts nowhere; released files of the runtime are left
to LM6.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from builder.packaging.javascript import Token
from builder.stores.extension import Extension
from builder.stores.lint.findings import Hit, rule

_REMOTE_CODE = "https://developer.chrome.com/docs/extensions/develop/migrate/remote-hosted-code"
_READABLE = "https://developer.chrome.com/docs/webstore/program-policies/code-readability"
_AMO = "https://extensionworkshop.com/documentation/publish/add-on-policies/"
_ADDRESS = re.compile(r"(https?:)?//[^\s'\"`]+", re.IGNORECASE)
_SCRIPT_ADDRESS = re.compile(
    r"(?:https?:)?//[\w.-]+\.[a-z]{2,}[^\s'\"`<>]*?\.(?:js|mjs|cjs|wasm)\b", re.IGNORECASE
)
_CODE_HOSTS = re.compile(
    r"//(?:[\w-]+\.)*(?:cdn\.jsdelivr\.net|unpkg\.com|esm\.sh|cdnjs\.cloudflare\.com|skypack\.dev|jspm\.io|ajax\.googleapis\.com)(?:/|$)",
)
_TIMERS = {"setTimeout", "setInterval"}
_MARKUP_PROPERTIES = {"innerHTML", "outerHTML"}
_MARKUP_CALLS = {"insertAdjacentHTML", "write", "writeln", "createContextualFragment"}
_PACKED = re.compile(r"eval\(function\(p,a,c,k,e,|\b_0x[0-9a-f]{4,}\b")
_HEX_SHARE = 0.25
_LONG_ESCAPED = 200
_SOURCE_MAP = re.compile(r"[#@]\s*sourceMappingURL=(\S+)")
_REQUESTS = {"fetch", "WebSocket", "EventSource", "sendBeacon", "open", "WebTransport"}


@rule(
    "LM201",
    "Code from the network",
    source=_REMOTE_CODE,
    fix="ship the file in the package and refer to that copy",
    why=(
        "Stores reject extensions that run code outside the reviewed package (Chrome"
        " Web Store: Blue Argon; Mozilla: self-contained add-ons)."
    ),
)
def remote_code(extension: Extension) -> Iterator[Hit]:
    for name in extension.pages:
        for tag, attributes, line in _tags(extension.text(name)):
            value = attributes.get("src") or (
                attributes.get("href")
                if attributes.get("rel") in ("modulepreload", "preload")
                else None
            )
            if tag in ("script", "link") and value and _ADDRESS.match(value):
                yield Hit(name, line, f"<{tag}> loads {value}")
    for name in extension.own_scripts:
        stream, lines = extension.tokens(name)
        for index, token in enumerate(stream):
            if token.kind in ("string", "template") and _ADDRESS.match(token.text):
                before = [item.text for item in stream[max(0, index - 2) : index]]
                if (
                    before[-1:] in (["from"], ["import"])
                    or before == ["import", "("]
                    or (
                        before[-1:] == ["("]
                        and before[0]
                        in (
                            "importScripts",
                            "Worker",
                            "SharedWorker",
                            "compileStreaming",
                            "instantiateStreaming",
                            "addModule",
                        )
                    )
                ):
                    yield Hit(name, lines.at(token.offset)[0], f"runs {token.text}")
                elif before == ["src", "="] and any(
                    item.text == "script" for item in stream[max(0, index - 40) : index]
                ):
                    yield Hit(
                        name, lines.at(token.offset)[0], f"a script element loads {token.text}"
                    )


@rule(
    "LM202",
    "Text is run as code",
    source="https://developer.chrome.com/docs/extensions/develop/migrate/improve-security",
    fix="call a function instead of building code from text",
    why="The content security policy of extensions forbids it, and all stores do, too.",
)
def text_as_code(extension: Extension) -> Iterator[Hit]:
    for name in extension.own_scripts:
        stream, lines = extension.tokens(name)
        for index, token in enumerate(stream):
            if token.kind != "name":
                continue
            before = stream[index - 1].text if index else ""
            after = [item.text for item in stream[index + 1 : index + 2]]
            line = lines.at(token.offset)[0]
            of_global = before == "." and stream[index - 2].text in ("window", "self", "globalThis")
            if token.text == "eval" and (
                of_global or (after == ["("] and before not in (".", "function"))
            ):
                yield Hit(name, line, "calls eval")
            elif (
                token.text == "Function"
                and after == ["("]
                and before not in (".", "function", "class")
            ):
                yield Hit(name, line, "builds a function from text")
            elif (
                token.text in _TIMERS
                and after == ["("]
                and stream[index + 2].kind in ("string", "template")
            ):
                yield Hit(name, line, f"{token.text} gets text instead of a function")


@rule(
    "LM203",
    "A string holds the address of a script",
    source=_REMOTE_CODE,
    heuristic=True,
    stores=("chrome", "edge"),
    fix=(
        "remove the string, and never disguise it: reviewers search the code for such"
        " addresses, even if they never load"
    ),
    why=(
        "The Chrome Web Store rejects it as remotely hosted code (Blue Argon), even in dead code."
    ),
)
def script_addresses(extension: Extension) -> Iterator[Hit]:
    for name in extension.own_scripts:
        stream, lines = extension.tokens(name)
        for token in stream:
            if token.kind in ("string", "template") and "//" in token.text:
                found = _SCRIPT_ADDRESS.search(token.text) or _CODE_HOSTS.search(token.text)
                if found:
                    yield Hit(name, lines.at(token.offset)[0], f"a string contains {found[0]}")


@rule(
    "LM204",
    "An inline script or event handler in a page",
    source=(
        "https://developer.chrome.com/docs/extensions/reference/manifest/content-security-policy"
    ),
    fix="move the script into a file of its own, and use addEventListener for handlers",
    why="The content security policy of extensions blocks it.",
)
def inline_code(extension: Extension) -> Iterator[Hit]:
    for name in extension.pages:
        for tag, attributes, line in _tags(extension.text(name)):
            if (
                tag == "script"
                and "src" not in attributes
                and attributes.get("type") not in ("application/json", "application/ld+json")
            ):
                yield Hit(name, line, "the page contains an inline script")
            for key, value in attributes.items():
                if re.fullmatch(r"on[a-z]+", key):
                    yield Hit(name, line, f"<{tag}> has the handler {key}")
                elif (value or "").strip().lower().startswith("javascript:"):
                    yield Hit(name, line, f"<{tag}> has a javascript: address")


@rule(
    "LM205",
    "Markup is built from values",
    severity="warning",
    heuristic=True,
    source=_AMO,
    stores=("firefox",),
    fix="use textContent, or create elements",
    why="addons.mozilla.org warns about it (UNSAFE_VAR_ASSIGNMENT), and its reviewers ask.",
)
def markup(extension: Extension) -> Iterator[Hit]:
    for name in extension.own_scripts:
        stream, lines = extension.tokens(name)
        for index, token in enumerate(stream[:-2]):
            if token.kind != "name" or not index or stream[index - 1].text not in (".", "?."):
                continue
            after = stream[index + 1]
            if token.text in _MARKUP_PROPERTIES and after.text in ("=", "+"):
                value = stream[index + 2] if after.text == "=" else stream[index + 3]
                if after.text == "=" and value.text == "=":
                    continue  # a comparison
                if not (value.kind in ("string", "template") and value.whole):
                    yield Hit(name, lines.at(token.offset)[0], f"{token.text} is set to a value")
            elif (
                token.text in _MARKUP_CALLS
                and after.text == "("
                and (token.text not in ("write", "writeln") or stream[index - 2].text == "document")
            ):
                yield Hit(name, lines.at(token.offset)[0], f"{token.text} is called")


@rule(
    "LM206",
    "Code that hides what it does",
    source=_READABLE,
    heuristic=True,
    stores=("chrome", "edge", "firefox"),
    fix="ship readable source; minified code is allowed, obfuscated code is not",
    why="Obfuscated code is rejected (Chrome Web Store: Red Titanium).",
)
def obfuscated(extension: Extension) -> Iterator[Hit]:
    for name in extension.own_scripts:
        text = extension.text(name)
        if found := _PACKED.search(text):
            yield Hit(
                name,
                text.count("\n", 0, found.start()) + 1,
                f"looks obfuscated ({found[0][:24]})",
            )
            continue
        for match in re.finditer(r"""(["'])((?:\\.|(?!\1)[^\\\n])*)\1""", text):
            body = match[2]
            if len(body) > _LONG_ESCAPED and len(re.findall(r"\\x[0-9a-fA-F]{2}", body)) * 4 > len(
                body
            ) * (1 - _HEX_SHARE):
                yield Hit(
                    name,
                    text.count("\n", 0, match.start()) + 1,
                    "a long string consists of escapes",
                )
                break


@rule(
    "LM207",
    "A source map, or a reference to one",
    severity="warning",
    source=_REMOTE_CODE,
    fixable=True,
    fix="remove source maps, and the comments that refer to them",
    why=(
        "Source maps hold code that does not run. Reviewers find addresses in them,"
        " and a missing map causes a failed request."
    ),
)
def source_maps(extension: Extension) -> Iterator[Hit]:
    for name in sorted(extension.tree.names):
        if name.endswith(".map"):
            yield Hit(name, 0, "is a source map")
    for name in extension.own_scripts:
        source = extension.text(name)
        if "sourceMappingURL" not in source:
            continue
        for token in extension.script(name).tokens:
            if token.kind == "comment" and (found := _SOURCE_MAP.search(token.text)):
                yield Hit(
                    name,
                    source.count("\n", 0, token.offset) + 1,
                    f"refers to the source map {found[1][:60]}",
                )


@rule(
    "LM208",
    "A browser cannot resolve this module name",
    source="https://developer.mozilla.org/docs/Web/JavaScript/Guide/Modules",
    fix="write a relative path inside the package, like './part.js'",
    why="Without a bundler, the module fails to load, and reviewers notice.",
)
def bare_modules(extension: Extension) -> Iterator[Hit]:
    for name in extension.own_scripts:
        script = extension.script(name)
        for load in script.loads:
            if (
                load.kind == "import"
                and load.name is not None
                and load.whole
                and not re.match(r"\.{0,2}/|[a-z][a-z0-9+.-]*:", load.name)
            ):
                yield Hit(name, script.lines.at(load.offset)[0], f"imports '{load.name}'")


@rule(
    "LM209",
    "A module is imported by a computed name",
    severity="warning",
    heuristic=True,
    source=_AMO,
    stores=("firefox",),
    fix="import by a literal path",
    why="addons.mozilla.org warns about it, because the package does not show what will run.",
)
def computed_imports(extension: Extension) -> Iterator[Hit]:
    for name in extension.own_scripts:
        script = extension.script(name)
        for load in script.loads:
            if load.kind == "import" and (load.name is None or not load.whole):
                yield Hit(name, script.lines.at(load.offset)[0], "import() of a computed name")


@rule(
    "LM210",
    "A network request contradicts the declarations",
    heuristic=True,
    source="https://developer.chrome.com/docs/webstore/user_data",
    fix=(
        "remove the request; or declare its host in connect-src, and the data in"
        " data_collection_permissions and the privacy form"
    ),
    why=(
        "The data declarations must be true. Reviewers look for network requests (Purple Nickel)."
    ),
)
def requests(extension: Extension) -> Iterator[Hit]:
    policy = extension.policy or ""
    connect = next(
        (part for part in policy.split(";") if part.strip().startswith("connect-src")), None
    )
    for name in extension.own_scripts:
        stream, lines = extension.tokens(name)
        for index, token in enumerate(stream):
            if (
                token.kind in ("string", "template")
                and re.match(r"(https?|wss?)://", token.text)
                and _is_request(stream, index)
            ):
                host = token.text.split("/")[2]
                if connect is None or host not in connect:
                    yield Hit(
                        name,
                        lines.at(token.offset)[0],
                        f"sends a request to {host}, which connect-src does not list",
                    )


@rule(
    "LM211",
    "A script that is not valid JavaScript",
    severity="warning",
    heuristic=True,
    source="https://developer.mozilla.org/docs/Web/JavaScript/Reference/Errors",
    fix="correct the script at the place named; syntax newer than the parser may be right",
    why=(
        "Browsers run nothing of a file with a syntax error, and addons.mozilla.org refuses it"
        " (JS_SYNTAX_ERROR)."
    ),
)
def syntax_errors(extension: Extension) -> Iterator[Hit]:
    for name in extension.own_scripts:
        script = extension.script(name)
        if script.error is not None:
            offset, problem = script.error
            yield Hit(name, script.lines.at(offset)[0], f"does not parse: {problem}")


def _is_request(stream: tuple[Token, ...], index: int) -> bool:
    """``fetch('https://...')``, ``new URL`` in between or not, and a request's method before."""
    before = [item.text for item in stream[max(0, index - 6) : index]]
    return bool(before) and before[-1] in ("(", ",") and any(word in _REQUESTS for word in before)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs), self.getpos()[0]))


def _tags(text: str) -> list[tuple[str, dict[str, str | None], int]]:
    parser = _Tags()
    parser.feed(text)
    parser.close()
    return parser.found
