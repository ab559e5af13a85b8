"""How fast a language model judges through a local stand-in: throughput, back-off, resume.

    python benchmarks/llm_judge.py [speed] [bare] [cap] [clock] [latency] [kill] [estimate] [gap]

The stand-in runs in a process of its own. Rates are wall-clock, as waiting is what is measured;
the time on our side is told apart by CPU seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import itertools
import json
import random
import re
import selectors
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parents[1]
SERVER = ROOT / "tests/integration/model_server.py"
CORPUS = ROOT.parent / "shared/corpus/cards-dev.jsonl.gz"
_REPLAY = ["--cards", str(CORPUS), "--labels", str(CORPUS.parent / "labels-dev.jsonl")]


@contextlib.contextmanager
def serving(*options: str) -> Iterator[str]:
    """A stand-in in another process; its URL."""
    command = [sys.executable, str(SERVER), "--port", "0", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        line = process.stderr.readline()
        try:
            yield line.split()[0]
        finally:
            process.terminate()


def stats(url: str) -> dict[str, Any]:
    """What the stand-in saw."""
    with urllib.request.urlopen(url.removesuffix("/v1") + "/stats") as answer:
        return dict(json.load(answer))


def texts(count: int) -> list[str]:
    """Different card texts: the corpus where it is there, else the bundled cards, numbered."""
    if CORPUS.exists():
        rows = gzip.decompress(CORPUS.read_bytes()).splitlines()
        found = [json.loads(row)["text"] for row in rows]
    else:
        found = [path.read_text("utf-8") for path in sorted(ROOT.glob("examples/sample/*/*/*.md"))]
    return [f"Number {n}.\n\n{found[n % len(found)]}" for n in range(count)]


def judge(url: str, concurrency: int = 32) -> Any:
    """A judge at the stand-in."""
    from cardiogram.judge.llm.options import ModelOptions, load_model

    return load_model("vllm/bench", ModelOptions(base_urls=[url], concurrency=concurrency))


def ask(model: Any, cards: list[Any]) -> list[Any]:
    """Ratings by a model."""
    from cardiogram.judge.llm import rate_with_models

    return rate_with_models([model], cards)[model.id]


def rated(url: str, cards: list[Any], concurrency: int = 32) -> tuple[float, float, int]:
    """Seconds, CPU seconds and cards rated."""
    model = judge(url, concurrency)
    began, cpu = time.perf_counter(), time.process_time()
    ratings = ask(model, cards)
    took = time.perf_counter() - began, time.process_time() - cpu
    return (*took, sum(rating.status == "rated" for rating in ratings))


def cards_of(count: int) -> list[Any]:
    """Parsed cards."""
    from cardiogram.cards.card import parse_card

    cards = (parse_card(text, id=f"a/{n}") for n, text in enumerate(texts(2 * count)))
    return list({card.input_sha256: card for card in cards}.values())[:count]


def speed(count: int = 500) -> None:
    """50 ms, 32 in flight."""
    cards = cards_of(count)
    with serving("--latency", "0.05") as url:
        rated(url, cards[:64])
        for _ in range(3):
            wall, cpu, done = rated(url, cards)
            print(
                f"speed: {done} cards, {done / wall:.0f}/s ({done / wall / 6.4:.0f} % of 640/s), "
                f"{1e3 * cpu / done:.2f} ms CPU a card"
            )


def bare(count: int = 500) -> None:
    """The same calls through the client library alone."""
    from cardiogram.judge.llm.transport import CallSettings, connect

    cards = cards_of(count)
    with serving("--latency", "0.05") as url:
        model = judge(url)
        calls = [state.call for state in model.walk(cards)]

        async def work() -> None:
            gate = asyncio.Semaphore(32)

            async def one(call: Any) -> None:
                async with gate:
                    await client.ask(call, CallSettings())

            async with connect.calls(model.name) as client:
                await asyncio.gather(*map(one, calls[:64]))
                for _ in range(3):
                    began, cpu = time.perf_counter(), time.process_time()
                    await asyncio.gather(*map(one, calls))
                    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
                    print(f"bare: {count / wall:.0f}/s, {1e3 * cpu / count:.2f} ms CPU a call")

        asyncio.run(work())


def cap(count: int = 500) -> None:
    """429 above 8 in flight, without and with Retry-After: 1; beside 8 that are never refused."""
    cards = cards_of(4 * count)
    parts = [cards[n * count : (n + 1) * count] for n in range(4)]
    for options in ((), ("--retry-after", "1")):
        for pause, times in ((0.05, 3), (0.5, 1)):
            with serving("--latency", str(pause), "--cap", "8", *options) as url:
                rated(url, cards[:1])
                for n in range(times):
                    _against_cap(url, parts[n], parts[n + 1][:300], 8 / pause, options)


def _against_cap(
    url: str, cards: list[Any], others: list[Any], capacity: float, options: tuple[str, ...]
) -> None:
    free, _, _ = rated(url, others, 8)
    before = stats(url)
    wall, cpu, done = rated(url, cards)
    after = stats(url)
    at_server = after["cpu_seconds"] - before["cpu_seconds"]
    print(
        f"cap 8 {' '.join(options)}: {done} of {len(cards)} rated, {done / wall:.0f}/s = "
        f"{100 * done / wall / capacity:.0f} % of {capacity:.0f}/s "
        f"({100 * done / wall * free / len(others):.0f} % of 8 in flight without refusals), "
        f"{after['busy'] - before['busy']} calls wasted; processor {1e3 * cpu / done:.1f} ms a "
        f"card here, {1e3 * at_server / done:.1f} ms at the server",
        flush=True,
    )


class _Clock(asyncio.SelectorEventLoop):
    """An event loop whose time passes only where everybody waits, and then at once."""

    def __init__(self) -> None:
        self.now = 0.0
        clock = self

        class Selector(selectors.SelectSelector):
            def select(self, timeout: float | None = None) -> list[Any]:
                clock.now += timeout or 0.0
                return super().select(0)

        super().__init__(Selector())

    def time(self) -> float:
        return self.now


def clock(count: int = 500) -> None:
    """The limiter alone: 429 above 8 in flight at 50 ms, by a clock that no other process slows.

    A card takes 4 ms of one processor here and 1.2 ms of another at the server, as measured; and
    two and three times that, drawn anew for each piece of work, for a machine that others use too.
    """
    for busy in (1.0, 2.0, 3.0):
        for retry_after in (None, 1.0):
            found = [_by_clock(count, retry_after, busy, seed) for seed in range(9)]
            free = median(_by_clock(count, None, busy, seed, 8)[0] for seed in range(9))
            rate, wasted = median(item[0] for item in found), median(item[1] for item in found)
            print(
                f"clock, processor x {busy:g}, Retry-After {retry_after}: {rate / 1.6:.0f} % of "
                f"160/s (least {min(found)[0] / 1.6:.0f} %), {100 * rate / free:.0f} % of 8 in "
                f"flight without refusals; {wasted:.0f} calls wasted"
            )


def _by_clock(
    count: int, retry_after: float | None, busy: float, seed: int, most: int = 32
) -> tuple[float, int]:
    """Cards a second and calls wasted; `most` calls in flight at most."""
    from cardiogram.judge.llm.transport.limiter import Limiter, delay_before

    random.seed(seed)
    loop = _Clock()
    limiter = Limiter(most, clock=loop.time)
    free_at = {"here": 0.0, "server": 0.0}
    left, in_flight = iter(range(count)), 0

    async def work(place: str, seconds: float) -> None:
        seconds *= busy if busy == 1 else random.expovariate(1 / busy)
        free_at[place] = max(free_at[place], loop.now) + seconds
        await asyncio.sleep(free_at[place] - loop.now)

    async def ask(sent: int) -> bool:
        nonlocal in_flight
        slot = await limiter.acquire()
        await work("here", 0.002)
        if in_flight >= 8:
            await work("here", 0.001)
            limiter.on_refusal(slot, retry_after)
            await asyncio.sleep(delay_before(sent, retry_after))
            return False
        in_flight += 1
        await asyncio.sleep(0.05)
        await work("server", 0.0012)
        in_flight -= 1
        await work("here", 0.002)
        limiter.on_answer(slot)
        return True

    async def worker() -> None:
        for _ in left:
            sent = 1
            while not await ask(sent):
                sent += 1

    async def workers() -> None:
        await asyncio.gather(*(worker() for _ in range(most)))

    loop.run_until_complete(workers())
    loop.close()
    return count / loop.now, limiter.refusals


def latency(count: int = 640) -> None:
    """1 s, 32 in flight."""
    cards = cards_of(count)
    with serving("--latency", "1") as url:
        rated(url, cards[:1])
        wall, _, done = rated(url, cards)
        print(f"1 s: {done} cards, {done / wall:.1f}/s = {done / wall / 0.32:.0f} % of 32/s")


def kill(count: int = 1000, times: int = 10) -> None:
    """Killed at a random moment, ten times, and resumed; answers take 0.5 s, then 0.05 s.

    An answer is a whole response that the client has received; the stand-in knows it of those
    after which the client sent another request on the same connection. What it had sent and the
    client had not kept when it died was in flight.
    """
    for delay in ("0.5", "0.05"):
        with tempfile.TemporaryDirectory() as folder, serving("--latency", delay) as url:
            source, study = Path(folder, "cards.jsonl"), Path(folder, "study")
            rows = ({"id": f"a/{n}", "text": text} for n, text in enumerate(texts(count)))
            source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
            program = [sys.executable, "-m", "cardiogram", "rate"]
            make = [*program, str(source), "--out", str(study)]
            subprocess.run(make, check=True, capture_output=True)
            command = [*program, str(study), "--judge", "vllm/bench", "--base-url", url]
            ledger = study / "answers/vllm~bench.jsonl"
            before, gone, in_flight, places = b"", 0, [0], []
            for _ in range(times):
                _run_and_kill(command, ledger)
                time.sleep(float(delay) + 0.2)  # what was on its way goes out, to nobody
                now = ledger.read_bytes()
                whole = now[: now.rfind(b"\n") + 1]
                gone += before.count(b"\n") if not whole.startswith(before) else 0
                before = whole
                places.append(whole.count(b"\n"))
                in_flight.append(stats(url)["answers"] - places[-1])
            done = subprocess.run([*command, "--json"], check=True, capture_output=True)
            row, seen, after = json.loads(done.stdout)["judges"][0], stats(url), ledger.read_bytes()
            gone += 0 if after.startswith(before) else before.count(b"\n")
            each = [later - first for first, later in itertools.pairwise(in_flight)]
            print(
                f"kill at {delay} s, after {places} answers: {row['rated']} of {count} rated; "
                f"{seen['answers']} responses sent, {after.count(NEWLINE)} kept; kept and lost: "
                f"{gone}; received and paid twice: {seen['again']}; in flight at the kills: "
                f"{sum(each)} ({each})"
            )


NEWLINE = b"\n"


def _lines(path: Path) -> int:
    return path.read_bytes().count(NEWLINE) if path.exists() else 0


def _run_and_kill(command: list[str], ledger: Path) -> None:
    """Start, wait for a random number of answers, and kill at a random moment after it."""
    with subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        wanted = _lines(ledger) + random.randint(1, 150)
        until = time.time() + 60
        while time.time() < until and _lines(ledger) < wanted:
            time.sleep(0.005)
        time.sleep(random.uniform(0.0, 0.1))
        if process.poll() is not None:
            raise RuntimeError("it ended before it was killed")
        process.kill()


def estimates(count: int = 500) -> None:
    """What was estimated before any answer and after a pilot, and what the server counted."""
    from dataclasses import replace

    from cardiogram.judge.llm import PILOT, estimate_cost
    from cardiogram.judge.llm.transport import Price

    cards = cards_of(count)
    pilot = cards[count // (2 * PILOT) :: count // PILOT][:PILOT]
    price = Price(0.25, 2.0, 0.025)
    for replay in ([], _REPLAY):
        with serving(*replay) as url:
            model = replace(judge(url), price=price)
            told = [estimate_cost(model, cards)]
            ask(model, pilot)
            first = stats(url)
            told.append(estimate_cost(model, cards))
            ask(model, cards)
            last = stats(url)
            name = "labels replayed" if replay else "plain stand-in"
            for found, start, when in zip(
                told, ({}, first), ("before any answer", f"after {PILOT}"), strict=True
            ):
                real = {key: last[key] - start.get(key, 0) for key in _PAID}
                cost = price.of(*(real[key] for key in _PAID))
                off = ", ".join(
                    f"{key} {100 * (getattr(found, key) / real[key] - 1):+.1f} %" for key in _PAID
                )
                likely, low, high = (
                    100 * (value / cost - 1)
                    for value in (found.cost_usd, found.cost_low, found.cost_high)
                )
                print(
                    f"estimate, {name}, {when}: {off}; "
                    f"cost {likely:+.1f} % ({low:+.0f} to {high:+.0f} %) of {cost:.4f} USD"
                )


def gap(draws: int = 1000) -> None:
    """One call for all criteria and one call each, on the labelled cards, against the labels."""
    import numpy as np

    from cardiogram.cards.card import parse_card
    from cardiogram.judge.llm.options import ModelOptions, load_model
    from cardiogram.judge.validation.metrics import measure_against_gold

    labels = {}
    for line in (CORPUS.parent / "labels-dev.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        labels[row["key"]] = row["first"]["overall"]
    rows = [json.loads(line) for line in gzip.decompress(CORPUS.read_bytes()).splitlines()]
    rows = [row for row in rows if row["key"] in labels][:200]
    cards = [parse_card(row["text"], id=row["key"].partition(":")[2]) for row in rows]
    gold = np.array([labels[row["key"]] for row in rows])
    authors = np.array([card.id.partition("/")[0] for card in cards])
    given = {}
    with serving(*_REPLAY) as url:
        for asking in ("all", "each"):
            options = ModelOptions(base_urls=[url], asking=asking)
            ratings = ask(load_model("vllm/bench", options), cards)
            given[asking] = np.array([rating.scores["overall"].value for rating in ratings])
            found = measure_against_gold(
                gold, given[asking], given[asking].astype(float), authors, draws=draws
            ).qwk
            print(f"gap: {asking}: QWK {found.value:.3f} ({found.low:.3f} to {found.high:.3f})")
    _, owner = np.unique(authors, return_inverse=True)
    shift = given["each"] - given["all"]
    drawn = np.random.default_rng(0).multinomial(
        owner.max() + 1, np.full(owner.max() + 1, 1 / (owner.max() + 1)), size=draws
    )[:, owner]
    low, high = np.quantile((drawn * shift).sum(1) / drawn.sum(1), [0.025, 0.975])
    print(f"gap: each - all: {shift.mean():+.3f} ({low:+.3f} to {high:+.3f}), {len(gold)} cards")


_PAID = ("input_tokens", "output_tokens", "cached_tokens")

WORK = {
    "speed": speed,
    "bare": bare,
    "cap": cap,
    "clock": clock,
    "latency": latency,
    "kill": kill,
    "estimate": estimates,
    "gap": gap,
}

if __name__ == "__main__":
    for name in sys.argv[1:] or WORK:
        if not re.fullmatch("|".join(WORK), name):
            sys.exit(f"no benchmark {name!r}: {', '.join(WORK)}")
        WORK[name]()
