"""The features of a card with one thing mended."""

from __future__ import annotations

from math import expm1, log1p

from cardiogram.cards import TOPICS
from cardiogram.cards.features import FEATURE_NAMES, STATED, Vector
from cardiogram.judge.expectations.expectations import Expectation

_PLACE = {name: index for index, name in enumerate(FEATURE_NAMES)}
_PLACEHOLDER_FEATURES = tuple(
    _PLACE[name]
    for name in (
        *(f"{topic}_placeholders" for topic in ("whole", *TOPICS)),
        "braces",
        "template_comments",
        "says_placeholder",
    )
)

_STATED = tuple(_PLACE[name] for name in STATED)


def lift_features(now: Vector, expectation: Expectation) -> Vector:
    """The features of the card with this one gap mended."""
    after = now[:]
    for name, value in expectation.lift.items():
        after[_PLACE[name]] = max(after[_PLACE[name]], value)
    _add_to_whole(now, after, expectation.topic)
    if "meta_count" in expectation.lift:
        for name in ("meta_count", "meta_core", "meta_facts"):
            after[_PLACE[name]] = now[_PLACE[name]] + expectation.lift.get(name, 0)
        after[_PLACE["meta_keys"]] = log1p(_count(now[_PLACE["meta_keys"]]) + 1)
        after[_PLACE["meta_none"]] = 0
    if expectation.key == "filled":
        for place in _PLACEHOLDER_FEATURES:
            after[place] = 0
    if expectation.key == "fences":
        after[_PLACE["unclosed_fence"]] = 0
    stated = [after[place] for place in _STATED]
    after[_PLACE["facts_stated"]] = sum([count > 0 for count in stated])
    after[_PLACE["phrases_stated"]] = log1p(sum(stated))
    return after


def _add_to_whole(now: Vector, after: Vector, topic: str) -> None:
    """What a topic gained, added to the sums over the card."""
    if f"{topic}_sections" not in _PLACE or topic == "whole":
        return
    for kind in ("words", "numbers", "items", "rows"):
        part = _PLACE[f"{topic}_{kind}"]
        gained = _count(after[part]) - _count(now[part])
        for name in (f"whole_{kind}", f"own_{kind}", f"{kind}_different"):
            if place := _PLACE.get(name):
                after[place] = max(after[place], log1p(_count(now[place]) + gained))
    sections = _PLACE[f"{topic}_sections"]
    if after[sections] > now[sections]:
        for name in ("headings", "sections_filled"):
            after[_PLACE[name]] = log1p(_count(now[_PLACE[name]]) + 1)
        after[_PLACE["topics"]] = now[_PLACE["topics"]] + 1


def _count(feature: float) -> int:
    """The count whose logarithm a feature is."""
    return round(expm1(feature))
