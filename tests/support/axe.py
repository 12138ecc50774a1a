"""What axe-core is asked, and how its answers are tested."""

from __future__ import annotations

RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
SCAN = """
(async () => {
  const {violations} = await axe.run(document, %s)
  return violations.map(({id, nodes}) => ({
    id, targets: nodes.map(({target, failureSummary}) => `${target}: ${failureSummary}`),
  }))
})()
"""
UPROOT = "document.getElementById('planted').remove()"
STILL = "document.getAnimations().every(({transitionProperty}) => !transitionProperty) || null"
"""No colour is changing: during a transition axe would measure one that nobody can read."""
