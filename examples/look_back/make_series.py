"""Make a ledger of invented models whose cards were changed, to look back on.

    python examples/look_back/make_series.py my-series
    cardiogram track study my-series --out my-look-back

60 models of 24 authors were changed once each, and 120 of 60 authors never, in 110 days. A change
that raises the rating by one point brings GAIN more downloads from that day on; on the day itself
caches fetch anew, six times as much. Likes do not move. Nothing here is about a real model.
"""

import csv
import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

import numpy as np

from cardiogram.track.history import CardEvent, CardHistory, write_events
from cardiogram.track.ledger import ModelLedger, Watched
from cardiogram.track.sources import ColumnMapping, backfill

SEED, GAIN = 0, 0.2
CHANGED, DONORS, DAYS = 60, 120, 110
FIRST = date(2026, 1, 1)
COLUMNS = ("hub_id", "id", "day", "downloads_all_time", "likes")


def simulate(rng):
    """Downloads a day (models, days), the day of each change (-1: none), and its rise."""
    edit, rise = np.full(CHANGED + DONORS, -1), np.zeros(CHANGED + DONORS)
    edit[:CHANGED] = rng.integers(40, 70, CHANGED)
    rise[:CHANGED] = rng.uniform(0.2, 2.2, CHANGED)
    level = rng.normal(3.5, 1.0, edit.size)[:, None]
    level = level + np.cumsum(rng.normal(0, 0.05, (edit.size, DAYS)), axis=1)
    day = np.arange(DAYS)
    since = (edit[:, None] >= 0) & (day >= edit[:, None])
    level = level + np.log1p(GAIN) * rise[:, None] * since + np.log(6) * (day == edit[:, None])
    noise = rng.gamma(5, 1 / 5, level.shape)
    return rng.poisson(np.exp(level) * noise), edit, rise


def name_models(rng):
    """OWNER/NAME of each model; changed and unchanged ones have different owners."""
    owners = [*rng.integers(0, 24, CHANGED), *rng.integers(24, 84, DONORS)]
    return [f"sim-{owner:02}/model-{row:03}" for row, owner in enumerate(owners)]


def make_history(name, edit, rise):
    """A card's history: created before the series begin, changed once."""
    before = {"overall": 2.0, "usage": 1.5, "limitations": 1.0}
    after = {"overall": 2.0 + rise, "usage": 1.5 + rise, "limitations": 1.0 + rise / 2}
    made = datetime(2025, 9, 1, tzinfo=timezone.utc)
    at = datetime(2026, 1, 1, 12, tzinfo=timezone.utc) + timedelta(int(edit))
    texts = f"{name} 1", f"{name} 2"
    created = CardEvent(
        name, "1" * 40, made, "Upload", "created", ("model.safetensors",), None, texts[0],
        texts[0], ("with other files",), None, before, before,
    )
    edited = CardEvent(
        name, "2" * 40, at, "Update README.md", "edited", (), texts[0], texts[1], texts[1], (),
        before, after, after,
    )
    return CardHistory(name, "model", (created, edited))


def main(folder):
    """Write the ledger: who is watched, their counts by day, and the changes of their cards."""
    root, rng = Path(folder), np.random.default_rng(SEED)
    names, (new, edit, rise) = name_models(rng), simulate(rng)
    root.mkdir(parents=True, exist_ok=True)
    likes = rng.poisson(0.4, new.shape).cumsum(axis=1)
    table = root / "series.csv"
    with table.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row, name in enumerate(names):
            total = 10_000 + np.cumsum(new[row])
            for day in range(DAYS):  # read off early in the next day
                read = FIRST + timedelta(day + 1)
                writer.writerow((f"{row:024x}", name, read, total[day], likes[row, day]))
    ledger = ModelLedger(root)
    watched = [
        Watched(name, f"{row:024x}", "own" if edit[row] >= 0 else "donor")
        for row, name in enumerate(names)
    ]
    ledger.watch(watched)
    mapping = ColumnMapping({name: (name,) for name in COLUMNS})
    backfill(ledger, "mapping", table, mapping=mapping)
    for row in np.flatnonzero(edit >= 0):
        write_events(root, make_history(names[row], edit[row], rise[row]))


if __name__ == "__main__":
    main(sys.argv[1])
