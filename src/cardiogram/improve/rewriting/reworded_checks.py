"""What a reworded sentence must be, whatever a model says of it: by rules, then on the card.

A sentence that fails stays as it was, and the reason is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from cardiogram.improve.additions import DraftWords
from cardiogram.improve.claiming import make_claims
from cardiogram.improve.draft import Draft, DraftChange, apply_changes
from cardiogram.improve.drafting import LOSS, improve
from cardiogram.improve.interview import Answers
from cardiogram.improve.operations import InsertLines, ReplaceLines
from cardiogram.improve.rewriting.masked_sentences import MaskedSentence, words_of
from cardiogram.improve.sending import with_readme
from cardiogram.improve.view import DraftView, view_card
from cardiogram.lazy import regex
from cardiogram.repository import Claim, Repository
from cardiogram.repository.proof import Proof, verify

_MARK = regex(r"\{[0-9]+\}")
_FOREIGN = regex(r"[^\w .,;:()'’\-–—。，、：；（）・\u00a0\u202f\u3000]|[\d_]|\w[.:]\w")
"""Characters that no plain sentence has besides its values, and what may become a link."""
_START = regex(r"[^\W\d_]|\{")
_END = regex(r"[.。](?=\s|[^\W\d_])")
_DENIALS = regex(
    r"\b(?:no|not|never|none|without|neither|nor|cannot|nicht|nie|niemals|kein\w*|ohne|weder|ne|pas|"
    r"jamais|aucune?|sans|ni|sin|nunca|ningun[ao]?|ningún)\b|n['’]t\b|\bn['’]|不|没|無|无|非|未|ない|ず",
    re.IGNORECASE,
)
_KANA, _HAN = regex("[\u3041-\u30ff]"), regex("[\u4e00-\u9fff]")
_OTHER_LETTERS = regex(r"[^\W\u0000-\u024f\u1e00-\u1eff]")
_OTHER_SIGNS = regex(r"[^\W\u0000-\u007f\u3005\u3041-\u30ff\u4e00-\u9fff]")
"""Letters that are neither Latin, nor those of Chinese and Japanese."""
_WIDE = ("zh", "ja")
_STEM = 7
"""Letters of a word that its forms share."""
_LANGUAGES = ("en", "de", "fr", "es")


def find_fault(masked: MaskedSentence, text: object, language: str) -> str:
    """What is wrong with a reworded sentence that still has its marks; "" for nothing."""
    if not isinstance(text, str) or not text.strip():
        return "it is empty"
    if _MARK.findall(text) != _MARK.findall(masked.text):
        return "a value is missing, doubled or moved"
    old, new = _MARK.sub(" ", masked.text), _MARK.sub(" ", text)
    if _FOREIGN.search(new) or not _START.match(text):
        return "it adds a number, a link or markup"
    checks = (
        (_is_other_size(old, new, language), "it is much longer or shorter"),
        (_is_other_language(new, language), "it is in another language"),
        (_END.search(new.rstrip(" .。")) is not None, "it is more than one sentence"),
        (bool(_names(new, language) - _names(old, language)), "it adds a name"),
        (_is_of_more(old, new, language), "it speaks of something else"),
        (_denials(new) != _denials(old), "it denies something, or no more"),
        (_lacks_source(old, new, language), "it leaves out whose words they are"),
    )
    return next((reason for is_wrong, reason in checks if is_wrong), "")


def _is_other_size(old: str, new: str, language: str) -> bool:
    sizes = [len(each if language in _WIDE else each.split()) for each in (old, new)]
    return not sizes[0] // 2 <= sizes[1] <= 1.6 * sizes[0] + 3


def _is_other_language(text: str, language: str) -> bool:
    """Whether the reviewed words of another language, or another script, fit better."""
    if language in _WIDE:
        is_japanese = bool(_KANA.search(text))
        is_other = _OTHER_SIGNS.search(text) or not _HAN.search(text)
        return bool(is_other) or (language == "ja") is not is_japanese
    words = words_of(text)
    fits = {code: len(words & DraftWords(code).vocabulary) for code in _LANGUAGES}
    return bool(_OTHER_LETTERS.search(text)) or fits[language] < max(1, *fits.values())


def _names(text: str, language: str) -> set[str]:
    """Words in capitals: all but the first of the sentence; in German those with several."""
    words = re.findall(r"[^\W\d_]+", text)
    several = {word for word in words if word[1:] != word[1:].lower()}
    capital = set() if language == "de" else {w for w in words[1:] if w[0] != w[0].lower()}
    return several | capital


def _is_of_more(old: str, new: str, language: str) -> bool:
    """Whether it names what the sentence before does not: a licence, a size, training."""
    subjects = {word[:_STEM] for word in DraftWords(language).subjects}
    stems = [{word[:_STEM] for word in words_of(text)} for text in (old, new)]
    return bool((stems[1] - stems[0]) & subjects)


def _denials(text: str) -> int:
    return len(_DENIALS.findall(text))


def _lacks_source(old: str, new: str, language: str) -> bool:
    """Whether what is cited, such as a base model's card, is not named any more."""
    return any(word not in new.casefold() for word in DraftWords(language).sources_in(old))


class RewordedDraft(NamedTuple):
    """A draft with sentences in new words, and its card, read."""

    draft: Draft
    view: DraftView


class CardChecks:
    """A drafted card, on which reworded sentences are tried."""

    def __init__(self, draft: Draft, repository: Repository) -> None:
        self.draft: Draft = draft
        self.repository: Repository = repository
        self.view: DraftView = view_card(repository, draft.after, None, draft.facts)
        self.language: str = self.view.language
        self._said = _statements(self.view)
        self._held = self._find_held(self.view, draft.claims)

    def reword(self, said: Sequence[tuple[MaskedSentence, str]]) -> RewordedDraft | None:
        """The draft with these sentences in new words; None where a change builds on the old."""
        lines: dict[str, str] = {}
        changes = list(self.draft.changes)
        for masked, text in said:
            old = masked.sentence.text
            now = lines.get(masked.line, masked.line)
            lines[masked.line] = now.replace(old, text, 1)
            change = _with_line(changes[masked.change], now, lines[masked.line])
            sentences = (replace(s, text=text) if s.text == old else s for s in change.sentences)
            changes[masked.change] = replace(change, sentences=tuple(sentences))
        after, refused = apply_changes(self.draft.before, changes)
        wanted = [lines.get(line, line) for line in self.draft.after.text.splitlines()]
        if refused or after.text.splitlines() != wanted:
            return None
        view = view_card(self.repository, after, None, self.draft.facts)
        made = [changes[number] for number in {masked.change for masked, _ in said}]
        draft = replace(
            self.draft,
            after=after,
            ratings=(self.draft.ratings[0], view.rating),
            changes=tuple(changes),
            left=view.contradictions,
            claims=make_claims(view, made, Answers(), self.draft.claims),
        )
        return RewordedDraft(draft, view)

    def find_fault(self, tried: RewordedDraft, masked: MaskedSentence, text: str) -> str:
        """What a sentence does to the card that the one before did not; "" for nothing."""
        draft, view = tried
        if _statements(view) - self._said:
            return "it says more than the sentence before"
        before = self._held.get(masked.sentence.text, set())
        if not before or not before <= self._find_held(view, draft.claims).get(text, set()):
            return "verify does not find it proven"
        if _overall(view) < _overall(self.view) - LOSS:
            return "the card would be rated lower"
        again = improve(with_readme(self.repository, draft.after))
        return "a second run would say it again" if again.changes else ""

    def _find_held(
        self, view: DraftView, claims: Sequence[Claim]
    ) -> dict[str, set[tuple[str, str]]]:
        """What `verify` finds proven, by sentence."""
        proof = Proof(view.card.sha256, tuple(claims), self.repository.id)
        held: dict[str, set[tuple[str, str]]] = {}
        for each in verify(view.card, self.repository, proof, view.facts).of("holds"):
            if each.claimed:
                held.setdefault(each.sentence, set()).add((each.name, each.about))
        return held


def _with_line(change: DraftChange, old: str, new: str) -> DraftChange:
    """A change that writes another line."""
    operations = (
        replace(each, lines=tuple(new if line == old else line for line in each.lines))
        if isinstance(each, InsertLines | ReplaceLines)
        else each
        for each in change.operations
    )
    return replace(change, operations=tuple(operations))


def _statements(view: DraftView) -> Counter[tuple[str, str, str]]:
    return Counter((each.kind, str(each.value), each.about) for each in view.statements)


def _overall(view: DraftView) -> float:
    return view.rating.scores["overall"].expected
