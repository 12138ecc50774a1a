"""Print how long files, functions, lines and sentences are.

.venv/bin/python tools/code_metrics.py [FOLDER]   # another checkout, for a comparison
"""

from __future__ import annotations

import ast
import re
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import tree_sitter_javascript
from tree_sitter import Language, Parser

REPOSITORY = Path(__file__).parent.parent
sys.path.insert(0, str(REPOSITORY))

from tests.support.prose import sentences  # noqa: E402 - found by the line above

WIDE = 100
GENERATED = {"character-tables.js", "used-functions.js"}
_JS_FUNCTIONS = {
    *("function_declaration", "function_expression", "arrow_function", "method_definition"),
    *("generator_function", "generator_function_declaration"),
}


@dataclass
class Figures:
    """Of one language: lines of each file, and of each function."""

    files: dict[str, int] = field(default_factory=dict)
    functions: dict[str, int] = field(default_factory=dict)
    wide: int = 0
    comments: int = 0

    def rows(self) -> list[tuple[str, str]]:
        lines = sum(self.files.values())
        longest = max(self.files, key=lambda name: self.files[name])
        function = max(self.functions, key=lambda name: self.functions[name], default="-")
        return [
            ("files / lines", f"{len(self.files)} / {lines}"),
            ("median file", f"{statistics.median(self.files.values()):g}"),
            ("longest file", f"{self.files[longest]} ({longest})"),
            ("longest function", f"{self.functions.get(function, 0)} ({function})"),
            (f"lines over {WIDE} columns", f"{self.wide / lines:.1%}"),
            ("comment lines", f"{self.comments / lines:.1%}"),
        ]


def tracked(root: Path, *patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "--", *patterns],
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [root / line for line in listed.stdout.splitlines()]
    return [path for path in paths if path.is_file() and path.name not in GENERATED]


def python_figures(root: Path) -> Figures:
    figures = Figures()
    for file in tracked(root, "builder/*.py"):
        name, text = str(file.relative_to(root)), file.read_text(encoding="utf-8")
        _count_lines(figures, name, text, comment=r"\s*#")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                figures.functions[f"{name}:{node.lineno} {node.name}"] = length
    return figures


def javascript_figures(root: Path) -> Figures:
    figures = Figures()
    parser = Parser(Language(tree_sitter_javascript.language()))
    for file in tracked(root, "extension/*.js"):
        name, text = str(file.relative_to(root)), file.read_text(encoding="utf-8")
        _count_lines(figures, name, text, comment=r"\s*(?://|/\*|\*)")
        waiting = [parser.parse(text.encode()).root_node]
        while waiting:
            node = waiting.pop()
            waiting += node.children
            if node.is_named and node.type in _JS_FUNCTIONS:
                first, last = node.start_point.row + 1, node.end_point.row + 1
                figures.functions[f"{name}:{first}"] = last - first + 1
    return figures


def _count_lines(figures: Figures, name: str, text: str, *, comment: str) -> None:
    lines = text.splitlines()
    figures.files[name] = len(lines)
    figures.wide += sum(len(line) > WIDE for line in lines)
    figures.comments += sum(bool(re.match(comment, line)) for line in lines)


def prose_figures(root: Path) -> list[tuple[str, str]]:
    words = [
        sentence.words
        for page in tracked(root, "README.md", "docs/*.md")
        for sentence in sentences(page.read_text(encoding="utf-8"))
    ]
    return [
        ("sentences", str(len(words))),
        ("mean words of a sentence", f"{statistics.mean(words):.1f}"),
        ("longest sentence", str(max(words))),
    ]


def main() -> None:
    root = Path(sys.argv[1]).resolve() if len(sys.argv) > 1 else REPOSITORY
    parts = {
        "Python: builder/": python_figures(root).rows(),
        "JavaScript: extension/": javascript_figures(root).rows(),
        "README and docs/": prose_figures(root),
    }
    for title, rows in parts.items():
        print(title)
        for what, value in rows:
            print(f"  {what:28} {value}")


if __name__ == "__main__":
    main()
