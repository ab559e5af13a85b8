"""What a user can rely on in the built-in judge, in ten lines, from what training measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cardiogram.names import CRITERIA

if TYPE_CHECKING:
    from cardiogram.judge.embedded import Record, TrainingRecord

_SETS = {
    "labels-dev": "cards of 2023",
    "wild-dev-labels": "cards of 2024",
    "corrected": "long cards, read whole",
}
"""What the files are that the shipped judge learned from."""

_BLIND = (
    "It cannot see whether a card is right, only what it says; nor pictures, linked pages and "
    "files, nor what is said in words or languages that its phrases do not know."
)
_DATASETS = (
    "Cards of data sets are judged by a checklist, as before: nothing new was read for them, and "
    "none of these figures is theirs."
)


def describe_reliance(about: TrainingRecord) -> tuple[str, ...]:
    """Sentences on order, agreement, intervals, response and blindness.

    Parameters
    ----------
    about
        What `judge.json` says. What was not measured is left out.
    """
    agreement, changes = about["agreement"], about["changes"]
    kinds = {name: of for name, of in agreement["strata"].items() if "characters" not in name}
    sets = {_SETS.get(name, name): of["overall"] for name, of in agreement["sets"].items()}
    lengths = {name: of for name, of in agreement["strata"].items() if "characters" in name}
    lines = (
        f"Measured on {about['cards']:,} cards of {about['authors']:,} authors that it had not "
        f"seen ({agreement['method']}).",
        _order(about["in_order"]),
        _agreement(agreement["scores"]) + (f" By source: {_list(sets)}" if sets else ""),
        "By kind: " + _list(kinds) if kinds else "",
        "By length: " + _list(lengths) if lengths else "",
        _covered(sets),
        _removed(changes.get("removed")),
        _pasted(changes),
        _gains(about["gain_factors"], about["gains"].get("all")),
        f"{_BLIND} {_DATASETS}",
    )
    return tuple(filter(None, lines))


def _order(shares: Record) -> str:
    near, far = shares["one_apart"], shares["two_apart"]
    if near is None or far is None:
        return ""
    return (
        f"Of two cards whose labels are two or more apart {far:.1%} of the pairs stand in the "
        f"right order, one apart {near:.1%}."
    )


def _agreement(scores: Mapping[str, Record]) -> str:
    overall = scores["overall"]
    kappas = [scores[name]["qwk"] or 0.0 for name in CRITERIA]
    return (
        f"Agreement (weighted kappa): overall {_interval(overall)}, the same whole number in "
        f"{overall['exact']:.0%}; criteria {sum(kappas) / len(kappas):.2f} in the mean, "
        f"{min(kappas):.2f} at the least."
    )


def _interval(figures: Record) -> str:
    kappa, low, high = figures["qwk"], figures["low"], figures["high"]
    if kappa is None:
        return "cannot be told"
    return f"{kappa:.2f}" if low is None else f"{kappa:.2f} ({low:.2f} to {high:.2f})"


def _list(groups: Mapping[str, Record]) -> str:
    return ", ".join(f"{name} {_interval(figures)}" for name, figures in groups.items()) + "."


def _covered(sets: Mapping[str, Record]) -> str:
    if not sets:
        return ""
    shares = ", ".join(f"{of['coverage']:.0%} ({name})" for name, of in sets.items())
    return f"The 90 % intervals of the overall rating hold the label in {shares}."


def _removed(change: Record | None) -> str:
    if change is None:
        return ""
    return (
        f"Where a real section was taken away ({change['n']} copies) readers change its criterion "
        f"by {change['rated']:+.2f} and the judge by {change['judged']:+.2f} (slope "
        f"{change['slope']:.2f}, mean error {change['error']:.2f}); it goes down in "
        f"{change['down']:.0%} of the cases where readers do."
    )


def _pasted(changes: Mapping[str, Record]) -> str:
    words = {"stranger": "a stranger's section", "token": "a token line"}
    parts = [
        f"{words[name]} {changes[name]['judged']:+.2f} where readers give "
        f"{changes[name]['rated']:+.2f}"
        for name in words
        if name in changes
    ]
    return f"It can be bought by: {', '.join(parts)}." if parts else ""


def _gains(factors: Mapping[str, float], gains: Record | None) -> str:
    if gains is None:
        return ""
    return (
        f"The gains of check are the judge's change times {factors['own']:.2f}: where a section "
        f"was there ({gains['n']} cards) readers gave {gains['slope']:.2f} for a promised point, "
        f"and {gains['covered']:.0%} of them within the range."
    )
