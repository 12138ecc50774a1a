"""Validate model.json with the published JSON schema."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from builder.errors import BuilderError

SCHEMA = "model.schema.json"
_TYPES = {
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}


def validate_description(values: Any, file: Path) -> None:
    """Check the content of model.json against the schema.

    :raises BuilderError: with the address of the first violation.
    """
    violations = sorted(_validator().iter_errors(values), key=_order)
    if violations:
        raise _error(violations[0], file)


def published_schema() -> str:
    """The text of the schema."""
    return (files("builder.models.asset") / SCHEMA).read_text(encoding="utf-8")


@cache
def _validator() -> Any:
    from jsonschema import Draft202012Validator, validators  # takes 50 ms, so only when needed

    # JSON Schema takes 3.0 for an integer; the code that reads it does not.
    types = Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    )
    validator = validators.extend(Draft202012Validator, type_checker=types)  # type: ignore[no-untyped-call]
    return validator(json.loads(published_schema()))


def _order(violation: Any) -> tuple[bool, list[str]]:
    """Unknown keys come last: a missing or wrong key explains more."""
    return violation.validator == "additionalProperties", [
        str(part) for part in violation.absolute_path
    ]


def _error(violation: Any, file: Path) -> BuilderError:
    path = _address(list(violation.absolute_path))
    keyword = str(violation.validator)
    if keyword == "required":
        key = next(name for name in violation.validator_value if name not in violation.instance)
        near = difflib.get_close_matches(key, violation.instance, n=1)
        return _at(
            file,
            f"{path}.{key}" if path else key,
            "missing",
            f"rename '{near[0]}'?" if near else f"add '{key}'",
        )
    if keyword == "additionalProperties":
        known = sorted(violation.schema.get("properties", {}))
        key = next(name for name in violation.instance if name not in known)
        near = difflib.get_close_matches(key, known, n=1)
        return _at(
            file,
            f"{path}.{key}" if path else key,
            "unknown key",
            f"did you mean '{near[0]}'?" if near else f"known here: {', '.join(known)}",
        )
    problem, hint = _SENTENCES.get(keyword, _other)(violation)
    return _at(file, path, problem, hint)


def _address(parts: list[str | int]) -> str:
    address = ""
    for part in parts:
        address += f"[{part}]" if isinstance(part, int) else f".{part}" if address else part
    return address


def _at(file: Path, path: str, problem: str, hint: str) -> BuilderError:
    address = f"{file}: {path}: " if path else f"{file}: "
    return BuilderError(f"{address}{problem}", hint=hint, place=str(file))


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _type(violation: Any) -> tuple[str, str]:
    wanted = violation.validator_value
    kinds = wanted if isinstance(wanted, list) else [wanted]
    expected = " or ".join(_TYPES[kind] for kind in kinds)
    return f"expected {expected}, found {_shown(violation.instance)}", ""


def _enum(violation: Any) -> tuple[str, str]:
    known = ", ".join(str(value) for value in violation.validator_value)
    return f"{_quoted(violation.instance)} is not known", f"use one of: {known}"


def _quoted(value: Any) -> str:
    return f"'{value}'" if isinstance(value, str) else _shown(value)


def _bound(violation: Any) -> tuple[str, str]:
    low, high = violation.schema.get("minimum"), violation.schema.get("maximum")
    if (low, high) == (0, 1):
        return f"{_shown(violation.instance)} is not a score in 0..1", ""
    return f"{_shown(violation.instance)} is too {_side(violation)}", (
        f"at least {low}" if high is None else f"from {low} to {high}"
    )


def _side(violation: Any) -> str:
    return "small" if violation.validator == "minimum" else "large"


def _above(violation: Any) -> tuple[str, str]:
    return f"has to be above {violation.validator_value}", f"found {_shown(violation.instance)}"


def _too_few(violation: Any) -> tuple[str, str]:
    return (
        f"has {len(violation.instance)} entries, and needs {violation.validator_value}"
        if isinstance(violation.instance, list)
        else "is empty"
    ), ""


def _too_long(violation: Any) -> tuple[str, str]:
    return f"is longer than {violation.validator_value} characters", ""


def _pattern(violation: Any) -> tuple[str, str]:
    return f"{_quoted(violation.instance)} does not fit {violation.validator_value}", ""


def _other(violation: Any) -> tuple[str, str]:
    return str(violation.message), ""


_SENTENCES: dict[str, Callable[[Any], tuple[str, str]]] = {
    "type": _type,
    "enum": _enum,
    "minimum": _bound,
    "maximum": _bound,
    "exclusiveMinimum": _above,
    "minItems": _too_few,
    "minLength": _too_few,
    "maxLength": _too_long,
    "pattern": _pattern,
}
