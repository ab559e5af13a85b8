"""Measure the app under load: weight of the first page, people at once, memory over many ratings.

::

    python benchmarks/app.py --people 50 --seconds 60 --ratings 20000

The app is the command itself, one process, over real sockets. Each of the people sends the card
of median length with one line that is new, and the next a second after the answer, on a
connection that stays open, as a page in a browser does. Latency is from the request's first byte
to the answer's last.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cardiogram.collect.sources import read_source
from timing import ROOT, SHARED, machine, table

CORPUS = SHARED / "corpus" / "cards-dev.jsonl.gz"
SAMPLE = ROOT / "examples" / "sample"
PAUSE = 1.0
EVERY = 4_000
START = "from cardiogram.cli import main; main(prog_name='cardiogram')"


@dataclass(frozen=True, slots=True)
class App:
    """A running app."""

    process: subprocess.Popen[str]
    port: int

    def megabytes(self) -> float:
        """Resident memory of the process now."""
        status = Path(f"/proc/{self.process.pid}/status").read_text("ascii")
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024

    def processor(self) -> float:
        """Processor seconds so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text("ascii").rpartition(")")[2]
        return sum(map(int, fields.split()[11:13])) / 100


@contextmanager
def running_app() -> Iterator[App]:
    """The command in an empty folder, until the end."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-c", START, "serve", folder, "--port", "0", "--json"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as process:
            assert process.stdout is not None
            address = json.loads(process.stdout.readline())["address"]
            yield App(process, int(address.rstrip("/").rpartition(":")[2]))
            process.terminate()


class Visitor:
    """Somebody with one connection to the app."""

    def __init__(self, app: App) -> None:
        self._host = f"127.0.0.1:{app.port}"
        self._port = app.port

    async def open(self) -> None:
        """Connect."""
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)

    def close(self) -> None:
        """Go."""
        self._writer.close()

    async def ask(self, method: str, path: str, body: bytes = b"") -> tuple[int, str, bytes]:
        """Send a request; give the answer's status, head and body."""
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: {self._host}\r\nAccept-Encoding: gzip\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        self._writer.write(head.encode() + body)
        answer = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        size = int(re.findall(r"(?i)content-length: (\d+)", answer)[0])
        return int(answer.split()[1]), answer, await self._reader.readexactly(size)

    async def rate(self, text: str) -> tuple[int, float]:
        """Rate a card: the answer's status and its seconds."""
        body = json.dumps({"text": text}).encode()
        began = time.perf_counter()
        status, _, _ = await self.ask("POST", "/api/rate", body)
        return status, time.perf_counter() - began


def open_page(app: App) -> list[list[str]]:
    """What Chromium loads of the card view, and until when: three times, each with nothing kept."""
    from playwright.sync_api import sync_playwright

    seconds, weights = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for _ in range(3):
            context = browser.new_context()
            page = context.new_page()
            wire = context.new_cdp_session(page)
            wire.send("Network.enable")
            sent: list[int] = []
            wire.on(
                "Network.loadingFinished",
                lambda event, sent=sent: sent.append(event["encodedDataLength"]),
            )
            began = time.perf_counter()
            page.goto(f"http://127.0.0.1:{app.port}/")
            page.wait_for_selector("#view .cm-editor, #view [contenteditable]")
            seconds.append(time.perf_counter() - began)
            page.wait_for_timeout(1000)
            weights.append(sum(sent))
            context.close()
        browser.close()
    return [["card view with its editor", f"{weights[0]:,}", f"{sorted(seconds)[1]:.2f}"]]


async def weigh_shell(app: App) -> list[str]:
    """What is loaded before any view, with bytes as they are sent."""
    visitor = Visitor(app)
    await visitor.open()
    paths, sent = ["/"], 0
    for path in paths:
        _, head, body = await visitor.ask("GET", path)
        sent += len(head) + len(body)
        if path == "/":
            paths += re.findall(r'(?:src|href)="(/[^"]+[.](?:js|css))"', body.decode())
    visitor.close()
    return ["page, script and style of all views", f"{sent:,}", ""]


async def load(app: App, people: int, seconds: float, text: str) -> list[str]:
    """So many people at once, each a second after their answer with their next card."""
    until = time.perf_counter() + seconds
    latencies: list[float] = []
    errors = 0

    async def person(number: int) -> None:
        nonlocal errors
        await asyncio.sleep(PAUSE * number / people)
        visitor = Visitor(app)
        await visitor.open()
        round = 0
        while time.perf_counter() < until:
            status, latency = await visitor.rate(f"{text}\n{number} {round}\n")
            latencies.append(latency)
            errors += status != 200
            round += 1
            await asyncio.sleep(PAUSE)
        visitor.close()

    before = app.processor()
    began = time.perf_counter()
    await asyncio.gather(*(person(number) for number in range(people)))
    busy = (app.processor() - before) / (time.perf_counter() - began)
    low, high, top = (float(np.quantile(latencies, q)) * 1000 for q in (0.5, 0.95, 1))
    return [
        str(people), f"{len(latencies):,}", f"{low:.0f}", f"{high:.0f}", f"{top:.0f}",
        str(errors), f"{busy:.0%}",
    ]  # fmt: skip


async def fill(app: App, ratings: int, texts: list[str]) -> list[list[str]]:
    """Rate cards without a pause, eight at a time, and look at the memory."""
    visitors = [Visitor(app) for _ in range(8)]
    for visitor in visitors:
        await visitor.open()
    rows = [["0", f"{app.megabytes():.0f}"]]
    for start in range(0, ratings, EVERY):

        async def some(number: int, start: int = start) -> None:
            for i in range(start + number, min(start + EVERY, ratings), len(visitors)):
                status, _ = await visitors[number].rate(f"{texts[i % len(texts)]}\n{i}\n")
                assert status == 200

        await asyncio.gather(*(some(number) for number in range(len(visitors))))
        rows.append([f"{min(start + EVERY, ratings):,}", f"{app.megabytes():.0f}"])
    for visitor in visitors:
        visitor.close()
    return rows


def main() -> int:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, nargs="+", default=[1, 50])
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--ratings", type=int, default=20_000)
    options = parser.parse_args()
    source = CORPUS if CORPUS.exists() else SAMPLE
    texts = [row["data"] for row in read_source(source) if row["data"]]
    median = sorted(texts, key=len)[len(texts) // 2]
    print(f"Cards of {source.name}; the median has {len(median.encode()):,} bytes. {machine()}.\n")
    with running_app() as app:
        rows = [asyncio.run(weigh_shell(app)), *open_page(app)]
        print(table(["first load", "bytes sent", "seconds in Chromium"], rows))
        print()
        rows = [
            asyncio.run(load(app, people, options.seconds, median)) for people in options.people
        ]
        head = [
            "people at once",
            "ratings",
            "median ms",
            "p95 ms",
            "most ms",
            "errors",
            "processor",
        ]
        print(table(head, rows))
        print()
        rows = asyncio.run(fill(app, options.ratings, texts))
        print(table(["ratings", "MB of the process"], rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
