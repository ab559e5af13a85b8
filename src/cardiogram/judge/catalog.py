"""Which judges are here, what they cost, and how well they were measured to agree."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cardiogram.errors import DataError, JudgeError
from cardiogram.judge.dataset_cards import UNMEASURED, DatasetJudge
from cardiogram.judge.embedded import embedded_judge
from cardiogram.judge.llm.transport import (
    HOW_TO_GET,
    NEEDED,
    OLD_PYTHON,
    PROVIDERS,
    ModelName,
    is_installed,
    price_of,
)
from cardiogram.store import Study

TOKENS_IN, TOKENS_OUT = 2700, 560
"""Tokens of a card's call and of its answer, on average over 524 cards, where none is measured."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One judge, or one provider of judges.

    Attributes
    ----------
    state
        "ready", or what is missing.
    agreement
        As measured: `scores` (each with `qwk`, `low`, `high` and `n`) and `method`, against what.
    usd_per_1000
        Price of a thousand cards; None where it is not known.
    cards_per_second
        As measured in the study; None where it was not.
    """

    id: str
    version: str
    state: str
    agreement: Mapping[str, Any] | None = None
    usd_per_1000: float | None = None
    cards_per_second: float | None = None
    note: str = ""


def list_judges(study: Study | None = None, calibrations: Sequence[Path] = ()) -> list[Listed]:
    """The built-in judge, the language models that a study used, and the providers there are.

    Parameters
    ----------
    study
        Whose ratings tell price and speed.
    calibrations
        Files that `cardiogram calibrate --save` wrote; those in `calibrations/` of the study are
        found without being named.

    Raises
    ------
    DataError
        A file is no calibration.
    """
    used = [] if study is None else _used(study, calibrations)
    return [_embedded(), _checklist(), *used, *map(_provider, PROVIDERS)]


def _embedded() -> Listed:
    about = embedded_judge().weights.about
    return Listed(
        id="embedded",
        version=str(about["version"]),
        state="ready",
        agreement=about["agreement"],
        usd_per_1000=0.0,
        note=f"built in, no key, no cost, rubric {about['rubric']}",
    )


def _checklist() -> Listed:
    rules = DatasetJudge()
    return Listed(
        id=rules.id,
        version=rules.version,
        state="ready",
        usd_per_1000=0.0,
        note=f"built in, a checklist for cards of datasets, rubric {rules.rubric_version}: "
        f"{UNMEASURED}",
    )


def _used(study: Study, calibrations: Sequence[Path]) -> list[Listed]:
    """The language models whose ratings a study holds."""
    columns = ["judge", "judge_version", "status", "cost_usd", "seconds", "calls"]
    rows = [row for row in study.ratings.read(columns).to_pylist() if row["calls"] is not None]
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault((row["judge"], row["judge_version"]), []).append(row)
    files = [*calibrations, *sorted((study.root / "calibrations").glob("*.json"))]
    measured = dict(map(_calibration, files))
    found = []
    for (judge, version), group in sorted(groups.items()):
        costs = [row["cost_usd"] for row in group if row["cost_usd"] is not None]
        seconds = sum(row["seconds"] for row in group)
        rated = sum(row["status"] == "rated" for row in group)
        found.append(
            Listed(
                id=judge,
                version=version,
                state=_state(judge),
                agreement=measured.get((judge, version)),
                usd_per_1000=1000 * sum(costs) / len(costs) if costs else None,
                cards_per_second=len(group) / seconds if seconds else None,
                note=f"{rated} of {len(group)} cards rated in {study.root}",
            )
        )
    return found


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


def _provider(provider: str) -> Listed:
    """A provider, with the price of one of its models as an example."""
    model = _EXAMPLES.get(provider)
    name = ModelName.parse(f"{provider}/{model or 'MODEL'}")
    price = price_of(name)
    out = 0 if name.provider.wire == "decisions" else TOKENS_OUT
    url = f"server at {name.url}" if name.url else ""
    return Listed(
        id=str(name),
        version="",
        state=_state(str(name)),
        usd_per_1000=1000 * price.of(TOKENS_IN, out) if price else None,
        note=url or ("an example: any of the provider's models can be named" if model else ""),
    )


def _calibration(path: Path) -> tuple[tuple[str, str], Mapping[str, Any]]:
    """Judge and version of a saved calibration, and the agreement in it."""
    try:
        data = json.loads(path.read_text("utf-8"))
        scores = data.get("agreement") or data["scores"]
        scores = scores.get("scores", scores)
        overall = {name: scores["overall"].get(name) for name in ("qwk", "low", "high", "n")}
        key = (str(data["judge"]), str(data["version"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(
            f"{str(path)!r} is no calibration: {error}", hint="cardiogram calibrate --save FILE"
        ) from error
    gold = data.get("gold") or path.stem
    return key, {"scores": {**scores, "overall": overall}, "method": f"against {gold}"}


def describe(judges: Sequence[Listed]) -> str:
    """The list as text, one judge a line and its agreement below."""
    wide = max(len(item.id) for item in judges)
    lines = []
    for item in judges:
        cost = "price not known"
        if item.usd_per_1000 is not None:
            cost = f"{item.usd_per_1000:.2f} USD per 1,000 cards"
        speed = f", {item.cards_per_second:.2f} cards/s each" if item.cards_per_second else ""
        lines.append(f"{item.id:<{wide}}  {item.version:<9}  {item.state}; {cost}{speed}")
        if item.note:
            lines.append(f"{'':<{wide}}  {item.note}")
        lines.append(f"{'':<{wide}}  {_agreement(item.agreement)}")
    return "\n".join(lines) + "\n"


def _agreement(found: Mapping[str, Any] | None) -> str:
    overall = (found or {}).get("scores", {}).get("overall", {})
    if found is None or overall.get("qwk") is None:
        return "agreement not measured"
    interval = ""
    if overall.get("low") is not None:
        interval = f" ({overall['low']:.3f} to {overall['high']:.3f})"
    parts = [
        f"{name} {part['qwk']:.3f}"
        for name, part in found["scores"].items()
        if name != "overall" and part.get("qwk") is not None
    ]
    rest = f": {', '.join(parts)}" if parts else ""
    return f"QWK {overall['qwk']:.3f}{interval} overall{rest}; {found['method']}"
