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

from cardiogram.stats.resampling import Resampling
from cardiogram.track.effect import Effect, EffectPanel, choose_window, compare_models
from cardiogram.track.effect.find_effect import estimate_effect, find_effect
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

    def add(self, effect: Effect) -> None:
        """Count one run."""
        assert effect.estimate is not None
        assert effect.interval is not None
        true = math.log1p(self.gain)
        self.estimates.append(effect.estimate)
        self.counts["covers"] += effect.interval.low <= true <= effect.interval.high
        self.counts["t"] += (effect.p_value or 0) < LEVEL
        self.counts["lot"] += (effect.randomisation_p or 0) < LEVEL
        self.counts[effect.verdict.kind] += 1
        reason = effect.verdict.reason or ""
        self.counts["selected"] += reason.startswith("edited while")
        self.counts["placebo"] += reason.startswith("placebo")
        if effect.cross_check and effect.cross_check.p_value is not None:
            self.counts["group-time"] += effect.cross_check.p_value < LEVEL

    def percent(self, key: str) -> str:
        """Share of the runs."""
        return f"{100 * self.counts[key] / len(self.estimates):.1f}"

    @property
    def mean(self) -> str:
        """The mean estimate, as a share gained."""
        return f"{100 * math.expm1(float(np.mean(self.estimates))):+.1f} %"


def measure(worlds: dict[str, Any], world: Any, runs: int, whole: bool) -> list[str]:
    """One row: a world with edits that do nothing, and with a gain."""
    windows: Counter[int] = Counter()
    outcomes = [Outcome(0.0), Outcome(GAIN)]
    resampling = Resampling(draws=999, seed=0)
    for seed in range(runs):
        for outcome in outcomes:
            simulated = worlds["simulate"](world, outcome.gain, seed)
            panel = panel_of_world(simulated, world.dates == "organisation")
            choice = choose_window(panel.only_donors)
            windows[choice.window] += 1
            if whole:
                outcome.add(find_effect(panel, choice, "downloads", resampling))
            else:
                compared = compare_models(panel, choice.window)
                outcome.add(estimate_effect(compared, resampling))
    return list(_cells(world.name, windows, *outcomes))


def _cells(name: str, windows: Counter[int], none: Outcome, gain: Outcome) -> Iterator[str]:
    yield name
    yield ", ".join(
        f"{window}: {100 * count / windows.total():.0f} %"
        for window, count in sorted(windows.items())
    )
    yield none.mean
    yield f"{none.percent('t')} / {none.percent('lot')}"
    yield none.percent("effect")
    yield gain.mean
    yield gain.percent("covers")
    yield f"{gain.percent('t')} / {gain.percent('lot')}"
    yield gain.percent("effect")
    yield f"{none.percent('selected')} / {none.percent('placebo')}"
    yield f"{none.percent('group-time')} / {gain.percent('group-time')}"


HEADS = (
    "world",
    "window chosen",
    "at 0 it says",
    "false + (t / lot), %",
    "verdict: effect, %",
    "at +25 % it says",
    "covers, %",
    "power (t / lot), %",
    "verdict: effect, %",
    "not identified at 0 (rising / placebo), %",
    "group-time (false + / power), %",
)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("worlds", type=Path)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--only", type=int, nargs="*", help="numbers of worlds")
    parser.add_argument("--quick", action="store_true", help="without placebo and group-time")
    args = parser.parse_args()
    worlds = runpy.run_path(str(args.worlds))
    start, rows = time.process_time(), []
    for number, world in enumerate(worlds["WORLDS"]):
        if args.only is None or number in args.only:
            rows.append(measure(worlds, world, args.runs, not args.quick))
            print(" | ".join(rows[-1]), file=sys.stderr)
    print(table(HEADS, rows))
    print(f"\n{args.runs} runs of each; {time.process_time() - start:,.0f} processor seconds.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
