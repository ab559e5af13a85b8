"""What is fixed before a changed model is read, kept in the ledger: the window, and a draw.

`design.toml` holds both with their SHA-256. What is fixed is used as it stands, however donors move
later; a file that was changed by hand is refused, and so is another draw.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import tomli_w

from cardiogram.errors import ConfigError, DataError
from cardiogram.store import from_json, to_json, write_atomically
from cardiogram.text import parse_toml
from cardiogram.track.effect.effect_panel import (
    DONOR,
    SET_ASIDE,
    EffectPanel,
    LeftOut,
    day_of,
    panel_of,
)
from cardiogram.track.effect.planning import PlanDraw, WindowChoice, choose_window
from cardiogram.track.effect.window_counts import SKIPPED
from cardiogram.track.history import CardEvent
from cardiogram.track.ledger import ModelLedger
from cardiogram.track.series import ModelSeries

DESIGN_FILE = "design.toml"
NOT_YET = "drawn to change first, and not changed yet"


@dataclass(frozen=True, slots=True)
class EffectDesign:
    """What a ledger has fixed.

    Attributes
    ----------
    window, window_on
        The window and the day on which donors chose it.
    draw, drawn_on
        Which models change first and the day on which that was drawn.
    """

    window: WindowChoice | None = None
    window_on: date | None = None
    draw: PlanDraw | None = None
    drawn_on: date | None = None


def read_design(folder: Path) -> EffectDesign:
    """What is fixed in a ledger; nothing where it has no `design.toml`.

    Raises
    ------
    DataError
        The file cannot be read, or was changed after it was written.
    """
    path = folder / DESIGN_FILE
    try:
        values = parse_toml(path.read_text("utf-8"))
    except FileNotFoundError:
        return EffectDesign()
    except (OSError, ValueError) as error:
        raise DataError(f"{str(path)!r} cannot be read: {error}") from error
    window, draw = _part(values, "window", path), _part(values, "draw", path)
    design = EffectDesign()
    if window:
        spreads = {int(days): float(sd) for days, sd in window["spreads"].items()}
        choice = WindowChoice(window["days"], spreads, window["donors"], window["digest"])
        design = replace(design, window=choice, window_on=window["on"])
    if draw:
        kept = from_json(PlanDraw, {"seed": draw["seed"], "models": draw["models"]}, str(path))
        design = replace(design, draw=kept, drawn_on=draw["on"])
    return design


def find_edited(ledger: ModelLedger) -> frozenset[str]:
    """Keys of the models of whose README the snapshots show more than one text.

    It is known of models that are watched for themselves, and not of donors.
    """
    rows = ledger.readings(["hub_id", "id", "readme_blob"])
    rows = rows.filter(pc.is_valid(rows["readme_blob"]))
    texts: dict[str, set[str]] = {}
    for row in rows.to_pylist():
        texts.setdefault(row["hub_id"] or row["id"], set()).add(row["readme_blob"])
    return frozenset(key for key, blobs in texts.items() if len(blobs) > 1)


def fix_window(folder: Path, panel: EffectPanel, *, drawn: bool = False) -> WindowChoice:
    """The window that is fixed in a ledger; where none is, donors choose it.

    No count of a changed model is read here: :func:`choose_window` is given donors only. The choice
    is kept once the days after an edit are over: until then a longer window may come to fit.

    Parameters
    ----------
    drawn
        Keep it now: an experiment is drawn, which is to be read as it was planned.

    Raises
    ------
    DataError
        As :func:`read_design`.
    """
    design = read_design(folder)
    if design.window is None:
        choice = choose_window(panel.only_donors)
        over = panel.edit[panel.treated] + SKIPPED + choice.window <= panel.days
        if not choice.spreads or not (drawn or over.any()):
            return choice
        design = replace(design, window=choice, window_on=_today())
        _write(folder, design)
    assert design.window is not None
    return design.window


def keep_draw(folder: Path, draw: PlanDraw) -> None:
    """Keep a draw before the first card is changed.

    Raises
    ------
    ConfigError
        Another is kept already.
    DataError
        As :func:`read_design`.
    """
    design = read_design(folder)
    if design.draw == draw:
        return
    if design.draw is not None:
        raise ConfigError(
            f"a draw of {design.drawn_on} with seed {design.draw.seed} is kept in "
            f"{str(folder / DESIGN_FILE)!r}",
            hint="Its experiment is read as it was drawn. For another one use another --ledger.",
        )
    _write(folder, replace(design, draw=draw, drawn_on=_today()))


def fixed_panel(
    folder: Path, series: Sequence[ModelSeries], events: Iterable[CardEvent]
) -> tuple[EffectPanel, WindowChoice]:
    """The panel of a ledger and its window, as it has fixed them.

    Of an experiment only edits since the day of the draw are read: the lot decided no earlier one.

    Raises
    ------
    DataError
        As :func:`read_design`.
    """
    design = read_design(folder)
    panel = panel_of(series, events, design.drawn_on, find_edited(ModelLedger(folder)))
    if design.draw is not None:
        now = {span.name: model.name for model in series for span in model.spans}
        drawn = (replace(d, model=now.get(d.model, d.model)) for d in design.draw.models)
        panel = experiment_of(panel, replace(design.draw, models=tuple(drawn)))
    return panel, fix_window(folder, panel)


def count_set_aside(
    folder: Path, series: Sequence[ModelSeries], events: Iterable[CardEvent]
) -> int:
    """How many models changed before a ledger's draw are not read for it; 0 without a draw."""
    day = read_design(folder).drawn_on
    if day is None:
        return 0
    before = [event for event in events if day_of(event) < day]
    return int(panel_of(series, before, edited=find_edited(ModelLedger(folder))).treated.size)


def due_on(panel: EffectPanel, choice: WindowChoice) -> date:
    """The day whose snapshot ends the days after the last edit of an experiment.

    Cards that are still to be changed are taken to be changed today.
    """
    last = max(panel.edit[panel.treated].tolist(), default=0)
    waiting = any(gone.reason == NOT_YET for gone in panel.left_out)
    edited = _today() if waiting else panel.first_day + timedelta(last)
    return edited + timedelta(SKIPPED + choice.window)


def experiment_of(panel: EffectPanel, draw: PlanDraw) -> EffectPanel:
    """The panel of an experiment: models drawn to change first, and those drawn for later.

    A model whose turn is later is a donor until its own edit. Units are models.
    """
    turns = {drawn.model: drawn.turn for drawn in draw.models}
    rows = np.array([n for n, name in enumerate(panel.models) if name in turns], np.int64)
    part = panel.rows(rows)
    edit, all_time, left_out = part.edit.copy(), part.all_time.copy(), []
    rolling, likes = part.rolling.copy(), part.likes.copy()
    for row, name in enumerate(part.models):
        if turns[name] == "later":
            if edit[row] >= 0:
                for counter in (all_time, rolling, likes):
                    counter[row, edit[row] + 1 :] = np.nan
                edit[row] = DONOR
        elif edit[row] == DONOR:
            left_out.append(LeftOut(name, NOT_YET))
            edit[row] = SET_ASIDE
    before = tuple(gone for gone in part.left_out if turns.get(gone.model) == "first")
    return replace(
        part,
        edit=edit,
        all_time=all_time,
        rolling=rolling,
        likes=likes,
        left_out=before + tuple(left_out),
        drawn=True,
    )


def _part(values: Mapping[str, Any], name: str, path: Path) -> dict[str, Any]:
    """A table of the file, if its hash is that of what it holds."""
    table = values.get(name)
    if table is None:
        return {}
    if not isinstance(table, dict) or table.get("sha256") != _hash(table):
        raise DataError(
            f"{str(path)!r}: the {name} is not as it was fixed",
            hint="Bring the file back from your history. Without it the next track effect fixes "
            "a window anew, and what it then says is of another study.",
        )
    return table


def _write(folder: Path, design: EffectDesign) -> None:
    tables: dict[str, dict[str, Any]] = {}
    if design.window is not None:
        choice = design.window
        tables["window"] = {
            "days": choice.window,
            "on": design.window_on,
            "donors": choice.donors,
            "spreads": {str(days): sd for days, sd in choice.spreads.items()},
            "digest": choice.digest,
        }
    if design.draw is not None:
        tables["draw"] = {"on": design.drawn_on, **to_json(design.draw)}
    for table in tables.values():
        table["sha256"] = _hash(table)
    write_atomically(folder / DESIGN_FILE, tomli_w.dumps(tables).encode())


def _hash(table: Mapping[str, Any]) -> str:
    content = {key: value for key, value in table.items() if key != "sha256"}
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def _today() -> date:
    return datetime.now(timezone.utc).date()
