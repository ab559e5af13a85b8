"""Numbers with what they count: parameters, tokens, layers, ranks, epochs ..."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

from cardiogram.lazy import regex
from cardiogram.repository.statements.card_view import CardView
from cardiogram.repository.statements.passages import MAX_PASSAGES, Passage
from cardiogram.repository.statements.quantity import (
    AMOUNT,
    Quantity,
    find_amounts,
    mark_numbers,
    read_quantity,
    read_small,
)
from cardiogram.repository.statements.readers.number_words import COUNTED, TRAINED, Counted
from cardiogram.repository.statements.statement import Statement
from cardiogram.repository.statements.whose import OTHER, is_elsewhere, is_of_another, names_in

_FIRST = regex(
    (
        rf"\A[^\d\w-]*(?:(?:about|approx\.?|approximately|ca\.?|circa|around|up to|over|"
        rf"etwa|rund|environ|up to about)[ ~]*)?{AMOUNT}"
    ),
    re.I,
)
_SIZE_IN_BYTES = regex(r"\d ?(?:[KMGT]i?B|[GM]o|bytes?)\b")
_SEVERAL = regex(r"\d\s?[kKmMbB]?\s?(?:-|–|to|bis|/|, |or|and|oder|und|&|\||x|×)\s?\d")
_PARTLY = regex(
    r"trainable|active|activated|non-embedding|per (?:layer|expert|token)|lora|"
    r"adapter|trainierbar\w*|entraînables|aktiv\w*|vision|encoder|decoder|text|"
    r"head|projector|embedding|new|added|additional|unfrozen|frozen|激活|可训练",
    re.I,
)
_ASIDE = regex(
    r"\b(?:not|no longer|instead of|rather than|than|nicht|kein\w*|every|each|per|"
    r"first|last|after|until|remaining|additional|extra|another|further|more|"
    r"jede[rns]?|um|alle|nach|ersten|letzten|chaque|cada|var|every|warm-?up|between|early)\s*\Z",
    re.I,
)
_ADDED = regex(
    (
        r"\b(?:add\w*|freez\w*|frozen|expand\w*|on top|replac\w*|dropout|final|top|"
        r"bottom|unfreez\w*)\b"
    ),
    re.I,
)
_SAMPLED = regex(r"\b(?:warm-?up|sampling|inference|denois\w*|DDIM|sampler)\b", re.I)
_SAMPLER = regex(r"\b(?:sampler|cfg scale|denoising)\b", re.I)
_CUT = regex(r"truncat\w*|reduc\w*|\bcut\b|short\w*|shrink|matryoshka|\bfirst\b|kürz\w*", re.I)
_RECORDED = regex(
    r"record\w*|data ?sets?|corpus|corpora|telephon\w*|(?:up|down|re)-?sampl\w*|aufnahmen?|"
    r"enregistr\w*",
    re.I,
)
_RUNS = regex(r"\A\d[\d.,]{0,8} (?:during|for|in|on|at|first)\b.{0,80}[;,] ?\d", re.I)
_OF_MERGE = regex(r"\bmerg\w*", re.I)
_EVALUATED = regex(r"\b(?:evaluat\w*|test(?:ed|s)?|benchmark\w*|examples?)\b", re.I)
_OTHERWISE = {
    "dimensions": _CUT,
    "sampling_rate": _RECORDED,
    "experts": _OF_MERGE,
    "context": _EVALUATED,
}
"""Words in a sentence by which a number of a kind is not that of the model."""
_DATASET = regex(r"\b(?:data ?sets?|corpus|annotat\w*|datensatz)\b", re.I)
_VAGUE = regex(
    r"\b(?:consider\w*|plan(?:s|ned|ning)?|soon|future|upcoming|prototype|here|"
    r"(?:can be|are|is) found|"
    r"comes? in|also (?:release|provide|offer|available)\w*|versions?|fits? (?:in|on|into)|gpus?|"
    r"vram|memory|rope|"
    r"yarn|ntk|extrapol\w*|scaling|models of|2048px)\b|--\w",
    re.I,
)
_TRAINING = regex(r"train|hyper-?param|fine-?tun", re.I)
_TRAINED = regex(r"\W*(?:(?:fine-?)?(?:trained|tuned)|training (?:took|ran))\b", re.I)
_STAGED = regex(
    r"\b(?:each|every|per|stages?|phases?|then|first(?:ly)?|second|third|additional\w*|more|another|"
    r"early|best|folds?|pre-?train\w*|rounds?|checkpoints?|versions?|v\d|max\w*|up to|until|seeds|"
    r"runs|again|continu\w*|further|both|models|adapters)\b",
    re.I,
)
_NAME_SIZE = regex(
    r"(?<![a-zA-Z0-9.x×])(?P<number>\d{1,4}(?:\.\d{1,2})?) ?(?P<word>[bBmM])(?![a-zA-Z0-9])"
)


def read_counts(view: CardView) -> Iterator[Statement]:
    """Numbers in lists, tables and prose with what they count."""
    labelled: set[tuple[int, int]] = set()
    for passage in view.pairs():
        if passage.about:
            continue
        statements = list(_of_label(view, passage))
        if not statements and passage.place == "table":
            statements = list(_of_sentence(view, passage))
        labelled |= {(passage.block, statement.line) for statement in statements}
        yield from statements
    for passage in view.sentences():
        if (passage.block, passage.first) in labelled and "\n" not in passage.raw:
            continue
        if any(c.isdigit() for c in passage.text) or len(passage.text) < 400:
            yield from _of_sentence(view, passage)


def read_name(view: CardView) -> Iterator[Statement]:
    """The size that the model's own title gives."""
    title = next((p for p in view.sentences() if p.place == "title"), None)
    if title is None or len(title.text) > 80:
        return
    hits = list(_NAME_SIZE.finditer(title.text))
    quantity = read_quantity(hits[0], units=False) if len(hits) == 1 else None
    if quantity is not None and quantity.value >= 1e6:
        yield view.say(
            "parameters",
            quantity.value,
            title,
            quantity,
            unit="parameters",
            certain=hits[0]["word"] == "B",
        )


def _of_label(view: CardView, passage: Passage) -> Iterator[Statement]:
    label = passage.label.strip(" `\"'*_:").removesuffix(" [optional]").strip()
    for counted in (*COUNTED, *TRAINED):
        if counted.label is None or not counted.label.match(label):
            continue
        match = _FIRST.match(passage.text)
        quantity = read_quantity(match, view.comma) if match else _small(passage.text)
        quantity = _whole(counted, quantity, passage.text) if quantity else None
        if quantity is None or not _fits(counted, quantity):
            continue
        if counted.kind == "parameters" and (
            _SIZE_IN_BYTES.search(passage.text[: quantity.end + 3])
            or _PARTLY.search(passage.text)
            or _PARTLY.search(label)
        ):
            continue
        if is_elsewhere(passage.text) or _RUNS.search(passage.text):
            return
        if counted.kind == "sampling_rate":
            quantity = _hertz(quantity, passage.text[quantity.end : quantity.end + 5])
        certain = not _SEVERAL.search(_around(passage.text, quantity, 400, 12))
        if counted.kind == "sequence_length" and any(map(_TRAINING.search, passage.headings)):
            counted = replace(counted, weak=True)
        if certain:
            quantity = _exact(quantity, passage.text)
            yield view.say(
                counted.kind,
                _value(counted, quantity),
                passage,
                quantity,
                unit=counted.unit,
                certain=not counted.weak,
            )
        return


_BESIDE = regex(
    r"(?: (?:tokens?|parameters?|params))? ?[(=] ?(?:exactly )?(?P<n>\d{1,3}(?:,\d{3})+|\d{4,15})"
    r"(?: \w{1,12})?\)?(?![\w.,]\d)"
)


def _exact(quantity: Quantity, text: str) -> Quantity:
    """The exact number that stands in brackets beside one that is rounded."""
    match = _BESIDE.match(text, quantity.end) if quantity.low < quantity.high else None
    value = float(match["n"].replace(",", "")) if match else 0.0
    if not quantity.low <= value <= quantity.high or not value:
        return quantity
    return Quantity(value, value, value, quantity.start, quantity.end)


def _small(text: str) -> Quantity | None:
    word = text.split()[0].strip(".,;") if text.split() else ""
    value = read_small(word)
    return None if value is None else Quantity(value, value, value, text.index(word), len(word))


def _hertz(quantity: Quantity, after: str) -> Quantity:
    if after.strip().lower().startswith("khz") or (not after.strip() and quantity.value < 1000):
        value, low, high, *span = quantity
        return Quantity(value * 1e3, low * 1e3, high * 1e3, *span)
    return quantity


def _fits(counted: Counted, quantity: Quantity) -> bool:
    value = quantity.value
    if counted.kind == "sampling_rate" and value < 400:
        value *= 1e3
    return counted.low <= value <= counted.high and not (counted.whole and value % 1)


def _value(counted: Counted, quantity: Quantity) -> int | float:
    return int(quantity.value) if quantity.value % 1 == 0 and counted.whole else quantity.value


def _of_sentence(view: CardView, passage: Passage) -> Iterator[Statement]:
    for counted, start, quantity in _counts_of(passage.text, view.comma):
        yield from _said(view, counted, passage, start, quantity)


class _Count(NamedTuple):
    """A number in a text with what it counts; the words of both begin at `start`."""

    counted: Counted
    start: int
    quantity: Quantity


@lru_cache(maxsize=MAX_PASSAGES)
def _counts_of(text: str, comma: bool) -> tuple[_Count, ...]:
    """What is counted in a text; the latest are kept, for a draft is read after every change."""
    marked, numbers = mark_numbers(text, comma)
    counts: list[_Count] = []
    for counted in (*COUNTED, *TRAINED) if numbers else ():
        hits = [
            (match, quantity)
            for pattern in counted.prose
            for match in pattern.finditer(marked)
            if (quantity := _of_match(match, numbers)) is not None
        ]
        read = [(m, _whole(counted, q, text)) for m, q in hits]
        fitting = [(m, q) for m, q in read if _fits(counted, q)]
        if not fitting or len({q.value for _, q in fitting}) > 1:
            continue
        match, quantity = fitting[0]
        if not _is_aside(counted, text, quantity):
            counts.append(_Count(counted, match.start(), quantity))
    return tuple(counts)


def _said(
    view: CardView, counted: Counted, passage: Passage, start: int, quantity: Quantity
) -> Iterator[Statement]:
    """What a sentence says of this model; nothing where it is of another, or vague."""
    about, certain = view.subject(passage, quantity)
    vague = _VAGUE.search(passage.text) is not None
    if counted.kind == "context" and vague:
        certain = False
    else:
        after = re.findall(r"[^\W\d_]{2,}", passage.text[quantity.end :])
        alone = len(after) < 3 or " is " in passage.text
        certain = certain or (alone and not re.search(r"\w", passage.text[:start]))
        certain = certain or (counted in TRAINED and not vague and _is_of_training(view, passage))
    if about != OTHER and (certain or not vague):
        quantity = _exact(quantity, passage.text)
        yield view.say(
            counted.kind,
            _value(counted, quantity),
            passage,
            quantity,
            unit=counted.unit,
            certain=certain,
        )


def _is_of_training(view: CardView, passage: Passage) -> bool:
    """Whether a short sentence without a subject says how this model was trained."""
    text = passage.text
    if not _TRAINED.match(text) or len(text) > 160 or _STAGED.search(text) or is_of_another(text):
        return False
    here = passage.headings[1:]
    return not (here and not _TRAINING.search(here[-1])) and all(
        view.names.is_own(name) for name in names_in(text)
    )


def _of_match(match: re.Match[str], numbers: dict[int, Quantity]) -> Quantity | None:
    quantity = numbers.get(match.start("n"))
    if quantity is not None and (match.groupdict().get("hz") or "").lower() == "khz":
        value, low, high, *span = quantity
        return Quantity(value * 1e3, low * 1e3, high * 1e3, *span)
    return quantity


def _around(text: str, quantity: Quantity, before: int, after: int) -> str:
    """The text around a number, which is one digit there: a power of ten is no range."""
    start = max(0, quantity.start - before)
    return f"{text[start : quantity.start]}9{text[quantity.end : quantity.end + after]}"


_GROUPED = regex(r"\d{1,3}\.\d{3}\Z")


def _whole(counted: Counted, quantity: Quantity, text: str) -> Quantity:
    """A count with its thousands behind a point, where the card's language is not clear."""
    grouped = _GROUPED.fullmatch(text[quantity.start : quantity.end])
    if not counted.whole or not quantity.value % 1 or grouped is None:
        return quantity
    value = round(quantity.value * 1000)
    return Quantity(value, value, value, quantity.start, quantity.end)


def _is_aside(counted: Counted, text: str, quantity: Quantity) -> bool:
    """Whether the words around a number make it something else, or one of several."""
    before, after = text[: quantity.start], text[quantity.end :]
    if _ASIDE.search(before) or _SEVERAL.search(_around(text, quantity, 8, 8)):
        return True
    otherwise = _OTHERWISE.get(counted.kind)
    if otherwise is not None and otherwise.search(text):
        return True
    if counted.kind == "layers" and _ADDED.search(before):
        return True
    if counted.kind == "steps" and _SAMPLED.search(text):
        return True
    if counted.kind == "seed" and _SAMPLER.search(text):
        return True
    if counted.kind == "labels" and _DATASET.search(before):
        return True
    if counted.kind == "parameters":
        near = before[-30:] + after[:30]
        amounts = [a for a in find_amounts(text) if a.value >= 1e6]
        return bool(_PARTLY.search(near)) or len({a.value for a in amounts}) > 1
    return False
