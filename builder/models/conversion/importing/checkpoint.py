"""Open a checkpoint folder, as transformers saves it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.config.reader import ConfigReader, read_json
from builder.errors import BuilderError
from builder.models.asset.tokenizer import TOKENIZER
from builder.models.conversion.export import (
    INPUTS_OF,
    PICKLE,
    SAFETENSORS,
    load_checkpoint,
    trace,
)
from builder.models.conversion.importing.opened import OpenedModel
from builder.models.torch_extra import require_torch
from builder.progress import work

LARGEST_GRAPH = 1_900_000_000
"""Bytes of fp32 weights. An ONNX file ends at 2 GB, and a browser long before."""

FAMILIES = (
    "supported families: BERT and MiniLM (bert), DistilBERT, ELECTRA, RoBERTa, XLM-RoBERTa,"
    " CamemBERT, MPNet, ALBERT, DeBERTa v2 and v3 (deberta-v2), ModernBERT, each"
    " ...ForSequenceClassification"
)
_WIDTHS = ("hidden_size", "dim")
_ROWS = ("num_hidden_layers", "n_layers", "vocab_size", "max_position_embeddings")
"""Sizes that weights have a row of the model's width for, or more."""
_SIZES = (*_WIDTHS, *_ROWS, "num_attention_heads", "n_heads", "intermediate_size", "hidden_dim")
_HEADS = ("classifier.weight", "classifier.out_proj.weight")
"""Weights with a row for each label, by family."""
_TOKENIZER_FILES = (
    TOKENIZER,
    "vocab.txt",
    "vocab.json",
    "sentencepiece.bpe.model",
    "spiece.model",
    "tokenizer.model",
)


def open_checkpoint(
    folder: Path, config: ConfigReader | None, scratch: Path, *, allow_pickle: bool
) -> OpenedModel:
    """Load the weights and trace the graph into ``scratch``.

    :raises BuilderError: if the folder holds no classifier of a supported family, or its weights or
        tokenizer cannot be read.
    """
    if config is None:
        raise BuilderError(
            f"{folder / 'config.json'}: no such file",
            hint="name the folder that save_pretrained wrote",
            place=str(folder),
        )
    family = config.optional("model_type", str, "")
    if family not in INPUTS_OF:
        raise config.error(
            "model_type",
            f"the family '{family}' is not supported" if family else "missing",
            hint=FAMILIES,
        )
    architecture = next(iter(config.optional("architectures", list, [])), "")
    if not architecture.endswith("ForSequenceClassification"):
        raise config.error(
            "architectures",
            f"{architecture or 'nothing'} is no classifier of texts",
            hint=(
                "fine-tune it as ...ForSequenceClassification first, or import a model that is one"
            ),
        )
    if not any((folder / name).is_file() for name in SAFETENSORS) and not allow_pickle:
        raise BuilderError(
            f"{folder / PICKLE}: is a pickle, and loading a pickle can run any code that its maker"
            " put into it",
            place=str(folder / PICKLE),
            hint=(
                "convert it to safetensors (model.save_pretrained), or trust its maker and say"
                " --allow-pickle"
            ),
        )
    _check_sizes(config, sum(file.stat().st_size for file in folder.iterdir() if file.is_file()))
    _check_shards(folder)
    torch = require_torch()
    with work("Reading the checkpoint"):
        model = load_checkpoint(
            folder,
            allow_pickle=not any((folder / name).is_file() for name in SAFETENSORS),
            labels=None if {"id2label", "num_labels"} & set(config.values) else _rows(folder),
        )
    if sum(weight.numel() for weight in model.parameters()) * 4 > LARGEST_GRAPH:
        raise BuilderError(
            f"{folder}: has more weights than a browser can take",
            hint="import a smaller model",
            place=str(folder),
        )
    encode, tokenizer = _open_tokenizer(folder, scratch)
    graph = scratch / "traced.onnx"
    with work("Tracing the model"):
        _trace(model, graph, folder)

    def logits(ids: list[int]) -> NDArray[np.float32]:
        with torch.no_grad():
            row = torch.tensor([ids])
            output: NDArray[np.float32] = (
                model(input_ids=row, attention_mask=torch.ones_like(row)).logits[0].numpy()
            )
        return output

    return OpenedModel(
        family=family,
        graph=graph,
        tokenizer=tokenizer,
        output="logits",
        heads=model.config.num_attention_heads,
        hidden=model.config.hidden_size,
        ids=encode,
        logits=logits,
    )


def _check_shards(folder: Path) -> None:
    """:raises BuilderError: if the list of weight files names one that is not there."""
    index = folder / SAFETENSORS[1]
    if (folder / SAFETENSORS[0]).is_file() or not index.is_file():
        return
    for name in set(read_json(index).require("weight_map", dict).values()):
        if not isinstance(name, str) or not (folder / name).is_file():
            raise BuilderError(
                f"{index}: names the file {name!r:.80}, which is not there",
                place=str(index),
                hint=(
                    "fetch all files of the model, or save it again: model.save_pretrained(FOLDER)"
                ),
            )


def _check_sizes(config: ConfigReader, most: int) -> None:
    """:raises BuilderError: if config.json asks for more than so many bytes of weights can hold:
    memory for it would be taken before anyone finds out.
    """
    values = config.values
    width = max([size for name in _WIDTHS if isinstance(size := values.get(name), int)], default=1)
    for name in _SIZES:
        size = values.get(name, 1)
        whole = isinstance(size, int) and not isinstance(size, bool) and size >= 1
        if not whole or size * (width if name in _ROWS else 1) > most:
            raise config.error(
                name,
                f"{size!r:.40} is no size of a model with {most:,} bytes of weights",
                hint="take the config.json that was saved with the weights",
            )


def _trace(model: Any, graph: Path, folder: Path) -> None:
    """:raises BuilderError: if the model cannot be run as config.json describes it."""
    try:
        trace(model, graph)
    except Exception as error:  # of torch, and of the family's own code
        first = str(error).strip().split("\n")[0]
        raise BuilderError(
            f"{folder}: cannot be run on a text: {first}",
            place=str(folder),
            hint="take the config.json that was saved with the weights",
        ) from None


def _rows(folder: Path) -> int | None:
    """The number of labels, from the shape of the head in safetensors; None if it is not there."""
    from safetensors import SafetensorError, safe_open

    for file in sorted(folder.glob("model*.safetensors")):
        try:
            with safe_open(file, "np") as weights:
                for name in set(_HEADS) & set(weights.keys()):
                    return int(weights.get_slice(name).get_shape()[0])
        except SafetensorError:
            return None  # loading the checkpoint says what is wrong with it
    return None


def _open_tokenizer(folder: Path, scratch: Path) -> tuple[Callable[[str], list[int]], Path]:
    """The checkpoint's own tokenizer as a function, and its tokenizer.json."""
    from transformers import AutoTokenizer

    # Without any of these files, transformers would make an empty tokenizer.
    if not any((folder / name).is_file() for name in _TOKENIZER_FILES):
        raise BuilderError(
            f"{folder}: holds no tokenizer",
            hint="save it beside the weights: tokenizer.save_pretrained(FOLDER)",
            place=str(folder),
        )
    try:
        theirs = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        theirs.save_pretrained(scratch / "tokenizer")
    except Exception as error:
        first = str(error).strip().split("\n")[0]
        raise BuilderError(
            f"{folder}: its tokenizer cannot be read: {first}",
            place=str(folder),
            hint="save it beside the weights: tokenizer.save_pretrained(FOLDER)",
        ) from None

    def encode(text: str) -> list[int]:
        ids: list[int] = theirs(text)["input_ids"]
        return ids

    own = folder / TOKENIZER
    saved = scratch / "tokenizer" / TOKENIZER
    if not own.is_file() and not saved.is_file():
        raise BuilderError(
            f"{own}: no such file, and the tokenizer has no fast form to write it from",
            hint=FAMILIES,
            place=str(own),
        )
    return encode, saved if saved.is_file() else own
