"""Measure the report: how long it takes, how large it is, and how it feels in a browser.

::

    python benchmarks/report.py --models 473 10000 100000

Studies are the stand-in's 473 models (the bundled cards where it is not there), drawn again under
new names until there are enough, with other downloads, so that copies of a card do not lie side by
side, where they would compress to nothing; their map is made up. The browser is the tests'
headless Chromium, without a graphics card.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Page, sync_playwright

from cardiogram.store import Study
from cardiogram.text import sha256
from study import CARDIOGRAM, MODELS, environment, hub
from timing import machine, run_child, table

SEGMENTS = 24
SHARD = 1000
TABLES = ("models", "cards", "ratings", "map")
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")

FEEL = """
async () => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  const median = (values) => values.sort((a, b) => a - b)[Math.floor(values.length / 2)];
  const time = async (act) => {
    const start = performance.now();
    act();
    await frame();
    return performance.now() - start;
  };
  const several = async (...acts) => {
    const found = [];
    for (const act of acts) {
      found.push(await time(act));
      await frame();
    }
    return median(found);
  };
  const one = (name) => document.querySelector(name);
  const type = (words) => () => {
    one("#search").value = words;
    one("#search").dispatchEvent(new Event("input", { bubbles: true }));
  };
  const click = (name) => () => one(name).click();
  const grid = one(".grid");
  const scroll = (part) => () => { grid.scrollTop = part * grid.scrollHeight; };
  const open = (i) => click(`.grid-row:nth-child(${i + 1}) button`);
  const sort = (key) => click(`.grid-head [data-key=${key}] button`);
  const found = {
    search: await several(...["l", "ll", "lla", "llam", "llama", ""].map(type)),
    sort: await several(sort("overall"), sort("downloads"), sort("likes"), sort("downloads")),
    "sort by name, first time": await time(sort("id")),
    scroll: await several(...[0.1, 0.5, 0.9, 0.3, 0.7, 0].map(scroll)),
    "open a card": await several(...[1, 3, 5].map(open)),
  };
  one("#viewer .close").click();
  const canvas = one("#map-canvas");
  if (canvas) {
    canvas.scrollIntoView({ block: "center" });
    canvas.focus();
    const press = (key) => () => canvas.dispatchEvent(new KeyboardEvent("keydown", { key }));
    const moves = [..."++++++------"].map(press);
    for (let i = 0; i < 24; i += 1) moves.push(press(i % 12 < 6 ? "ArrowLeft" : "ArrowRight"));
    canvas.drawTimes.length = 0;
    found["map, move or zoom"] = await several(...moves);
    found["map, draw"] = median([...canvas.drawTimes]);
    canvas.drawTimes.length = 0;
    await several(type("llama"), type(""));
    found["map, draw with a search"] = median([...canvas.drawTimes]);
  }
  return found;
}
"""


def seed_study(root: Path) -> Study:
    """Collect, rate and analyze what the larger ones are drawn from."""
    with hub() as address:
        settings = environment(address, root / "home")
        asked = ["--from", "examples/sample"] if address is None else ["--limit", str(MODELS)]
        run_child([*CARDIOGRAM, "study", str(root / "seed"), *asked], settings)
    return Study.open(root / "seed")


def enlarge(seed: Study, root: Path, models: int) -> Study:
    """Write a study of as many models as wanted, drawn from a smaller one."""
    made = Study(root)
    made.write_manifest({k: v for k, v in seed.manifest().items() if k != "format"})
    shutil.copy(seed.results_path, made.results_path)
    rows = seed.models.read().to_pylist()
    cards = {row["card_sha256"]: row for row in seed.cards.read().to_pylist()}
    ratings = {row["id"]: row for row in seed.ratings.read().to_pylist()}
    rng = np.random.default_rng(0)
    middles = rng.normal(size=(SEGMENTS, 2)) * 8
    counts = np.zeros(SEGMENTS, int)
    for first in range(0, models, SHARD):
        shard: dict[str, list[dict[str, Any]]] = {key: [] for key in TABLES}
        for i in range(first, min(first + SHARD, models)):
            row = rows[i % len(rows)]
            segment = int(rng.integers(SEGMENTS))
            counts[segment] += 1
            x, y = middles[segment] + rng.normal(size=2)
            place = {"x": float(x), "y": float(y), "segment": f"segment {segment}"}
            downloads = int((row["downloads"] or 0) * rng.lognormal(0, 3) + rng.exponential(100))
            _draw(
                shard,
                {**row, "downloads": downloads},
                cards.get(row["card_sha256"]),
                ratings.get(row["id"]),
                i,
                place,
            )
        name = f"{first:07}"
        for key in TABLES:
            getattr(made, key).write(name, shard[key])
    _write_segments(made, middles, counts)
    return made


def _draw(
    shard: dict[str, list[dict[str, Any]]],
    row: Mapping[str, Any],
    card: Mapping[str, Any] | None,
    rating: Mapping[str, Any] | None,
    i: int,
    place: Mapping[str, Any],
) -> None:
    """Add one model under a new name, its card with a line of its own."""
    id = f"{row['id']}-{i}"
    sha = sha256(f"{row['card_sha256']} {i}") if card else None
    shard["models"].append({**row, "id": id, "card_sha256": sha})
    shard["map"].append({**place, "id": id, "cluster": 0, "outlier": False})
    if card:
        body = f"{card['body']}\nThis is card {i}.\n"
        shard["cards"].append({**card, "card_sha256": sha, "body": body})
    if rating:
        shard["ratings"].append({**rating, "id": id, "card_sha256": sha})


def _write_segments(study: Study, middles: Any, counts: Any) -> None:
    segments = [
        {
            "segment": f"segment {i}",
            "name": f"Segment {i} of made-up models",
            "size": int(counts[i]),
            "x": float(middles[i][0]),
            "y": float(middles[i][1]),
        }
        for i in np.argsort(-counts)
    ]
    study.segments_path.write_text(json.dumps(segments), "utf-8")


def look(page: Page, report: Path) -> dict[str, float]:
    """Milliseconds from the start of loading to the first paint and to a page that answers."""
    page.goto(report.as_uri(), timeout=120_000)
    page.wait_for_selector(".ready", timeout=120_000)
    found: dict[str, float] = page.evaluate(
        "({'first paint': performance.getEntriesByName('first-contentful-paint')[0].startTime,"
        " 'ready': performance.getEntriesByName('ready')[0].startTime})"
    )
    return found


def measure(seed: Study, root: Path, models: int, repeats: int) -> dict[str, float]:
    """All figures of one size."""
    study = enlarge(seed, root / str(models), models)
    runs = [run_child([*CARDIOGRAM, "report", str(study.root)]) for _ in range(repeats)]
    found = {
        "`cardiogram report`, s": statistics.median(run.seconds for run in runs),
        "peak memory, MB": max(run.megabytes for run in runs),
        "report.html, MB": study.report_path.stat().st_size / 1e6,
    }
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(FLAGS)
        )
        looks = []
        for _ in range(repeats):
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            looks.append(look(page, study.report_path))
            felt: dict[str, float] = page.evaluate(FEEL)
            page.close()
        for key in looks[0]:
            found[f"{key}, ms"] = statistics.median(one[key] for one in looks)
        found |= {f"{key}, ms": value for key, value in felt.items()}
        browser.close()
    shutil.rmtree(study.root)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures as Markdown."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--models", type=int, nargs="+", default=[MODELS, 10_000, 100_000])
    parser.add_argument("--repeats", type=int, default=3, help="runs to take the median of")
    options = parser.parse_args(arguments)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    with tempfile.TemporaryDirectory() as name:
        seed = seed_study(Path(name))
        figures = [measure(seed, Path(name), n, options.repeats) for n in options.models]
    rows = [
        [key, *(f"{one[key]:,.2f}" if one[key] < 10 else f"{one[key]:,.0f}" for one in figures)]
        for key in figures[0]
    ]
    print(f"Median of {options.repeats}; {machine()}; map of 1,184 x 648 pixels.\n")
    print(table(["", *(f"{n:,} models" for n in options.models)], rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
