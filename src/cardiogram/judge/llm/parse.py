"""Read an answer: nine numbers, the reasons, and whether the quotes stand on the card."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cardiogram.cards import Card
from cardiogram.judge.llm.transport import Reply, Token
from cardiogram.judge.rating import Quote, Score, Status

_MARKS = str.maketrans(dict.fromkeys("*_`#>|~\\[]!\"'“”‘’«»", " ") | {"\u00a0": " "})
_LINK = re.compile(r"!?\[([^\]\[\n]*)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s[^()]*)?\)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]")
_ELLIPSIS = re.compile(r"\s*(?:\.{3,}|…|\[\.\.\.\])\s*")
_FENCED = re.compile(r"```(?:json)?\s*\n(.*?)```", re.DOTALL)
_LEVELS = ("1", "2", "3", "4", "5")


@dataclass(frozen=True, slots=True)
class ParsedReply:
    """An answer as it was understood.

    Attributes
    ----------
    status
        "unparsed" where `fault` says what is wrong with it.
    scores
        Whole numbers 1-5 of the score_names that were asked for; empty unless rated.
    levels
        Probability of each level by name, where log-probabilities or decisions gave one.
    """

    status: Status
    scores: Mapping[str, int] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)
    quotes: tuple[Quote, ...] = ()
    levels: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    fault: str = ""

    @property
    def unsupported(self) -> dict[str, str]:
        """Quotes that do not stand on the card, by criterion."""
        return {quote.criterion: quote.text for quote in self.quotes if not quote.found}


class QuoteFinder:
    """Where words stand on a card, whatever its Markdown."""

    def __init__(self, card: Card, metadata: str = "") -> None:
        self._raw = card.text
        self._metadata = metadata if card.front_matter is None else ""
        self._plain: tuple[str, list[int]] | None = None

    def find(self, criterion: str, words: str) -> Quote:
        """Look a quote up; one with `...` in it is several pieces that must follow each other."""
        words = words.strip()
        start = self._raw.find(words) if len(words) >= 3 else -1
        if start >= 0:  # the usual case: copied as it stands
            first = 1 + self._raw.count("\n", 0, start)
            return Quote(criterion, words, True, first, first + words.count("\n"))
        pieces = [piece for piece in map(normalise, _ELLIPSIS.split(words)) if piece]
        if sum(map(len, pieces)) < 3 and all(piece.isascii() for piece in pieces):
            return Quote(criterion, words, False)
        return self._find(criterion, words, pieces)

    def _find(self, criterion: str, words: str, pieces: Sequence[str]) -> Quote:
        if self._plain is None:
            self._plain = _flatten(self._raw)
        text, starts = self._plain
        first, after = -1, 0
        for piece in pieces:
            place = text.find(piece, after)
            if place < 0:
                tags = normalise(self._metadata.replace("\n", " "))
                return Quote(criterion, words, all(piece in tags for piece in pieces))
            first = place if first < 0 else first
            after = place + len(piece)
        return Quote(
            criterion, words, True, bisect_right(starts, first), bisect_right(starts, after - 1)
        )


def _flatten(text: str) -> tuple[str, list[int]]:
    """A text without Markdown as one line, and where each of its lines starts."""
    starts, parts, length = [], [], 0
    for line in map(normalise, text.split("\n")):
        starts.append(length)
        if line:
            parts.append(line)
            length += len(line) + 1
    return " ".join(parts), starts


def normalise(text: str) -> str:
    r"""A text without Markdown marks, tags, case, and differences of whitespace.

    Examples
    --------
    >>> normalise("**Licence:**  [MIT](LICENSE)\u200b")
    'licence: mit'
    """
    text = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
    text = _TAG.sub(" ", _LINK.sub(r"\1", text)).translate(_MARKS)
    return " ".join(text.casefold().split())


def parse_reply(reply: Reply, score_names: Sequence[str], quotes: QuoteFinder) -> ParsedReply:
    """Read what a model wrote.

    Parameters
    ----------
    score_names
        What was asked for: criteria, and `overall`.
    quotes
        The card that the quotes must stand on.
    """
    if reply.finish == "refused":
        return ParsedReply("refused", fault=reply.text[:300] or "the model refused")
    try:
        answer = _object(reply.text)
    except ValueError as error:
        fault = str(error)
        if reply.finish == "length":
            fault = "the answer was cut off before its end"
        return ParsedReply("unparsed", fault=fault)
    abstain = answer.get("abstain")
    if isinstance(abstain, str) and len(abstain.strip()) > 2:
        return ParsedReply("abstained", reasons={"overall": abstain.strip()})
    scores, faults = {}, []
    for name in score_names:
        value = _score(answer.get(name))
        if value is None:
            faults.append(f"`{name}` has no `score` that is a whole number from 1 to 5")
        else:
            scores[name] = value
    if faults:
        return ParsedReply("unparsed", fault="; ".join(faults) + ".")
    return ParsedReply(
        "rated",
        scores=scores,
        reasons={name: _text(answer[name], "reason") for name in score_names},
        quotes=_find_quotes(answer, scores, quotes),
        levels=token_levels(reply.tokens, score_names) if reply.tokens else {},
    )


def parse_decisions(reply: Reply, score_names: Sequence[str]) -> ParsedReply:
    """Read the probabilities of a model that decides; the score is their median."""
    if reply.finish == "refused":
        return ParsedReply("refused", fault=reply.text[:300])
    try:
        answers = json.loads(reply.text)
        levels = {name: tuple(float(value) for value in answers[name]) for name in score_names}
    except (ValueError, KeyError, TypeError) as error:
        return ParsedReply("unparsed", fault=str(error))
    if not all(
        len(probabilities) == 5 and sum(probabilities) > 0 for probabilities in levels.values()
    ):
        return ParsedReply("unparsed", fault="no five probabilities a question")
    levels = {name: _shares(probabilities) for name, probabilities in levels.items()}
    scores = {
        name: Score.from_levels(probabilities).value for name, probabilities in levels.items()
    }
    return ParsedReply("rated", scores=scores, levels=levels)


def _find_quotes(
    answer: Mapping[str, object], scores: Mapping[str, int], quotes: QuoteFinder
) -> tuple[Quote, ...]:
    """The quotes of every criterion above 1; one that is missing counts as not found."""
    return tuple(
        quotes.find(name, _text(answer[name], "quote"))
        for name, score in scores.items()
        if name != "overall" and score > 1
    )


def _object(text: str) -> dict[str, object]:
    """The JSON object of an answer, also where words or a code fence stand around it."""
    text = text.strip()
    if not text:
        raise ValueError("the answer is empty")
    if fenced := _FENCED.search(text):
        text = fenced[1]
    start = text.find("{")
    if start < 0:
        raise ValueError("there is no JSON object in the answer")
    try:
        parsed, _ = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the answer is not JSON ({str(error)[:120]})") from None
    return parsed if isinstance(parsed, dict) else {}


def _score(part: object) -> int | None:
    value = part.get("score") if isinstance(part, Mapping) else part
    if isinstance(value, str) and value.strip() in _LEVELS:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if type(value) is int and 1 <= value <= 5 else None


def _text(part: object, key: str) -> str:
    value = part.get(key) if isinstance(part, Mapping) else None
    return " ".join(value.split()) if isinstance(value, str) else ""


def token_levels(
    tokens: Sequence[Token], score_names: Sequence[str]
) -> dict[str, tuple[float, ...]]:
    """Probability of each level from the alternatives to the token that wrote a score.

    Only alternatives that are one of the five digits count; they are scaled to sum to 1. A name
    whose score is not a token of its own, or whose digits hold less than half of the probability,
    gets none.
    """
    text = "".join(token.text for token in tokens)
    starts, length = [], 0
    for token in tokens:
        starts.append(length)
        length += len(token.text)
    levels = {}
    for name in score_names:
        pattern = rf'"{re.escape(name)}"\s*:\s*\{{.*?"score"\s*:\s*(?:")?([1-5])'
        if match := re.search(pattern, text, re.DOTALL):
            token = tokens[bisect_right(starts, match.start(1)) - 1]
            if digits := _digits(token):
                levels[name] = digits
    return levels


def _digits(token: Token) -> tuple[float, ...] | None:
    if token.text.strip(' ":,}') not in _LEVELS:
        return None
    mass = dict.fromkeys(_LEVELS, 0.0)
    for text, logprob in token.others:
        level = text.strip(' ":,}')
        if level in mass:
            mass[level] += math.exp(logprob)
    return _shares(tuple(mass.values())) if sum(mass.values()) >= 0.5 else None


def _shares(mass: Sequence[float]) -> tuple[float, ...]:
    total = sum(mass)
    return tuple(value / total for value in mass)
