"""Progress of long work on stderr: a bar while a step runs, and one line when it is done."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING

import click

from cardiogram.progress import STEP_NAMES

if TYPE_CHECKING:
    from rich.progress import Progress as Bars, TaskID

    from cardiogram.progress import Progress

_WIDTH = 24


@dataclass(slots=True)
class _Step:
    """A step that runs.

    Attributes
    ----------
    name
        As it is shown.
    began
        By a clock that only goes forward, s.
    done, expected
        How far it is, and the first total that was told.
    bar
        None where there is no terminal.
    """

    name: str
    began: float
    done: int
    expected: int | None
    bar: TaskID | None


@contextlib.contextmanager
def progress_bars() -> Iterator[Progress]:
    """Bars on a terminal's stderr, with rate and time left; of each step that ends one line stays.

    A step ends when all of it is done. Steps may run side by side. What is told of one that has
    ended is not shown, unless there is something left to do again.
    """
    shown = _Shown(_make_bars() if sys.stderr.isatty() else None)
    try:
        yield shown.show
    finally:
        shown.close()


def _make_bars() -> Bars:
    from rich import console, progress

    return progress.Progress(
        progress.TextColumn(f"{{task.description:<{_WIDTH}}}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn("{task.fields[rate]}"),
        progress.TimeElapsedColumn(),
        progress.TimeRemainingColumn(),
        console=console.Console(stderr=True, highlight=False),
        transient=True,
    )


class _Shown:
    """What is shown of the steps that run."""

    def __init__(self, bars: Bars | None) -> None:
        self._bars, self._running, self._ended = bars, dict[str, _Step](), set[str]()
        self._idle_since = time.monotonic()
        self._lock = Lock()  # the map is drawn beside the statistics

    def show(self, step: str, done: int, total: int | None) -> None:
        """Show how far a step is; see :data:`~cardiogram.progress.Progress`."""
        is_done = total is not None and done >= total
        with self._lock:
            if step not in self._running:
                if is_done and step in self._ended:
                    return
                self._begin(step, total)
            self._update(self._running[step], done, total)
            if is_done:
                self._end(step)

    def _begin(self, step: str, total: int | None) -> None:
        name = f"{STEP_NAMES[step]}, again" if step in self._ended else STEP_NAMES[step]
        bar = None
        if self._bars is not None:
            self._bars.start()
            bar = self._bars.add_task(name, total=total, rate="")
        began = time.monotonic() if self._running else self._idle_since
        self._running[step] = _Step(name, began, 0, total, bar)

    def _update(self, running: _Step, done: int, total: int | None) -> None:
        running.done = done
        if self._bars is not None and running.bar is not None:
            speed = next(task.speed for task in self._bars.tasks if task.id == running.bar)
            rate = f"{speed:.0f}/s" if speed else ""
            self._bars.update(running.bar, completed=done, total=total, rate=rate)

    def _end(self, step: str) -> None:
        """Take the bar away, and leave a line with the step's figure and time."""
        running = self._running.pop(step)
        self._ended.add(step)
        self._idle_since = time.monotonic()
        figure = f"{running.done:,}" if running.done > 1 else ""
        if running.expected is not None and running.done < running.expected:
            figure += ", all there are"
        seconds = self._idle_since - running.began
        line = f"{running.name:<{_WIDTH}}{figure:<24}{seconds:6.1f} s"
        if self._bars is None or running.bar is None:
            click.echo(line, err=True)
        else:
            self._bars.remove_task(running.bar)
            self._bars.refresh()
            self._bars.console.print(line)

    def close(self) -> None:
        """Take all bars away; a step that was broken off leaves no line."""
        if self._bars is not None:
            self._bars.stop()
