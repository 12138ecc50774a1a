"""The files that a script names."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from builder.packaging.javascript import Load, parse
from builder.packaging.references.reference import Reference, resolve
from builder.packaging.tree import Tree


def from_script(tree: Tree, name: str, text: str, line_before: int = 0) -> Iterator[Reference]:
    """What a script loads, and every string in it that is the path of a file in ``tree``.

    :param name: the file that the script is, or is in.
    """
    folder = posixpath.dirname(name)
    script = parse(text)
    loaded = set()
    for load in script.loads:
        target = resolve("" if load.kind == "root" else folder, load.name or "")
        if target and _is_certain(load):
            loaded.add(target)
            yield Reference(name, line_before + script.lines.at(load.offset)[0], target)
    for token in script.strings:
        for start in ("", folder):
            # A folder's name alone is too weak a sign; a string that is the path of a file is
            # hardly chance.
            target = resolve(start, token.text)
            if target and not target.endswith("/") and target in tree.names and target != name:
                if target not in loaded:
                    line = line_before + script.lines.at(token.offset)[0]
                    yield Reference(name, line, target, certain=False)
                break


def _is_certain(load: Load) -> bool:
    """Whether the browser will ask for exactly this file.

    A name that an interpolation completes cannot be checked; a fragment or a query changes no name.
    Browsers refuse ``import 'package'``, which is another check's business.
    """
    if load.name is None or not (load.whole or re.search(r"[?#]", load.name)):
        return False
    return load.kind != "import" or load.name.startswith((".", "/"))
