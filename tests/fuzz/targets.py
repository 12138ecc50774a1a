"""Every parser of the builder as a function of bytes: any bytes end in a BuilderError or in a right
result, in bounded time and memory.

The tests drive these with Hypothesis, ``python -m tests.fuzz`` with mutations, and with atheris
where it is installed.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import numpy as np

from builder.browsers.verify import _unpack as unpack_for_verify
from builder.config.extension import load_config
from builder.errors import BuilderError
from builder.models.asset.asset import load_asset
from builder.models.asset.licence import read_licence
from builder.models.asset.scorer import Scorer
from builder.models.asset.tokenizer import (
    describe_tokenizer,
    read_tokenizer,
    reference_tokenizer,
    write_vocabulary,
)
from builder.models.conversion.importing.labels import activation_of, configured_labels, scale_of
from builder.models.conversion.importing.onnx_file import open_onnx
from builder.models.conversion.importing.source import locate
from builder.models.data.eval_data import mapping_for, read_eval_data
from builder.models.data.recipe import Recipe
from builder.models.metrics.regression import read_values
from builder.packaging.manifest import locale_messages
from builder.packaging.previous_build import read_build_record
from builder.packaging.sources.reproduce import rebuild
from builder.paths import extension_folder
from builder.project.icons import write_icons
from builder.stores.lint.engine import lint
from tests.support.tiny import (
    LABELS,
    description,
    write_description,
    write_extension,
    write_tiny_asset,
)

TEXT = "a fine, poor text\u2028with \U0001f600"


@dataclass(frozen=True)
class Target:
    """A parser. ``seeds`` are files that it takes, for mutations to begin with."""

    name: str
    run: Callable[[bytes, Path], object]
    """Given the file's content and an empty folder of its own."""
    seeds: tuple[bytes, ...]


def is_handled(target: Target, content: bytes, folder: Path) -> bool:
    """Run a parser; False for a BuilderError, which is a handled failure.

    :raises Exception: anything else is a fault of ours.
    """
    try:
        target.run(content, folder)
    except BuilderError as error:
        said = str(error)
        assert said and "Traceback" not in said
        assert len(said) < 2000, f"a sentence of {len(said)} characters"
        return False
    return True


@cache
def _tiny() -> Path:
    return write_tiny_asset(Path(mkdtemp(prefix="fuzz-tiny-")) / "asset")


def _asset(folder: Path, name: str, content: bytes) -> Path:
    """The tiny asset with one file replaced, and described as it is now."""
    asset = folder / "asset"
    shutil.copytree(_tiny(), asset)
    (asset / name).write_bytes(content)
    if name != "model.json":
        write_description(asset, description(asset))
    return asset


def extension_toml(content: bytes, folder: Path) -> None:
    (folder / "extension.toml").write_bytes(content)
    config = load_config(folder / "extension.toml")
    locale_messages(config, extension_folder(), "chrome")


def recipe_toml(content: bytes, folder: Path) -> None:
    (folder / "recipe.toml").write_bytes(content)
    Recipe.read(folder / "recipe.toml")


def map_toml(content: bytes, folder: Path) -> None:
    (folder / "map.toml").write_bytes(content)
    mapping_for(folder / "data.csv", folder / "map.toml", folder)


def model_json(content: bytes, folder: Path) -> None:
    load_asset(_asset(folder, "model.json", content))


def vocab_txt(content: bytes, folder: Path) -> None:
    asset = load_asset(_asset(folder, "vocab.txt", content))
    tokenizer = reference_tokenizer(asset.description["tokenizer"], asset.folder, max_length=32)
    tokenizer.encode(TEXT)


def tokenizer_json(content: bytes, folder: Path) -> None:
    file = folder / "tokenizer.json"
    file.write_bytes(content)
    read_tokenizer(file).encode(TEXT)
    spec = describe_tokenizer(file)
    write_vocabulary(file, spec, folder)
    reference_tokenizer(spec, folder, max_length=32).encode(TEXT)


def model_onnx(content: bytes, folder: Path) -> None:
    asset = load_asset(_asset(folder, "model.onnx", content))
    Scorer(asset.folder, asset.description).scores([TEXT])


def imported_onnx(content: bytes, folder: Path) -> None:
    (folder / "model.onnx").write_bytes(content)
    (folder / "tokenizer.json").write_bytes(TOKENIZER)
    (folder / "scratch").mkdir()
    open_onnx(folder / "model.onnx", None, folder / "scratch", home=folder)


def config_json(content: bytes, folder: Path) -> None:
    (folder / "config.json").write_bytes(content)
    (folder / "model.onnx").write_bytes(b"")
    (folder / "scratch").mkdir()
    config = locate(str(folder), folder / "scratch", revision=None, allow_pickle=False).config()
    configured_labels(config)
    activation_of(config, in_graph=None, multi_label=None)
    scale_of(config, None, folder, in_graph=None)


def model_card(content: bytes, folder: Path) -> None:
    (folder / "README.md").write_bytes(content)
    read_licence(folder, None)


def _data(suffix: str) -> Callable[[bytes, Path], None]:
    def run(content: bytes, folder: Path) -> None:
        file = folder / f"data{suffix}"
        file.write_bytes(content)
        with suppress(BuilderError):
            read_values(file)
        read_eval_data(file, LABELS, multi_label=True)

    return run


def package_zip(content: bytes, folder: Path) -> None:
    file = folder / "x-chrome.zip"
    file.write_bytes(content)
    lint(file, stores=("chrome",), mozilla=False)


def verified_zip(content: bytes, folder: Path) -> None:
    file = folder / "x-chrome.zip"
    file.write_bytes(content)
    (folder / "unpacked").mkdir()
    unpack_for_verify(file, folder / "unpacked")
    assert not list(folder.parent.glob("escaped*"))


def sources_zip(content: bytes, folder: Path) -> None:
    """Unpacked and not packed: a zip that nothing can be packed from."""
    file = folder / "sources.zip"
    file.write_bytes(content)
    rebuild(file, "none/extension.toml", {})


def _in_package(name: str) -> Callable[[bytes, Path], None]:
    def run(content: bytes, folder: Path) -> None:
        package_zip(_zip({**PACKAGE, name: content}), folder)

    return run


def soft_labels(content: bytes, folder: Path) -> None:
    from builder.models.training.distill import read_soft_labels

    (folder / "soft.npz").write_bytes(content)
    read_soft_labels(folder / "soft.npz", _recipe(), ["one", "two"])


@cache
def _recipe() -> Recipe:
    return Recipe.read(Path(__file__).parents[2] / "recipes" / "example.toml")


def icon_svg(content: bytes, folder: Path) -> None:
    (folder / "icon.svg").write_bytes(content)
    write_icons(folder / "icon.svg", folder)


def build_record(content: bytes, folder: Path) -> None:
    (folder / "record.json").write_bytes(content)
    read_build_record(folder / "record.json")


def safetensors(content: bytes, folder: Path) -> None:
    from builder.models.conversion.importing.checkpoint import _rows

    (folder / "model.safetensors").write_bytes(content)
    _rows(folder)


def _zip(contents: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def _npz() -> bytes:
    buffer = io.BytesIO()
    digest = hashlib.sha256(b"one\ntwo").hexdigest()
    logits = np.zeros((2, len(_recipe().labels)), dtype=np.float16)
    np.savez_compressed(buffer, logits=logits, texts_sha256=digest)
    return buffer.getvalue()


def _safetensors() -> bytes:
    header = json.dumps(
        {"classifier.weight": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]}}
    ).encode()
    return len(header).to_bytes(8, "little") + header + bytes(8)


REPOSITORY = Path(__file__).parents[2]
TOKENIZER = (REPOSITORY / "tests/js/engine/tokenizers/bpe.json").read_bytes()
MANIFEST = {
    "manifest_version": 3,
    "name": "__MSG_name__",
    "version": "1.0",
    "default_locale": "en",
    "description": "a",
    "action": {"default_popup": "a.html"},
    "background": {"service_worker": "a.js", "type": "module"},
    "permissions": ["storage"],
    "web_accessible_resources": [{"resources": ["a.html"], "matches": ["<all_urls>"]}],
    "externally_connectable": {"matches": ["https://a.test/*"]},
    "commands": {"go": {"suggested_key": {"default": "Ctrl+B"}, "description": "Go"}},
    "icons": {"128": "a.png"},
    "content_security_policy": {"extension_pages": "script-src 'self'"},
}
MESSAGES = {"name": {"message": "A $x$", "placeholders": {"x": {"content": "1"}}}}
SCRIPT = b"import {a} from './b.js'\nchrome.storage.local.get('a', (x) => eval(x))\n"
PAGE = b"<!doctype html><script src=a.js></script><a href='b.html' onclick='x()'>x</a>"
PACKAGE: dict[str, bytes] = {
    "manifest.json": json.dumps(MANIFEST).encode(),
    "_locales/en/messages.json": json.dumps(MESSAGES).encode(),
    "a.js": SCRIPT,
    "b.js": b"export const a = 1\n",
    "a.html": PAGE,
    "a.css": b"a { background: url(a.png) }",
}
TABLES = {
    ".csv": b'text,label\n"fine, is it",good\npoor,"bad,odd"\n',
    ".tsv": b"fine\t0\npoor\t1,2\n",
    ".txt": b"fine;good\npoor;bad\n",
    ".jsonl": b'{"text": "fine", "label": "good"}\n{"text": "poor", "labels": ["bad"]}\n',
    ".json": b'[{"text": "fine", "label": 1}, {"text": "poor", "labels": []}]',
}


def _seed(name: str) -> bytes:
    return (_tiny() / name).read_bytes()


def _extension_seed() -> bytes:
    folder = Path(mkdtemp(prefix="fuzz-seed-"))
    return write_extension(folder / "extension.toml", "asset").read_bytes()


@cache
def targets() -> tuple[Target, ...]:
    asset = {f"model/{path.name}": path.read_bytes() for path in _tiny().iterdir()}
    package = _zip(PACKAGE | asset)
    product = (REPOSITORY / "extension.toml").read_bytes()
    example = (REPOSITORY / "recipes/example.toml").read_bytes()
    config = b'{"model_type": "bert", "id2label": {"0": "a"}, "scale": [1, 5]}'
    svg = (
        b'<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8">'
        b'<rect width="4" height="4"/></svg>'
    )
    card = b"---\nlicense: apache-2.0\ndatasets: [a]\n---\n# Card\n"
    return (
        Target("extension.toml", extension_toml, (_extension_seed(), product)),
        Target("recipe.toml", recipe_toml, (example,)),
        Target("map.toml", map_toml, (b'[labels]\njoy = "good"\n',)),
        Target("model.json", model_json, (_seed("model.json"),)),
        Target("vocab.txt", vocab_txt, (_seed("vocab.txt"),)),
        Target("tokenizer.json", tokenizer_json, (TOKENIZER,)),
        Target("model.onnx", model_onnx, (_seed("model.onnx"),)),
        Target("imported.onnx", imported_onnx, (_seed("model.onnx"),)),
        Target("config.json", config_json, (config,)),
        Target("README.md", model_card, (card,)),
        *(Target(f"data{suffix}", _data(suffix), (table,)) for suffix, table in TABLES.items()),
        Target("package.zip", package_zip, (package,)),
        Target("verified.zip", verified_zip, (package,)),
        Target("sources.zip", sources_zip, (package,)),
        *(Target(f"package/{name}", _in_package(name), (PACKAGE[name],)) for name in PACKAGE),
        Target("package/model/model.json", _in_package("model/model.json"), (_seed("model.json"),)),
        Target("soft-labels.npz", soft_labels, (_npz(),)),
        Target("icon.svg", icon_svg, (svg,)),
        Target("record.json", build_record, (b'{"format": 1, "last": {}, "before": {}}',)),
        Target("model.safetensors", safetensors, (_safetensors(),)),
    )
