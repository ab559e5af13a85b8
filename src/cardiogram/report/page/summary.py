"""What the report says in sentences: what was studied, what was found, how to ask for it again."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from cardiogram.analysis import StudyCoverage
from cardiogram.report.data import Payload, StudyOrigin
from cardiogram.report.markup import count_of, format_day, format_percent

INTERVALS = (
    (
        "Rating",
        "the bar beside a rating spans the scores that the judge holds plausible for that card.",
    ),
    (
        "95 % by author",
        "the values that fit these models if authors, and not models, are the units, because one "
        "author’s cards and audience resemble each other. Correlations are computed with authors "
        "redrawn or left out, slopes and odds with a random sign for each author.",
    ),
    (
        "95 %, together",
        "the same, so wide that all intervals of the table hold at once.",
    ),
    (
        "q",
        "the p value by author after correction for the number of tests (Benjamini and Hochberg).",
    ),
)
"""One sentence for each kind of interval on the page."""


def describe_study(payload: Payload) -> str:
    """Say what was studied and how the models were chosen, in one paragraph."""
    coverage, judge = payload.results.coverage, payload.results.judge
    models, rated = coverage.models, coverage.rated
    who = f" by {count_of(coverage.authors, 'author')}" if coverage.authors else ""
    origin = payload.origin
    chosen = "; ".join(_choice(origin, coverage))
    day = format_day(origin.created_at)
    when = f" The study was started on {day}." if day else ""
    return (
        f"This report covers {count_of(models, 'model')}{who}, {_source(origin)}"
        f"{f' ({chosen})' if chosen else ''}. {count_of(rated, 'model card')} "
        f"{'was' if rated == 1 else 'were'} rated from 1 to 5 by the judge "
        f"“{judge.id}” {judge.version} against the rubric "
        f"{judge.rubric_version or origin.rubric}, and the ratings were "
        f"compared with downloads and likes.{when}"
    )


def _source(origin: StudyOrigin) -> str:
    hub = "an unnamed address" if origin.endpoint is None else origin.endpoint
    places = {
        "hub": f"listed by the Hub at {hub}",
        "jsonl": f"read from the file {origin.path}",
        "parquet": f"read from the file {origin.path}",
        "folder": f"read from the folder {origin.path}",
        "ids": "given as a list of ids",
    }
    return places.get(origin.kind, "from a source that the study does not name")


def _choice(origin: StudyOrigin, coverage: StudyCoverage) -> Iterator[str]:
    """Say how the models were chosen: sampling first, then each condition of the query."""
    of = "" if origin.frame is None else f" of {origin.frame:,} listed models"
    if origin.method == "stratified":
        yield f"a stratified random sample{of}, seed {origin.seed}"
    elif origin.method == "top":
        some = "limit" in origin.query and not coverage.whole_list
        yield f"the first ones{of}" if some else "all of them"
    phrases = {
        "sort": "sorted by {}",
        "author": "author {}",
        "task": "task {}",
        "library": "library {}",
        "search": "matching “{}”",
        "since": "created since {}",
        "limit": "at most {}",
    }
    for key, value in origin.query.items():
        yield phrases.get(key, f"{key} {{}}").format(value)


def describe_ratings(payload: Payload) -> str:
    """Put the ratings in one sentence."""
    counts = payload.histogram("overall")
    total = sum(counts.values())
    if not total:
        return "No card was rated"
    low, high = counts[1] + counts[2], counts[4] + counts[5]
    return (
        f"{format_percent(low, total)} of the cards are rated 1 or 2, "
        f"{format_percent(counts[3], total)} are adequate and "
        f"{format_percent(high, total)} good or excellent"
    )


def write_command(payload: Payload) -> str:
    """Write one command line that asks for the same study again."""
    origin = payload.origin
    parts = ["cardiogram", "study", payload.folder or "my-study"]
    if origin.path:
        parts += ["--from", origin.path]
    for key, value in origin.query.items():
        parts += [f"--{key.replace('_', '-')}", value]
    if origin.method == "stratified":
        frame = [] if origin.frame is None else ["--frame", str(origin.frame)]
        parts += ["--sample", origin.method, *frame, "--seed", origin.seed]
    return shlex.join(parts)
