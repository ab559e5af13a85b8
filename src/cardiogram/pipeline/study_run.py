"""A whole study in one call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.util import find_spec
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from cardiogram.analysis import Results, analyze
from cardiogram.collect import Source, collect, count_unread
from cardiogram.engine import Workers
from cardiogram.errors import ConfigError, DamagedFile, DataError
from cardiogram.hub import HubSession
from cardiogram.judge import Coverage, Judge, OnEstimate, load_judge
from cardiogram.judge.ensemble import Ensemble, rate_ensemble
from cardiogram.judge.llm import Budget, RequestMode
from cardiogram.maps import Settings, draw_map_beside
from cardiogram.optional import scipy
from cardiogram.progress import Progress, silent
from cardiogram.report.markup import count_of
from cardiogram.report.notebook import frame_of_study, show_study
from cardiogram.report.page import write_report
from cardiogram.report.terminal import render_study
from cardiogram.store import Study, redo, run_step

if TYPE_CHECKING:
    import pandas

    from cardiogram.in_notebook import TextPrinter

_BESIDE = ("jobs", "readings")
"""Folders of the app in a study that it shows."""


@dataclass(frozen=True, slots=True)
class StudyRun:
    """A finished study: its folder, what `analyze` found, and why there is no map, if so.

    Attributes
    ----------
    coverage
        What became of the cards, one a judge.
    unchanged
        Of map, results.json and report.html those that were up to date.
    unread
        Models whose cards the Hub did not give: the next run asks for them again.
    """

    study: Study
    results: Results
    coverage: tuple[Coverage, ...]
    unmapped: str | None = None
    unchanged: tuple[str, ...] = ()
    unread: int = 0

    def _repr_html_(self) -> str:
        notes = [f"No map: {self.unmapped}."] if self.unmapped else []
        notes += [f"{count_of(self.unread, 'card')} could not be read."] if self.unread else []
        return show_study(self.study.root, self.results, *notes)

    def _repr_pretty_(self, printer: TextPrinter, cycle: bool) -> None:
        printer.text(str(self))

    def __repr__(self) -> str:
        rated = count_of(self.results.coverage.rated, "card")
        return f"<StudyRun {str(self.study.root)!r}: {rated} rated>"

    def __str__(self) -> str:
        return render_study(self.results, self.study.root).rstrip()

    def to_pandas(self) -> pandas.DataFrame:
        """Make a table of it: a row a model."""
        return frame_of_study(self.study, self.results.judge.id)


def study(
    folder: str | Path,
    source: Source | str | Path | None = None,
    *,
    judges: Sequence[str | Judge] = ("embedded",),
    how: Ensemble | None = None,
    seed: int = 0,
    budget: Budget | None = None,
    via: RequestMode = "calls",
    session: HubSession | None = None,
    on_estimate: OnEstimate = lambda estimates: None,
    workers: Workers | None = None,
    on_progress: Progress = silent,
) -> StudyRun:
    """Run or resume a study; each step redoes only what is missing or has changed.

    Parameters
    ----------
    folder
        A new folder, or one that an earlier run left.
    source
        What to study, or the path of a file or folder of cards; None continues what the folder was
        begun with.
    judges
        Who rates, or the one who does. The first one's ratings are analyzed, or those of the
        cascade or the panel.
    how
        How the ratings of several judges are combined.
    seed
        Seed of the bootstrap intervals.
    budget
        What language models may cost.
    via
        "batches" asks them through their providers' batch interfaces.
    workers
        What works on shards; by default a process for each core where there are many cards.

    Returns
    -------
    StudyRun
        The folder, with results.json and report.html in it, and the results.
    """
    if find_spec("scipy") is None:
        scipy("stats")  # a missing extra must show before the Hub is asked, not after
    place, ready = Study(Path(folder)), _load_judges(judges)
    _refuse_others(place, source, workers)
    if isinstance(source, (str, PathLike)):
        source = Source(Path(source))
    asked = source or Source.of(place.manifest())

    def run() -> StudyRun:
        collect(place, asked, session=session, executor=workers, on_progress=on_progress)
        ensemble = how or Ensemble()
        coverage = rate_ensemble(
            place,
            ready,
            ensemble,
            budget=budget,
            via=via,
            workers=workers,
            on_estimate=on_estimate,
            on_progress=on_progress,
        )
        steps = _Steps(place, ensemble.judge_id(ready), seed, workers, on_progress)
        done = {
            "map": steps.map_and_analyze(),
            "results.json": steps.analyze(),
            "report.html": steps.report(),
        }
        unchanged = tuple(name for name, was_done in done.items() if not was_done)
        results = steps.results or Results.load(place.results_path)
        return StudyRun(
            place, results, tuple(coverage), steps.unmapped, unchanged, count_unread(place)
        )

    with place.lock():
        return redo(place.root, run)


def _load_judges(judges: Sequence[str | Judge]) -> list[Judge]:
    named = [judges] if isinstance(judges, str) else judges
    ready = [load_judge(judge) if isinstance(judge, str) else judge for judge in named]
    if not ready:
        raise ConfigError("a study needs a judge", hint="Leave `judges` out: one is built in.")
    for judge in ready:
        if not hasattr(judge, "rate"):
            raise TypeError(f"a judge is its name or what cardiogram.load_judge gives: {judge!r}")
    return ready


def _refuse_others(place: Study, source: object, workers: object) -> None:
    """Refuse what a notebook may well hand over, and no study is made of."""
    if place.root.is_file():
        raise ConfigError(f"{str(place.root)!r} is a file", hint="A study is a folder of its own.")
    if source is not None and not isinstance(source, (Source, str, PathLike)):
        raise TypeError(
            "source is a path of cards, of a .txt of ids or of a table, or a cardiogram.Source, "
            f"not a {type(source).__name__}"
        )
    if workers is not None and not isinstance(workers, Workers):
        raise TypeError(f"workers is as in cardiogram.engine.Workers(count=2), not {workers!r}")


class _UnmappedError(Exception):
    """There is no map of this study; its message says why."""


@dataclass(slots=True)
class _Steps:
    """What is done with a rated study, each step only where something has changed."""

    study: Study
    judge: str
    seed: int
    workers: Workers | None
    on_progress: Progress
    unmapped: str | None = None
    results: Results | None = None

    def map_and_analyze(self) -> bool:
        """Draw the map and analyze the study at the same time; a study goes on without a map."""
        settings = Settings(seed=self.seed)
        try:
            return run_step(
                self.study,
                "map",
                lambda: self._map_and_analyze(settings),
                inputs=self._files_but("map", "results.json", "report.html"),
                outputs=[self.study.map.folder],
                options={**asdict(settings), "judge": self.judge},
                packages=("numpy", "scipy", "scikit-learn", "openTSNE"),
            )
        except _UnmappedError:
            return True

    def _map_and_analyze(self, settings: Settings) -> None:
        with draw_map_beside(
            self.study,
            settings,
            judge=self.judge,
            workers=self.workers,
            on_progress=self.on_progress,
        ) as wait_for_map:

            def before_segments() -> None:
                try:
                    wait_for_map()
                except DamagedFile:
                    raise
                except (ConfigError, DataError) as error:
                    self.unmapped = error.message

            self._analyze(before_segments)
        if self.unmapped is not None:
            raise _UnmappedError(self.unmapped)

    def _analyze(self, before_segments: Callable[[], None] = lambda: None) -> None:
        if self.results is None:
            self.results = analyze(
                self.study,
                judge=self.judge,
                seed=self.seed,
                before_segments=before_segments,
                workers=self.workers,
                on_progress=self.on_progress,
            )

    def analyze(self) -> bool:
        """Analyze the study, where that was not done beside the map."""
        done = run_step(
            self.study,
            "analyze",
            self._analyze,
            inputs=self._files_but("results.json", "report.html"),
            outputs=[self.study.results_path],
            options={"judge": self.judge, "seed": self.seed},
            packages=("numpy", "scipy", "scikit-learn", "statsmodels"),
        )
        return done or self.results is not None

    def report(self) -> bool:
        """Write the report."""
        return run_step(
            self.study,
            "report",
            self._write_report,
            inputs=self._files_but("report.html"),
            outputs=[self.study.report_path],
        )

    def _write_report(self) -> None:
        self.on_progress("report", 0, None)
        write_report(self.study)
        self.on_progress("report", 1, 1)

    def _files_but(self, *made_later: str) -> list[Path]:
        """Everything in the folder but what this step and those after it make."""
        left_out = {*made_later, "steps.json", *_BESIDE}
        return [
            path
            for path in sorted(self.study.root.iterdir())
            if path.name not in left_out and not path.name.startswith(".")
        ]
