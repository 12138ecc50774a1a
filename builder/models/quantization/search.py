"""From fp32 to the smallest asset that loses no more than it may: candidates are written, measured
and compared.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from builder.errors import BuilderError
from builder.files import replacing
from builder.models.asset.asset import DESCRIPTION, FORMAT, load_asset, write_asset
from builder.models.asset.card import render_card, render_imported
from builder.models.asset.scoring import Scoring, counting, probabilities
from builder.models.asset.tokenizer import TOKENIZER, describe_tokenizer, write_vocabulary
from builder.models.conversion.export import inputs_of
from builder.models.data.datasets import read_examples
from builder.models.data.eval_data import Labelled
from builder.models.data.recipe import NONE, HeldOut, Recipe
from builder.models.data.splits import read_splits
from builder.models.metrics.calibration import ACTIVATION_OF, fit_scoring
from builder.models.metrics.evaluate import Scorer, evaluate
from builder.models.metrics.validation import Validation, validate
from builder.models.quantization.schemes import DEFAULTS, GRAPH, WEIGHTS, Candidate
from builder.progress import work

RECIPE = "recipe.toml"
MEASURED_IN = "onnxruntime for Python, one text a run"
ZIP_LEVEL = 9  # that of the store zips
ROUNDING = 1e-9  # a loss of exactly what is allowed is allowed

Logits = NDArray[np.float32]


@dataclass(frozen=True)
class Gate:
    """What a quantized model is judged by.

    :param metric: its name, as the card says it.
    :param data: what the texts are.
    :param judge: the figure (0..1) of logits ``(texts, labels)``.
    :param scoring_of: how logits become answers.
    """

    metric: str
    data: str
    texts: list[str]
    judge: Callable[[Logits], float]
    scoring_of: Callable[[Logits], Scoring]


@dataclass(frozen=True)
class Measured:
    """One way to quantize, measured; sizes in bytes, rates in 0..1, latency as the median of one
    thread in milliseconds.
    """

    name: str
    scheme: str
    bytes: int
    zipped_bytes: int
    value: float
    loss: float
    agreement: float
    """Share of the texts with the same answer as fp32's."""
    latency_ms: float


@dataclass(frozen=True)
class Search:
    """All that were measured, from the smallest zip on, beside fp32; ``kept`` is None where each
    loses too much.
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
        """The one that loses least."""
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
            "fp32": _rounded(asdict(self.fp32)),
            "candidates": [_rounded(asdict(measured)) for measured in self.candidates],
        }


@dataclass(frozen=True)
class Quantized:
    """The asset, None where nothing was written, and the search that it came from."""

    asset: Path | None
    search: Search
    int8: Validation | None = None
    fp32: Validation | None = None
    """Of a recipe's model: both on its validation texts."""


def quantize_asset(
    source: Path,
    out: Path,
    *,
    labelled: Labelled | None,
    texts: Sequence[str] | None,
    max_loss: float = 0.001,
    candidates: Sequence[str] = DEFAULTS,
    calibrate: bool = False,
    anyway: bool = False,
) -> Quantized:
    """Shrink an asset with fp32 weights, as ``import_model`` writes it, into another.

    The gate is accuracy on ``labelled``, or macro F1 for a model of several labels; without
    labelled texts it is agreement with fp32 on ``texts``.

    :param calibrate: find temperature and thresholds on ``labelled``, too.
    :param anyway: write the candidate that loses least even if that is too much.
    :raises BuilderError: if the asset is quantized already.
    """
    ways = [Candidate.parse(name) for name in candidates]
    asset = load_asset(source)
    description = asset.description
    if (description.get("quantization") or {}).get("candidate") or "imported" not in description:
        raise BuilderError(
            f"{source / DESCRIPTION}: is quantized already",
            place=str(source),
            hint="quantize the folder that 'builder model import' wrote",
        )
    fp32_scorer = Scorer(source, description, threads=1)
    judged = labelled.texts if labelled else list(texts or ())
    reference = _logits(fp32_scorer, judged, "fp32")
    scoring = Scoring.of(description)
    if labelled and calibrate:
        scoring = fit_scoring(scoring.activation, reference, labelled.true)
    gate = _gate(labelled, judged, reference, scoring, asset.label_ids)
    vocabulary = description["tokenizer"]["vocabulary"]
    with tempfile.TemporaryDirectory() as scratch:
        search, folder, shipped, _ = _search(
            source / description["graph"],
            Path(scratch),
            gate,
            ways,
            max_loss,
            reference,
            fp32_scorer,
            anyway,
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
    anyway: bool = False,
) -> Quantized:
    """Shrink ``run/fp32.onnx``, calibrate it on the recipe's validation texts, and write the asset.

    The gate is accuracy on the recipe's first data, or macro F1 for a model of several labels.

    :param run: the folder that holds ``checkpoint/`` and ``fp32.onnx``.
    :param anyway: write the candidate that loses least even if that is too much.
    """
    ways = [Candidate.parse(name) for name in candidates]
    recipe = Recipe.read(recipe_file)
    checkpoint, fp32_graph = run / "checkpoint", run / "fp32.onnx"
    for needed, command in ((checkpoint, "train"), (fp32_graph, "export")):
        if not needed.exists():
            raise BuilderError(
                f"{needed}: missing", hint=f"run 'builder model {command}' first", place=str(needed)
            )
    _, split = read_splits(recipe, data)
    description = _describe(recipe, checkpoint, fp32_graph)
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
            ways,
            max_loss,
            reference,
            fp32_scorer,
            anyway,
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
                _metrics(recipe, precision, figures)
                for precision, figures in (("int8", int8), ("fp32", fp32))
            ],
        }
        if recipe.held_out is not None:
            final["metrics"].append(_held_out(recipe, recipe.held_out, Scorer(folder, final)))
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
    ways: Sequence[Candidate],
    max_loss: float,
    reference: Logits,
    fp32_scorer: Scorer,
    anyway: bool,
    write_vocabulary_to: Callable[[Path], object],
) -> tuple[Search, Path | None, Measured, Logits]:
    """Measure each way; the folder of the one to ship, and its figures. None where each loses too
    much, and nothing is wanted then.
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
    expected = _answers(reference, gate.scoring_of(reference))
    found: dict[str, tuple[Measured, Path]] = {}
    answers: dict[str, Logits] = {}
    for number, way in enumerate(ways):
        folder = scratch / str(number)
        with work(f"Writing {way.name}"):
            way.write(fp32_graph, folder)
        write_vocabulary_to(folder)
        scorer = Scorer(folder, fp32_scorer.description | {"graph": GRAPH}, threads=1)
        logits = _logits(scorer, gate.texts, way.name)
        answers[way.name], value = logits, gate.judge(logits)
        agreement = float(
            (_answers(logits, gate.scoring_of(logits)) == expected).all(axis=1).mean()
        )
        sizes = _sizes(folder, [GRAPH, WEIGHTS])
        found[way.name] = (
            Measured(
                way.name,
                way.scheme,
                *sizes,
                value,
                fp32.value - value,
                agreement,
                _median(scorer.run_ms),
            ),
            folder,
        )
        _drop_those_that_cannot_ship(found, max_loss)
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
        found[shipped.name][1] if kept or anyway else None,
        shipped,
        answers[shipped.name],
    )


def _drop_those_that_cannot_ship(found: dict[str, tuple[Measured, Path]], max_loss: float) -> None:
    """Only the smallest that may ship and the one that loses least can still be wanted."""
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


def _gate(
    labelled: Labelled | None,
    texts: list[str],
    reference: Logits,
    scoring: Scoring,
    labels: Sequence[str],
) -> Gate:
    if labelled is None:
        expected = _answers(reference, scoring)
        return Gate(
            "agreement with fp32",
            "the author's texts",
            texts,
            lambda logits: float((_answers(logits, scoring) == expected).all(axis=1).mean()),
            lambda _: scoring,
        )
    metric = "macro F1" if scoring.multi_label else "accuracy"

    def judge(logits: Logits) -> float:
        figures = evaluate(probabilities(logits, scoring), labelled.true, labels, scoring)
        return figures.macro_f1 if scoring.multi_label else figures.accuracy

    return Gate(metric, labelled.file.name, texts, judge, lambda _: scoring)


def _logits(scorer: Scorer, texts: Sequence[str], name: str) -> Logits:
    with work(f"Measuring {name}", len(texts)) as advance:
        return scorer.logits(texts, advance)


def _answers(logits: Logits, scoring: Scoring) -> NDArray[np.bool_]:
    return counting(probabilities(logits, scoring), scoring)


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


def _rounded(values: dict[str, Any]) -> dict[str, Any]:
    return {
        key: round(value, 4) if isinstance(value, float) else value for key, value in values.items()
    }


def _metrics(recipe: Recipe, precision: str, figures: Validation) -> dict[str, Any]:
    shared = {
        "precision": precision,
        "data": ", ".join(recipe.selecting),
        "split": "validation",
        "n": figures.n,
        "measured_in": MEASURED_IN,
    }
    macro_f1 = sum(label.f1 for label in figures.labels) / len(figures.labels)
    if figures.halves is not None:
        return shared | {
            "macro_f1": round(macro_f1, 4),
            "macro_f1_halves": [round(half, 4) for half in figures.halves],
        }
    return shared | {
        "accuracy": round(figures.value, 4),
        "macro_f1": round(macro_f1, 4),
        "sources": [_rounded(asdict(source)) for source in figures.sources],
    }


def _held_out(recipe: Recipe, held_out: HeldOut, scorer: Scorer) -> dict[str, Any]:
    """How many answers to the held-out texts are right: the label that the text carries, or no
    clear one where it carries none.
    """
    examples = read_examples(held_out.file, [*recipe.label_ids, NONE])
    counts = counting(
        scorer.scores([example.text for example in examples]), Scoring.of(scorer.description)
    )
    right = [
        not row.any() if example.label == len(recipe.labels) else bool(row[example.label])
        for row, example in zip(counts, examples, strict=True)
    ]
    without = [example.label == len(recipe.labels) for example in examples]
    return {
        "precision": "int8",
        "data": held_out.name,
        "split": "held out",
        "n": len(examples),
        "right": int(sum(right)),
        "none_n": sum(without),
        "none_right": int(sum(hit for hit, none in zip(right, without, strict=True) if none)),
        "measured_in": MEASURED_IN,
    }


def _describe(recipe: Recipe, checkpoint: Path, graph: Path) -> dict[str, Any]:
    config = json.loads((checkpoint / "config.json").read_text(encoding="utf-8"))
    return {
        "format": FORMAT,
        "name": recipe.name,
        "version": recipe.version,
        "licence": _licence(recipe),
        "sources": [
            {
                "what": "base checkpoint",
                "name": recipe.base.source,
                "licence": recipe.base.licence,
                "sha256": recipe.base.sha256,
            },
            *(
                {"what": "training data", "name": data.source, "licence": data.licence}
                for data in recipe.provenance
            ),
        ],
        "labels": [asdict(label) for label in recipe.labels],
        "activation": ACTIVATION_OF[recipe.problem],
        "temperature": 1.0,
        "thresholds": None,
        "min_score": 0.0,
        "max_length": config["max_position_embeddings"],
        "tokenizer": describe_tokenizer(checkpoint / TOKENIZER),
        "inputs": inputs_of(graph),
        "output": {"name": "logits"},
        "graph": GRAPH,
        "weights": WEIGHTS,
    }


def _licence(recipe: Recipe) -> dict[str, Any]:
    """That of the data that restricts use; else of the first data."""
    data = next((data for data in recipe.provenance if data.restricts_use), recipe.provenance[0])
    return {
        "name": data.licence,
        "restricts_use": data.restricts_use,
        "reason": f"trained on {data.name}",
    }
