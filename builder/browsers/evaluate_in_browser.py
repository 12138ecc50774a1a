"""Score texts with the bundle that ships, in a real browser."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from builder.models.asset.asset import Asset
from builder.models.asset.scorer import Scorer
from builder.models.asset.scoring import Scores
from builder.progress import Advance, work

BATCH = 50  # texts a call: often enough for a bar to move

# Values from a driver's sandbox are copied into the page: Firefox lets a page see no others.
ASK = """
return (async (texts) => {
  const page = window.wrappedJSObject ?? window
  const own = (value) => page.JSON.parse(JSON.stringify(value))
  await page.chrome.runtime.sendMessage(own({kind: 'wake', body: {}}))
  const port = page.chrome.runtime.connect(own({name: 'engine'}))
  const found = []
  try {
    return await new Promise((resolve, reject) => {
      port.onDisconnect.addListener(() => reject(new Error('the engine is gone')))
      port.onMessage.addListener((answer) => {
        const {kind, id, prediction, message} = JSON.parse(JSON.stringify(answer))
        if (kind === 'failure') reject(new Error(message))
        if (kind !== 'result') return
        found[Number(id)] = prediction.scores.map(({score}) => score)
        if (Object.keys(found).length === texts.length) resolve(found)
      })
      texts.forEach((text, id) => port.postMessage(own(
        {kind: 'classify', id: String(id), texts: [text], detail: 'overall', priority: 'page'})))
    })
  } finally {
    port.disconnect()
  }
})(arguments[0])
"""


def score_texts(asset: Asset, texts: Sequence[str], runtime: str) -> Scores:
    """Scores ``(texts, labels)`` of an asset.

    :param runtime: ``onnx`` for Python's onnxruntime, or ``chrome`` or ``firefox`` for the bundle.
    """
    with work(f"Classifying with {runtime}", len(texts)) as advance:
        if runtime == "onnx":
            return Scorer(asset.folder, asset.description).scores(texts, advance)
        return browser_scores(asset, texts, runtime, advance)


def browser_scores(
    asset: Asset, texts: Sequence[str], browser_name: str, advance: Advance
) -> Scores:
    """Scores ``(texts, labels)`` that the extension with this asset gives in ``chrome`` or
    ``firefox``.

    :raises BuilderError: if the browser, its driver or a Python package for it is missing, or the
        engine fails.
    """
    from builder.browsers import start
    from builder.browsers.proxy import Web
    from builder.config.extension import ExtensionConfig
    from builder.packaging.pack import build_extension

    words = {"en": "Evaluation"}
    with tempfile.TemporaryDirectory() as scratch:
        config = ExtensionConfig(
            file=Path(scratch) / "extension.toml",
            slug="evaluation",
            version="1.0.0",
            name=words,
            description=words,
            menu_title=words,
            asset=asset.folder,
            gecko_id="evaluation@lensmith.example",
        )
        (bundle,) = build_extension(config, Path(scratch), (browser_name,))
        rows: list[list[float]] = []
        with Web({}) as web, start(browser_name, bundle.folder, web) as browser:
            browser.open_popup()
            for first in range(0, len(texts), BATCH):
                batch = list(texts[first : first + BATCH])
                rows += browser.execute(ASK, batch)
                advance(len(batch))
    return np.array(rows)
