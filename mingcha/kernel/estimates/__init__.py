"""
Rates with honest intervals from drawn visits: plain values in, plain values out.

1. `usable` says which sites of a frame an estimate may use at all.
2. `weigh` gives each visit its weight, and spreads the weight of drawn sites nobody saw over their like.
3. `rate` is the weighted share with an interval that keeps its word for few visits and for rare problems.
"""

from mingcha.kernel.estimates.intervals import interval
from mingcha.kernel.estimates.rates import FEWEST, Rate, Sample, Visited, rate, usable, weigh

__all__ = ["FEWEST", "Rate", "Sample", "Visited", "interval", "rate", "usable", "weigh"]
