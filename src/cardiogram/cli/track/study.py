"""The command that looks back: what followed the changes of many cards."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cardiogram import store
from cardiogram.cli.options import EXISTING, PATH, json_option, print_results, seed_option
from cardiogram.cli.printing import look_of
from cardiogram.cli.progress_bars import progress_bars
from cardiogram.report import data, figures as charts, page, tables, terminal
from cardiogram.report.markup import wrap_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cardiogram.track import LookBack
    from cardiogram.track.history import CardEvent
    from cardiogram.track.series import ModelSeries


@click.command("study")
@click.argument("series", type=EXISTING)
@click.option(
    "--events",
    "history",
    type=EXISTING,
    help="Where the changes of cards are: a ledger, or a file of events.  [SERIES]",
)
@click.option("--out", type=PATH, default="look-back", help="Folder to write to.")
@click.option("--figures", is_flag=True, help="Write each chart as SVG and as PNG at 2x, too.")
@seed_option
@json_option
def command(
    series: Path, history: Path | None, out: Path, figures: bool, seed: int, as_json: bool
) -> None:
    """Look back: say what followed the changes of many cards.

    SERIES is a ledger or a study with daily counts, from `track snapshot` or `track backfill`;
    the changes come from `track history`. Writes report.html, results.json,
    changed.csv and left-out.csv.
    """
    from cardiogram.track import (
        effect as effects,
        history as histories,
        look_back,
        series as readings,
    )

    with progress_bars() as on_progress:
        watched = readings.read_series(series)
        events = [
            event for past in histories.read_events(history or series) for event in past.events
        ]
        back = look_back(watched, events, ledger=series, seed=seed, on_progress=on_progress)
    models = list(_shown(back, watched, events))
    asked = f"--events {shlex.quote(str(history))} " if history else ""
    again = f"cardiogram track study {shlex.quote(str(series))} {asked}--seed {seed}"
    written = _write(back, models, out, again)
    if figures:
        drawn = page.draw_look_back(back, models)
        source = f"{back.main.models:,} changed models, {back.main.donors:,} like them"
        source += f", {back.first_day} to {back.last_day}"
        written += [*charts.write_drawings(drawn, source, out / "figures")]
    places = [f"report: {out / 'report.html'}", f"every number: {out / 'results.json'}"]
    if back.left_out:
        places.append(f"left out: {len(back.left_out):,}, with reasons in {out / 'left-out.csv'}")
    number = effects.count_set_aside(series, watched, events) if series.is_dir() else 0
    if number:
        day, file = effects.read_design(series).drawn_on, str(series / "design.toml")
        places += wrap_lines(terminal.say_set_aside(number, day, file))
    text = terminal.render_effect(back.effects, look_of("text", False), places=places)
    results = {**store.to_json(back), "files": [str(path) for path in written]}
    print_results(results, text, as_json)


def _shown(
    back: LookBack, watched: Sequence[ModelSeries], events: Sequence[CardEvent]
) -> Iterator[data.WatchedModel]:
    """The models that are shown alone, with the changes of their cards under any name."""
    series = {model.name: model for model in watched}
    for single in back.singles:
        model = series[single.model]
        own = [event for event in events if event.repo in model.every_name]
        yield data.watch_model(model, own, single, back.first_day)


def _write(
    back: LookBack, models: Sequence[data.WatchedModel], out: Path, again: str
) -> list[Path]:
    """Write what was found, every changed model, those left out, and the page."""
    texts = {
        "results.json": json.dumps(store.to_json(back), indent=1, ensure_ascii=False) + "\n",
        "changed.csv": tables.write_csv(tables.changed_sheet(back)),
        "left-out.csv": tables.write_csv(tables.left_out_sheet(back)),
        "report.html": page.render_look_back(back, models, again),
    }
    for name, text in texts.items():
        store.write_atomically(out / name, text.encode("utf-8", "replace"))
    return [out / name for name in texts]
