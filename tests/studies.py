"""Small study folders for tests, made with the study's own tables; their texts are hostile."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from cardiogram.maps.segments.segments import (
    Example,
    Segment,
    SegmentQuantiles,
    Share,
    Term,
    write_segments,
)
from cardiogram.names import SCORES
from cardiogram.store import Study
from cardiogram.text import sha256, split_front_matter

HOSTILE = (
    "---\nlicense: mit\n---\n# Card\n</script><script>window.__pwned = 1</script>\n"
    "<!-- <script> -->\n<img src=x onerror=\"window.__pwned = 2; alert('x')\">\n"
    "[click](javascript:window.__pwned=3) ]]> &lt;b&gt; \u2028 \u2029\n"
    "safe \u202egnp.exe\u202c \u2066isolate\u2069\n"
    '<svg onload="window.__pwned=4"><link rel=stylesheet href=https://evil.test/x.css>\n'
)
LONG_LINE = "# Long\n" + "x" * (1 << 20)


@dataclass(frozen=True)
class Row:
    """One model of a made-up study; `overall` None leaves it without a rating."""

    id: str
    overall: int | None
    downloads: int | None = 10
    likes: int | None = 1
    text: str | None = "# Card\n\nWords.\n"
    task: str | None = "text-generation"
    problems: tuple[str, ...] = ()
    place: tuple[float, float] | None = None
    segment: str | None = None


HOSTILE_ROWS = (
    Row("alpha/poor", 1, 900, 5, HOSTILE),
    Row("beta/good", 5, 910, 7, "# Good\n\nAll there.\n", "fill-mask"),
    Row("gamma/long", 3, 50, 2, LONG_LINE),
    Row("delta/<img src=x onerror=window.__pwned=5>", 2, 40, 1, HOSTILE + "\nmore"),
    Row('eps/"onmouseover="window.__pwned=6', 4, 0, 0),
    Row("zeta/\u202eedoc", 2, None, None),
    Row("eta/none", None, 7, 0, None, None, ("no_readme",)),
)
"""Every kind of hostile text, one unrated model, one without counts."""


def make_study(root: Path, rows: Sequence[Row], **manifest: Any) -> Study:
    """Write a study folder with results.json; `manifest` replaces parts of study.toml."""
    study = Study(root)
    study.models.write("0", [_model(row) for row in rows])
    texts = {sha256(row.text): row.text for row in rows if row.text is not None}
    study.cards.write("0", [_card(sha, text) for sha, text in texts.items()])
    study.ratings.write("0", [_rating(row) for row in rows if row.overall is not None])
    _write_map(study, [row for row in rows if row.place is not None])
    study.write_manifest(
        {
            "cardiogram": "0.1.0",
            "created_at": "2026-11-23T20:00:00Z",
            "source": {"kind": "hub", "endpoint": "https://huggingface.co"},
            "query": {"limit": len(rows), "sort": "downloads"},
            "sample": {"method": "top", "seed": 0},
            "judges": ["embedded"],
            "rubric": "model-card-v1",
            "versions": {"python": "3.11.7"},
            **manifest,
        }
    )
    study.results_path.write_text(json.dumps(make_results(rows)), "utf-8")
    return study


def _write_map(study: Study, rows: Sequence[Row]) -> None:
    """Write the map as `map` would; nothing where no row has a place."""
    if not rows:
        return
    names = list(dict.fromkeys(row.segment for row in rows if row.segment is not None))
    study.map.write(
        "0",
        [
            {
                "id": row.id,
                "x": row.place[0] if row.place else None,
                "y": row.place[1] if row.place else None,
                "cluster": -1 if row.segment is None else names.index(row.segment),
                "segment": row.segment,
                "outlier": row.segment is None,
            }
            for row in rows
        ],
    )
    segments = []
    for cluster, name in enumerate(names):
        inside = [row for row in rows if row.segment == name]
        places = [row.place for row in inside if row.place]
        x, y = (sum(values) / len(places) for values in zip(*places, strict=True))
        ids = [row.id for row in inside[:3]]
        segments.append(make_segment(name, name.capitalize(), cluster, len(inside), (x, y), ids))
    write_segments(study, segments)


def make_segment(
    segment: str,
    name: str,
    cluster: int,
    size: int,
    place: tuple[float, float],
    ids: Sequence[str] = (),
) -> Segment:
    """Make a segment of a map as `map` would."""
    return Segment(
        segment=segment,
        name=name,
        cluster=cluster,
        size=size,
        x=place[0],
        y=place[1],
        share=Share(1.0),
        named_by="terms and tags",
        evidence="",
        terms=(Term("parrot </script>", 1.0),),
        tags=(),
        traits=(),
        known={},
        authors=1,
        largest_author="",
        largest_author_share=1.0,
        representatives=tuple(map(Example, ids)),
        excellent=(),
        rating=SegmentQuantiles(size, median=2.5),
        downloads=SegmentQuantiles(size, median=10.0),
        likes=SegmentQuantiles(size),
        associations=(),
    )


def make_results(rows: Sequence[Row]) -> dict[str, Any]:
    """Make results.json as `analyze` would, with one certain and one uncertain association."""
    rated = [row.overall for row in rows if row.overall is not None]
    rating = {
        "n": len(rated),
        "mean": sum(rated) / len(rated) if rated else None,
        "median": sorted(rated)[len(rated) // 2] if rated else None,
        "histogram": {str(score): rated.count(score) for score in range(1, 6)},
    }
    problems = [problem for row in rows for problem in row.problems]
    return {
        "format": 1,
        "seed": 0,
        "coverage": {
            "models": len(rows),
            "rated": len(rated),
            "without_rating": len(rows) - len(rated),
            "authors": len({row.id.split("/")[0] for row in rows}),
            "problems": {problem: problems.count(problem) for problem in problems},
        },
        "judge": {"id": "embedded", "version": "1.0.0", "rubric_version": "model-card-v1"},
        "ratings": {name: rating for name in SCORES} if rated else {},
        "associations": [
            _association("downloads", 0.1, 0.5, len(rated)),
            _association("likes", -0.1, 0.4, len(rated)),
        ],
        "notes": ["A made-up study </script>."],
    }


def _association(outcome: str, low: float, high: float, n: int) -> Mapping[str, Any]:
    base = {
        "predictor": "overall_expected",
        "outcome": outcome,
        "method": "spearman",
        "n": n,
        "call": "scipy.stats.spearmanr",
    }
    if not n:
        empty = dict.fromkeys(("estimate", "p_value", "interval", "cluster_interval", "words"))
        return {**base, **empty, "reason": "no card was rated"}
    bounds = {"level": 0.95, "low": low, "high": high, "method": "made up"}
    certain = "are associated with more" if low > 0 else "show no clear association with"
    return {
        **base,
        "estimate": (low + high) / 2,
        "p_value": 1e-9,
        "interval": bounds,
        "cluster_interval": {**bounds, "clusters": 6},
        "words": f"Better rated cards {certain} {outcome} (rho {(low + high) / 2:.2f}).",
        "reason": None,
    }


def _model(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "author": row.id.split("/")[0],
        "created_at": datetime(2024, 3, 1, tzinfo=timezone.utc),
        "downloads": row.downloads,
        "likes": row.likes,
        "pipeline_tag": row.task,
        "library_name": "transformers",
        "gated": "False",
        "problems": list(row.problems),
        "card_sha256": None if row.text is None else sha256(row.text),
    }


def _card(sha: str, text: str) -> dict[str, Any]:
    parts = split_front_matter(text)
    return {
        "card_sha256": sha,
        "front_matter": parts.front_matter,
        "body": parts.body,
        "body_line": parts.body_line,
        "bytes": len(text.encode()),
        "problems": [],
    }


def _rating(row: Row) -> dict[str, Any]:
    score = row.overall or 1
    numbers: dict[str, Any] = {}
    for name in SCORES:
        numbers |= {name: score, f"{name}_expected": score + 0.0}
        numbers |= {f"{name}_low": max(score - 0.5, 1.0), f"{name}_high": min(score + 0.5, 5.0)}
    fact = {"criterion": "usage", "fact": "a heading <b>&\u202e", "first_line": 4, "last_line": 5}
    return {
        "id": row.id,
        "card_sha256": None if row.text is None else sha256(row.text),
        "judge": "embedded",
        "judge_version": "1.0.0",
        "rubric_version": "model-card-v1",
        "status": "rated",
        **numbers,
        "evidence": [{**fact, "effect": 0.4}],
        "problems": [],
    }


def place_by_task(study: Study) -> None:
    """Write a made-up map of a real study: each of its eight largest tasks is a round segment."""
    rows = study.models.read(["id", "pipeline_tag"]).to_pylist()
    tasks = Counter(row["pipeline_tag"] or "no task" for row in rows).most_common()
    largest = [task for task, _ in tasks[:8]]
    places: list[dict[str, Any]] = []
    for i, row in enumerate(rows):
        task = row["pipeline_tag"] or "no task"
        place = [name for name, _ in tasks].index(task)
        turn, away = i * 2.39996, 0.09 * (i % 97) ** 0.5  # a sunflower
        places.append(
            {
                "id": row["id"],
                "x": 3 * math.cos(place * 0.7) * (1 + place * 0.06) + away * math.cos(turn),
                "y": 3 * math.sin(place * 0.7) * (1 + place * 0.06) + away * math.sin(turn),
                "cluster": largest.index(task) if task in largest else -1,
                "segment": task if task in largest else None,
                "outlier": task not in largest,
            }
        )
    study.map.write("0", places)
    segments = [
        make_segment(
            task,
            f"{task.replace('-', ' ').capitalize()} models",
            i,
            sum(place["segment"] == task for place in places),
            (3 * math.cos(i * 0.7) * (1 + i * 0.06), 3 * math.sin(i * 0.7) * (1 + i * 0.06)),
        )
        for i, task in enumerate(largest)
    ]
    write_segments(study, segments)


def rating_bytes(study: Study) -> dict[str, bytes]:
    """What stands in the files of a study's ratings."""
    return {path.name: path.read_bytes() for path in study.ratings.shards()}


def write_times(study: Study) -> dict[str, int]:
    """When each Parquet file of a study was written."""
    return {str(path): path.stat().st_mtime_ns for path in study.root.rglob("*.parquet")}


def leftovers(study: Study) -> list[str]:
    """Files of a study that were begun and never finished."""
    return [path.name for path in study.root.rglob("*.tmp")]
