from __future__ import annotations

from builder.models.data.augment import variants

TEXTS = [
    *(f"this is text number {n}, and it says that {n} is a fine number" for n in range(40)),
    "one",
    "hello there",
]


def test_each_text_has_one_variant_that_a_seed_gives_again() -> None:
    made = variants(TEXTS, seed=3)
    assert len(made) == len(TEXTS)
    assert made == variants(TEXTS, seed=3) != variants(TEXTS, seed=4)
    assert all(text.strip() for text in made)


def test_variants_are_made_of_the_words_of_the_texts() -> None:
    words = {word.strip(",.") for text in TEXTS for word in text.split()}
    assert {word.strip(",.") for text in variants(TEXTS, seed=3) for word in text.split()} <= words


def test_most_variants_differ_from_their_text() -> None:
    assert sum(made != text for made, text in zip(variants(TEXTS, seed=3), TEXTS, strict=True)) > 30
