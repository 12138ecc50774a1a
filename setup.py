"""Puts the extension's sources, the runtime files and the default asset into the wheel; all else
stands in pyproject.toml.
"""

from __future__ import annotations

import shutil
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
DEFAULT_ASSET = "emotion"


def runtime_files() -> dict[str, Path]:
    """Other people's files that ship, checked; loaded on its own, as the rest of its package needs
    more than setuptools.
    """
    spec = spec_from_file_location("runtime", ROOT / "builder/packaging/runtime.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    sys.path.insert(0, str(ROOT))
    sys.modules["runtime"] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return {Path(name).name: path for name, path in module.runtime_files(tokenizers=True).items()}


class BuildWithParts(build_py):
    def run(self) -> None:
        # What an earlier build left there would go into the wheel as well.
        shutil.rmtree(Path(self.build_lib) / "builder", ignore_errors=True)
        super().run()
        if self.editable_mode:  # a checkout has them where they are
            return
        parts = Path(self.build_lib) / "builder" / "parts"
        shutil.copytree(ROOT / "extension", parts / "extension")
        shutil.copytree(
            ROOT / "model_assets" / DEFAULT_ASSET, parts / "model_assets" / DEFAULT_ASSET
        )
        (parts / "runtime").mkdir()
        for name, path in runtime_files().items():
            shutil.copyfile(path, parts / "runtime" / name)


setup(cmdclass={"build_py": BuildWithParts})
