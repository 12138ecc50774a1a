"""Findings as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), which code hosts show
beside the lines.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from builder._version import __version__
from builder.stores.lint.findings import Finding
from builder.stores.lint.rules import RULES


def sarif(findings: list[Finding]) -> dict[str, Any]:
    """One run with all rules, and a result for each finding. Paths under the current folder are
    relative to it.
    """
    rules = [
        {
            "id": rule.code,
            "shortDescription": {"text": rule.title},
            "fullDescription": {"text": rule.why},
            "helpUri": rule.source,
            "help": {"text": rule.fix},
            "defaultConfiguration": {"level": rule.severity},
            "properties": {
                "stores": list(rule.stores),
                "precision": "medium" if rule.heuristic else "very-high",
            },
        }
        for rule in RULES
    ]
    known = {rule["id"] for rule in rules}
    for finding in findings:
        if finding.code not in known:
            known.add(finding.code)
            rules.append(
                {
                    "id": finding.code,
                    "shortDescription": {"text": finding.message},
                    "helpUri": finding.source,
                }
            )
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "lensmith", "version": __version__, "rules": rules}},
                "results": [
                    _result(finding, [rule["id"] for rule in rules]) for finding in findings
                ],
            }
        ],
    }


def _result(finding: Finding, codes: list[Any]) -> dict[str, Any]:
    location: dict[str, Any] = {"artifactLocation": {"uri": _address(finding.file)}}
    if finding.line:
        location["region"] = {"startLine": finding.line}
    print_of = hashlib.sha256(
        f"{finding.code}\0{_address(finding.file)}\0{finding.message}".encode()
    ).hexdigest()
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": finding.severity,
        "message": {"text": f"{finding.message}. {finding.why} To fix it: {finding.fix}"},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"finding/v1": print_of},
    }


def _address(file: str) -> str:
    path = Path(file.split("!/")[0])
    try:
        relative = path.resolve().relative_to(Path.cwd())
    except ValueError:
        return path.as_posix()
    return relative.as_posix()
