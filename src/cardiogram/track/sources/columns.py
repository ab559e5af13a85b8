"""Columns of any file as days and counts; what cannot be read is null, and is counted."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timezone

import pyarrow as pa
import pyarrow.compute as pc

LARGEST = 10**12
"""No model has a count above this; one that claims it is an error of the data."""

FIRST_DAY, LAST_DAY = date(2018, 1, 1), date(2040, 1, 1)
"""Days outside of these are errors of the data."""

NO_DAY = "rows without a day that can be read"
NO_COUNT = "counts that cannot be true"

_NUMBER = r"^\s*[+-]?\d{1,18}(\.0*)?\s*$"


def to_days(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Days in UTC of days, moments and ISO texts; null where there is none that can be true."""
    days = _read_days(column)
    late, early = pc.greater(days, pa.scalar(LAST_DAY)), pc.less(days, pa.scalar(FIRST_DAY))
    return pc.if_else(pc.or_(late, early), None, days)


def _read_days(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    kind = column.type
    if pa.types.is_date32(kind):
        return column
    if pa.types.is_timestamp(kind):
        seconds = column.cast(pa.timestamp("s", tz=kind.tz), safe=False).cast(pa.int64())
        days = pc.floor(pc.divide(seconds.cast(pa.float64()), 86_400.0))
        return days.cast(pa.int32()).cast(pa.date32())
    if pa.types.is_date64(kind):
        return column.cast(pa.date32())
    each = pc.unique(column)
    read = pa.array([_day(value) for value in each.to_pylist()], pa.date32())
    return read.take(pc.index_in(column, value_set=each))


def shift_days(days: pa.ChunkedArray | pa.Array, number: int) -> pa.ChunkedArray | pa.Array:
    """Days later or earlier by a number of days."""
    return pc.add(days.cast(pa.int32()), pa.scalar(number, pa.int32())).cast(pa.date32())


def to_counts(column: pa.ChunkedArray | pa.Array, least: int, problems: Counter[str]) -> pa.Array:
    """Whole numbers of numbers and texts; null where there is none, or none that can be true."""
    kind = column.type
    if pa.types.is_boolean(kind) or pa.types.is_nested(kind):
        problems[NO_COUNT] += len(column) - column.null_count
        return pa.nulls(len(column), pa.int64())
    if not pa.types.is_integer(kind):
        texts = column.cast(pa.string())
        known = pc.and_(pc.is_valid(texts), pc.not_equal(pc.utf8_trim_whitespace(texts), ""))
        fits = pc.and_(known, pc.match_substring_regex(texts, _NUMBER))
        if pa.types.is_floating(kind):
            fits = pc.and_(pc.is_finite(column), pc.equal(pc.floor(column), column))
            fits = pc.and_(fits, pc.less_equal(pc.abs(column), float(LARGEST)))
            known = pc.and_(known, pc.invert(pc.is_nan(column)))
        problems[NO_COUNT] += _sum(pc.and_(known, pc.invert(pc.fill_null(fits, False))))
        column = pc.if_else(fits, column if pa.types.is_floating(kind) else texts, None)
        column = column if pa.types.is_floating(kind) else pc.utf8_trim_whitespace(column)
        column = column.cast(pa.float64())
    counts = column.cast(pa.int64(), safe=False)  # what does not fit is below the least
    true = pc.and_(pc.greater_equal(counts, least), pc.less_equal(counts, LARGEST))
    problems[NO_COUNT] += _sum(pc.invert(true))
    return pc.if_else(true, counts, None)


def _sum(marked: pa.ChunkedArray | pa.Array) -> int:
    return int(pc.sum(marked).as_py() or 0)


def _day(value: object) -> date | None:
    """The day in UTC of a day, a moment or an ISO text."""
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).date() if value.tzinfo else value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    try:
        if len(text) > len("2026-01-31"):
            return _day(datetime.fromisoformat(text.replace("Z", "+00:00")))
        return date.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
