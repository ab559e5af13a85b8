"""A card against itself: the sums of its settings, and its title against its text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cardiogram.lazy import regex
from cardiogram.repository.contradictions.contradiction import Contradiction
from cardiogram.repository.contradictions.known import (
    CARD,
    Known,
    contradiction,
    number,
    same_start,
    source_of,
)
from cardiogram.repository.fact import FactSource
from cardiogram.repository.statements import Statement


def compare_batches(known: Known) -> Iterator[Contradiction]:
    """The total batch against batch, accumulated steps and devices, as generators list them."""
    total = _single(known, "total_batch_size")
    batch = _single(known, "batch_size")
    steps = _single(known, "accumulation")
    devices = _single(known, "devices")
    if total is None or batch is None:
        return
    parts = [s for s in (batch, steps, devices) if s is not None]
    product = 1
    for part in parts:
        product *= int(float(str(part.value)))
    value = int(float(str(total.value)))
    near = all(abs(s.line - total.line) <= 12 for s in parts)
    if near and value != product and (devices is not None or value % product):
        yield contradiction(
            total,
            [source_of(s) for s in parts],
            f"The card says {value} examples a step; its own settings multiply to {product}.",
            sure=devices is not None,
        )


def _single(known: Known, kind: str) -> Statement | None:
    said = known.said(kind)
    return said[0] if len({s.value for s in said}) == 1 else None


def compare_sizes(known: Known) -> Iterator[Contradiction]:
    """The size in the title against the one in the text, where no file knows better."""
    if known.named(("parameters", "parameters_declared", "base_parameters")):
        return
    said = known.said("parameters")
    title = next((s for s in said if s.place == "title"), None)
    if title is None or not title.certain:
        return
    for statement in said:
        apart = statement.high * 1.5 < title.low or statement.low > title.high * 1.5
        if statement is not title and statement.certain and apart:
            yield contradiction(
                statement,
                (source_of(title),),
                f"The text says {number(statement.value)} parameters, "
                f"the title {number(title.value)}.",
                sure=False,
            )
            return


_SINGLE = {
    "rank": "rank",
    "lora_alpha": "alpha",
    "dimensions": "dimensions",
    "layers": "layers",
    "vocabulary": "entries of the vocabulary",
    "parameters": "parameters",
    "labels": "labels",
    "train_samples": "training examples",
    "context": "tokens of context",
    "image_size": "pixels",
    "sampling_rate": "samples a second",
}
"""Kinds of which a model has one value."""


def compare_twice(known: Known) -> Iterator[Contradiction]:
    """Two values of one setting, both certain, where no file knows better."""
    for kind, what in _SINGLE.items():
        said = [s for s in known.said(kind) if s.certain and not s.about]
        if len(said) < 2 or known.named((kind,)):
            continue
        first = said[0]
        other = next((s for s in said[1:] if _apart(first, s)), None)
        if other is not None:
            yield contradiction(
                other,
                (source_of(first),),
                f"The card says {number(first.value)} {what} in line {first.line}, "
                f"and {number(other.value)} in line {other.line}.",
                sure=False,
            )


def _apart(first: Statement, second: Statement) -> bool:
    """Whether no number is rounded to both."""
    if not isinstance(first.value, int | float) or not isinstance(second.value, int | float):
        return first.value != second.value
    one_low, one_high = first.low or first.value, first.high or first.value
    low, high = second.low or second.value, second.high or second.value
    slack = 0.2 if first.kind == "parameters" else 0.001
    return one_high * (1 + slack) < low or high * (1 + slack) < one_low


def compare_log(known: Known) -> Iterator[Contradiction]:
    """Epochs and steps that were set, against a log that goes on after them."""
    rows = [s.about.split("|") for s in known.said("log")]
    for kind, column, what in (("epochs", 1, "epochs"), ("steps", 2, "steps")):
        stated = _single(known, kind)
        reached = [float(row[column]) for row in rows if _is_number(row[column])]
        if stated is None or not reached or stated.about:
            continue
        value = float(str(stated.value))
        if max(reached) > value * 1.02 + (0.51 if kind == "epochs" else 0):
            last = max(known.said("log"), key=lambda s: s.line)
            yield contradiction(
                stated,
                (source_of(last),),
                f"The card says {number(value)} {what}; its log goes to {number(max(reached))}.",
                sure=False,
            )


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()


_METHOD_AT_END = regex(r"[-_ ](slerp|ties|linear|passthrough|dare)\s*\Z", re.I)


def compare_titled_merge(known: Known) -> Iterator[Contradiction]:
    """A title that ends in a method of merging, over a configuration of another one."""
    title = next((b for b in known.card.document.blocks if b.kind == "heading"), None)
    named = _METHOD_AT_END.search(title.text) if title is not None else None
    said = [s for s in known.said("method", "code") if s.quote.startswith("merge_method")]
    if title is None or named is None or len({s.value for s in said}) != 1:
        return
    mine, theirs = named[1].lower(), str(said[0].value).lower()
    if mine not in theirs:
        line = known.card.text.split("\n")[title.line - 1].strip()
        yield contradiction(
            said[0],
            (FactSource(mine, CARD, line=title.line, quote=line[:200]),),
            f"The configuration says {theirs}, the title says {mine}.",
            sure=False,
        )


_THIS_IS = regex(
    r"\bthis repo(?:sitory)? is for (?:the )?[`*\"]{0,3}(?P<name>[\w.-]{4,80})[`*\"]", re.I
)


def compare_other_name(known: Known) -> Iterator[Contradiction]:
    """A sentence that says this repository is for a sister of the model, by its name."""
    own = known.card.id.rpartition("/")[2]
    for number_of, line in enumerate(known.card.text.split("\n") if own else (), 1):
        match = _THIS_IS.search(line)
        other = match["name"] if match else ""
        same = same_start(own, other)
        if 0.5 * max(len(own), len(other)) <= same < max(len(own), len(other)):
            yield contradiction(
                Statement("repository", other, number_of, line.strip()[:200], "text"),
                (FactSource(own, info="/id"),),
                f"The card says that this repository is for {other}; it is {known.card.id}.",
                sure=False,
            )
            return
