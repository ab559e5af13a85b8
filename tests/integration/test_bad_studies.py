"""Bad input through the whole command line: a reason in words, never a traceback or a NaN."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cardiogram.analysis import Results
from cardiogram.cli import main
from cardiogram.names import CRITERIA
from cardiogram.report.tables.views import Format, render_results

FLOOR = "2022-03-02T23:29:04.000Z"
CARD = "# Model {0}\n\n{1}\n\n## Usage\n\nLoad it with the library of your choice.\n"

Row = dict[str, Any]


def some(i: int) -> Row:
    """A model as it should be: 12 authors, counts and ratings that vary."""
    return {
        "id": f"org{i % 12}/m{i}",
        "downloads": (i * 37) % 101 * (1 + i % 5),
        "likes": (i * 13) % 17,
        "created_at": f"2024-0{1 + i % 9}-11T00:00:00Z",
        "pipeline_tag": ("fill-mask", "text-generation")[i % 2],
        "overall": 1 + (i * 7) % 5,
    }


CASES: dict[str, tuple[int, Callable[[int], Row], str]] = {
    "all ratings equal": (40, lambda i: {"overall": 3}, "all ratings are equal"),
    "all outcomes zero": (40, lambda i: {"downloads": 0, "likes": 0}, "all outcomes are equal"),
    "fewer than 8 models": (5, lambda i: {}, "only 5 models have both numbers"),
    "one model": (1, lambda i: {}, "only 1 models have both numbers"),
    "one author": (40, lambda i: {"id": f"only/m{i}"}, "only 1 authors; at least 5 are needed"),
    "no counts": (
        40,
        lambda i: {"downloads": None, "likes": None},
        "No model of this study has likes: nothing is said of it.",
    ),
    "NaN counts": (
        40,
        lambda i: {"likes": math.nan, "downloads": math.inf if i % 2 else 5},
        "No model of this study has likes: nothing is said of it.",
    ),
    "negative counts": (40, lambda i: {"likes": -1 - i}, "40 bad_count"),
    "absurd counts": (
        40,
        lambda i: {"downloads": 4 * 10**18, "likes": 10**40},
        "No model of this study has downloads in the last 30 days: nothing is said of it.",
    ),
    "counts that are words": (40, lambda i: {"likes": "many"}, "40 bad_count"),
    "90 % ties": (
        60,
        lambda i: {"downloads": 7 * (i % 10 == 0), "likes": int(i % 10 == 0)},
        "the scale collapses: more than half of the models lie on one line",
    ),
    "dates at the floor": (40, lambda i: {"created_at": FLOOR}, "their age is a level of its own"),
    "dates that are none": (40, lambda i: {"created_at": "yesterday"}, "40 bad_date"),
    "hostile names": (
        48,
        lambda i: {
            "id": f"=cmd|' /C calc'!A{i % 12}/m\u202e{i}",
            "pipeline_tag": "=1+1;<b>\x1b[31m$\\evil{%&_#^~|`" if i % 3 else "[x](javascript:1)",
        },
        "likes",
    ),
}


def run(*arguments: object) -> Result:
    found = CliRunner().invoke(main, [str(argument) for argument in arguments])
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    assert "Traceback" not in found.output
    return found


def made(folder: Path, n: int, changed: Callable[[int], Row]) -> Path:
    """Collect and rate a study of made-up models, as a user would."""
    cards, labels = folder / "cards.jsonl", folder / "gold.jsonl"
    with cards.open("w", encoding="utf-8") as models, labels.open("w", encoding="utf-8") as ratings:
        for i in range(n):
            row = some(i) | changed(i)
            rating = row.pop("overall")
            row["readme"] = CARD.format(i, "It says what it does. " * (1 + i % 4))
            models.write(f"{json.dumps(row)}\n")
            scores = {name: 1 + (rating + i) % 5 for name in CRITERIA}
            ratings.write(f"{json.dumps({'id': row['id'], 'overall': rating, **scores})}\n")
    study = folder / "study"
    assert run("collect", study, "--from", cards).exit_code == 0
    assert run("rate", study, "--judge", f"labels:{labels}").exit_code == 0
    return study


def strictly(text: str) -> Any:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    return json.loads(text, parse_constant=refuse)


def silent_zeros(value: Any) -> Iterator[Any]:
    """Numbers of results.json without an estimate and without a reason, or with both."""
    if isinstance(value, list):
        for item in value:
            yield from silent_zeros(item)
    if isinstance(value, dict):
        if {"call", "estimate", "reason"} <= value.keys():
            if (value["estimate"] is None) != bool(value["reason"]):
                yield value
            if value["n"] == 0 and value["estimate"] is not None:
                yield value
        for item in value.values():
            yield from silent_zeros(item)


BROKEN = re.compile(r"\b(?:nan|NaN|inf|Infinity|None|null)\b(?! of \d)|\de[+-]\d")
ANSI = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@pytest.mark.parametrize("case", CASES)
def test_bad_input_has_a_reason_in_text_results_and_page(case: str, tmp_path: Path) -> None:
    n, changed, reason = CASES[case]
    study = made(tmp_path, n, changed)
    shown = run("analyze", study, "--judge", "labels-gold", "--draws", "100", "--all")
    assert shown.exit_code == 0
    assert reason in " ".join(shown.stdout.split())
    assert "only 0 models have this outcome" not in shown.stdout
    assert BROKEN.findall(shown.stdout) == []
    assert ANSI.findall(shown.stdout) == []
    results = strictly((study / "results.json").read_text("utf-8"))
    assert list(silent_zeros(results)) == []
    assert run("report", study).exit_code == 0
    page = (study / "report.html").read_text("utf-8").partition("<script")[0]
    words = re.sub(r"<style>.*?</style>|<[^>]*>", " ", page, flags=re.DOTALL)
    assert BROKEN.findall(words) == []
    assert "<b>\x1b" not in page
    check_forms(results, hostile=case == "hostile names")


FORMS: tuple[Format, ...] = ("markdown", "csv")


def check_forms(results: Any, *, hostile: bool) -> None:
    """The other forms of the same numbers: nothing missing, nothing that runs."""
    for form in FORMS:
        out = render_results(Results.from_dict(results), form)
        assert not re.search(r"\b(?:nan|NaN|inf|Infinity|None)\b", out)
        if hostile and form == "csv":
            assert re.findall(r"(?m)(?:^|[,;])\"?[=@]", out) == []


def test_a_study_without_ratings_cannot_be_analyzed(tmp_path: Path) -> None:
    study = made(tmp_path, 3, lambda i: {})
    found = run("analyze", study, "--judge", "nobody")
    assert found.exit_code == 2
    assert "no ratings by 'nobody'" in found.stderr
