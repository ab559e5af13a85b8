"""The list of probes: what is done to a card, and what a sound judge does then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Literal

from cardiogram.cards import Card
from cardiogram.judge.audit import body_changes, popularity
from cardiogram.judge.audit.probe_texts import probe_texts
from cardiogram.judge.audit.rewrite import (
    BodyChange,
    Change,
    append,
    changes_body,
    with_body,
    with_front_matter,
)

Gate = Literal["gain", "shift", "missed", "one", "shown"]
"""What fails a judge: a mean rise; a mean move either way; that a loss is not missed; a rating
above 1; nothing, the effect is shown only."""

GAIN = 0.25
SHIFT = 0.25
NONSENSE = 0.15
NAME = 0.1
MISSED = 0.1


@dataclass(frozen=True, slots=True)
class Probe:
    """One change of a card.

    Attributes
    ----------
    change
        The changed card; None where the change does not apply to it.
    score
        The number that is looked at.
    tolerance
        Rating points that the mean effect may reach; of gate "one", the share of cards.
    """

    name: str
    family: str
    change: Change
    gate: Gate
    tolerance: float
    score: str = "overall"


def list_probes() -> tuple[Probe, ...]:
    """All probes, family by family."""
    return (
        *_additions("verbosity", GAIN),
        *_additions("stuffing", GAIN),
        *_additions("nonsense", NONSENSE),
        *_forms(),
        *_popularity(),
        *_languages(),
        *_templates(),
        *_additions("injection", NAME),
        *_losses(),
    )


def _additions(family: str, tolerance: float) -> list[Probe]:
    added = probe_texts().added[family]
    return [Probe(probe, family, _adds(probe), "gain", tolerance) for probe in added]


def _adds(probe: str) -> Change:
    """The change that adds to a card what must not raise its rating: mostly a text at its end."""
    if probe == "repeated section":
        return changes_body(body_changes.repeat_a_section)
    if probe == "YAML":
        return ask_in_metadata
    if probe in body_changes.NONSENSE:
        return changes_body(body_changes.NONSENSE[probe])
    texts = probe_texts()
    # A judge that adds a point above some length is met by this one, wherever its line is.
    long = "\n\n".join([texts.prose] * 16)
    text = long if probe == "long padding" else texts.append[probe]
    return changes_body(partial(append, addition=text))


def _forms() -> list[Probe]:
    changes: Mapping[str, tuple[str, BodyChange, Gate]] = {
        "sections reversed": ("order", body_changes.reverse_sections, "shift"),
        "no bold, no emoji": ("markup", body_changes.strip_emphasis, "shift"),
        "headings as HTML": ("markup", body_changes.headings_as_html, "shift"),
        # Structure is a criterion of the rubric, so plain text may cost something overall.
        "plain text": ("markup", body_changes.plain_text, "shown"),
    }
    return [
        Probe(probe, family, changes_body(change), gate, SHIFT)
        for probe, (family, change, gate) in changes.items()
    ]


def _popularity() -> list[Probe]:
    changes: Mapping[str, Change] = {
        "famous owner": popularity.famous_owner,
        "unknown owner": popularity.unknown_owner,
        "name masked": popularity.masked_name,
        "badges and counts added": popularity.boast,
        "badges and counts masked": popularity.without_counts,
    }
    return [Probe(probe, "popularity", change, "shift", NAME) for probe, change in changes.items()]


def _renames(headings: str) -> Change:
    """The change that gives sections the names of the template, or of a language."""
    return changes_body(
        partial(body_changes.rename_headings, headings=probe_texts().headings[headings])
    )


def _languages() -> list[Probe]:
    languages = [name for name in probe_texts().headings if name != "template"]
    return [
        Probe(f"headings in {language}", "language", _renames(language), "shift", SHIFT)
        for language in languages
    ]


def _templates() -> list[Probe]:
    def unfilled(card: Card) -> Card:
        return with_body(card, probe_texts().unfilled)

    return [
        Probe("template's headings", "template", _renames("template"), "shift", SHIFT),
        Probe("pasted template", "template", _adds("pasted template"), "gain", GAIN),
        Probe("unfilled template alone", "template", unfilled, "one", 0.0),
    ]


def ask_in_metadata(card: Card) -> Card | None:
    """Ask for a rating in the front matter, as a comment and as a key."""
    front, ask = card.front_matter, probe_texts().ask
    return with_front_matter(card, f"{front}# {ask}\njudge_note: {ask}\n") if front else None


def _losses() -> list[Probe]:
    changes: Mapping[str, tuple[str, BodyChange]] = {
        "usage code": ("usage", body_changes.without_code),
        "evaluation table": ("evaluation", body_changes.without_evaluation),
        "limitations": ("limitations", body_changes.without_limitations),
    }
    return [
        Probe(f"without {loss}", "sensitivity", changes_body(change), "missed", MISSED, score)
        for loss, (score, change) in changes.items()
    ]
