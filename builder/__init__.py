"""Package a text classifier into a browser extension that runs it on the user's own device.

All that the command ``builder`` does can be called from here; each name is loaded when it is first
used.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from builder._version import __version__ as __version__

if TYPE_CHECKING:
    from builder.browsers.verify import verify_package
    from builder.config.extension import BROWSERS, ExtensionConfig, load_config
    from builder.errors import BuilderError, CheckFailed, Problem
    from builder.models.asset.asset import Asset, load_asset
    from builder.models.asset.scorer import Scorer
    from builder.models.metrics.evaluate import Evaluation, evaluate
    from builder.packaging.contents import Bundle
    from builder.packaging.pack import Package, Packed, build_extension, pack_extension
    from builder.progress import listening
    from builder.project.doctor import examine
    from builder.project.icons import write_icons
    from builder.project.init import NewProject, create_project
    from builder.stores.lint.engine import LintReport, lint
    from builder.stores.lint.findings import Finding

_LAZY_EXPORTS = {
    "builder.browsers.verify": ("verify_package",),
    "builder.packaging.pack": ("Package", "Packed", "build_extension", "pack_extension"),
    "builder.packaging.contents": ("Bundle",),
    "builder.config.extension": ("BROWSERS", "ExtensionConfig", "load_config"),
    "builder.errors": ("BuilderError", "CheckFailed", "Problem"),
    "builder.models.asset.asset": ("Asset", "load_asset"),
    "builder.models.asset.scorer": ("Scorer",),
    "builder.models.metrics.evaluate": ("Evaluation", "evaluate"),
    "builder.progress": ("listening",),
    "builder.project.doctor": ("examine",),
    "builder.project.icons": ("write_icons",),
    "builder.project.init": ("NewProject", "create_project"),
    "builder.stores.lint.findings": ("Finding",),
    "builder.stores.lint.engine": ("LintReport", "lint"),
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
    for module, names in _LAZY_EXPORTS.items():
        if name in names:
            return getattr(import_module(module), name)
    raise AttributeError(f"module 'builder' has no attribute '{name}'")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
