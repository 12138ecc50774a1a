"""What a section finds: named figures, each with its unit and which way is better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

from builder.bench.statistics import Stats, summarize

Better = Literal["lower", "higher"]


@dataclass(frozen=True)
class Measure:
    """``name`` is stable and begins with its section: ``lengths.128``. ``what``: the same for
    people.
    """

    name: str
    what: str
    unit: str
    better: Better
    stats: Stats

    @classmethod
    def of(
        cls, name: str, what: str, unit: str, values: Sequence[float], *, better: Better = "lower"
    ) -> Self:
        return cls(name, what, unit, better, summarize(values))

    @property
    def section(self) -> str:
        return self.name.split(".", 1)[0]

    def as_json(self) -> dict[str, Any]:
        stats = {
            key: round(value, 4) if isinstance(value, float) else value
            for key, value in asdict(self.stats).items()
        }
        return {
            "name": self.name,
            "what": self.what,
            "unit": self.unit,
            "better": self.better,
            **stats,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Self:
        """:raises KeyError: if one of the keys of ``as_json`` is missing."""
        stats = Stats(
            **{key: values[key] for key in ("n", "p50", "p95", "min", "max", "low", "high")}
        )
        return cls(values["name"], values["what"], values["unit"], values["better"], stats)
