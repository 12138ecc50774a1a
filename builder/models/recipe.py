"""recipe.toml: what a training run needs to be run again."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from builder.errors import BuilderError, missing_extra
from builder.files import sha256_of
from builder.tables import Table, read_toml


@dataclass(frozen=True, kw_only=True)
class Label:
    """A label as people see it: display names by locale, an emoji, a colour for light and for dark backgrounds."""

    id: str
    name: dict[str, str]
    emoji: str
    colour: dict[str, str]

    @classmethod
    def from_table(cls, table: Table) -> Label:
        colour = table.table("colour")
        label = cls(
            id=table.take("id", str), name=table.take_localized("name"), emoji=table.take("emoji", str),
            colour={theme: colour.take(theme, str) for theme in ("light", "dark")},
        )
        colour.done()
        table.done()
        return label


@dataclass(frozen=True, kw_only=True)
class Base:
    """The checkpoint that training starts from: a folder inside a Python package, pinned by hash."""

    python_package: str
    folder: str
    sha256: str
    source: str
    licence: str

    @classmethod
    def from_table(cls, table: Table) -> Base:
        base = cls(
            python_package=table.take("python_package", str),
            folder=table.take("folder", str),
            sha256=table.take("sha256", str),
            source=table.take("source", str),
            licence=table.take("licence", str),
        )
        table.done()
        return base

    def locate(self) -> Path:
        """The checkpoint's folder, without importing the package, after its weights were checked against the hash.

        :raises BuilderError: if the package is not installed or its weights are others.
        """
        spec = find_spec(self.python_package)
        if spec is None or spec.origin is None:
            raise missing_extra(self.python_package.replace("_", "-"), "train")
        folder = Path(spec.origin).parent / self.folder
        weights = folder / "model.safetensors"
        if not weights.is_file():
            raise BuilderError(f"{folder}: holds no model.safetensors", hint=f"reinstall {self.python_package}")
        if sha256_of(weights) != self.sha256:
            raise BuilderError(f"{weights}: not the weights that the recipe names (SHA-256 differs)", hint="reinstall the package")
        return folder


@dataclass(frozen=True, kw_only=True)
class DataSource:
    """Files of labelled texts, relative to the data folder given at run time."""

    train: str
    validation: str
    name: str
    source: str
    licence: str

    @classmethod
    def from_table(cls, table: Table) -> DataSource:
        data = cls(**{key: table.take(key, str) for key in ("train", "validation", "name", "source", "licence")})
        table.done()
        return data


@dataclass(frozen=True, kw_only=True)
class TrainingOptions:
    """Hyperparameters of fine-tuning (AdamW, linear decay)."""

    epochs: int
    batch_size: int
    learning_rate: float
    warmup_ratio: float
    weight_decay: float
    label_smoothing: float
    max_length: int
    bf16: bool
    seed: int

    @classmethod
    def from_table(cls, table: Table) -> TrainingOptions:
        options = cls(
            epochs=table.take("epochs", int),
            batch_size=table.take("batch_size", int, 32),
            learning_rate=table.take("learning_rate", float),
            warmup_ratio=table.take("warmup_ratio", float, 0.06),
            weight_decay=table.take("weight_decay", float, 0.01),
            label_smoothing=table.take("label_smoothing", float, 0.0),
            max_length=table.take("max_length", int, 128),
            bf16=table.take("bf16", bool, False),
            seed=table.take("seed", int),
        )
        table.done()
        return options


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """One model, from base checkpoint to labels."""

    name: str
    version: str
    labels: list[Label]
    base: Base
    data: DataSource
    training: TrainingOptions

    @property
    def label_ids(self) -> list[str]:
        """Labels in logit order."""
        return [label.id for label in self.labels]

    @classmethod
    def read(cls, path: Path) -> Recipe:
        """Read a recipe strictly.

        :raises BuilderError: with file, line and key.
        """
        table = read_toml(path)
        recipe = cls(
            name=table.take("name", str),
            version=table.take("version", str),
            labels=[Label.from_table(label) for label in table.tables("labels")],
            base=Base.from_table(table.table("base")),
            data=DataSource.from_table(table.table("data")),
            training=TrainingOptions.from_table(table.table("training")),
        )
        table.done()
        return recipe
