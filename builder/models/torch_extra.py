"""Access to torch and transformers, which the optional extra ``train`` installs."""

from __future__ import annotations

import os
from typing import Any

from builder.errors import missing_extra


def require_torch() -> Any:
    """Import torch, and silence transformers.

    :raises BuilderError: if one of them is not installed.
    """
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    try:
        import torch
        import transformers
    except ImportError as error:
        raise missing_extra(str(error.name), "train") from None
    transformers.logging.set_verbosity_error()
    transformers.logging.disable_progress_bar()
    return torch
