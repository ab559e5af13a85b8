"""What repairs look at: a card's lines, who wrote them, and what its repository proves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from cardiogram.cards.features import find_makers
from cardiogram.errors import CardiogramError
from cardiogram.improve.repairs.body_lines import BodyLines
from cardiogram.repository import Fact
from cardiogram.repository.facts import Files

if TYPE_CHECKING:
    from cardiogram.improve.draft import DraftChange, Question
    from cardiogram.improve.view import DraftView

README = "README.md"
Repairs = Iterator["DraftChange | Question"]
"""What a repair gives: the change where it is proven, else the question."""

TRAINERS = frozenset({"trainer", "keras"})
WRITERS = TRAINERS | {
    *("trl", "peft", "mergekit", "unsloth", "axolotl", "autotrain", "sentence_transformers"),
    *("setfit", "span_marker", "skops", "diffusers", "lazymergekit", "llm_studio", "template"),
}
"""Tools that write a whole card."""


@dataclass(frozen=True)
class SeenCard:
    """A view with what several repairs ask of it, computed once."""

    view: DraftView

    @cached_property
    def body(self) -> BodyLines:
        """The lines of the README."""
        return BodyLines.of(self.view.readme)

    @cached_property
    def makers(self) -> frozenset[str]:
        """Tools that wrote the card or a part of it."""
        return frozenset(find_makers(self.view.card))

    @cached_property
    def files(self) -> Files:
        """The files of the repository."""
        return Files(self.view.repository, self.view.card)

    @property
    def id(self) -> str:
        """``owner/name`` of the repository; "" for a folder that does not say."""
        id = self.view.repository.id
        return id if id.count("/") == 1 else ""

    @property
    def name(self) -> str:
        """The name of the repository without its owner."""
        return self.id.rpartition("/")[2]

    def text_lines(self, *kinds: str) -> Iterator[tuple[int, str]]:
        """Lines of the body of these kinds, with their number from 0."""
        for number in range(self.body.first, len(self.body.lines)):
            line = self.body.lines[number]
            if self.body.kinds[number] in kinds and len(line) < 2000:
                yield number, line

    def named(self, name: str, about: str = "") -> tuple[Fact, ...]:
        """Facts of the model itself."""
        return self.view.facts.named(name, about)

    @cached_property
    def bases(self) -> tuple[Fact, ...]:
        """Models that a file, or a settings file that the card shows, names as its base.

        Of a 4-bit copy, the model that was copied.
        """
        facts = [f for f in self.named("base_model") if is_proven(f) or _is_shown(f)]
        originals = [f for f in facts if f.note.startswith("the original of ")]
        copied = {f.note.removeprefix("the original of ").partition(",")[0] for f in originals}
        return tuple(f for f in facts if f.value not in copied)

    @cached_property
    def data(self) -> tuple[Fact, ...]:
        """Data sets of the Hub that the metadata or a file names; not what a template guessed."""
        kept: dict[str, Fact] = {}
        for fact in self.named("dataset"):
            id = str(fact.value)
            if "/" in id and self.is_there(id, "dataset") and _says_data(fact):
                kept.setdefault(id, fact)
        return tuple(kept.values())

    def is_there(self, id: str, of: str = "model") -> bool | None:
        """Whether the Hub has a repository; None where it could not be asked."""
        try:
            other = self.view.repository.other(id, "dataset" if of == "dataset" else "model")
        except CardiogramError:
            return None
        return other is not None


def is_proven(fact: Fact) -> bool:
    """Whether a place other than the card itself proves a fact."""
    return any(source.path != README or source.repo for source in fact.sources)


def _is_shown(fact: Fact) -> bool:
    """Whether a line of the card says it, and not the metadata: settings that a tool prints."""
    return any(source.line and not source.pointer for source in fact.sources)


def _says_data(fact: Fact) -> bool:
    """Whether a fact's place is a file or the metadata, not a sentence of the card."""
    return is_proven(fact) or any(s.pointer.startswith("/datasets") for s in fact.sources)
