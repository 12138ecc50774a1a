"""Search for the quantization scheme with the smallest zip whose loss is within the limit."""

from __future__ import annotations

import shutil
import tempfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from builder.errors import BuilderError
from builder.files import replacing
from builder.models.asset.asset import (
    DESCRIPTION,
    GRAPH,
    WEIGHTS,
    load_asset,
    write_asset,
)
from builder.models.asset.card import render_card, render_imported
from builder.models.asset.scorer import Scorer
from builder.models.asset.scoring import Scoring
from builder.models.asset.tokenizer import TOKENIZER, write_vocabulary
from builder.models.data.eval_data import EvalData
from builder.models.data.recipe import Recipe
from builder.models.data.splits import read_splits
from builder.models.metrics.calibration import fit_scoring
from builder.models.metrics.validation import Validation, validate
from builder.models.quantization.description import (
    describe,
    held_out,
    metrics_entry,
    rounded,
)
from builder.models.quantization.gate import Gate, Logits, answers_of, gate_of
from builder.models.quantization.schemes import DEFAULTS, QuantizationScheme
from builder.progress import work

RECIPE = "recipe.toml"
ZIP_LEVEL = 9  # as in the packages for the stores
ROUNDING = 1e-9  # so that a loss of exactly the limit passes


@dataclass(frozen=True)
class Measured:
    """A measured quantization scheme.

    Rates are in 0..1; the latency is the median of a text with one thread.
    """

    name: str
    scheme: str
    bytes: int
    zipped_bytes: int
    value: float
    loss: float
    agreement: float
    """Share of the texts with the same prediction as fp32."""
    latency_ms: float


@dataclass(frozen=True)
class Search:
    """All measured schemes, the smallest zip first, and fp32.

    ``kept`` is None if all schemes lose too much.
    """

    metric: str
    data: str
    texts: int
    max_loss: float
    fp32: Measured
    candidates: tuple[Measured, ...]
    kept: Measured | None

    @property
    def closest(self) -> Measured:
        """The scheme with the smallest loss."""
        return min(self.candidates, key=lambda measured: (measured.loss, measured.zipped_bytes))

    def recorded(self, shipped: Measured) -> dict[str, Any]:
        """The ``quantization`` entry of model.json."""
        return {
            "scheme": shipped.scheme,
            "candidate": shipped.name,
            "metric": self.metric,
            "data": self.data,
            "texts": self.texts,
            "max_loss": self.max_loss,
            "fp32": rounded(asdict(self.fp32)),
            "candidates": [rounded(asdict(measured)) for measured in self.candidates],
        }


@dataclass(frozen=True)
class Quantized:
    """The asset, or None if nothing was written, and the search."""

    asset: Path | None
    search: Search
    int8: Validation | None = None
    fp32: Validation | None = None
    """Both on the validation texts; of a recipe's model only."""


def quantize_asset(
    source: Path,
    out: Path,
    *,
    eval_data: EvalData | None,
    texts: Sequence[str] | None,
    max_loss: float = 0.001,
    candidates: Sequence[str] = DEFAULTS,
    calibrate: bool = False,
    force: bool = False,
) -> Quantized:
    """Quantize an asset with fp32 weights, as ``import_model`` writes it.

    The gate is accuracy on ``eval_data``, or macro F1 for a model with several labels. Without
    labelled texts it is agreement with fp32 on ``texts``.

    :param candidates: names of quantization schemes.
    :param calibrate: also find the temperature and the thresholds on ``eval_data``.
    :param force: write the scheme with the smallest loss even if that is above ``max_loss``.
    :raises BuilderError: if the asset is already quantized.
    """
    schemes = [QuantizationScheme.parse(name) for name in candidates]
    asset = load_asset(source)
    description = asset.description
    if (description.get("quantization") or {}).get("candidate") or "imported" not in description:
        raise BuilderError(
            f"{source / DESCRIPTION}: is quantized already",
            place=str(source),
            hint="quantize the folder that 'builder model import' wrote",
        )
    fp32_scorer = Scorer(source, description, threads=1)
    judged = eval_data.texts if eval_data else list(texts or ())
    reference = _logits(fp32_scorer, judged, "fp32")
    scoring = Scoring.of(description)
    if eval_data and calibrate:
        scoring = fit_scoring(scoring.activation, reference, eval_data.ground_truth)
    gate = gate_of(eval_data, judged, reference, scoring, asset.label_ids)
    vocabulary = description["tokenizer"]["vocabulary"]
    with tempfile.TemporaryDirectory() as scratch:
        search, folder, shipped, _ = _search(
            source / description["graph"],
            Path(scratch),
            gate,
            schemes,
            max_loss,
            reference,
            fp32_scorer,
            force,
            lambda folder: str(shutil.copyfile(source / vocabulary, folder / vocabulary)),
        )
        if folder is None:
            return Quantized(None, search)
        final = description | {
            "temperature": scoring.temperature,
            "thresholds": list(scoring.thresholds) if scoring.thresholds else None,
            "min_score": scoring.min_score,
            "graph": GRAPH,
            "weights": WEIGHTS,
            "quantization": search.recorded(shipped),
        }
        with replacing(out) as target:
            shutil.copytree(folder, target)
            write_asset(target, final, (GRAPH, WEIGHTS, vocabulary), render_imported)
    return Quantized(out, search)


def quantize(
    recipe_file: Path,
    run: Path,
    data: Path,
    out: Path,
    *,
    max_loss: float = 0.001,
    candidates: Sequence[str] = DEFAULTS,
    force: bool = False,
) -> Quantized:
    """Quantize ``run/fp32.onnx``, calibrate it on the validation texts, and write the asset.

    The gate is accuracy on the recipe's first data source, or two-fold macro F1 for a model with
    several labels.

    :param run: the folder with ``checkpoint/`` and ``fp32.onnx``.
    :param candidates: names of quantization schemes.
    :param force: write the scheme with the smallest loss even if that is above ``max_loss``.
    :raises BuilderError: if something is missing.
    """
    schemes = [QuantizationScheme.parse(name) for name in candidates]
    recipe = Recipe.read(recipe_file)
    checkpoint, fp32_graph = run / "checkpoint", run / "fp32.onnx"
    for needed, command in ((checkpoint, "train"), (fp32_graph, "export")):
        if not needed.exists():
            raise BuilderError(
                f"{needed}: missing", hint=f"run 'builder model {command}' first", place=str(needed)
            )
    _, split = read_splits(recipe, data)
    description = describe(recipe, checkpoint, fp32_graph)
    spec = description["tokenizer"]
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        write_vocabulary(checkpoint / TOKENIZER, spec, home)
        fp32_scorer = Scorer(home, description, graph=fp32_graph, threads=1)
        reference = _logits(fp32_scorer, split.texts, "fp32")
        fp32 = validate(recipe, reference, split)
        gate = Gate(
            fp32.metric,
            f"{', '.join(recipe.selecting)}, validation split",
            split.texts,
            lambda logits: validate(recipe, logits, split).value,
            lambda logits: validate(recipe, logits, split).scoring,
        )
        search, folder, shipped, logits = _search(
            fp32_graph,
            home,
            gate,
            schemes,
            max_loss,
            reference,
            fp32_scorer,
            force,
            lambda folder: write_vocabulary(checkpoint / TOKENIZER, spec, folder),
        )
        if folder is None:
            return Quantized(None, search, None, fp32)
        int8 = validate(recipe, logits, split)
        final = description | {
            "temperature": int8.scoring.temperature,
            "min_score": int8.scoring.min_score,
            "thresholds": list(int8.scoring.thresholds) if int8.scoring.thresholds else None,
            "quantization": search.recorded(shipped),
            "metrics": [
                metrics_entry(recipe, precision, metrics)
                for precision, metrics in (("int8", int8), ("fp32", fp32))
            ],
        }
        if recipe.held_out is not None:
            final["metrics"].append(held_out(recipe, recipe.held_out, Scorer(folder, final)))
        with replacing(out) as target:
            shutil.copytree(folder, target)
            write_asset(
                target,
                final,
                (GRAPH, WEIGHTS, spec["vocabulary"]),
                lambda whole: render_card(recipe, whole, int8, fp32),
            )
            shutil.copyfile(recipe_file, target / RECIPE)
    return Quantized(out, search, int8, fp32)


def _search(
    fp32_graph: Path,
    scratch: Path,
    gate: Gate,
    schemes: Sequence[QuantizationScheme],
    max_loss: float,
    reference: Logits,
    fp32_scorer: Scorer,
    force: bool,
    write_vocabulary_to: Callable[[Path], object],
) -> tuple[Search, Path | None, Measured, Logits]:
    """Measure each scheme.

    :returns: the search; the folder of the scheme to ship, None if all lose too much and ``force``
        is off; the scheme to ship; and its logits.
    """
    fp32 = Measured(
        "fp32",
        "float",
        *_sizes(fp32_graph.parent, [fp32_graph.name, *_weights_of(fp32_graph)]),
        gate.judge(reference),
        0.0,
        1.0,
        _median(fp32_scorer.run_ms),
    )
    expected = answers_of(reference, gate.scoring_of(reference))
    found: dict[str, tuple[Measured, Path]] = {}
    answers: dict[str, Logits] = {}
    for number, scheme in enumerate(schemes):
        folder = scratch / str(number)
        with work(f"Writing {scheme.name}"):
            scheme.write(fp32_graph, folder)
        write_vocabulary_to(folder)
        scorer = Scorer(folder, fp32_scorer.description | {"graph": GRAPH}, threads=1)
        logits = _logits(scorer, gate.texts, scheme.name)
        answers[scheme.name], value = logits, gate.judge(logits)
        agreement = float(
            (answers_of(logits, gate.scoring_of(logits)) == expected).all(axis=1).mean()
        )
        sizes = _sizes(folder, [GRAPH, WEIGHTS])
        found[scheme.name] = (
            Measured(
                scheme.name,
                scheme.description,
                *sizes,
                value,
                fp32.value - value,
                agreement,
                _median(scorer.run_ms),
            ),
            folder,
        )
        _delete_unneeded(found, max_loss)
    ordered = tuple(
        sorted(
            (measured for measured, _ in found.values()), key=lambda measured: measured.zipped_bytes
        )
    )
    kept = next((measured for measured in ordered if measured.loss <= max_loss + ROUNDING), None)
    search = Search(gate.metric, gate.data, len(gate.texts), max_loss, fp32, ordered, kept)
    shipped = kept or search.closest
    return (
        search,
        found[shipped.name][1] if kept or force else None,
        shipped,
        answers[shipped.name],
    )


def _delete_unneeded(found: dict[str, tuple[Measured, Path]], max_loss: float) -> None:
    """Delete the files of all schemes but two: the smallest within the limit, and the one with the
    smallest loss.
    """
    passing = [measured for measured, _ in found.values() if measured.loss <= max_loss + ROUNDING]
    wanted = {
        min(passing, key=lambda measured: measured.zipped_bytes).name if passing else "",
        min(
            (measured for measured, _ in found.values()),
            key=lambda measured: (measured.loss, measured.zipped_bytes),
        ).name,
    }
    for name, (_, folder) in found.items():
        if name not in wanted:
            shutil.rmtree(folder, ignore_errors=True)


def _logits(scorer: Scorer, texts: Sequence[str], name: str) -> Logits:
    with work(f"Measuring {name}", len(texts)) as advance:
        return scorer.logits(texts, advance)


def _sizes(folder: Path, names: Sequence[str]) -> tuple[int, int]:
    contents = [(folder / name).read_bytes() for name in names]
    return sum(map(len, contents)), sum(
        len(zlib.compress(content, ZIP_LEVEL)) for content in contents
    )


def _weights_of(graph: Path) -> list[str]:
    """Files beside a graph that hold its weights."""
    import onnx

    model = onnx.load(str(graph), load_external_data=False)
    return sorted(
        {
            entry.value
            for tensor in model.graph.initializer
            for entry in tensor.external_data
            if entry.key == "location"
        }
    )


def _median(values: Sequence[float]) -> float:
    return float(np.median(values)) if values else 0.0
