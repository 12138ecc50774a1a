"""Package a text classifier into a browser extension that runs it on the user's own device.

All that the command ``builder`` does can be called from here; each name is loaded when it is first
used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from builder.browsers.verify import verify_package
    from builder.bundle import Package, Packed, build_extension, pack_extension
    from builder.bundle.assemble import Bundle
    from builder.config import BROWSERS, ExtensionConfig, load_config
    from builder.errors import BuilderError, CheckFailed, Problem
    from builder.models.asset.asset import Asset, load_asset
    from builder.models.metrics.evaluate import Evaluation, Scorer, evaluate
    from builder.progress import listening
    from builder.project.doctor import examine
    from builder.project.icons import write_icons
    from builder.project.init import NewProject, create_project
    from builder.stores.findings import Finding
    from builder.stores.lint import LintReport, lint

_HOMES = {
    "builder.browsers.verify": ("verify_package",),
    "builder.bundle": ("Package", "Packed", "build_extension", "pack_extension"),
    "builder.bundle.assemble": ("Bundle",),
    "builder.config": ("BROWSERS", "ExtensionConfig", "load_config"),
    "builder.errors": ("BuilderError", "CheckFailed", "Problem"),
    "builder.models.asset.asset": ("Asset", "load_asset"),
    "builder.models.metrics.evaluate": ("Evaluation", "Scorer", "evaluate"),
    "builder.progress": ("listening",),
    "builder.project.doctor": ("examine",),
    "builder.project.icons": ("write_icons",),
    "builder.project.init": ("NewProject", "create_project"),
    "builder.stores.findings": ("Finding",),
    "builder.stores.lint": ("LintReport", "lint"),
}

__all__ = [
    "BROWSERS",
    "Asset",
    "BuilderError",
    "Bundle",
    "CheckFailed",
    "Evaluation",
    "ExtensionConfig",
    "Finding",
    "LintReport",
    "NewProject",
    "Package",
    "Packed",
    "Problem",
    "Scorer",
    "build_extension",
    "create_project",
    "evaluate",
    "examine",
    "lint",
    "listening",
    "load_asset",
    "load_config",
    "pack_extension",
    "verify_package",
    "write_icons",
]


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module 'builder' has no attribute '{name}'")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
