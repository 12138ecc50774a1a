"""Check the tool chain: what is there, what is missing, and the one command that fixes it."""

from __future__ import annotations

import logging
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from builder._version import __version__
from builder.browsers.driver import CHROMIUMS, FIREFOXES
from builder.config.extension import DEFAULT_MINIMUM_VERSIONS, ExtensionConfig, load_config
from builder.errors import BuilderError
from builder.models.asset.asset import Asset, load_asset
from builder.packaging.runtime import VERSION, runtime_files

LEAST_PYTHON = (3, 11)
LEAST_NODE = 20
START_TIMEOUT = 60
EXTRAS = {
    "browsers": (("selenium", "marionette-driver", "watchfiles"), "dev, verify"),
    "train": (
        ("torch", "transformers", "safetensors"),
        "model train, export, import of checkpoints",
    ),
}

log = logging.getLogger(__name__)
State = Literal["pass", "warn", "fail", "skip"]


@dataclass(frozen=True)
class Finding:
    """One link of the chain. ``fix`` is the command, or the one thing to do, where something is to
    be done.
    """

    what: str
    state: State
    found: str
    fix: str = ""


def examine(config_file: Path, out: Path) -> list[Finding]:
    """Look at the tools, the browsers and, where there is one, the project. Never raises for what
    it finds.
    """
    return [*_toolkit(), *_browsers(), *_project(config_file, out)]


def _toolkit() -> list[Finding]:
    running = ".".join(map(str, sys.version_info[:3]))
    old = sys.version_info < LEAST_PYTHON
    least = ".".join(map(str, LEAST_PYTHON))
    findings = [
        Finding(
            "Python",
            "fail" if old else "pass",
            running,
            f"install Python {least} or later" if old else "",
        ),
        Finding("Lensmith", "pass", __version__),
    ]
    try:
        files = runtime_files(tokenizers=True, zstd=True)
        findings.append(
            Finding("ONNX Runtime Web", "pass", f"{VERSION}, {len(files)} files as released")
        )
    except BuilderError as error:
        findings.append(Finding("ONNX Runtime Web", "fail", str(error), error.hint))
    for extra, (packages, purpose) in EXTRAS.items():
        missing = [package for package in packages if _installed(package) is None]
        if missing:
            lacking = f"without {', '.join(missing)}: no {purpose}"
            findings.append(
                Finding(f"extra '{extra}'", "skip", lacking, f"pip install 'lensmith[{extra}]'")
            )
        else:
            findings.append(
                Finding(
                    f"extra '{extra}'",
                    "pass",
                    ", ".join(f"{package} {_installed(package)}" for package in packages),
                )
            )
    findings.append(_node())
    return findings


def _node() -> Finding:
    program = shutil.which("node")
    if program is None:
        fix = f"install Node {LEAST_NODE} or later to lint as Mozilla does"
        return Finding("Node", "skip", "not there; only Mozilla's addons-linter needs it", fix)
    found = _first_line([program, "--version"])
    number = re.match(r"v(\d+)", found)
    if number is None or int(number[1]) < LEAST_NODE:
        return Finding(
            "Node", "warn", found or "does not run", f"install Node {LEAST_NODE} or later"
        )
    return Finding("Node", "pass", found)


def _browsers() -> list[Finding]:
    findings = []
    chromium = _which(CHROMIUMS)
    findings.append(_browser("Chromium", chromium, "chrome", "apt-get install chromium"))
    driver = shutil.which("chromedriver")
    if chromium and driver is None:
        findings.append(
            Finding(
                "Chromium's driver",
                "fail",
                "no chromedriver: no verify",
                "apt-get install chromium-driver",
            )
        )
    elif chromium and driver:
        found, own = _first_line([driver, "--version"]), _first_line([chromium, "--version"])
        fits = _major(found) == _major(own)
        findings.append(
            Finding(
                "Chromium's driver",
                "pass" if fits else "fail",
                found if fits else f"{found}, but {own}",
                "" if fits else "install the driver of the browser's own version",
            )
        )
    if chromium:
        findings.append(_starts(chromium))
    firefox = _which(FIREFOXES)
    findings.append(_browser("Firefox", firefox, "firefox", "apt-get install firefox-esr"))
    findings.append(_display())
    return findings


def _browser(name: str, program: str | None, key: str, install: str) -> Finding:
    if program is None:
        return Finding(name, "warn", "not there: nothing can be run or verified in it", install)
    found = _first_line([program, "--version"])
    number = _major(found)
    least = int(DEFAULT_MINIMUM_VERSIONS[key].split(".")[0])
    if number is None:
        return Finding(name, "fail", f"{program} does not tell its version", install)
    if number < least:
        return Finding(name, "fail", f"{found}: older than {least}", install)
    return Finding(name, "pass", f"{found} ({program})")


def _starts(program: str) -> Finding:
    """Whether Chromium comes up, in its sandbox."""
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    flags = [
        "--headless=new",
        "--disable-gpu",
        "--dump-dom",
        *(["--no-sandbox"] if root else []),
        "about:blank",
    ]
    try:
        result = subprocess.run(
            [program, *flags], capture_output=True, text=True, timeout=START_TIMEOUT, check=False
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        return Finding("Chromium starts", "fail", str(error), f"{program} {' '.join(flags)}")
    if "<html" not in result.stdout:
        sandbox = "sandbox" in result.stderr.lower()
        fix = (
            "sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"
            if sandbox
            else f"{program} {' '.join(flags)}"
        )
        return Finding(
            "Chromium starts",
            "fail",
            "its sandbox is refused" if sandbox else f"ends with {result.returncode}",
            fix,
        )
    if root:
        return Finding(
            "Chromium starts",
            "warn",
            "as root, and so without its sandbox: visit your own pages only",
            "work as another user",
        )
    return Finding("Chromium starts", "pass", "in its sandbox")


def _display() -> Finding:
    if platform.system() != "Linux":
        return Finding("display", "pass", platform.system())
    for name in ("WAYLAND_DISPLAY", "DISPLAY"):
        if os.environ.get(name):
            return Finding("display", "pass", f"{name}={os.environ[name]}")
    return Finding(
        "display",
        "warn",
        "none: browsers can only run without a window",
        "builder dev --headless, or xvfb-run builder dev",
    )


def _project(config_file: Path, out: Path) -> list[Finding]:
    if not config_file.is_file():
        return [Finding("project", "skip", f"{config_file} is not there", "builder init my-lens")]
    try:
        config = load_config(config_file)
    except BuilderError as error:
        return [Finding("project", "fail", str(error), error.hint)]
    findings = [Finding("project", "pass", f"{config.slug} {config.version}")]
    try:
        asset = load_asset(config.asset)
    except BuilderError as error:
        return [*findings, Finding("asset", "fail", str(error), error.hint)]
    findings.append(
        Finding(
            "asset",
            "pass",
            f"{asset.name} {asset.description['version']}, {len(asset.label_ids)} labels",
        )
    )
    findings.append(_guarded("operators", lambda: _operators(asset)))
    findings.append(_guarded("last pack", lambda: _last_pack(config, asset, out)))
    return findings


def _guarded(what: str, look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except BuilderError as error:
        return Finding(what, "fail", str(error), error.hint)


def _operators(asset: Asset) -> Finding:
    from builder.models.asset.operators import graph_problems

    wasm = next(path for name, path in runtime_files().items() if name.endswith(".wasm"))
    problems = graph_problems(asset.folder / asset.description["graph"], wasm)
    if problems:
        return Finding(
            "operators",
            "fail",
            "; ".join(problems),
            "builder model export writes a graph that the runtime can run",
        )
    return Finding("operators", "pass", f"onnxruntime-web {VERSION} has a kernel for each")


def _last_pack(config: ExtensionConfig, asset: Asset, out: Path) -> Finding:
    """Stores take an upload only with a higher version than the last one."""
    from builder.packaging.archive import holds
    from builder.packaging.contents import bundle_contents

    pattern = re.compile(re.escape(config.slug) + r"-(\d+(?:\.\d+){0,3})-(chrome|firefox)\.zip")
    files = list(out.glob("*.zip")) if out.is_dir() else []
    packed = [
        (match[1], match[2], file) for file in files if (match := pattern.fullmatch(file.name))
    ]
    if not packed:
        return Finding("last pack", "skip", f"nothing of {config.slug} in {out}", "builder pack")
    highest = max((_numbers(number) for number, _, _ in packed), default=())
    if _numbers(config.version) < highest:
        return Finding(
            "last pack",
            "fail",
            f"{'.'.join(map(str, highest))} is packed, and {config.file} says {config.version}",
            "raise extension.version: stores refuse a lower one",
        )
    current = [(browser, file) for number, browser, file in packed if number == config.version]
    changed = [
        file.name
        for browser, file in current
        if not holds(file, bundle_contents(config, asset, browser))
    ]
    if changed:
        fix = "raise extension.version if that was uploaded, then builder pack"
        return Finding(
            "last pack", "warn", f"{', '.join(changed)}: the project has changed since", fix
        )
    found = (
        f"{config.version} is packed as it is"
        if current
        else f"{config.version} is higher than what is packed"
    )
    return Finding("last pack", "pass", found)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def _installed(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _which(names: tuple[str, ...]) -> str | None:
    return next((path for name in names if (path := shutil.which(name))), None)


def _first_line(command: list[str]) -> str:
    log.debug("running %s", " ".join(command))
    try:
        result = subprocess.run(
            command, capture_output=True, text=True, timeout=START_TIMEOUT, check=False
        )
    except (subprocess.TimeoutExpired, OSError):
        return ""
    return result.stdout.strip().splitlines()[0].strip() if result.stdout.strip() else ""


def _major(text: str) -> int | None:
    found = re.search(r"(\d+)\.", text)
    return int(found[1]) if found else None
