"""Checkpoints as transformers saves them, small enough for tests: random weights, real files, every
supported family.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

LABELS = ("billing", "bug_report", "praise", "other")
WORDS = (
    "[PAD]",
    "[UNK]",
    "[CLS]",
    "[SEP]",
    "[MASK]",
    "the",
    "good",
    "bad",
    "fine",
    "poor",
    "##ly",
    *"abcdefghijklmnopqrstuvwxyz",
    *".,!?",
    *(f"##{letter}" for letter in "aeiost"),
)
DEBERTA: dict[str, Any] = {
    "relative_attention": True,
    "position_buckets": 8,
    "norm_rel_ebd": "layer_norm",
    "share_att_key": True,
    "pos_att_type": ["p2c", "c2p"],
    "position_biased_input": False,
    "type_vocab_size": 0,
}
"""What makes a DeBERTa v2 a v3."""
TOKENIZERS = Path(__file__).parents[1] / "js" / "engine" / "tokenizers"


def write_checkpoint(folder: Path, family: str, *, several: bool = False, **overrides: Any) -> Path:
    """A classifier of ``LABELS``.

    :param overrides: of the configuration.
    """
    import torch
    from transformers import CONFIG_MAPPING, AutoModelForSequenceClassification, set_seed

    set_seed(7)
    tokenizer = _tokenizer(family)
    shape: dict[str, Any] = {
        "hidden_size": 32,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "intermediate_size": 64,
        "max_position_embeddings": 66,
    }
    if family == "distilbert":
        shape = {
            "dim": 32,
            "n_layers": 2,
            "n_heads": 2,
            "hidden_dim": 64,
            "max_position_embeddings": 64,
        }
    if family == "albert":
        shape |= {"embedding_size": 16}
    if family == "deberta-v2":
        shape |= DEBERTA
    settings: dict[str, Any] = {
        **shape,
        "vocab_size": len(tokenizer),
        "pad_token_id": tokenizer.pad_token_id,
        "id2label": dict(enumerate(LABELS)),
        "label2id": {label: number for number, label in enumerate(LABELS)},
        "initializer_range": 0.5,  # answers that differ by text
    }
    if several:
        settings["problem_type"] = "multi_label_classification"
    config = CONFIG_MAPPING[family](**settings | overrides)
    model = AutoModelForSequenceClassification.from_config(config, dtype=torch.float32)
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def _tokenizer(family: str) -> Any:
    from transformers import BertTokenizerFast, MPNetTokenizerFast, PreTrainedTokenizerFast

    if family in ("bert", "distilbert", "electra"):
        return BertTokenizerFast(vocab={word: number for number, word in enumerate(WORDS)})
    if family == "mpnet":
        words = ("<s>", "<pad>", "</s>", "<unk>", *WORDS)
        return MPNetTokenizerFast(vocab={word: number for number, word in enumerate(words)})
    special = {
        "bos_token": "<s>",
        "cls_token": "<s>",
        "eos_token": "</s>",
        "sep_token": "</s>",
        "unk_token": "<unk>",
        "pad_token": "<pad>",
    }
    kind = "bpe" if family in ("roberta", "modernbert") else "unigram"
    return PreTrainedTokenizerFast(tokenizer_file=str(TOKENIZERS / f"{kind}.json"), **special)
