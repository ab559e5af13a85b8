"""The whole numbers in which the judge counts."""

from __future__ import annotations

LEAF_UNIT = 1 << 20
"""A leaf of 1 is worth 1 / LEAF_UNIT of a rating point."""

GRAINS = 1 << 10
"""A feature's value of 1 is this many grains, which hides the last bit of a logarithm."""

STEPS = 16
"""Steps a standard deviation."""

REACH = 3
"""Standard deviations from the mean beyond which a feature is not told from rarer ones."""

LIKENESS_UNIT = 1 << 16
"""Units of a likeness of 1."""

WEIGHT_UNIT = 1 << 16
"""Units of a weight of 1."""
