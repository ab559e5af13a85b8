"""Columns of dumps as ours: by Arrow where values are as usual, else one by one in Python.

What a value becomes is defined once, in :mod:`cardiogram.collect.row_values`. A kernel of Arrow
does the same for those values of which that is sure; all others go through that definition.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cardiogram.collect.row_values import (
    ABSURD,
    YEARS,
    read_count,
    read_date,
    read_text as read_one_text,
    read_texts,
    shown,
)

MOMENT = pa.timestamp("ms", tz="UTC")
TEXTS = pa.list_(pa.string())

_STRINGS = (pa.string(), pa.large_string())
_VISIBLE = r"[^\x00-\x20\x7f\x{85}\pZ]"
"""A character that is no white space for Python, whatever its version."""
_TIDY = rf"^(?s:{_VISIBLE}|{_VISIBLE}.*{_VISIBLE})$"
_SHOWN = 40


class Converted(NamedTuple):
    """A column as ours.

    Attributes
    ----------
    values
        Of our type.
    given
        Rows in which the dump has anything.
    problems
        Of each row, null where there is none; None where no row has one.
    """

    values: pa.Array
    given: pa.Array
    problems: pa.Array | None = None


def convert_texts(column: pa.Array) -> Converted:
    """Texts; an empty one is none."""
    column = _plain_strings(column)
    given = pc.is_valid(column)
    if column.type not in _STRINGS:
        return Converted(pa.nulls(len(column), pa.string()), given)
    texts = column.cast(pa.string())
    return Converted(pc.if_else(pc.equal(texts, ""), None, texts), given)


def convert_words(column: pa.Array) -> Converted:
    """Short words in lower case, of texts and truths."""
    column = _plain_strings(column)
    given = pc.is_valid(column)
    if pa.types.is_boolean(column.type):
        return Converted(column.cast(pa.string()), given)
    if column.type not in _STRINGS:
        usual = pa.array(np.zeros(len(column), bool))
        texts = pa.nulls(len(column), pa.string())
    else:
        texts = column.cast(pa.string())
        usual = pc.and_(pc.string_is_ascii(texts), pc.less_equal(pc.binary_length(texts), _SHOWN))
        texts = pc.ascii_lower(pc.if_else(pc.equal(texts, ""), None, texts))

    def read(value: object, problems: list[str]) -> str | None:
        return read_one_text(str(value)[:_SHOWN].lower())

    return _complete(column, texts, usual, read)


def convert_lists(column: pa.Array) -> Converted:
    """Lists of texts."""
    kind = column.type
    usual = pa.array(np.zeros(len(column), bool))
    lists = pa.nulls(len(column), TEXTS)
    if (pa.types.is_list(kind) or pa.types.is_large_list(kind)) and kind.value_type in _STRINGS:
        flat = pc.list_flatten(column).cast(pa.string())
        tidy = pc.fill_null(pc.match_substring_regex(flat, _TIDY), False)
        bad = np.zeros(len(column), bool)
        bad[pc.list_parent_indices(column).filter(pc.invert(tidy)).to_numpy()] = True
        usual, lists = pa.array(~bad), column.cast(TEXTS)
    return _complete(column, lists, usual, lambda value, problems: read_texts(value))


def convert_counts(column: pa.Array) -> Converted:
    """Whole numbers from 0."""
    kind = column.type
    usual = pa.array(np.zeros(len(column), bool))
    counts = pa.nulls(len(column), pa.int64())
    if pa.types.is_integer(kind) and kind != pa.uint64():
        counts = column.cast(pa.int64())
        usual = pc.and_(pc.greater_equal(counts, 0), pc.less(counts, ABSURD))
    elif pa.types.is_floating(kind):
        floats = column.cast(pa.float64())
        unknown = pc.fill_null(pc.is_nan(floats), False)
        fits = pc.and_(pc.greater_equal(floats, 0.0), pc.less(floats, float(ABSURD)))
        fits = pc.fill_null(fits, False)
        counts = pc.trunc(pc.if_else(fits, floats, None)).cast(pa.int64())
        usual = pc.or_(fits, unknown)
    return _complete(column, counts, usual, read_count)


def convert_sizes(column: pa.Array) -> Converted:
    """Numbers of parameters: counts, or the totals of what the Hub says of safetensors."""
    kind = column.type
    if not pa.types.is_struct(kind):
        return convert_counts(column)
    there, given = kind.get_field_index("total"), pc.is_valid(column)
    if there < 0:
        return Converted(pa.nulls(len(column), pa.int64()), given)
    return convert_counts(pc.struct_field(column, there))._replace(given=given)


def convert_moments(column: pa.Array) -> Converted:
    """Moments in UTC."""
    if pa.types.is_timestamp(column.type):
        moments = column.cast(pa.int64()).cast(MOMENT)
        years = pc.year(moments)
        usual = pc.and_(pc.greater_equal(years, YEARS[0]), pc.less_equal(years, YEARS[-1]))
    else:
        moments = pa.nulls(len(column), MOMENT)
        usual = pa.array(np.zeros(len(column), bool))
    return _complete(column, moments, usual, read_date)


def convert_cards(column: pa.Array) -> Converted:
    """Cards as the bytes that they came as."""
    column = _plain_strings(column)
    given, kind = pc.is_valid(column), column.type
    if kind not in (*_STRINGS, pa.binary(), pa.large_binary()):
        return Converted(pa.nulls(len(column), pa.large_binary()), given)
    return Converted(column.cast(pa.large_binary()), given)


def is_blank(texts: pa.Array) -> pa.Array:
    """Which texts are none, or white space alone."""
    blank = pc.invert(pc.fill_null(pc.match_substring_regex(texts, _VISIBLE), False))
    places = np.flatnonzero(blank.to_numpy(zero_copy_only=False))
    unsure = texts.take(pa.array(places)).to_pylist()
    marks = np.zeros(len(texts), bool)
    marks[places] = [not (text and text.strip()) for text in unsure]
    return pa.array(marks)


def first_given(columns: Sequence[Converted]) -> Converted:
    """Of several columns that say the same, in each row the first that says anything."""
    first, *others = columns
    for other in others:
        values = pc.if_else(first.given, first.values, other.values)
        problems = _either(first, other)
        first = Converted(values, pc.or_(first.given, other.given), problems)
    return first


def put_in(array: pa.Array, marks: np.ndarray, values: pa.Array) -> pa.Array:
    """An array with other values in the marked places."""
    places = np.arange(len(array))
    places[marks] = len(array) + np.arange(len(values))
    return pa.concat_arrays([array, values]).take(pa.array(places))


def _either(first: Converted, other: Converted) -> pa.Array | None:
    if first.problems is None and other.problems is None:
        return None
    nothing = pa.nulls(len(first.given), pa.string())
    early, late = (nothing if c.problems is None else c.problems for c in (first, other))
    return pc.if_else(first.given, early, late)


def _plain_strings(column: pa.Array) -> pa.Array:
    """Texts as Arrow's plain ones, however they are kept."""
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.storage
    if pa.types.is_dictionary(column.type):
        column = column.dictionary_decode()
    return column.cast(pa.string()) if column.type == pa.string_view() else column


def _complete(
    column: pa.Array,
    values: pa.Array,
    usual: pa.Array,
    read: Callable[[object, list[str]], object],
) -> Converted:
    """Read in Python what is there and not as usual."""
    given = pc.is_valid(column)
    marks = pc.and_(given, pc.invert(pc.fill_null(usual, False))).to_numpy(zero_copy_only=False)
    if not marks.any():
        return Converted(values, given)
    results, problems = [], []
    for value in _listed(column.filter(pa.array(marks))):
        told: list[str] = []
        results.append(read(value, told))
        problems.append(told[0] if told else None)
    values = put_in(values, marks, pa.array(results, values.type))
    if not any(problems):
        return Converted(values, given)
    nothing = pa.nulls(len(column), pa.string())
    return Converted(values, given, put_in(nothing, marks, pa.array(problems, pa.string())))


def _listed(column: pa.Array) -> list[object]:
    """The values as Python's; a moment that Python has none for as its number."""
    try:
        return list(column.to_pylist())
    except (ValueError, OverflowError):
        return [shown(value) for value in column.cast(pa.int64()).to_pylist()]
