"""How often `track effect` finds what is not there, and what it makes of a gain of 25 %.

::

    python benchmarks/effects.py ../shared/stats/worlds.py --runs 500

Every world is simulated with edits that do nothing and with edits that bring 25 %; the window is
chosen among its donors, and seeds are 0, 1, 2, ... A share of 500 runs is known to 2 points or so
(4 where it is near a half).
"""

from __future__ import annotations

import argparse
import math
import runpy
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from cardiogram.track.effect import (
    CrossCheck,
    Effect,
    EffectPanel,
    choose_window,
    compare_models,
    estimate_effect,
)
from cardiogram.track.effect.effect_checks import check_placebo_dates, cross_check
from timing import table

GAIN = 0.25
LEVEL = 0.05


def panel_of_world(simulated: Any, drawn: bool) -> EffectPanel:
    """A simulated panel as `track effect` reads it."""
    number = simulated.edit.size
    all_time = np.c_[np.zeros(number), np.cumsum(simulated.new, axis=1)]
    first = simulated.rolling[:, :1] - simulated.new[:, :1]
    unknown = np.full(number, np.nan)
    return EffectPanel(
        tuple(f"author-{author}/{row}" for row, author in enumerate(simulated.author)),
        date(2026, 1, 1),
        all_time,
        np.c_[first, simulated.rolling],
        np.full(all_time.shape, np.nan),
        np.zeros(all_time.shape, np.int64),
        simulated.edit.astype(np.int64),
        simulated.author.astype(np.int64),
        unknown,
        np.full(number, -1),
        unknown,
        drawn=drawn,
    )


@dataclass
class Outcome:
    """What came out of the runs of a world with one gain."""

    gain: float
    estimates: list[float] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    placebo: list[float] = field(default_factory=list)

    def add(self, effect: Effect, check: CrossCheck) -> None:
        """Count one run."""
        assert effect.estimate is not None
        assert effect.interval is not None
        true = math.log1p(self.gain)
        self.estimates.append(effect.estimate)
        self.counts["covers"] += effect.interval.low <= true <= effect.interval.high
        self.counts["t"] += (effect.p_value or 0) < LEVEL
        self.counts["lot"] += (effect.randomisation_p or 0) < LEVEL
        self.counts[effect.verdict.kind] += 1
        self.counts["group-time"] += check.p_value is not None and check.p_value < LEVEL

    def percent(self, key: str) -> str:
        """Share of the runs."""
        return f"{100 * self.counts[key] / len(self.estimates):.1f}"

    @property
    def mean(self) -> str:
        """The mean estimate, as a share gained."""
        return f"{100 * math.expm1(float(np.mean(self.estimates))):+.1f} %"


def measure(worlds: dict[str, Any], world: Any, runs: int, placebo: int) -> list[str]:
    """One row: a world with edits that do nothing, and with a gain."""
    windows: Counter[int] = Counter()
    outcomes = [Outcome(0.0), Outcome(GAIN)]
    for seed in range(runs):
        for outcome in outcomes:
            simulated = worlds["simulate"](world, outcome.gain, seed)
            panel = panel_of_world(simulated, world.dates == "organisation")
            choice = choose_window(panel.only_donors)
            windows[choice.window] += 1
            compared = compare_models(panel, choice.window)
            outcome.add(estimate_effect(compared), cross_check(compared))
            if seed < placebo and outcome.gain:
                dates = check_placebo_dates(compared)
                if dates is not None:
                    outcome.placebo.append(dates.crossed)
    return list(_cells(world.name, windows, *outcomes))


def _cells(name: str, windows: Counter[int], none: Outcome, gain: Outcome) -> Iterator[str]:
    yield name
    yield ", ".join(
        f"{window}: {100 * count / windows.total():.0f} %"
        for window, count in sorted(windows.items())
    )
    yield none.mean
    yield f"{none.percent('t')} / {none.percent('lot')}"
    yield gain.mean
    yield gain.percent("covers")
    yield f"{gain.percent('t')} / {gain.percent('lot')}"
    yield f"{none.percent('effect')} / {gain.percent('effect')}"
    yield none.percent("not identified")
    yield f"{none.percent('group-time')} / {gain.percent('group-time')}"
    yield f"{np.mean(gain.placebo):.1f}, {max(gain.placebo):.0f} at most" if gain.placebo else ""


HEADS = (
    "world",
    "window chosen",
    "at 0 it says",
    "false (t / lot), %",
    "at +25 % it says",
    "covers, %",
    "power (t / lot), %",
    "verdict *effect* (0 / +25 %), %",
    "verdict *edited while* at 0, %",
    "group-time (false / power), %",
    "placebo dates that cross, of 60",
)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("worlds", type=Path)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--only", type=int, nargs="*", help="numbers of worlds")
    parser.add_argument("--placebo", type=int, default=50, help="runs with placebo dates")
    args = parser.parse_args()
    worlds = runpy.run_path(str(args.worlds))
    start, rows = time.process_time(), []
    for number, world in enumerate(worlds["WORLDS"]):
        if args.only is None or number in args.only:
            rows.append(measure(worlds, world, args.runs, args.placebo))
            print(" | ".join(rows[-1]), file=sys.stderr)
    print(table(HEADS, rows))
    print(f"\n{args.runs} runs of each; {time.process_time() - start:,.0f} processor seconds.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
