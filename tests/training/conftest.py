"""The tests of this folder import torch and scikit-learn, so they are left out without them."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") and find_spec("sklearn") else ["test_*.py"]
