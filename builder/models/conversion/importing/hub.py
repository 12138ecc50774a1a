"""Download the files that an import needs from the Hugging Face hub, with the hub's own client."""

from __future__ import annotations

from pathlib import Path

from builder.errors import BuilderError, missing_extra
from builder.progress import work

_FILES = ["*.json", "*.txt", "*.model", "README.md", "model.safetensors", "model-*.safetensors"]
_ONNX = ["model.onnx", "model.onnx_data", "onnx/model.onnx", "onnx/model.onnx_data"]
_PICKLES = ["pytorch_model.bin"]


def download(
    model: str, revision: str | None, cache: Path, *, allow_pickle: bool
) -> tuple[Path, str]:
    """Fetch a model. Weights are safetensors, or else ONNX, or else a pickle if that is allowed.

    :returns: the folder, and the commit.
    :raises BuilderError: if the hub cannot be reached, or has no such model.
    """
    try:
        from huggingface_hub import HfApi, snapshot_download
        from huggingface_hub.errors import RepositoryNotFoundError, RevisionNotFoundError
    except ImportError as error:
        raise missing_extra(str(error.name), "train") from None
    try:
        with work(f"Fetching {model}"):
            info = HfApi().model_info(model, revision=revision)
            there = {entry.rfilename for entry in info.siblings or ()}
            weights: list[str] = []
            if not any(name.endswith(".safetensors") for name in there):
                weights = _ONNX if there & set(_ONNX) else _PICKLES if allow_pickle else []
                if not weights:
                    kept = next((name for name in _PICKLES if name in there), None)
                    raise BuilderError(
                        (
                            f"{model}: its weights are a pickle, and loading a pickle can run any"
                            " code that its maker put into it"
                            if kept
                            else f"{model}: holds neither model.safetensors nor an ONNX file"
                        ),
                        hint=(
                            "look for a revision with safetensors, or trust its maker and say"
                            " --allow-pickle"
                            if kept
                            else "choose a model for transformers or ONNX Runtime"
                        ),
                        place=model,
                    )
            folder = snapshot_download(
                model, revision=info.sha, cache_dir=cache, allow_patterns=[*_FILES, *weights]
            )
    except RevisionNotFoundError:
        raise BuilderError(
            f"{model}: the hub has no revision '{revision}' of it",
            hint="a branch, tag or commit",
            place=model,
        ) from None
    except RepositoryNotFoundError:
        raise BuilderError(
            f"{model}: neither a file or folder here nor a model on the hub",
            place=model,
            hint="check the spelling; for a private model log in first: hf auth login",
        ) from None
    except BuilderError:
        raise
    # the client passes on the exceptions of its HTTP library, which change with major versions
    except Exception as error:
        first = str(error).strip().split("\n")[0]
        raise BuilderError(
            f"{model}: the hub cannot be reached: {first}",
            place=model,
            hint="check the network, or fetch the model elsewhere and name its folder",
        ) from None
    return Path(folder), str(info.sha)
