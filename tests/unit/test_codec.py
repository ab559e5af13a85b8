"""Dataclasses as JSON and back: order of keys, what is left out, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import pytest

from cardiogram.errors import DataError
from cardiogram.store import AFTER_LAST, FIRST_KEY, LAST_KEY, OMIT_NONE, from_json, to_json


@dataclass(frozen=True, kw_only=True)
class Base:
    n: int
    value: float = 0.0
    words: str | None = field(default=None, metadata=LAST_KEY)


@dataclass(frozen=True, kw_only=True)
class Named(Base):
    name: str = field(metadata=FIRST_KEY)
    held: int = field(default=0, metadata={"key": "with"})
    maybe: float | None = field(default=None, metadata=OMIT_NONE)
    after: bool = field(default=False, metadata=AFTER_LAST)


@dataclass(frozen=True, kw_only=True)
class Whole:
    kind: Literal["a", "b"]
    parts: tuple[Named | Base, ...] = ()
    counts: Mapping[int, float | None] = field(default_factory=dict)


WHOLE = Whole(
    kind="a",
    parts=(Named(name="x", n=1, value=0.1), Base(n=2), Named(name="y", n=3, maybe=1.5)),
    counts={1: 2.0, 2: None},
)


def test_keys_stand_where_their_fields_say() -> None:
    found = to_json(WHOLE)
    assert list(found["parts"][0]) == ["name", "n", "value", "with", "words", "after"]
    assert list(found["parts"][2]) == ["name", "n", "value", "with", "maybe", "words", "after"]
    assert found["counts"] == {"1": 2.0, "2": None}


def test_what_was_written_is_read_back() -> None:
    again = from_json(Whole, to_json(WHOLE))
    assert again == WHOLE
    assert [type(part) for part in again.parts] == [Named, Base, Named]


def test_a_number_that_json_lacks_is_null_and_read_as_nan() -> None:
    found = to_json(Base(n=1, value=math.inf))
    assert found == {"n": 1, "value": None, "words": None}
    assert math.isnan(from_json(Base, found).value)


def test_sparse_classes_leave_out_what_is_none() -> None:
    assert to_json(Base(n=1), sparse=(Base,)) == {"n": 1, "value": 0.0}


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ([], "it"),
        ({}, "'kind'"),
        ({"kind": "c"}, "it.kind"),
        ({"kind": "a", "parts": [{"n": "many"}]}, r"it.parts\[0\].n"),
        ({"kind": "a", "parts": [{}]}, "'n'"),
        ({"kind": "a", "counts": {"1": "x"}}, "it.counts.1"),
    ],
)
def test_another_form_is_refused_with_its_place(value: Any, place: str) -> None:
    with pytest.raises(DataError, match=place):
        from_json(Whole, value)
