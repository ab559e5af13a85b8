"""What those who draft look at: a card and all that is known of it, read once."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache

from cardiogram.cards import Card, Section, is_placeholder, parse_card, split_sections
from cardiogram.cards.features import CardFeatures
from cardiogram.cards.lint import Finding, lint
from cardiogram.improve.editing import ReadmeText
from cardiogram.judge import Rating
from cardiogram.judge.embedded import EmbeddedJudge, embedded_judge
from cardiogram.judge.expectations import Gap, find_gaps
from cardiogram.lazy import regex
from cardiogram.names import DATA
from cardiogram.repository import Contradiction, Repository, RepositoryFacts, read_facts
from cardiogram.repository.contradictions import find_contradictions
from cardiogram.repository.statements import Statement, detect_language, is_likely, read_statements

README = "README.md"
_FEW_WORDS = 80
"""Words under which an ASCII text without a word of another language is taken for English."""
_ENGLISH = frozenset(("the", "this", "with", "and", "were"))
_OTHERS = regex(
    r"\b(?:der|die|das|und|ist|(?-i:[mM]it)|auf|von|il|di|che|per|con|el|los|las|que|para|le|les|"
    r"des|est|pour|och|att|som|het|een|van|voor|dan|yang|untuk|adalah|dengan|ini|uma|com|nie|jest|bir)\b",
    re.IGNORECASE,
)
"""Words that a text in English has not; MIT is a licence."""
_WORD = regex(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class DraftView:
    """A card as it is before a change, and all that is known of it.

    Attributes
    ----------
    readme
        The bytes that are edited; empty where the repository has no README.
    gaps
        What a reader misses, the costliest first.
    language
        ISO 639-1 code of the language that the card is written in; English where it says nothing
        yet, "" where it is not clear.
    sections
        The card by its headings.
    statements
        What it says already.
    kept
        Contradictions that the author settled: they are none of `contradictions`.
    """

    card: Card
    readme: ReadmeText
    repository: Repository
    facts: RepositoryFacts
    contradictions: tuple[Contradiction, ...]
    rating: Rating
    gaps: tuple[Gap, ...]
    language: str
    sections: tuple[Section, ...]
    statements: tuple[Statement, ...]
    kept: tuple[Contradiction, ...] = ()

    def lacks(self, *keys: str) -> bool:
        """Whether one of these expectations is a gap."""
        return any(gap.key in keys for gap in self.gaps)


def view_card(
    repository: Repository,
    readme: ReadmeText | None = None,
    judge: EmbeddedJudge | None = None,
    facts: RepositoryFacts | None = None,
    keeps: Callable[[Contradiction], bool] = lambda each: False,
) -> DraftView:
    """Read a card with its repository.

    Parameters
    ----------
    readme
        The card as it is being edited; the repository's own unless given.
    facts
        What its files prove; read unless given.
    keeps
        Whether the author settled a contradiction: the card is right.

    Raises
    ------
    CardiogramError
        The README is there and cannot be read, or is no text.
    """
    if readme is None:
        raw = repository.read(README) if README in repository.files else b""
        readme = ReadmeText.of(raw)
    judge = judge or embedded_judge()
    card, read = read_card(readme, repository.id), read_features(readme, repository.id)
    (rating,) = judge.rate_read([read])
    facts = facts or read_facts(repository, card)
    known = find_contradictions(card, facts, repository)
    return DraftView(
        card=card,
        readme=readme,
        repository=repository,
        facts=facts,
        contradictions=tuple(each for each in known if not keeps(each)),
        rating=rating,
        gaps=find_gaps(read, judge.expect, judge.respond),
        language=_language(card),
        sections=split_sections(card.document),
        statements=read_statements(card),
        kept=tuple(each for each in known if keeps(each)),
    )


@lru_cache(maxsize=4)
def read_card(readme: ReadmeText, id: str) -> Card:
    """A card; the latest are kept, for each is looked at several times."""
    return parse_card(readme.encode(), id=id)


@lru_cache(maxsize=4)
def read_features(readme: ReadmeText, id: str) -> CardFeatures:
    """What is counted in a card; the latest are kept."""
    return CardFeatures.of(read_card(readme, id))


def find_refusals(view: DraftView) -> list[Finding]:
    """Errors of the metadata."""
    findings = lint(view.card, view.readme.encode())
    return [
        each for each in findings if each.severity == "error" and each.line < view.card.body_line
    ]


@cache
def _headings() -> dict[str, str]:
    """The language of each reviewed heading that no other language has."""
    sections = json.loads((DATA / "improve" / "sentences.json").read_text("utf-8"))["headings"]
    pairs = [(heading, code) for words in sections.values() for code, heading in words.items()]
    count = Counter(heading for heading, _ in pairs)
    return {heading: code for heading, code in pairs if count[heading] == 1}


def _language(card: Card) -> str:
    """The language of what a card says in words that no template put there."""
    blocks = (block for block in card.document.blocks if block.kind in ("paragraph", "item"))
    prose = "\n".join(block.text for block in blocks if not is_placeholder(block.text))
    headings = {block.text for block in card.document.blocks if block.kind == "heading"}
    languages = {_headings()[each] for each in headings & _headings().keys()}
    clear = languages.pop() if len(languages) == 1 and "en" not in languages else ""
    clear = clear or detect_language(prose)
    if clear:
        return clear
    for code in (*card.metadata.texts("language"), "ja", "zh"):  # too short to be clear
        if code != "en" and is_likely(prose, code):
            return code
    words = [word.lower() for word in _WORD.findall(prose)]
    short = prose.isascii() and len(words) < _FEW_WORDS and not _OTHERS.search(prose)
    return "en" * (short or len(_ENGLISH.intersection(words)) > 1)
