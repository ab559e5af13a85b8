"""Ratings from wherever they are: a study folder, or a file of Parquet, JSON lines or CSV.

Gold has the same forms as ratings: what one reader said of one card is a reading, whoever the
reader is.
"""

from __future__ import annotations

import csv
import gzip
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cardiogram.errors import DataError
from cardiogram.names import SCORES
from cardiogram.stats import Floats

Row = Mapping[str, object]
"""A row of a file, before anything in it is checked."""


def read_rows(path: Path) -> list[Row]:
    """Rows of a .parquet, .csv, .jsonl or .jsonl.gz file.

    Raises
    ------
    DataError
        It cannot be read.
    """
    try:
        if path.suffix == ".parquet":
            return _read_parquet(path)
        if path.suffix == ".csv":
            with path.open(encoding="utf-8-sig", newline="") as file:
                return list(csv.DictReader(file, restkey=""))
    except (OSError, ValueError, csv.Error) as error:
        raise DataError(f"cannot read {str(path)!r}: {error}") from error
    return read_jsonl(path)


def _read_parquet(path: Path) -> list[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        rows: list[Row] = pq.read_table(path).to_pylist()
    except pa.ArrowException as error:
        raise ValueError(error) from error
    return rows


def read_jsonl(path: Path) -> list[Row]:
    """Rows of a `.jsonl` or `.jsonl.gz` file.

    Raises
    ------
    DataError
        The file cannot be read, or a line is not a JSON object.
    """
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            rows = [json.loads(line) for line in file if line.strip()]
    except (OSError, EOFError, ValueError) as error:
        raise DataError(f"cannot read {str(path)!r}: {error}") from error
    if not all(isinstance(row, dict) for row in rows):
        raise DataError(f"cannot read {str(path)!r}: a line is not a JSON object")
    return rows


PASSES = ("first", "second")
"""Fields of a labels file that hold the nine numbers of a reading each."""

_FORMS = (
    "A row needs `card` or `id`, and whole numbers 1-5 by the names of the scores: at the top "
    "(with `rater` or `judge` where several read), in `first` and `second`, or as `overall:NAME`."
)


@dataclass(frozen=True, slots=True)
class JudgeReading:
    """What one reader said of one card.

    Attributes
    ----------
    judge
        Who read: a judge, a person, or the pass of a labels file.
    status
        How it ended; anything but "rated" comes without numbers. "missing" is a reading that a
        file announces and does not hold.
    whole
        The nine whole numbers, NaN where one was not given, shape (9,).
    expected, low, high
        Expected values and 90 % interval; equal to `whole` for readers that give none.
    family
        Who wrote the card, where a file says so (`written_by`).
    """

    judge: str
    version: str
    rubric: str
    id: str
    sha256: str
    status: str
    whole: Floats
    expected: Floats
    low: Floats
    high: Floats
    family: str = ""

    @property
    def author(self) -> str:
        """Owner of the model."""
        return self.id.partition("/")[0]


def read_readings(path: Path) -> list[JudgeReading]:
    """Read the ratings of a study folder or of a file, whoever made them.

    Parameters
    ----------
    path
        A study folder; a shard of `ratings/`; or a .jsonl, .jsonl.gz, .csv or .parquet file with
        a row a card, or a row a card and reader.

    Raises
    ------
    DataError
        It cannot be read, or holds no ratings.
    """
    if path.is_dir():
        from cardiogram.store import Study

        rows: Iterable[Row] = Study.open(path).ratings.rows()
    else:
        rows = read_rows(path)
    readings = [reading for row in rows for reading in _of_row(row, path)]
    if not readings:
        raise DataError(f"no ratings in {str(path)!r}", hint=_FORMS)
    return readings


def choose_judge(
    readings: Sequence[JudgeReading], judge: str | None, path: Path, option: str = "--judge"
) -> list[JudgeReading]:
    """The readings of one reader.

    Raises
    ------
    DataError
        There is none of that name, or none is named and there are several.
    """
    judges = sorted({reading.judge for reading in readings})
    if judge is None and len(judges) == 1:
        judge = judges[0]
    if judge not in judges:
        said = "has several judges" if judge is None else f"has no ratings by {judge!r}"
        raise DataError(f"{str(path)!r} {said}", hint=f"{option} {' | '.join(judges)}")
    return [reading for reading in readings if reading.judge == judge]


def choose_gold(
    readings: Sequence[JudgeReading], reader: str | None, path: Path
) -> Sequence[JudgeReading]:
    """The readings that are gold: the named reader's, a labels file's first pass, or everyone's."""
    if reader is not None:
        return choose_judge(readings, reader, path, "--gold-judge")
    first = [reading for reading in readings if reading.judge == PASSES[0]]
    return first if first and {reading.judge for reading in readings} <= set(PASSES) else readings


def hash_file(path: Path) -> str:
    """First 12 digits of the SHA-256 of a file; "" for a folder."""
    return "" if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _of_row(row: Row, path: Path) -> Iterator[JudgeReading]:
    """Every reading that a row holds."""
    id = str(row.get("card") or row.get("id") or "").strip()
    if not id:
        raise DataError(f"a row of {str(path)!r} names no card", hint=_FORMS)
    for judge, numbers, status in _parts(row):
        yield _reading(row, id, judge, numbers, status, path)


def _parts(row: Row) -> Iterator[tuple[str, object, str]]:
    """Reader, numbers and status of each reading of a row."""
    if any(name in row for name in PASSES):
        for name in PASSES:
            if name in row:
                numbers = row[name]
                yield name, numbers or {}, "rated" if numbers else "missing"
        return
    wide = sorted({key.partition(":")[2] for key in row if key.partition(":")[0] in SCORES} - {""})
    if wide:
        for name in wide:
            numbers = {score: row.get(f"{score}:{name}") for score in SCORES}
            empty = all(value in (None, "") for value in numbers.values())
            yield name, numbers, "missing" if empty else "rated"
        return
    reader = str(row.get("judge") or row.get("rater") or "gold")
    yield reader, row, str(row.get("status") or "rated")


def _reading(
    row: Row, id: str, judge: str, numbers: object, status: str, path: Path
) -> JudgeReading:
    whole = np.full(len(SCORES), np.nan)
    if status == "rated":
        whole = np.array([_level(numbers, name, id, path) for name in SCORES])
        if not np.isfinite(whole).any():
            raise DataError(f"gold {id!r} in {str(path)!r} has no whole numbers 1-5", hint=_FORMS)
    parts = {
        part: np.array(
            [_number(row.get(f"{name}_{part}"), whole[place]) for place, name in enumerate(SCORES)]
        )
        for part in ("expected", "low", "high")
    }
    return JudgeReading(
        judge=judge,
        version=str(row.get("judge_version") or ""),
        rubric=str(row.get("rubric_version") or ""),
        id=id,
        sha256=str(row.get("card_sha256") or row.get("sha256") or ""),
        status=status,
        whole=whole,
        family=str(row.get("written_by") or ""),
        **parts,
    )


def _level(numbers: object, name: str, id: str, path: Path) -> float:
    """One whole number 1-5, NaN where it was not given."""
    value = numbers.get(name) if isinstance(numbers, Mapping) else None
    if value in (None, ""):
        return float("nan")
    text = str(value).strip()
    if text.removesuffix(".0") not in ("1", "2", "3", "4", "5"):
        raise DataError(
            f"gold {id!r} in {str(path)!r}: {name} is {text!r}, not a whole number 1-5", hint=_FORMS
        )
    return float(text)


def _number(value: object, otherwise: float) -> float:
    return otherwise if value is None or value == "" else float(str(value))
