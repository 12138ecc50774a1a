"""recipe.toml: everything needed to repeat a training run."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from builder.config.reader import ConfigReader, read_toml
from builder.models.data.base_checkpoint import locate_folder, locate_onnx, locate_parts

DATA_FORMATS = ("semicolon", "tabs", "labelled_tabs")
PROBLEMS = ("single", "single_or_none", "multi")
NONE = "none"  # the label of texts that carry none of the model's labels


@dataclass(frozen=True, kw_only=True)
class Label:
    """A label as users see it: display names by locale, an emoji, and a colour for light and for
    dark backgrounds. ``sample`` is a text that it fits, offered as an example; empty for none.
    """

    id: str
    name: dict[str, str]
    emoji: str
    colour: dict[str, str]
    sample: str = ""

    @classmethod
    def from_table(cls, table: ConfigReader) -> Label:
        colour = table.table("colour")
        label = cls(
            id=table.require("id", str),
            name=table.localized("name"),
            emoji=table.require("emoji", str),
            colour={theme: colour.require(theme, str) for theme in ("light", "dark")},
            sample=table.optional("sample", str, ""),
        )
        colour.finish()
        table.finish()
        return label


@dataclass(frozen=True, kw_only=True)
class Base:
    """The checkpoint that training starts from: a folder inside a Python package, or inside a zip
    whose parts are spread over several packages, or an ONNX file; pinned by hash.
    """

    packages: tuple[str, ...]
    """One package that holds the folder, or the distributions that hold the parts, in order."""
    folder: str
    sha256: str
    """Of the folder's ``model.safetensors``, or of the ONNX file."""
    source: str
    licence: str
    onnx: str = ""
    """The ONNX file in the folder, if the package has no checkpoint."""
    like: str = ""
    """With ``onnx``: the package whose config and tokenizer go with it."""

    @classmethod
    def from_table(cls, table: ConfigReader) -> Base:
        parts = table.strings("parts") if "parts" in table.values else None
        base = cls(
            packages=tuple(parts) if parts else (table.require("python_package", str),),
            folder=table.require("folder", str),
            sha256=table.require("sha256", str),
            source=table.require("source", str),
            licence=table.require("licence", str),
            onnx=table.optional("onnx", str, ""),
            like=table.require("like", str) if "onnx" in table.values else "",
        )
        table.finish()
        return base

    def locate(self) -> Path:
        """Find the checkpoint's folder, without importing a package.

        The weights are checked by hash. Parts are joined once, in the user's cache folder.
        :raises BuilderError: if a package is not installed or the hash differs.
        """
        if self.onnx:
            file = f"{self.folder}/{self.onnx}"
            return locate_onnx(self.packages[0], file, self.sha256, self.like)
        if len(self.packages) == 1:
            return locate_folder(self.packages[0], self.folder, self.sha256)
        return locate_parts(self.packages, self.folder, self.sha256)


@dataclass(frozen=True, kw_only=True)
class DataSource:
    """Files of labelled texts, relative to the data folder given at run time, or to the recipe."""

    name: str
    source: str
    licence: str
    restricts_use: bool
    format: str
    """``semicolon``: text;label name; ``tabs``: text, tab, label ids; ``labelled_tabs``: text, tab,
    label name, and perhaps a third column.
    """
    train: tuple[str, ...]
    validation: tuple[str, ...]
    """Empty where ``held_out`` says how much of the training texts validates instead."""
    held_out: float
    """The share (0..1) of the training texts that is held out for validation, by groups."""
    contrasts: tuple[str, ...]
    """Training files in which neighbouring lines contrast one topic: such lines form a group."""
    selects: bool
    """Whether choices (epoch, temperature, threshold, quantization) are made by its validation
    texts. Where no data says so, the first does.
    """
    per_label: int | None
    """At most so many training texts of each label, chosen by hash."""
    trusted: tuple[str, ...] | None
    """The labels whose training texts are labelled well enough; of the others only the text is
    used. None: all.
    """
    distrusted_originals: str | None
    """With ``labelled_tabs``: a pattern; a training text whose third column it matches counts as
    not trusted.
    """
    label_names: str | None
    """With ``tabs``: the file that names the label ids."""
    labels: dict[str, str] | None
    """The model's label for each label of the data, NONE for none of them; absent if both use the
    same names.
    """
    recipe_folder: Path | None
    """The recipe's folder, if the files are relative to it: ``beside_recipe`` in the file."""

    def path(self, data: Path, file: str) -> Path:
        """Where a file is, with the data folder given at run time."""
        return (self.recipe_folder or data) / file

    @classmethod
    def from_table(cls, table: ConfigReader) -> DataSource:
        beside = table.optional("beside_recipe", bool, False)
        data = cls(
            recipe_folder=table.file.parent if beside else None,
            **{key: table.require(key, str) for key in ("name", "source", "licence")},
            train=_one_or_more(table, "train"),
            validation=_one_or_more(table, "validation") if "validation" in table.values else (),
            held_out=table.optional("held_out", float, 0.0),
            contrasts=_one_or_more(table, "contrasts") if "contrasts" in table.values else (),
            selects=table.optional("selects", bool, False),
            per_label=table.optional("per_label", int),
            trusted=tuple(table.strings("trusted")) if "trusted" in table.values else None,
            distrusted_originals=table.optional("distrusted_originals", str),
            restricts_use=table.optional("restricts_use", bool, False),
            format=table.optional("format", str, "semicolon"),
            label_names=table.optional("label_names", str),
            labels=_words(table.table("labels")) if "labels" in table.values else None,
        )
        if data.format not in DATA_FORMATS:
            raise table.error(
                "format",
                f"'{data.format}' is not known",
                hint=f"use one of: {', '.join(DATA_FORMATS)}",
            )
        if (data.format == "tabs") != (data.label_names is not None):
            raise table.error("label_names", "belongs to the format 'tabs', and to no other")
        if bool(data.validation) == bool(data.held_out):
            raise table.error("validation", "give either validation files or a share 'held_out'")
        if not 0 <= data.held_out < 1:
            raise table.error("held_out", f"{data.held_out} is outside 0..1")
        if data.distrusted_originals is not None:
            try:
                re.compile(data.distrusted_originals)
            except re.error as error:
                raise table.error(
                    "distrusted_originals", f"is not a regular expression: {error}"
                ) from None
        table.optional("labels", dict, {})
        table.finish()
        return data


@dataclass(frozen=True, kw_only=True)
class UnlabelledSource:
    """Texts without labels that a student learns from by its teacher's answers alone."""

    name: str
    source: str
    licence: str
    restricts_use: bool
    files: tuple[str, ...]
    """Relative to the data folder: one text a line, UTF-8, perhaps compressed with gzip."""
    per_file: int
    """At most so many texts of each file, chosen by hash."""
    max_words: int

    @classmethod
    def from_table(cls, table: ConfigReader) -> UnlabelledSource:
        source = cls(
            **{key: table.require(key, str) for key in ("name", "source", "licence")},
            restricts_use=table.optional("restricts_use", bool, False),
            files=_one_or_more(table, "files"),
            per_file=table.require("per_file", int),
            max_words=table.require("max_words", int),
        )
        table.finish()
        return source


def _one_or_more(table: ConfigReader, key: str) -> tuple[str, ...]:
    """One string, or a list of them."""
    if isinstance(table.values.get(key), list):
        return tuple(table.strings(key))
    return (table.require(key, str),)


def _words(table: ConfigReader) -> dict[str, str]:
    return {key: table.require(key, str) for key in table.values}


@dataclass(frozen=True, kw_only=True)
class EarlierData:
    """Data that the starting checkpoint was trained on. Its licence also applies to the result."""

    name: str
    source: str
    licence: str
    restricts_use: bool

    @classmethod
    def from_table(cls, table: ConfigReader) -> EarlierData:
        data = cls(
            **{key: table.require(key, str) for key in ("name", "source", "licence")},
            restricts_use=table.optional("restricts_use", bool, False),
        )
        table.finish()
        return data


@dataclass(frozen=True, kw_only=True)
class HeldOut:
    """Held-out texts, never used for training, calibration or selection: ``text;label`` lines,
    NONE for none of the labels.
    """

    name: str
    source: str
    file: Path
    """Relative to the recipe in the file; resolved here."""

    @classmethod
    def from_table(cls, table: ConfigReader) -> HeldOut:
        held_out = cls(
            name=table.require("name", str),
            source=table.require("source", str),
            file=table.file.parent / table.require("file", str),
        )
        table.finish()
        return held_out


@dataclass(frozen=True, kw_only=True)
class TrainingOptions:
    """Hyperparameters of fine-tuning (AdamW, linear decay)."""

    epochs: float
    batch_size: int
    learning_rate: float
    warmup_ratio: float
    weight_decay: float
    label_smoothing: float
    max_length: int
    bf16: bool
    """Used if the processor or GPU has units for it."""
    seed: int
    balance: float
    """Several labels: 0 weights all texts equally; 1 gives the texts with a label the same total
    weight as those without it.
    """
    average_last: int
    """1 keeps the best epoch; a higher number averages the weights of the last epochs."""
    repeats: dict[str, int]
    """How often an epoch visits the texts of a source, by its name; once by default."""

    @classmethod
    def from_table(cls, table: ConfigReader) -> TrainingOptions:
        repeats = table.table("repeats", optional=True)
        options = cls(
            epochs=table.require("epochs", float),
            batch_size=table.optional("batch_size", int, 32),
            learning_rate=table.require("learning_rate", float),
            warmup_ratio=table.optional("warmup_ratio", float, 0.06),
            weight_decay=table.optional("weight_decay", float, 0.01),
            label_smoothing=table.optional("label_smoothing", float, 0.0),
            max_length=table.optional("max_length", int, 128),
            bf16=table.optional("bf16", bool, False),
            seed=table.require("seed", int),
            balance=table.optional("balance", float, 0.0),
            average_last=table.optional("average_last", int, 1),
            repeats={key: repeats.require(key, int) for key in repeats.values},
        )
        table.finish()
        return options


@dataclass(frozen=True, kw_only=True)
class WeightInterpolation:
    """Continue the training once, then interpolate the weights before and after. The interpolation
    can be better than either end (WiSE-FT: Wortsman et al., 2022).
    """

    epochs: float
    learning_rate: float
    alpha: float
    """The share of the continued training in the interpolation, above 0 and up to 1."""

    @classmethod
    def from_table(cls, table: ConfigReader) -> WeightInterpolation:
        options = cls(
            **{key: table.require(key, float) for key in ("epochs", "learning_rate", "alpha")}
        )
        if not 0 < options.alpha <= 1:
            raise table.error("alpha", "expected a number above 0, of 1 at most")
        table.finish()
        return options


@dataclass(frozen=True, kw_only=True)
class StudentOptions:
    """The shape of a student and its loss."""

    soft_labels: Path
    """Relative to the recipe in the file; resolved here."""
    layers: tuple[int, ...]
    """The teacher's layers that initialize it, counted from 0."""
    embedding_size: int
    feed_forward_sizes: tuple[int, ...]
    """For each layer, the number of neurons that its feed-forward part keeps: the strongest. Empty
    keeps all.
    """
    variants: dict[str, int]
    """The number of variants added for each training text of a source, by the source's name."""
    soft_sources: list[str]
    """Sources whose texts also have soft labels; the others have only their true labels."""
    temperature: float
    """Softens both distributions, so that unlikely labels matter too (Hinton et al., 2015)."""
    hard_weight: float
    """The weight of a true label beside a soft label, whose weight is 1."""
    dropout: float
    start_share: float
    """The share (0..1) of the student that training continued from in the weights of the result."""

    @classmethod
    def from_table(cls, table: ConfigReader) -> StudentOptions:
        layers = table.require("layers", list)
        if not layers or any(
            isinstance(layer, bool) or not isinstance(layer, int) or layer < 0 for layer in layers
        ):
            raise table.error(
                "layers", "expected the numbers of some layers of the teacher, from 0"
            )
        sizes = table.optional("feed_forward_sizes", list, [])
        if sizes and (
            len(sizes) != len(layers) or any(type(size) is not int or size < 1 for size in sizes)
        ):
            raise table.error("feed_forward_sizes", "expected one number for each of the layers")
        variants = table.table("variants", optional=True)
        student = cls(
            soft_labels=table.file.parent / table.require("soft_labels", str),
            layers=tuple(layers),
            embedding_size=table.require("embedding_size", int),
            feed_forward_sizes=tuple(sizes),
            variants={key: variants.require(key, int) for key in variants.values},
            soft_sources=table.strings("soft_sources"),
            temperature=table.require("temperature", float),
            hard_weight=table.require("hard_weight", float),
            dropout=table.require("dropout", float),
            start_share=table.optional("start_share", float, 0.0),
        )
        if not 0 <= student.start_share < 1:
            raise table.error("start_share", "expected a number from 0 to below 1")
        table.finish()
        return student


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One model, from base checkpoint to labels."""

    name: str
    version: str
    problem: str
    """``single``: exactly one label for each text; ``single_or_none``: at most one; ``multi``: any
    number.
    """
    labels: list[Label]
    base: Base
    data: list[DataSource]
    """The first one selects the model."""
    training: TrainingOptions
    weight_interpolation: WeightInterpolation | None = None
    student: StudentOptions | None = None
    held_out: HeldOut | None = None
    earlier_data: tuple[EarlierData, ...] = ()
    unlabelled: tuple[UnlabelledSource, ...] = ()
    none_share: float = 0.0
    """The share (0..1) of validation texts without a label that should get an abstention;
    calibration finds the score for it.
    """

    @property
    def label_ids(self) -> list[str]:
        """Labels in logit order."""
        return [label.id for label in self.labels]

    @property
    def selects_by_mean(self) -> bool:
        """Whether data sources are named that decide choices together, by their mean."""
        return any(data.selects for data in self.data)

    @property
    def selecting(self) -> list[str]:
        """The names of the data sources whose validation texts decide choices."""
        return [data.name for data in self.data if data.selects] or [self.data[0].name]

    @property
    def provenance(self) -> list[DataSource | EarlierData | UnlabelledSource]:
        """All data that influenced the weights."""
        return [*self.data, *self.earlier_data, *self.unlabelled]

    @classmethod
    def read(cls, path: Path) -> Recipe:
        """Read a recipe strictly.

        :raises BuilderError: with file, line and key.
        """
        table = read_toml(path)
        earlier = table.tables("earlier_data") if "earlier_data" in table.values else []
        recipe = cls(
            name=table.require("name", str),
            version=table.require("version", str),
            problem=table.optional("problem", str, "single"),
            labels=[Label.from_table(label) for label in table.tables("labels")],
            base=Base.from_table(table.table("base")),
            data=[DataSource.from_table(data) for data in table.tables("data")],
            training=TrainingOptions.from_table(table.table("training")),
            weight_interpolation=(
                WeightInterpolation.from_table(table.table("weight_interpolation"))
                if "weight_interpolation" in table.values
                else None
            ),
            student=(
                StudentOptions.from_table(table.table("student"))
                if "student" in table.values
                else None
            ),
            held_out=(
                HeldOut.from_table(table.table("held_out")) if "held_out" in table.values else None
            ),
            earlier_data=tuple(EarlierData.from_table(data) for data in earlier),
            unlabelled=tuple(
                UnlabelledSource.from_table(source)
                for source in (table.tables("unlabelled") if "unlabelled" in table.values else [])
            ),
            none_share=table.optional("none_share", float, 0.0),
        )
        for optional, kind in (
            ("weight_interpolation", dict),
            ("student", dict),
            ("held_out", dict),
            ("earlier_data", list),
            ("unlabelled", list),
        ):
            table.optional(optional, kind)
        if not 0 <= recipe.none_share < 1 or (
            recipe.none_share and recipe.problem != "single_or_none"
        ):
            raise table.error("none_share", "a share in 0..1, where problem is 'single_or_none'")
        if recipe.problem not in PROBLEMS:
            raise table.error(
                "problem",
                f"'{recipe.problem}' is not known",
                hint=f"use one of: {', '.join(PROBLEMS)}",
            )
        if not recipe.data:
            raise table.error("data", "names no data", hint="add a [[data]] table")
        known = {*recipe.label_ids, *((NONE,) if recipe.problem == "single_or_none" else ())}
        for place, data in zip(table.tables("data"), recipe.data, strict=True):
            for theirs, ours in (data.labels or {}).items():
                if ours not in known:
                    raise place.error(
                        "labels", f"'{theirs}' leads to '{ours}', which is no label of this model"
                    )
        table.finish()
        return recipe


@dataclass(frozen=True, kw_only=True)
class TeacherRecipe:
    """One encoder that learns the tasks of several recipes, each with its own outputs."""

    name: str
    tasks: list[Recipe]
    base: Base
    training: TrainingOptions

    @classmethod
    def read(cls, path: Path) -> TeacherRecipe:
        """Read a teacher's recipe and the recipes that it names, relative to it.

        :raises BuilderError: with file, line and key.
        """
        table = read_toml(path)
        teacher = cls(
            name=table.require("name", str),
            tasks=[Recipe.read(path.parent / task) for task in table.strings("tasks")],
            base=Base.from_table(table.table("base")),
            training=TrainingOptions.from_table(table.table("training")),
        )
        table.finish()
        return teacher


def read_recipe(path: Path) -> Recipe | TeacherRecipe:
    """Read a model's recipe, or a teacher's, which names tasks.

    :raises BuilderError: with file, line and key.
    """
    return TeacherRecipe.read(path) if "tasks" in read_toml(path).values else Recipe.read(path)
