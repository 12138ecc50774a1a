"""Rules that come from published rejections, which test_rejections.py tests."""

from __future__ import annotations

from builder.stores.lint.rules import BY_CODE

FROM_REJECTIONS = {f"LM{number}" for number in range(116, 130)} | {
    "LM806",
    *(code for code in BY_CODE if code.startswith("LM9")),
}
