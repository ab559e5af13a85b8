"""What a report shows, gathered from a study folder: plain values that JSON can carry."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from datetime import date, datetime
from importlib import resources
from typing import Any
from urllib.parse import quote, urlsplit

from cardiogram.cards.problems import explain
from cardiogram.errors import DataError
from cardiogram.report.match import Candidate, Pair, select_pairs
from cardiogram.store import SCORES, Study

MAX_MODELS = 20_000
"""Models in the page's table; beyond it, the most downloaded."""

MAX_CARD_BYTES = 60_000
"""A card's text is cut here (bytes of UTF-8), and the cut is stated."""

MAX_TEXT_BYTES = 12_000_000
"""All card texts of a page together (bytes of UTF-8)."""

_MODEL_ID = re.compile(r"[\w.-]+(/[\w.-]+)?", re.ASCII)
_TABLE_ROW = re.compile(r"^\| *`?([^|`]+?)`? *\| *([^|]+?) *\|", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Score:
    """One of the nine numbers: the whole score, its expectation and its interval (all 1-5)."""

    score: int | None
    expected: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A fact of the card, where it stands (lines from 1) and how far it moved the rating."""

    criterion: str
    fact: str
    first_line: int | None
    last_line: int | None
    effect: float | None


@dataclass(frozen=True, slots=True)
class Model:
    """One row of the table. `text` is an index into the payload's texts."""

    id: str
    author: str
    downloads: int | None
    likes: int | None
    pipeline_tag: str | None
    library_name: str | None
    created_at: str | None
    gated: str | None
    scores: Mapping[str, Score]
    problems: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    text: int | None

    @property
    def overall(self) -> int | None:
        """The overall rating, 1-5; None where the card was not rated."""
        return self.scores["overall"].score if self.scores else None


@dataclass(frozen=True, slots=True)
class CardText:
    """A card's source from its first line, cut at `MAX_CARD_BYTES`; `bytes` is its whole size."""

    text: str
    bytes: int
    cut: bool


@dataclass(frozen=True, slots=True)
class Rubric:
    """The rubric's own words: a question for each criterion, a meaning for each overall score."""

    questions: Mapping[str, str]
    names: Mapping[int, str]
    meanings: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Payload:
    """Everything that a page shows.

    Attributes
    ----------
    folder
        Name of the study's folder.
    hub
        Address that a model's page starts with; None where there is none to link to.
    pairs
        Poor and good cards to compare, the closest first; empty where `pair_reason` says why.
    notes
        What was left out of the page, in sentences.
    """

    folder: str
    hub: str | None
    manifest: Mapping[str, Any]
    results: Mapping[str, Any]
    rubric: Rubric
    models: tuple[Model, ...]
    texts: tuple[CardText, ...]
    pairs: tuple[Pair, ...]
    pair_reason: str
    notes: tuple[str, ...]

    def link(self, model: Model) -> str | None:
        """Address of a model's page on the Hub; None where the id is not one of the Hub's."""
        if self.hub is None or not _MODEL_ID.fullmatch(model.id):
            return None
        return f"{self.hub}/{quote(model.id)}"

    def text(self, model: Model) -> CardText | None:
        """Give the source of a model's card, where the page has it."""
        return None if model.text is None else self.texts[model.text]

    def for_browser(self) -> dict[str, Any]:
        """Give what the page's script reads, as JSON; rows are lists to keep it small."""
        return {
            "hub": self.hub,
            "scores": list(SCORES),
            "questions": dict(self.rubric.questions),
            "columns": [field.name for field in fields(Model)],
            "models": [_row(model) for model in self.models],
            "texts": [[text.text, text.bytes, text.cut] for text in self.texts],
        }


def _row(model: Model) -> list[Any]:
    row: dict[str, Any] = {field.name: getattr(model, field.name) for field in fields(model)}
    row["scores"] = [list(astuple(model.scores[name])) for name in SCORES if model.scores]
    row["problems"] = list(model.problems)
    row["evidence"] = [list(astuple(fact)) for fact in model.evidence]
    return list(row.values())


def build_payload(study: Study, *, judge: str | None = None) -> Payload:
    """Gather what the report of a study shows.

    Parameters
    ----------
    study
        A study folder that `analyze` has run on.
    judge
        Id of the judge whose ratings are shown; by default the one that was analyzed.

    Raises
    ------
    DataError
        There is no results.json yet, or a file of the study cannot be read.
    """
    results = study.results()
    if not results:
        raise DataError(
            f"{str(study.root)!r} has no results yet",
            hint=f"Analyze it first: cardiogram analyze {study.root}",
        )
    rows = sorted(study.models.rows(), key=_by_popularity)
    shown = rows[:MAX_MODELS]
    used = judge or results.get("judge", {}).get("id", "embedded")
    models = _models(study, shown, used)
    pairs = select_pairs([Candidate(m.id, m.author, m.overall, m.downloads) for m in models])
    first = [place for pair in pairs for place in (pair.poor, pair.good)]
    order = [shown[i]["card_sha256"] for i in (*first, *range(len(shown)))]
    texts = _texts(study, [sha for sha in dict.fromkeys(order) if sha])
    index = {sha: i for i, sha in enumerate(texts)}
    manifest = _plain(study.manifest())
    return Payload(
        folder=study.root.resolve().name,
        hub=_endpoint(manifest),
        manifest=manifest,
        results=_plain(results),
        rubric=_rubric(),
        models=tuple(
            _with_text(model, index.get(row["card_sha256"]))
            for model, row in zip(models, shown, strict=True)
        ),
        texts=tuple(texts.values()),
        pairs=tuple(pairs),
        pair_reason="" if pairs else _why_no_pair(models),
        notes=tuple(_left_out(rows, texts)),
    )


def _by_popularity(row: Mapping[str, Any]) -> list[Any]:
    return [-(row["downloads"] or 0), -(row["likes"] or 0), row["id"] or ""]


def _with_text(model: Model, text: int | None) -> Model:
    values = {field.name: getattr(model, field.name) for field in fields(model)}
    return Model(**{**values, "text": text})


def _models(study: Study, rows: Sequence[Mapping[str, Any]], judge: str) -> list[Model]:
    # A rating counts for the card that it read: one of an older text is not shown for a newer.
    ratings = {
        (row["id"], row["card_sha256"]): row
        for row in study.ratings.rows()
        if row["judge"] == judge
    }
    cards = study.cards.read(["card_sha256", "problems"]).to_pylist()
    problems = {card["card_sha256"]: card["problems"] or [] for card in cards}
    made = []
    for row in rows:
        sha = row["card_sha256"]
        rating = ratings.get((row["id"], sha), {})
        found = [*(row["problems"] or []), *problems.get(sha, []), *(rating.get("problems") or [])]
        made.append(_model(row, rating, found))
    return made


def _model(row: Mapping[str, Any], rating: Mapping[str, Any], problems: Iterable[str]) -> Model:
    rated = rating.get("overall") is not None
    return Model(
        id=row["id"] or "",
        author=row["author"] or (row["id"] or "").partition("/")[0],
        downloads=row["downloads"],
        likes=row["likes"],
        pipeline_tag=row["pipeline_tag"],
        library_name=row["library_name"],
        created_at=row["created_at"].date().isoformat() if row["created_at"] else None,
        gated=row["gated"],
        scores={name: _score(rating, name) for name in SCORES} if rated else {},
        problems=tuple(explain(problem) for problem in dict.fromkeys(problems)),
        evidence=tuple(_evidence(fact) for fact in rating.get("evidence") or []),
        text=None,
    )


def _score(rating: Mapping[str, Any], name: str) -> Score:
    return Score(
        score=rating[name],
        expected=_rounded(rating[f"{name}_expected"]),
        low=_rounded(rating[f"{name}_low"]),
        high=_rounded(rating[f"{name}_high"]),
    )


def _evidence(fact: Mapping[str, Any]) -> Evidence:
    return Evidence(
        criterion=fact["criterion"] or "",
        fact=fact["fact"] or "",
        first_line=fact["first_line"],
        last_line=fact["last_line"],
        effect=_rounded(fact["effect"]),
    )


def _rounded(value: float | None) -> float | None:
    return round(value, 3) if value is not None and math.isfinite(value) else None


def _why_no_pair(models: Sequence[Model]) -> str:
    counted = [m.overall for m in models if m.overall is not None and m.downloads is not None]
    if not counted:
        return "No card was rated, so there is nothing to compare."
    if max(counted) < 4:
        return "No card with known downloads is rated 4 or 5, so there is no good card to show."
    return "No card with known downloads is rated 1 or 2, so there is no poor card to show."


# Card texts ----------------------------------------------------------------------------------


def _texts(study: Study, order: Sequence[str]) -> dict[str, CardText]:
    """Texts by card hash, the most wanted first, as many as the page may carry."""
    wanted = set(_affordable(study, order))
    found = {
        row["card_sha256"]: _card_text(row)
        for row in study.cards.rows()
        if row["card_sha256"] in wanted
    }
    kept: dict[str, CardText] = {}
    total = 0
    for sha in order:
        if sha in found:
            total += len(found[sha].text.encode())
            if total > MAX_TEXT_BYTES:
                break
            kept[sha] = found[sha]
    return kept


def _affordable(study: Study, order: Sequence[str]) -> Iterator[str]:
    """Hashes whose texts may fit, by the sizes alone: no body is read to be thrown away."""
    rows = study.cards.read(["card_sha256", "bytes"]).to_pylist()
    sizes = {row["card_sha256"]: row["bytes"] or 0 for row in rows}
    total = 0
    for sha in order:
        total += min(sizes.get(sha, 0), MAX_CARD_BYTES)
        if total > MAX_TEXT_BYTES:
            return
        yield sha


def _card_text(row: Mapping[str, Any]) -> CardText:
    source = row["body"] or ""
    if row["front_matter"] is not None:
        head = f"---\n{row['front_matter']}---\n"
        blank = (row["body_line"] or 0) - head.count("\n")
        source = "\n" * max(blank, 0) + head + source
    data = source.encode()
    cut = len(data) > MAX_CARD_BYTES
    text = data[:MAX_CARD_BYTES].decode("utf-8", "ignore") if cut else source
    return CardText(text, max(row["bytes"] or 0, len(data)), cut)


def _left_out(rows: Sequence[Mapping[str, Any]], texts: Mapping[str, CardText]) -> Iterator[str]:
    if len(rows) > MAX_MODELS:
        yield (
            f"The table and the scatter plots hold the {MAX_MODELS:,} most downloaded of "
            f"{len(rows):,} models; the statistics use all of them."
        )
    missing = sum(1 for row in rows if row["card_sha256"] and row["card_sha256"] not in texts)
    if missing:
        yield (
            f"The texts of {missing:,} cards are not in this file, which carries at most "
            f"{MAX_TEXT_BYTES // 10**6} MB of text: the compared pair and the most downloaded."
        )
    cut = sum(text.cut for text in texts.values())
    if cut:
        texts_are = "text is" if cut == 1 else "texts are"
        yield f"{cut:,} long card {texts_are} cut at {MAX_CARD_BYTES // 1000} kB."


# Words of the rubric, the manifest -----------------------------------------------------------


def _rubric() -> Rubric:
    """Read the rubric's tables, so that the page and the judge cannot say different things."""
    path = resources.files("cardiogram") / "data" / "rubric" / "model-card-v1.md"
    scale, criteria, overall = path.read_text("utf-8").split("\n## ")[1:4]
    return Rubric(
        questions={k: v for k, v in _TABLE_ROW.findall(criteria) if k in SCORES},
        names={int(k): v for k, v in _TABLE_ROW.findall(scale) if k.isdigit()},
        meanings={int(k): v for k, v in _TABLE_ROW.findall(overall) if k.isdigit()},
    )


def _endpoint(manifest: Mapping[str, Any]) -> str | None:
    """Read the Hub's address from the manifest, if it is a plain web address."""
    source = manifest.get("source")
    found = source.get("endpoint") if isinstance(source, Mapping) else None
    try:
        parts = urlsplit(str(found or ""))
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    return f"{parts.scheme}://{parts.netloc}{quote(parts.path.rstrip('/'))}"


def _plain(value: Any) -> Any:
    """Give the same value with dates as text and numbers that JSON knows."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
