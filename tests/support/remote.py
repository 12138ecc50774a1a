"""An extension whose model a server delivers, and that server."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from builder.browsers.driver import wait_for
from builder.browsers.proxy import Page
from builder.config.extension import ExtensionConfig
from builder.config.remote import RemoteModel
from builder.models.asset.asset import load_asset
from builder.packaging.pack import build_extension
from builder.packaging.tree import Contents
from builder.site.headers import RULES, headers_for
from builder.site.model_index import write_model_index, write_signed
from builder.site.shards import write_shards
from tests.support.drivers import BrowserUnderTest
from tests.support.sites import HOME

TIMEOUT = 120
FIRST_SHARDS = 3
"""So many at once: extension/delivery/delivery.js."""
CLASSIFY = """
return (async (texts) => {
  const {classify} = await import(new URL('/ui/lib/engine-client.js', location.href))
  const scores = []
  for (const text of texts) scores.push((await classify(text)).prediction.scores)
  return JSON.stringify(scores)
})(arguments[0])
"""
QUIET_PAGE = "ui/about/about.html"
"""A page of the extension that asks for nothing by itself."""


def remote(config: ExtensionConfig, **more: Any) -> ExtensionConfig:
    """The same extension with its model on the server of the tests."""
    return replace(config, remote=RemoteModel(address=HOME, **more))


def build_remote(config: ExtensionConfig, out: Path, name: str, **more: Any) -> Path:
    (bundle,) = build_extension(remote(config, **more), out, [name])
    return bundle.folder


def scores(browser: BrowserUnderTest, texts: list[str]) -> list[list[dict[str, Any]]]:
    """What the extension's engine says of texts, one request for each."""
    browser.open(browser.extension_url + QUIET_PAGE)
    found: list[list[dict[str, Any]]] = json.loads(browser.execute(CLASSIFY, texts))
    return found


def late_shards(pages: dict[str, Page]) -> list[str]:
    """The addresses of the shards of the weights, without those that are fetched first."""
    index = next(url for url in pages if url.startswith(f"{HOME}model/"))
    files = {file["path"]: file for file in json.loads(pages[index].body)["files"]}
    names = [shard["sha256"] for shard in files["model/weights.bin"]["shards"]]
    return [f"{HOME}data/{name}.bin" for name in names[FIRST_SHARDS:]]


def open_settings(browser: BrowserUnderTest) -> None:
    browser.open(browser.extension_url + "ui/options/options.html")


def model_line(browser: BrowserUnderTest, state: str) -> str:
    """What the settings say of the model, once they are in a state."""
    shown = (
        "const place = document.getElementById('delivery');"
        f"return place?.dataset.model === '{state}'"
        " ? place.querySelector('[role=status]').textContent : null"
    )
    line: str = wait_for(lambda: browser.execute(shown), TIMEOUT, f"a model that is {state}")
    return line


def press(browser: BrowserUnderTest, act: str) -> None:
    """Press a button of the settings about the model."""
    browser.execute(f"document.querySelector('#delivery [data-act={act}]').click()")


def look_for_update(browser: BrowserUnderTest) -> str:
    """What the settings say once they have looked for a newer model."""
    press(browser, "look")
    done = (
        "const place = document.getElementById('delivery');"
        "return place.querySelector('[data-act=look]').disabled"
        " ? null : place.querySelector('[role=status]').textContent"
    )
    line: str = wait_for(lambda: browser.execute(done), TIMEOUT, "an answer of the server")
    return line


def new_version(asset: Path, target: Path, version: str, temperature: float) -> Path:
    """A copy of an asset that gives other scores."""
    shutil.copytree(asset, target)
    description = json.loads((target / "model.json").read_text(encoding="utf-8"))
    changed = {**description, "version": version, "temperature": temperature}
    (target / "model.json").write_text(json.dumps(changed), encoding="utf-8")
    return target


def publish(config: ExtensionConfig, site: Path, key: Path | None = None) -> dict[str, Page]:
    """Write what ``builder site`` writes for extensions, without its web app, which takes longer;
    what a server that has it answers, by address.
    """
    asset = load_asset(config.asset)
    files: Contents = {f"model/{file.path}": asset.folder / file.path for file in asset.files}
    files["model/model.json"] = asset.folder / "model.json"
    index = write_model_index(asset, write_shards(files, site / "data", level=1), site)
    write_signed(config, asset, index, key, site, site)
    pages = {}
    for file in sorted(path for path in site.rglob("*") if path.is_file()):
        path = file.relative_to(site).as_posix()
        kind = "application/octet-stream"
        pages[HOME + path] = Page(file.read_bytes(), kind, headers_for(f"/{path}", RULES))
    return pages
