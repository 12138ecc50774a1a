"""Where the toolkit's own parts lie: in a checkout, or inside the installed wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent


def extension_folder() -> Path:
    """The source of the extension."""
    return _CHECKOUT / "extension"


def runtime_folder() -> Path:
    """The folder with the files of ONNX Runtime Web."""
    return _CHECKOUT / "tools" / "node_modules" / "onnxruntime-web" / "dist"


def tokenizers_folder() -> Path:
    """The folder with Hugging Face's tokenizers for JavaScript."""
    return _CHECKOUT / "tools" / "node_modules" / "@huggingface" / "tokenizers" / "dist"
