"""Measure `cardiogram analyze`: time and memory by the number of models, and the growth law.

::

    python benchmarks/analysis.py --models 1000 10000 100000 --repeats 3

The studies are resampled rows of a real one (`--like STUDY`; the bundled cards by default), with
noise: authors of very different sizes and their own leanings, dates, sizes and counts that vary
around those of the row, gold ratings of 200 models. Each run is a process of its own, with all
parts and 2,000 draws of authors. `--keep FOLDER` leaves the studies there, `--texts` writes the
cards' texts, too, each with words of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import math
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cardiogram.cards import counting_key
from cardiogram.judge import count_cards
from cardiogram.names import SCORES
from cardiogram.store import Study
from timing import ROOT, Child, machine, run_child

GOLD = "gold.csv"
CARDIOGRAM = (sys.executable, "-m", "cardiogram")
JUDGE = "embedded"
LEANING = 0.6
"""Correlation of an author's models with what the author leans to."""


@dataclass(frozen=True, slots=True)
class Source:
    """A real study's rows side by side, the worst rated first.

    Attributes
    ----------
    texts
        A row of `cards/` for each row of `models`, null where there is no card.
    """

    models: pa.Table
    features: pa.Table
    ratings: pa.Table
    map: pa.Table
    texts: pa.Table

    @classmethod
    def of(cls, study: Study) -> Source:
        """Read a study that is collected, rated and mapped."""
        models = study.models.read()
        ratings = study.ratings.read()
        ratings = ratings.filter(pc.equal(ratings["judge"], JUDGE))
        own = _beside(models, "id", ratings, "id")
        order = np.argsort(own["overall_expected"].to_numpy(), kind="stable")
        models = models.take(order)
        return cls(
            models,
            _beside(models, "id", study.features.read(), "id"),
            own.take(order),
            _beside(models, "id", study.map.read(), "id"),
            _beside(models, "card_sha256", study.cards.read(), "card_sha256"),
        )


def _beside(rows: pa.Table, by: str, others: pa.Table, key: str) -> pa.Table:
    """The row of another table for each row, null where there is none."""
    place = {value: number for number, value in enumerate(others[key].to_pylist())}
    return others.take(pa.array([place.get(value) for value in rows[by].to_pylist()], pa.int64()))


@dataclass(frozen=True, slots=True)
class Drawn:
    """Which row of the source every made-up model is like, who made it, and how it differs."""

    row: np.ndarray
    author: np.ndarray
    fame: np.ndarray

    @classmethod
    def of(cls, models: int, rows: int, rng: np.random.Generator) -> Drawn:
        """Draw authors of very different sizes, each near a place of its own among the rows."""
        sizes = np.minimum(rng.zipf(1.9, models), max(5, models // 50))
        author = rng.permutation(np.repeat(np.arange(models), sizes)[:models])
        leaning, fame = rng.normal(size=(2, models))
        place = LEANING * leaning[author] + math.sqrt(1 - LEANING**2) * rng.normal(size=models)
        row = (np.argsort(np.argsort(place)) * rows) // models
        return cls(row, author, 0.5 * fame[author] + 0.7 * rng.normal(size=models))

    def part(self, first: int, size: int) -> Drawn:
        """Some of the models."""
        now = slice(first, first + size)
        return Drawn(self.row[now], self.author[now], self.fame[now])


def write_study(root: Path, source: Source, models: int, *, texts: bool, seed: int = 0) -> Study:
    """Write the tables of a study of made-up models."""
    rng, study = np.random.default_rng(seed), Study(root)
    drawn = Drawn.of(models, source.models.num_rows, rng)
    words = _words(source) if texts else []
    size = 8192 if models > 100_000 else 512
    gold = {int(row) for row in rng.choice(models, min(200, models // 2), replace=False)}
    lines = [",".join(["id", "rater", *SCORES])]
    for number, first in enumerate(range(0, models, size)):
        name, part = f"{number:05d}", drawn.part(first, size)
        rows = _models(source, part, first, rng)
        if texts:
            bodies = _texts(source, part, words, rng)
            rows = _set(rows, "card_sha256", bodies["card_sha256"])
            known = pc.is_valid(bodies["card_sha256"])
            study.cards.write(name, bodies.filter(known).to_pylist())
        rated = _ratings(source, part, rows, rng)
        _write(study.models, name, rows)
        _write(study.ratings, f"{JUDGE}-{name}", rated)
        _write(study.features, name, _features(source, part, rows, rng))
        places = source.map.take(part.row)
        _write(study.map, name, _set(places, "id", rows["id"]))
        lines += _gold(rows, rated, gold, first, rng)
    (root / GOLD).write_text("\n".join(lines) + "\n", encoding="utf-8")
    study.write_manifest({"sample": {"method": "top"}})
    if texts:
        count_cards(study)  # finds nothing to count, and notes that
    return study


def _write(table: object, name: str, rows: pa.Table) -> None:
    """A shard of the rows that have a card, or of all models."""
    folder = table.folder  # type: ignore[attr-defined]
    folder.mkdir(parents=True, exist_ok=True)
    kept = rows if folder.name == "models" else rows.filter(pc.is_valid(rows["card_sha256"]))
    (folder / f"{name}.parquet").write_bytes(table.encode(kept))  # type: ignore[attr-defined]


def _set(table: pa.Table, name: str, column: object) -> pa.Table:
    field = table.schema.field(name)
    values = column if isinstance(column, pa.ChunkedArray) else pa.array(column, field.type)
    return table.set_column(table.schema.get_field_index(name), field, values)


def _models(source: Source, part: Drawn, first: int, rng: np.random.Generator) -> pa.Table:
    """Rows of `models/`."""
    rows = source.models.take(part.row)
    n = rows.num_rows
    tails = [str(id).rpartition("/")[2] for id in rows["id"].to_pylist()]
    who = [f"org{number}" for number in part.author]
    numbers = range(first, first + n)
    ids = [f"{a}/{t}-{i}" for a, t, i in zip(who, tails, numbers, strict=True)]
    rows = _set(_set(rows, "id", ids), "author", who)
    day = 86_400_000
    made = rows["created_at"].cast(pa.int64()).to_numpy(zero_copy_only=False)
    floor = 1_646_179_200_000  # 2022-03-02
    with np.errstate(invalid="ignore"):
        moved = made + day * np.round(rng.normal(0, 200, n))
        made = np.where(made < floor + day, made, np.maximum(moved, floor + day))
    rows = _set(rows, "created_at", pa.array(made, from_pandas=True).cast(pa.int64()))
    size = np.where(rng.random(n) < 0.7, 10 ** rng.uniform(6, 11, n), np.nan)
    rows = _set(rows, "parameters", pa.array(size, from_pandas=True).cast(pa.int64(), safe=False))
    for name in ("downloads", "downloads_all_time", "likes"):
        count = rows[name].to_numpy(zero_copy_only=False).astype(np.float64)
        mean = (count + 0.2) * np.exp(part.fame)
        count = np.where(np.isfinite(count), rng.poisson(np.nan_to_num(mean)), np.nan)
        rows = _set(rows, name, pa.array(count, from_pandas=True).cast(pa.int64()))
    known = rows["card_sha256"].is_valid().to_numpy(zero_copy_only=False)
    shas = [
        hashlib.sha256(id.encode()).hexdigest() if has else None
        for id, has in zip(ids, known, strict=True)
    ]
    return _set(rows, "card_sha256", shas)


def _words(source: Source) -> list[str]:
    texts = [body for body in source.texts["body"].to_pylist() if body]
    return sorted({word for text in texts for word in text.split() if word.isalpha()})


def _texts(source: Source, part: Drawn, words: Sequence[str], rng: np.random.Generator) -> pa.Table:
    """Rows of `cards/`, null where there is no card."""
    rows = source.texts.take(part.row)
    bodies: list[str | None] = []
    for body in rows["body"].to_pylist():
        own = rng.integers(len(words), size=int(rng.integers(5, 400)))
        bodies.append(
            None if body is None else f"{body}\n\n## Notes\n\n{' '.join(words[w] for w in own)}\n"
        )
    front = rows["front_matter"].to_pylist()
    shas = [
        None if body is None else hashlib.sha256(f"{head}{body}".encode()).hexdigest()
        for head, body in zip(front, bodies, strict=True)
    ]
    return _set(_set(rows, "body", bodies), "card_sha256", shas)


def _ratings(source: Source, part: Drawn, rows: pa.Table, rng: np.random.Generator) -> pa.Table:
    """Rows of `ratings/`."""
    rated = source.ratings.take(part.row)
    for name in ("id", "card_sha256"):
        rated = _set(rated, name, rows[name])
    for name in SCORES:
        expected = rated[f"{name}_expected"].to_numpy(zero_copy_only=False)
        expected = np.clip(expected + 0.2 * rng.normal(size=expected.size), 1, 5)
        whole = pa.array(np.round(expected), from_pandas=True).cast(pa.int8())
        rated = _set(rated, f"{name}_expected", pa.array(expected, from_pandas=True))
        rated = _set(rated, name, whole)
    return rated


def _features(source: Source, part: Drawn, rows: pa.Table, rng: np.random.Generator) -> pa.Table:
    """Rows of `features/`, with one trait in fifty turned round."""
    counted = source.features.take(part.row)
    for name in ("id", "card_sha256"):
        counted = _set(counted, name, rows[name])
    traits = counted["traits"].combine_chunks()
    flat = traits.flatten().to_numpy(zero_copy_only=False)
    flat = flat ^ (rng.random(flat.size) < 0.02)
    sizes = pc.fill_null(pc.list_value_length(traits), 0).to_numpy(zero_copy_only=False)
    ends = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int32)
    counted = _set(counted, "traits", pa.ListArray.from_arrays(ends, pa.array(flat)))
    keys = ("card_sha256", "id", "tags", "pipeline_tag", "library_name")
    return _set(counted, "key", [counting_key(row) for row in rows.select(keys).to_pylist()])


def _gold(
    rows: pa.Table, rated: pa.Table, gold: set[int], first: int, rng: np.random.Generator
) -> Iterator[str]:
    """What people said of a random part of the models."""
    for place in range(rows.num_rows):
        expected = rated["overall_expected"][place].as_py()
        if first + place in gold and expected is not None:
            whole = np.clip(np.round(expected + 0.7 * rng.normal(size=len(SCORES))), 1, 5)
            numbers = ",".join(str(int(number)) for number in whole)
            yield f"{rows['id'][place].as_py()},ann,{numbers}"


def bundled(folder: Path) -> Study:
    """The bundled cards as a study."""
    for step in (["collect", "--from", "examples/sample"], ["rate"], ["map"]):
        subprocess.run(
            [*CARDIOGRAM, step[0], str(folder), *step[1:]],
            cwd=ROOT,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    return Study.open(folder)


def measure(root: Path, repeats: int) -> list[Child]:
    """Analyze one study several times."""
    command = (*CARDIOGRAM, "analyze", str(root), "--format", "csv")
    gold = ("--gold", str(root / GOLD)) if (root / GOLD).exists() else ()
    return [run_child([*command, *gold]) for _ in range(repeats)]


def growth(models: Sequence[int], seconds: Sequence[float]) -> float:
    """Exponent of the growth law: time is proportional to models to this power."""
    return float(np.polyfit(np.log(models), np.log(seconds), 1)[0])


def main() -> None:
    """Print a table of medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, nargs="+", default=[300, 1000, 3000])
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--like", type=Path, help="a real study whose rows are resampled")
    parser.add_argument("--keep", type=Path, help="where studies are written, and found again")
    parser.add_argument("--texts", action="store_true", help="write the cards' texts, too")
    asked = parser.parse_args()
    print(machine())
    medians: list[float] = []
    with tempfile.TemporaryDirectory() as name:
        like = Study.open(asked.like) if asked.like else bundled(Path(name) / "bundled")
        source = Source.of(like)
        for models in asked.models:
            root = (asked.keep or Path(name)) / str(models)
            if not (root / "study.toml").exists():
                write_study(root, source, models, texts=asked.texts)
            runs = measure(root, asked.repeats)
            if not runs:
                continue
            medians.append(statistics.median(run.processor for run in runs))
            seconds = statistics.median(run.seconds for run in runs)
            memory = statistics.median(run.megabytes for run in runs)
            print(
                f"{models:>9,} models  {seconds:8.1f} s  {medians[-1]:8.1f} processor s  "
                f"{memory:8.0f} MB",
                flush=True,
            )
    if len(medians) > 1:
        power = growth(asked.models, medians)
        print(f"processor time grows as models to the power {power:.2f}")


if __name__ == "__main__":
    main()
