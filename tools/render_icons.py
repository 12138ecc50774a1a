"""Render extension/icons/icon-{16,32,48,128}.png from the SVG files beside them, by headless Chromium."""

from __future__ import annotations

import base64
import io
import os
import sys
from pathlib import Path

from PIL import Image
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from builder.browsers.base import find_program
from builder.bundle.manifest import ICON_SIZES

FOLDER = Path(__file__).parent.parent / "extension" / "icons"
SMALL = 16
PADDED = 128
PADDING = 16
"""Around the largest: the Chrome Web Store wants 96 pixels of artwork in 128."""

RENDER = """
const [source, size, done] = arguments
const image = new Image(size, size)
image.onload = () => {
  const canvas = Object.assign(document.createElement('canvas'), {width: size, height: size})
  canvas.getContext('2d').drawImage(image, 0, 0, size, size)
  done(canvas.toDataURL('image/png').split(',')[1])
}
image.src = `data:image/svg+xml;base64,${source}`
"""


def main() -> None:
    options = webdriver.ChromeOptions()
    options.binary_location = find_program("Chromium", "chromium", "google-chrome", "chrome")
    options.add_argument("--headless=new")
    options.add_argument("--force-color-profile=srgb")
    if os.geteuid() == 0:
        options.add_argument("--no-sandbox")  # Chromium's sandbox does not work for root
    with webdriver.Chrome(options=options, service=Service(find_program("Chromium's driver", "chromedriver"))) as driver:
        for size in ICON_SIZES:
            source = FOLDER / ("icon-small.svg" if size == SMALL else "icon.svg")
            padding = PADDING if size == PADDED else 0
            png = driver.execute_async_script(RENDER, base64.b64encode(source.read_bytes()).decode(), size - 2 * padding)
            artwork = Image.open(io.BytesIO(base64.b64decode(png)))
            icon = Image.new("RGBA", (size, size))
            icon.paste(artwork, (padding, padding))
            icon.save(FOLDER / f"icon-{size}.png", optimize=True)
            sys.stdout.write(f"extension/icons/icon-{size}.png\n")


if __name__ == "__main__":
    main()
