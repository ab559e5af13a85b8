"""Sentences and numbers of the report: what the results say, in words that do not overreach."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from cardiogram.report.data import Payload
from cardiogram.report.markup.markup import percent

METHODS = {"spearman": "Spearman’s ρ", "kendall": "Kendall’s τ-b", "pearson": "Pearson’s r"}

_OUTCOMES = {
    "downloads": "downloads (30 days)",
    "downloads_all_time": "downloads (all time)",
    "likes_change": "new likes",
    "downloads_all_time_change": "new downloads",
    "downloads_change": "growth of downloads (30 days)",
}

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


def number(value: float | None, digits: int = 0) -> str:
    """Write a number for reading: thousands apart, a dash for none.

    Examples
    --------
    >>> number(12345), number(None), number(2.5, 2)
    ('12,345', '–', '2.50')
    """
    return "–" if value is None else f"{value:,.{digits}f}"


def signed(value: float | None) -> str:
    """Write two decimals with a sign, with a real minus."""
    return "–" if value is None else f"{value:+.2f}".replace("-", "−")


def bounds(interval: Mapping[str, Any]) -> dict[str, float]:
    """Read both ends of an interval; empty where one is missing."""
    low, high = interval.get("low"), interval.get("high")
    return {} if low is None or high is None else {"low": float(low), "high": float(high)}


def between(ends: Mapping[str, float]) -> str:
    """Write an interval of correlations, or a dash."""
    return f"{signed(ends['low'])} to {signed(ends['high'])}" if ends else "–"


def p_value(value: float | None) -> str:
    """Write a p value without false precision.

    Examples
    --------
    >>> p_value(1e-9), p_value(0.0412)
    ('< 0.001', '0.041')
    """
    if value is None:
        return "–"
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def day(moment: object) -> str:
    """Write an ISO moment as ``23 November 2026``; a text that is none stays as it is."""
    try:
        found = datetime.fromisoformat(str(moment).replace("Z", "+00:00"))
    except ValueError:
        return str(moment)
    return f"{found.day} {found:%B %Y}"


def part(mapping: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """Find a nested mapping, empty where it is missing."""
    found: Any = mapping
    for key in keys:
        found = found.get(key) if isinstance(found, Mapping) else None
    return dict(found) if isinstance(found, Mapping) else {}


def histogram_of(results: Mapping[str, Any], criterion: str) -> dict[int, int]:
    """Read the counts by score 1-5 of one of the nine numbers."""
    found = part(results, "ratings", criterion, "histogram")
    return {score: int(found.get(str(score)) or 0) for score in range(1, 6)}


def predictor(name: str) -> str:
    """Name a predictor without its suffix: ``overall_expected`` is ``overall``."""
    return name.removesuffix("_expected").replace("_", " ")


def outcome(name: str) -> str:
    """Put an outcome in words."""
    return _OUTCOMES.get(name, name.replace("_", " "))


def excludes_zero(association: Mapping[str, Any]) -> bool:
    """Whether the interval by author lies wholly on one side of zero."""
    low, high = (part(association, "cluster_interval").get(end) for end in ("low", "high"))
    return low is not None and high is not None and (low > 0 or high < 0)


def summary(payload: Payload) -> str:
    """Say what was studied and how the models were chosen, in one paragraph."""
    coverage, judge = part(payload.results, "coverage"), part(payload.results, "judge")
    models, rated = coverage.get("models", 0), coverage.get("rated", 0)
    authors = coverage.get("authors")
    who = f" by {_count(authors, 'author')}" if authors else ""
    chosen = "; ".join(_choice(payload.manifest))
    written = payload.manifest.get("created_at")
    when = f" The study was started on {day(written)}." if written else ""
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


def rating_headline(payload: Payload) -> str:
    """Put the ratings in one sentence."""
    counts = histogram_of(payload.results, "overall")
    total = sum(counts.values())
    if not total:
        return "No card was rated"
    low, high = counts[1] + counts[2], counts[4] + counts[5]
    return (
        f"{percent(low, total)} of the cards are rated 1 or 2, "
        f"{percent(counts[3], total)} are adequate and {percent(high, total)} good or excellent"
    )


def findings(payload: Payload) -> list[str]:
    """Find sentences on the overall rating whose interval by author excludes zero."""
    return [
        str(found["words"]).replace(" %", "\u00a0%")
        for found in payload.results.get("associations") or []
        if predictor(str(found.get("predictor"))) == "overall"
        and found.get("words")
        and excludes_zero(found)
    ]


def headline(sentence: str) -> str:
    """Leave the figures in brackets out of a finding; they stand in the table below it.

    Examples
    --------
    >>> headline("Better cards are associated with more likes (rho 0.31).")
    'Better cards are associated with more likes'
    """
    return re.sub(r"\s*\([^()]*\)", "", sentence).rstrip(". ")


def command(payload: Payload) -> str:
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
