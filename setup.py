"""Puts the extension's sources, the runtime files and the default asset into the wheel; all else
is in pyproject.toml.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent
sys.path.insert(0, str(ROOT))

# Both need nothing but the standard library, which is all that a build has.
from builder.packaging.runtime import runtime_files  # noqa: E402
from builder.paths import DEFAULT_ASSET  # noqa: E402


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
        for name, path in runtime_files(tokenizers=True, zstd=True).items():
            shutil.copyfile(path, parts / "runtime" / Path(name).name)


setup(cmdclass={"build_py": BuildWithParts})
