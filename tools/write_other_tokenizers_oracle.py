"""Write tests/js/engine/tokenizers/: a small byte-level BPE and a small Unigram tokenizer, and what
the Rust library makes of some texts.

They are trained on the texts themselves, in the shape of RoBERTa's and XLM-RoBERTa's
tokenizer.json. (The training of Unigram breaks ties by chance: its two files differ from run to
run, and belong together.)
    python tools/write_other_tokenizers_oracle.py
"""

from __future__ import annotations

import json
from pathlib import Path

from tokenizers import (
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

TARGET = Path(__file__).parent.parent / "tests" / "js" / "engine" / "tokenizers"
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
TEXTS = [
    "",
    " ",
    "The delivery was late, and nobody answered my e-mails.",
    "I can't believe it's not here yet!!",
    "Don’t they'll we've I'm",
    "  leading, inner   and trailing spaces  ",
    "line one\nline two\r\n\tindented",
    "Grüße aus Köln: schöne Straße",
    "Ça alors, où est-il né ?",
    "¿Qué pasó mañana?",
    "すばらしい天気ですね。",
    "今天天气很好",
    "안녕하세요 세계",
    "Привет, мир!",
    "مرحبا بالعالم",
    "हिन्दी में लिखा",
    "naïve café résumé",
    "A ﬁne ﬂat ½ ² ㎏",
    "😀 great job 👍🏽 👩‍👩‍👧",
    "price: $1,299.99 (20% off)",
    "https://example.org/a?b=c#d",
    "snake_case camelCase SHOUTING",
    "a<s>b</s> <mask>",
    "\ud7ff\ufeffzero\u200bwidth",
    "x" * 120,
    "1234567890 12 345",
    "“quoted” — dashed – em",
    "tab\tseparated\tvalues",
]


def bpe() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE(unk_token=None))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        TEXTS,
        trainers.BpeTrainer(
            vocab_size=420,
            special_tokens=SPECIAL,
            initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
            show_progress=False,
        ),
    )
    tokenizer.post_processor = processors.RobertaProcessing(
        ("</s>", 2), ("<s>", 0), add_prefix_space=False
    )
    return tokenizer


def unigram() -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace("\n", " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.train_from_iterator(
        TEXTS,
        trainers.UnigramTrainer(
            vocab_size=380, special_tokens=SPECIAL, unk_token=SPECIAL[3], show_progress=False
        ),
    )
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    return tokenizer


for kind, make in (("bpe", bpe), ("unigram", unigram)):
    tokenizer = make()
    tokenizer.save(str(TARGET / f"{kind}.json"), pretty=False)
    cases = [{"text": text, "ids": tokenizer.encode(text).ids} for text in TEXTS]
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    (TARGET / f"{kind}-oracle.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")
