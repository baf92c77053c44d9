"""
History becomes a chance: how likely the next visit to a site finds a problem.

Callers import it inside the function that needs it, since learning loads numpy and scikit-learn, which take a second:
`from mingcha.kernel import risk`.
"""

from mingcha.kernel.risk.learning import learn
from mingcha.kernel.risk.shapes import MAY_TELL, Past, Reason, Scored, SiteScore, Subject

__all__ = ["MAY_TELL", "Past", "Reason", "Scored", "SiteScore", "Subject", "learn"]
