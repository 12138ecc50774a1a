"""Where the toolkit's own parts lie: inside the installed wheel, or in a checkout."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent
_PARTS = _PACKAGE / "parts"
"""Made by setup.py; a checkout has none."""

DEFAULT_ASSET = "emotion-open"
"""The model of `builder init`: made of open data alone, so that everyone may publish it."""
RUNTIME_IN_CHECKOUT = Path("tools/node_modules/onnxruntime-web/dist")
TOKENIZERS_IN_CHECKOUT = Path("tools/node_modules/@huggingface/tokenizers/dist")
ZSTDDEC_IN_CHECKOUT = Path("tools/node_modules/zstddec/dist")


def extension_folder() -> Path:
    """The source of the extension."""
    return _PARTS / "extension" if _PARTS.is_dir() else _CHECKOUT / "extension"


def runtime_folder() -> Path:
    """The folder with the files of ONNX Runtime Web."""
    return _PARTS / "runtime" if _PARTS.is_dir() else _CHECKOUT / RUNTIME_IN_CHECKOUT


def tokenizers_folder() -> Path:
    """The folder with Hugging Face's tokenizers for JavaScript."""
    if _PARTS.is_dir():
        return _PARTS / "runtime"
    return _CHECKOUT / TOKENIZERS_IN_CHECKOUT


def zstddec_folder() -> Path:
    """The folder with the zstd decoder for browsers."""
    return _PARTS / "runtime" if _PARTS.is_dir() else _CHECKOUT / ZSTDDEC_IN_CHECKOUT


def default_asset_folder() -> Path:
    """The asset that a new project begins with."""
    return (_PARTS if _PARTS.is_dir() else _CHECKOUT) / "model_assets" / DEFAULT_ASSET


def checkout_tool(name: str) -> Path:
    """A program of tools/node_modules in a checkout; there is none in an installed wheel."""
    return _CHECKOUT / "tools" / "node_modules" / name


def is_part_of_toolkit(path: Path) -> bool:
    """Whether a file comes with the toolkit rather than from a project."""
    homes = [extension_folder(), runtime_folder(), tokenizers_folder(), zstddec_folder(), _PARTS]
    return any(path.is_relative_to(home) for home in homes)
