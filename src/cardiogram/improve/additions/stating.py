"""Facts as rows and sentences, in the card's voice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cardiogram.errors import CardiogramError
from cardiogram.improve.additions.draft_words import DraftWords
from cardiogram.improve.draft import Audience, Sentence
from cardiogram.improve.view import README, DraftView
from cardiogram.lazy import regex
from cardiogram.repository import Fact
from cardiogram.repository.access import RepositoryType

_ID = regex(r"[A-Za-z0-9][\w.-]{0,95}/[\w.-]{1,96}")
_MARKUP = regex(r"[<>`|\[\]*\\{}\n\r]|https?:|__|\$\$")
_LONGEST = 300
_ELSEWHERE = regex(
    r"\b(?:base model|hence|therefore|above|below|former|latter|following|see"
    r"|th(?:is|ese) (?:licen[cs]e|repo|card|page|section|file|version|checkpoint)\w*"
    r"|basismodell\w*|daher|siehe|oben|unten|diese (?:lizenz|karte|datei)\w*)\b",
    re.IGNORECASE,
)
"""Words that point to what stands beside a sentence, or to another model."""
_LABELLED = regex(r"\s*[-*+] \*\*[^*]+?:?\*\*:? ")


class LabelledFact(NamedTuple):
    """A label with its value, and what proves it."""

    label: str
    value: str
    facts: tuple[Fact, ...]


class CardVoice:
    """How a card writes: its language, its lists, what it said before, and for whom."""

    def __init__(self, view: DraftView, wording: DraftWords, audience: Audience = "user") -> None:
        self.view: DraftView = view
        self.wording: DraftWords = wording
        self.audience = audience
        lines = view.card.body.split("\n")
        marks = [line.lstrip()[0] for line in lines if re.match(r"\s*[-*+] \S", line)]
        self.mark: str = max(sorted(set(marks)), key=marks.count) if marks else "-"
        self.lists: bool = sum(_LABELLED.match(line) is not None for line in lines) > 2
        self.said: set[str] = {
            s.kind for s in view.statements if s.place not in ("front matter", "title")
        }
        self.named: set[str] = {str(s.value) for s in view.statements if s.place != "front matter"}
        self.doubted: set[tuple[str, str]] = {
            (f.name, f.about) for f, _ in view.facts.disagreements
        }
        self.lines: list[str] = [" ".join(line.split()) for line in lines]

    def says(self, *words: str) -> bool:
        """Whether one line of the card holds all these words."""
        return any(all(each in line for each in words) for line in self.lines)

    def rows(
        self, rows: Sequence[LabelledFact], head: str = "property", least: int = 2
    ) -> tuple[list[str], list[Sentence]]:
        """Lines of a table, or of a list where the card has lists, and what each of them says.

        Parameters
        ----------
        least
            Rows under which a table is not worth its place.
        """
        rows = [row for row in rows if not self._has(row)]
        if len(rows) < least:
            return [], []
        colon = {"fr": " :", "zh": "：", "ja": "："}.get(self.wording.language, ":")
        if self.lists:
            lines = [f"{self.mark} **{label}{colon}** {value}" for label, value, _ in rows]
            above: list[str] = []
        else:
            lines = [f"| {label} | {value} |" for label, value, _ in rows]
            titles = self.wording.label(head), self.wording.label("value")
            above = [f"| {titles[0]} | {titles[1]} |", "|---|---|"]
        sentences = [Sentence(line, row.facts) for line, row in zip(lines, rows, strict=True)]
        return [*above, *lines], sentences

    def _has(self, row: LabelledFact) -> bool:
        """Whether the card has a row of this label, or a line with the label and its value."""
        opens = (f"| {row.label} |", f"{self.mark} **{row.label}")
        if self.wording.language in ("ja", "zh") and self.says(row.label):
            return True  # its sentences are hardly read: it may say another value
        return self.says(row.label, row.value) or any(x.startswith(opens) for x in self.lines)

    def facts(self, name: str, about: str = "") -> tuple[Fact, ...]:
        """Facts of a name that something else than the card itself proves."""
        if (name, about) in self.doubted:
            return ()
        facts = (f for f in self.view.facts.named(name, about) if self.proves(f))
        return tuple(f for f in facts if name != "chat_template" or f.value)  # False: there is none

    def fact(self, name: str, about: str = "") -> Fact | None:
        """The first of them."""
        return next(iter(self.facts(name, about)), None)

    @property
    def task(self) -> Fact | None:
        """The task that files prove; none where the metadata name another one."""
        fact, stated = self.fact("task"), self.view.card.metadata.values.get("pipeline_tag")
        return None if fact is None or stated not in (None, fact.value) else fact

    def proves(self, fact: Fact) -> bool:
        """Whether a fact stands anywhere but in the card."""
        own = ("", self.view.facts.repo)
        return any(s.path != README or s.repo not in own for s in fact.sources)

    def is_on_hub(self, id: str, of: RepositoryType = "model") -> bool:
        """Whether the Hub has a repository; not where it could not be asked."""
        try:
            return self.view.repository.other(id, of) is not None
        except CardiogramError:
            return False


def link(id: str, of: str = "") -> str:
    """A repository as a link."""
    return f"[{id}](https://huggingface.co/{of}{id})"


def is_id(value: object) -> bool:
    """Whether a value is the id of a repository on the Hub."""
    return isinstance(value, str) and _ID.fullmatch(value) is not None


def licence_words(voice: CardVoice, licence: Fact) -> tuple[str, tuple[Fact, ...]]:
    """The licence of another repository, by its name where the Hub has no id for it.

    "" for `other` without a name, and for `unknown`: they say nothing.
    """
    if licence.value in ("other", "unknown"):
        named = [f for f in voice.view.facts.named("licence_name", licence.about)]
        return (
            (str(named[0].value), (named[0],)) if named and is_plain(named[0].value) else ("", ())
        )
    ids = licence.value if isinstance(licence.value, list) else [licence.value]
    return (", ".join(map(str, ids)), (licence,)) if is_plain(ids) else ("", ())


def is_plain(value: object) -> bool:
    """Whether a text can stand in a card as it is: no markup, no link, one line."""
    if isinstance(value, list):
        return (
            bool(value)
            and all(isinstance(v, str | int | float) for v in value)
            and is_plain(", ".join(map(str, value)))
        )
    text = str(value)
    return bool(text.strip()) and len(text) <= _LONGEST and _MARKUP.search(text) is None


def _is_quotable(words: str) -> bool:
    """Whether a sentence means the same where it is quoted."""
    return is_plain(words) and '"' not in words and _ELSEWHERE.search(words) is None


def quotes(
    voice: CardVoice, key: str, of: str, facts: Iterable[Fact]
) -> Iterator[tuple[str, tuple[Fact, ...]]]:
    """What other cards say, one sentence a card."""
    by_repo: dict[str, list[Fact]] = {}
    for fact in facts:
        if _is_quotable(str(fact.value)) and is_id(fact.about):
            by_repo.setdefault(fact.about, []).append(fact)
    by_words: dict[str, list[Fact]] = {}
    for own in by_repo.values():
        words = " […] ".join(dict.fromkeys(str(fact.value) for fact in own[:3]))
        words += " […]" * words.endswith(";")
        by_words.setdefault(words, []).extend(own[:3])
    for words, own in by_words.items():
        repos = list(dict.fromkeys(fact.about for fact in own))
        several = "s" if len(repos) > 1 else ""
        said = voice.wording.say(
            f"{key}{several}", repo=", ".join(link(repo, of) for repo in repos), words=words
        )
        if said and not any(voice.says(str(fact.value)) for fact in own):
            yield said, tuple(own)
