"""Which judges are here, what they cost, and how well they were measured to agree."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from cardiogram.errors import DataError, JudgeError
from cardiogram.judge.llm.transport import (
    HOW_TO_GET,
    NEEDED,
    OLD_PYTHON,
    PROVIDERS,
    ModelName,
    is_installed,
    price_of,
)
from cardiogram.judge.reliance import describe_reliance
from cardiogram.judge.rubric import RUBRIC_OF
from cardiogram.names import DATA

if TYPE_CHECKING:
    from cardiogram.store import Study

_INDENT = " " * 4

TOKENS_IN, TOKENS_OUT = 2700, 560
"""Tokens of a card's call and of its answer, on average over 524 cards, where none is measured."""


class MeasuredAgreement(TypedDict):
    """Agreement by number (each with `qwk`, `low`, `high` and `n`), and against what."""

    scores: Mapping[str, Mapping[str, float | None]]
    method: str


@dataclass(frozen=True, slots=True)
class ListedJudge:
    """One judge, or one provider of judges.

    Attributes
    ----------
    state
        "ready", or what is missing.
    usd_per_1000
        Price of a thousand cards; None where it is not known.
    cards_per_second
        As measured in the study; None where it was not.
    reliance
        What a user can rely on, in sentences, where it was measured.
    """

    id: str
    version: str
    state: str
    agreement: MeasuredAgreement | None = None
    usd_per_1000: float | None = None
    cards_per_second: float | None = None
    note: str = ""
    reliance: tuple[str, ...] = ()


def list_judges(study: Study | None = None, calibrations: Sequence[Path] = ()) -> list[ListedJudge]:
    """The built-in judge, the language models that a study used, and the providers there are.

    Parameters
    ----------
    study
        Whose ratings tell price and speed.
    calibrations
        Files that `cardiogram judges calibrate save` wrote; those in `calibrations/` of the study
        are found without being named.

    Raises
    ------
    DataError
        A file is no calibration.
    """
    used = [] if study is None else _used(study, calibrations)
    return [_embedded(), _checklist(), *used, *map(_provider, PROVIDERS)]


def _embedded() -> ListedJudge:
    """The built-in judge, by its record alone: its weights are not loaded."""
    file = DATA / "judge" / "judge.json"
    record = json.loads(file.read_text("utf-8"))
    return ListedJudge(
        id="embedded",
        version=str(record["version"]),
        state="ready",
        agreement=record["agreement"],
        usd_per_1000=0.0,
        note=f"built in, no key, no cost, rubric {record['rubric']}",
        reliance=describe_reliance(record),
    )


def _checklist() -> ListedJudge:
    return ListedJudge(
        id="dataset-rules",
        version="1",
        state="ready",
        usd_per_1000=0.0,
        note=f"built in, a checklist for cards of datasets, rubric {RUBRIC_OF['dataset']}: "
        "no measured agreement",
    )


def _used(study: Study, calibrations: Sequence[Path]) -> list[ListedJudge]:
    """The language models whose ratings a study holds."""
    columns = ["judge", "judge_version", "status", "cost_usd", "seconds", "calls"]
    groups: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in study.ratings.rows(columns):
        if row["calls"] is not None:
            groups.setdefault((row["judge"], row["judge_version"]), []).append(row)
    files = [*calibrations, *sorted((study.root / "calibrations").glob("*.json"))]
    measured = dict(map(_read_calibration, files))
    listed = []
    for (judge, version), rows in sorted(groups.items()):
        costs = [row["cost_usd"] for row in rows if row["cost_usd"] is not None]
        seconds = sum(row["seconds"] for row in rows)
        rated = sum(row["status"] == "rated" for row in rows)
        listed.append(
            ListedJudge(
                id=judge,
                version=version,
                state=_state(judge),
                agreement=measured.get((judge, version)),
                usd_per_1000=1000 * sum(costs) / len(costs) if costs else None,
                cards_per_second=len(rows) / seconds if seconds else None,
                note=f"{rated} of {len(rows)} cards rated in {study.root}",
            )
        )
    return listed


def _state(judge: str) -> str:
    try:
        name = ModelName.parse(judge)
    except JudgeError:  # a provider that a later version knows
        return "unknown provider"
    if not is_installed(name.provider):
        return f"needs {NEEDED}" + ("" if OLD_PYTHON else f": {HOW_TO_GET}")
    if name.provider.keyless:
        return "needs a server, no key"
    missing = name.missing()
    return f"needs a key in {missing}" if missing else "ready"


_EXAMPLES = {
    "openai": "gpt-5-mini",
    "anthropic": "claude-haiku-4-5",
    "google": "gemini-2.5-flash",
    "openai-decisions": "gpt-6-luna",
}


def _provider(provider: str) -> ListedJudge:
    """A provider, with the price of one of its models as an example."""
    model = _EXAMPLES.get(provider)
    name = ModelName.parse(f"{provider}/{model or 'MODEL'}")
    price = price_of(name)
    out = 0 if name.provider.wire == "decisions" else TOKENS_OUT
    url = f"server at {name.url}" if name.url else ""
    return ListedJudge(
        id=str(name),
        version="",
        state=_state(str(name)),
        usd_per_1000=1000 * price.of(TOKENS_IN, out) if price else None,
        note=url or ("an example: any of the provider's models can be named" if model else ""),
    )


def _read_calibration(path: Path) -> tuple[tuple[str, str], MeasuredAgreement]:
    """Judge and version of a saved calibration, and the agreement in it."""
    try:
        data = json.loads(path.read_text("utf-8"))
        scores = data.get("agreement") or data["scores"]
        scores = scores.get("scores", scores)
        overall = {name: scores["overall"].get(name) for name in ("qwk", "low", "high", "n")}
        key = (str(data["judge"]), str(data["version"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{str(path)!r} is no calibration: {error}",
            hint="cardiogram judges calibrate save RATINGS GOLD --out FILE",
        ) from error
    gold = data.get("gold") or path.stem
    return key, {"scores": {**scores, "overall": overall}, "method": f"against {gold}"}


def describe_judges(judges: Sequence[ListedJudge]) -> str:
    """The list as text, one judge a line and its agreement below."""
    lines = []
    for judge in judges:
        cost = "price not known"
        if judge.usd_per_1000 is not None:
            cost = f"{judge.usd_per_1000:.2f} USD per 1,000 cards"
        speed = f", {judge.cards_per_second:.2f} cards/s each" if judge.cards_per_second else ""
        name = "  ".join(filter(None, (judge.id, judge.version)))
        lines += _wrap(f"{name}  {judge.state}; {cost}{speed}", "")
        lines += _wrap(judge.note, _INDENT) if judge.note else []
        if judge.reliance:
            for sentence in judge.reliance:
                lines += _wrap(f"- {sentence}", _INDENT)
        else:
            lines += _wrap(_describe_agreement(judge.agreement), _INDENT)
    return "\n".join(lines) + "\n"


def _wrap(text: str, first: str) -> list[str]:
    """Lines of at most 80 characters; a name that is longer is left whole."""
    return textwrap.wrap(
        text,
        80,
        initial_indent=first,
        subsequent_indent=_INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _describe_agreement(agreement: MeasuredAgreement | None) -> str:
    overall = agreement["scores"].get("overall", {}) if agreement else {}
    if agreement is None or overall.get("qwk") is None:
        return "agreement not measured"
    interval = ""
    if overall.get("low") is not None:
        interval = f" ({overall['low']:.3f} to {overall['high']:.3f})"
    criteria = [
        f"{name} {figures['qwk']:.3f}"
        for name, figures in agreement["scores"].items()
        if name != "overall" and figures.get("qwk") is not None
    ]
    tail = f": {', '.join(criteria)}" if criteria else ""
    agrees = f"agrees {overall['qwk']:.3f}{interval} of 1 overall (weighted kappa){tail}"
    return f"{agrees}; {agreement['method']}"
