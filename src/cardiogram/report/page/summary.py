"""What the report says in sentences: what was studied, what was found, how to ask for it again."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from typing import Any

from cardiogram.report.data import Payload
from cardiogram.report.markup import (
    excludes_zero,
    format_day,
    format_percent,
    name_predictor,
    part,
    read_histogram,
)

INTERVALS = (
    (
        "Rating",
        "the bar beside a rating spans the scores that the judge holds plausible for that card.",
    ),
    (
        "Plain 95 % interval",
        "the values that fit these models if each were drawn independently of the others.",
    ),
    (
        "95 % interval by author",
        "the same with whole authors redrawn instead of single models, because one author’s cards "
        "and audience resemble each other; this is the one to read.",
    ),
)
"""One sentence for each kind of interval on the page."""


def describe_study(payload: Payload) -> str:
    """Say what was studied and how the models were chosen, in one paragraph."""
    coverage, judge = part(payload.results, "coverage"), part(payload.results, "judge")
    models, rated = coverage.get("models", 0), coverage.get("rated", 0)
    authors = coverage.get("authors")
    who = f" by {_count(authors, 'author')}" if authors else ""
    chosen = "; ".join(_choice(payload.manifest))
    written = payload.manifest.get("created_at")
    when = f" The study was started on {format_day(written)}." if written else ""
    return (
        f"This report covers {_count(models, 'model')}{who}, {_source(payload.manifest)}"
        f"{f' ({chosen})' if chosen else ''}. {_count(rated, 'model card')} "
        f"{'was' if rated == 1 else 'were'} rated from 1 to 5 by the judge "
        f"“{judge.get('id', 'unknown')}” {judge.get('version', '')} against the rubric "
        f"{judge.get('rubric_version', payload.manifest.get('rubric', ''))}, and the ratings were "
        f"compared with downloads and likes.{when}"
    )


def _count(n: int, thing: str) -> str:
    return f"{n:,} {thing}" if n == 1 else f"{n:,} {thing}s"


def _source(manifest: Mapping[str, Any]) -> str:
    source = part(manifest, "source")
    places = {
        "hub": f"listed by the Hub at {source.get('endpoint', 'an unnamed address')}",
        "jsonl": f"read from the file {source.get('path', '')}",
        "parquet": f"read from the file {source.get('path', '')}",
        "folder": f"read from the folder {source.get('path', '')}",
        "ids": "given as a list of ids",
    }
    return places.get(str(source.get("kind")), "from a source that the study does not name")


def _choice(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Say how the models were chosen: sampling first, then each condition of the query."""
    sample, query = part(manifest, "sample"), part(manifest, "query")
    frame = sample.get("frame")
    of = f" of {frame:,} listed models" if isinstance(frame, int) else ""
    if sample.get("method") == "stratified":
        yield f"a stratified random sample{of}, seed {sample.get('seed', 0)}"
    elif sample.get("method") == "top":
        yield f"the first ones{of}" if "limit" in query else "all of them"
    phrases = {
        "sort": "sorted by {}",
        "author": "author {}",
        "task": "task {}",
        "library": "library {}",
        "search": "matching “{}”",
        "since": "created since {}",
        "limit": "at most {}",
    }
    for key, value in query.items():
        yield phrases.get(key, f"{key} {{}}").format(value)


def describe_ratings(payload: Payload) -> str:
    """Put the ratings in one sentence."""
    counts = read_histogram(payload.results, "overall")
    total = sum(counts.values())
    if not total:
        return "No card was rated"
    low, high = counts[1] + counts[2], counts[4] + counts[5]
    return (
        f"{format_percent(low, total)} of the cards are rated 1 or 2, "
        f"{format_percent(counts[3], total)} are adequate and "
        f"{format_percent(high, total)} good or excellent"
    )


def certain_findings(payload: Payload) -> list[str]:
    """Find sentences on the overall rating whose interval by author excludes zero."""
    return [
        str(found["words"]).replace(" %", "\u00a0%")
        for found in payload.results.get("associations") or []
        if name_predictor(str(found.get("predictor"))) == "overall"
        and found.get("words")
        and excludes_zero(found)
    ]


def shorten_finding(sentence: str) -> str:
    """Leave the figures in brackets out of a finding; they stand in the table below it.

    Examples
    --------
    >>> shorten_finding("Better cards are associated with more likes (rho 0.31).")
    'Better cards are associated with more likes'
    """
    return re.sub(r"\s*\([^()]*\)", "", sentence).rstrip(". ")


def write_command(payload: Payload) -> str:
    """Write one command line that asks for the same study again."""
    parts = ["cardiogram", "study", payload.folder or "my-study"]
    source = part(payload.manifest, "source")
    if source.get("path"):
        parts += ["--from", str(source["path"])]
    for key, value in part(payload.manifest, "query").items():
        parts += [f"--{key.replace('_', '-')}", str(value)]
    sample = part(payload.manifest, "sample")
    if sample.get("method") == "stratified":
        for option, key in (("--sample", "method"), ("--frame", "frame"), ("--seed", "seed")):
            parts += [option, str(sample[key])]
    return shlex.join(parts)
