"""What a reader expects of a card: each expectation is met or not, and what is missing costs.

The words are data (data/expectations.json), criterion by criterion of the rubric. What each key
asks of a card is code (predicates.py).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from math import log1p
from typing import TypedDict

from cardiogram.errors import DataError
from cardiogram.judge.expectations.conditions import CONDITIONS, Condition
from cardiogram.judge.expectations.predicates import PREDICATES, Predicate
from cardiogram.names import CRITERIA, DATA
from cardiogram.records import dataclass


@dataclass(frozen=True, slots=True)
class Wording:
    """One thing that a good card has, in words.

    Attributes
    ----------
    present, missing, advice
        The finding in plain words either way, and what to do about it.
    topic
        Topic whose section is the place; "" for the metadata, "whole" for the card itself.
    """

    key: str
    criterion: str
    present: str
    missing: str
    advice: str
    topic: str


@dataclass(frozen=True, slots=True)
class Expectation(Wording):
    """One thing that a good model card has.

    Attributes
    ----------
    name, lacks
        What it is, in at most four words, and what a card is said to lack without it.
    part_of
        Key of the expectation whose absence says it too: a card without limitations names no risks
        either, and is told of one thing; "" where it speaks for itself.
    partly
        What is said where something of it stands there, or may, and its criterion is rated low; ""
        of what is not said then.
    lift
        Feature name to the value it would have at least, if the author added what is missing,
        modestly done; the judge then tells what that gains.
    is_met
        Whether a card has it.
    applies
        Whether the card's kind of model calls for it; None where every kind does.
    """

    name: str
    lacks: str
    part_of: str
    partly: str
    lift: Mapping[str, float]
    is_met: Predicate
    applies: Condition | None = None


class Entry(TypedDict, total=False):
    """What a data file says of one key.

    `counts` are features that are kept as log(1 + count), `values` those that are kept as they are;
    `points` is what an item of a checklist is worth. `name`, `lacks`, `part_of` and `partly` are of
    an :class:`Expectation` only.
    """

    present: str
    missing: str
    advice: str
    topic: str
    name: str
    lacks: str
    part_of: str
    partly: str
    points: int
    counts: Mapping[str, float]
    values: Mapping[str, float]


def read_entries(
    file: str, criteria: Collection[str], keys: Collection[str]
) -> Iterator[tuple[dict[str, str], Entry]]:
    """The fields of a :class:`Wording` and the whole entry, key by key of a data file.

    Raises
    ------
    DataError
        The file has another criterion, lacks a text, or has other keys than there are predicates.
    """
    text = (DATA / file).read_text("utf-8")
    groups: Mapping[str, Mapping[str, Entry]] = json.loads(text)
    if odd := groups.keys() ^ set(criteria):
        raise DataError(f"{file}: the criteria {sorted(odd)} are not the rubric's")
    if odd := set(keys) ^ set().union(*groups.values()):
        raise DataError(f"{file}: the keys {sorted(odd)} have words or a predicate, and not both")
    for criterion, entries in groups.items():
        for key, entry in entries.items():
            words = {"key": key, "criterion": criterion}
            for name in ("present", "missing", "advice", "topic"):
                value = entry.get(name)
                if not isinstance(value, str):
                    raise DataError(f"{file}: {criterion}/{key} has no {name}")
                words[name] = value
            yield words, entry


def _load() -> tuple[Expectation, ...]:
    return tuple(
        Expectation(
            **words,
            name=entry["name"],
            lacks=entry["lacks"],
            part_of=entry.get("part_of", ""),
            partly=entry.get("partly", ""),
            lift={name: log1p(count) for name, count in entry.get("counts", {}).items()}
            | dict(entry.get("values", {})),
            is_met=PREDICATES[words["key"]],
            applies=CONDITIONS.get(words["key"]),
        )
        for words, entry in read_entries("expectations.json", CRITERIA, PREDICATES)
    )


EXPECTATIONS = _load()
"""All expectations of a model card, criterion by criterion."""
