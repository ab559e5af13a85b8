"""Data classes and named tuples of a start behave as the standard library's."""

import copy
import dataclasses
import pickle
import typing
from typing import Any

import pytest

from cardiogram import records


def _make(dataclass: Any, field: Any) -> tuple[Any, Any]:
    @dataclass(frozen=True, slots=True)
    class Word:
        text: str
        count: int = 1

        def shout(self) -> str:
            return self.text.upper()

    @dataclass(slots=True)
    class Page:
        words: list[Word] = field(default_factory=list)
        title: str = ""

    return Word, Page


PAIRS = list(
    zip(
        _make(records.dataclass, records.field),
        _make(dataclasses.dataclass, dataclasses.field),
        strict=True,
    )
)


@records.dataclass(frozen=True, slots=True)
class Base:
    first: int
    second: str


@records.dataclass(frozen=True, slots=True)
class Grown(Base):
    """A record with one field more."""

    third: tuple[int, ...]
    fourth: int | None = None


class Light(records.NamedTuple):
    """A named tuple with a method."""

    first: int
    second: str = "b"

    @property
    def both(self) -> str:
        return f"{self.first}{self.second}"


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_a_class_has_the_surface_of_a_data_class(ours: Any, theirs: Any) -> None:
    assert ours.__slots__ == theirs.__slots__
    assert ours.__match_args__ == theirs.__match_args__
    assert ours.__qualname__ == theirs.__qualname__
    assert typing.get_type_hints(ours).keys() == typing.get_type_hints(theirs).keys()
    assert not hasattr(ours("a"), "__dict__")
    described = [[(f.name, str(f.type)) for f in dataclasses.fields(one)] for one in (ours, theirs)]
    assert described[0] == described[1]
    assert dataclasses.is_dataclass(ours)


@pytest.mark.parametrize(("ours", "theirs"), PAIRS)
def test_values_are_shown_compared_and_hashed_the_same(ours: Any, theirs: Any) -> None:
    assert repr(ours("a")) == repr(theirs("a"))
    assert ours("a") == ours("a") != ours("b")
    assert ours("a") != theirs("a")
    assert (ours.__hash__ is None) == (theirs.__hash__ is None)
    if ours.__hash__:
        assert hash(ours("a")) == hash(theirs("a"))


def test_a_frozen_class_cannot_be_changed() -> None:
    word = PAIRS[0][0]("a")
    for change in (lambda: setattr(word, "text", "b"), lambda: delattr(word, "text")):
        with pytest.raises(dataclasses.FrozenInstanceError, match="text"):
            change()
    assert word.shout() == "A"


def test_what_makes_a_default_is_called_each_time() -> None:
    page = PAIRS[1][0]
    assert page().words is not page().words
    assert page(title="t").title == "t"
    kept: list[object] = []
    assert page(kept).words is kept


def test_wrong_arguments_are_refused() -> None:
    word = PAIRS[0][0]
    for wrong in (lambda: word(), lambda: word("a", 1, 2), lambda: word("a", size=1)):
        with pytest.raises(TypeError):
            wrong()


def test_fields_of_a_base_come_first() -> None:
    grown = Grown(1, "b", third=(3,))
    assert dataclasses.asdict(grown) == {"first": 1, "second": "b", "third": (3,), "fourth": None}
    assert grown == Grown(1, "b", (3,), None) != Grown(1, "b", (4,))
    for changed in (records.replace(grown, first=2), dataclasses.replace(grown, first=2)):
        assert changed == Grown(2, "b", (3,))
    with pytest.raises(TypeError):
        records.replace(grown, fifth=1)


@pytest.mark.parametrize("value", [Grown(1, "b", (3,)), Light(1)])
def test_records_are_copied_and_sent_to_other_processes(value: Any) -> None:
    assert pickle.loads(pickle.dumps(value)) == copy.copy(value) == copy.deepcopy(value) == value
    assert type(pickle.loads(pickle.dumps(value))) is type(value)


def test_a_named_tuple_is_one() -> None:
    light = Light(1)
    assert light == (1, "b")
    assert light.both == "1b"
    assert light._replace(second="c") == Light(1, "c")
    assert Light._fields == ("first", "second")
    assert Light._field_defaults == {"second": "b"}
    assert Light.__doc__ == "A named tuple with a method."
    assert typing.get_type_hints(Light) == {"first": int, "second": str}
    assert repr(light) == "Light(first=1, second='b')"
