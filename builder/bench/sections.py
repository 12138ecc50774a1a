"""What a measurement consists of, in its order. Apart, for the rest takes long to import."""

from __future__ import annotations

SECTIONS = (
    "start",
    "click",
    "lengths",
    "texts",
    "throughput",
    "scaling",
    "tokenizer",
    "memory",
    "page",
    "popup",
)
