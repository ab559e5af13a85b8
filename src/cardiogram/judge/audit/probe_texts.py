"""The words that an audit puts into cards, and those by which it tells who made a model: data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from cardiogram.names import DATA
from cardiogram.text import parse_toml

_PART = re.compile(r"\{(ask|prose|template|limitations|keywords|tags)\}")


@dataclass(frozen=True, slots=True)
class ProbeTexts:
    """What `data/judge/probes.toml` says.

    Attributes
    ----------
    ask
        The rating that injections ask for.
    prose
        A paragraph that would fit any model.
    counts
        Badges and counts of a popular model.
    unfilled
        The body of a card whose template nobody filled in.
    added
        Probes that add something to a card, by family.
    append
        What is appended to a card, by probe.
    headings
        Names of sections by topic: of the Hub's `template`, and by language.
    families
        Words in a model's name that tell who made it; the first that stands in the name counts.
    """

    ask: str
    prose: str
    counts: str
    unfilled: str
    added: Mapping[str, Sequence[str]]
    append: Mapping[str, str]
    headings: Mapping[str, Mapping[str, str]]
    families: Mapping[str, str]


@cache
def probe_texts() -> ProbeTexts:
    """Read the shipped texts."""
    file = DATA / "judge" / "probes.toml"
    data = parse_toml(file.read_text("utf-8"))
    # Unicode tag characters: no reader sees them
    parts = {**data, "tags": "".join(chr(0xE0000 + ord(letter)) for letter in data["ask"])}

    def fill(text: str) -> str:
        return _PART.sub(lambda match: parts[match[1]], text)

    return ProbeTexts(
        ask=data["ask"],
        prose=data["prose"],
        counts=data["counts"],
        unfilled=fill(data["unfilled"]),
        added=data["added"],
        append={probe: fill(text) for probe, text in data["append"].items()},
        headings=data["headings"],
        families=data["families"],
    )
