"""What a card says of its uses and its limitations, in its own words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from cardiogram.cards import Card, is_placeholder, split_sections
from cardiogram.cards.features import is_boilerplate
from cardiogram.repository.access import withhold

_LONGEST, _MOST = 1000, 20
"""Characters of a quote, and quotes of a kind."""


@dataclass(frozen=True, slots=True)
class OwnSections:
    """Paragraphs and entries of lists of a card, each under its heading: "Direct use: ...".

    Attributes
    ----------
    uses, limitations
        What it is for and what not; where it fails and what it risks.
    lines
        Where they stand, by the field of CycloneDX: "lines 12-30".
    """

    uses: tuple[str, ...] = ()
    limitations: tuple[str, ...] = ()
    lines: Mapping[str, str] = field(default_factory=dict)


def read_own_sections(card: Card) -> OwnSections:
    r"""Quote a card; what a template left is no word of it.

    Examples
    --------
    >>> from cardiogram.cards import parse_card
    >>> read_own_sections(parse_card("# Parrot\n\n## Limitations\n\nMumbles.")).limitations
    ('Limitations: Mumbles.',)
    """
    quotes: dict[str, list[str]] = {"useCases": [], "technicalLimitations": []}
    places: dict[str, list[int]] = {key: [] for key in quotes}
    for section in split_sections(card.document):
        key = _field_of(section.topics)
        if not key or section.heading is None:
            continue
        for block in section.blocks:
            text = " ".join(block.text.split())
            if block.kind in ("code", "table") or not text or _is_of_a_template(text):
                continue
            quotes[key].append(withhold(f"{section.heading.text.rstrip(': ')}: {text}")[:_LONGEST])
            places[key] += [block.line, block.last_line]
    lines = {
        key: f"lines {min(numbers)}-{max(numbers)}" for key, numbers in places.items() if numbers
    }
    uses, limitations = (tuple(texts[:_MOST]) for texts in quotes.values())
    return OwnSections(uses, limitations, lines)


def _is_of_a_template(text: str) -> bool:
    return is_placeholder(text) or is_boilerplate(text) or text.startswith(("[TODO", "[More"))


def _field_of(topics: frozenset[str]) -> str:
    if "limitations" in topics:
        return "technicalLimitations"
    return "useCases" if "intended" in topics else ""
