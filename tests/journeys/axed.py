"""What axe-core says of a page: what somebody could not see, hear, press or reach. Bound to what WCAG 2.2 AA asks."""

from importlib import resources
from typing import Any

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """(rules) => axe.run(document, {runOnly: rules, resultTypes: ["violations"]}).then((found) =>
    found.violations.flatMap((each) => each.nodes.map((node) => each.id + ": " + node.html.slice(0, 120))))"""


def complaints(page: Any) -> list[str]:
    """Return what axe-core finds wrong with the page in sight; the content policy does not stand in its way."""
    if not page.evaluate("() => typeof axe === 'object'"):
        page.evaluate(resources.files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    return [str(each) for each in page.evaluate(RUN, RULES)]
