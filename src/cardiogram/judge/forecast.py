"""What a study will take before it starts: time, disk, requests and money, from a measured sample.

Cards from all over the source are taken in and rated, in a folder that is thrown away: that gives
the processor seconds and the bytes of a card on this machine. What comes after rating grows with
the number of models as docs/benchmarks.md has it, on a machine as fast as this one at rating.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from cardiogram.cards import Card, stored_cards
from cardiogram.collect import Source, collect, draw_sample
from cardiogram.engine import Workers
from cardiogram.hub import HubSession, Query
from cardiogram.judge.embedded import embedded_judge
from cardiogram.judge.ensemble import CascadeJudge, Ensemble
from cardiogram.judge.llm import CostEstimate, LLMJudge, estimate_cost
from cardiogram.judge.rate import rate_study
from cardiogram.judge.rating import Judge
from cardiogram.progress import Progress, silent
from cardiogram.store import Study

_SAMPLE, _PART = 512, 16
"""Cards that are measured, and what part of them is measured first."""

_CALLS, _FILES, _WINDOW = 500, 3000, 300.0
"""API calls and files that the Hub gives to whoever has no login, in so many seconds."""

_MODELS, _SECONDS = (50, 473, 1_000, 10_000, 1_000_000), (4, 7, 15, 110, 670)
"""What map, analyze and report take: see docs/benchmarks.md."""
_SECONDS_A_CARD = 0.0016
"""What rating took on the machine of that table."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a study will take.

    Attributes
    ----------
    models
        How many it is about.
    sample
        Cards that were measured.
    reading, rating, later
        Seconds: until the cards are there, without waiting for the Hub's quota; until they are
        rated by judges that are no language models; for map, analysis and report.
    waiting
        Seconds to wait for the quota of somebody without a login.
    bytes
        Of the study on the disk.
    requests
        To the Hub.
    costs
        What each language model takes.
    """

    models: int
    sample: int
    reading: float
    rating: float
    later: float
    waiting: float
    bytes: int
    requests: int
    costs: tuple[tuple[str, CostEstimate], ...] = ()

    @property
    def seconds(self) -> float:
        """Until the report is written, answers of language models apart."""
        return self.reading + self.waiting + self.rating + self.later


def forecast_study(
    study: Study,
    source: Source,
    judges: Sequence[Judge],
    how: Ensemble,
    *,
    workers: Workers | None = None,
    session: HubSession | None = None,
    on_progress: Progress = silent,
) -> Forecast:
    """Measure on a sample what a study will take; no language model is asked.

    Where the source is the Hub it is listed first, into the study's folder, where the list stays.

    Raises
    ------
    CardiogramError
        The source cannot be read, or the Hub does not answer.
    """
    free = [judge for judge in judges if not isinstance(judge, LLMJudge)] or [embedded_judge()]
    with TemporaryDirectory() as folder:
        drawn = draw_sample(
            study, source, Path(folder), _SAMPLE, session=session, on_progress=on_progress
        )
        _, part, whole = (
            _measure(Path(folder) / name, drawn.source, size, free)
            for name, size in (
                ("first", 1),  # what is loaded once is loaded
                ("part", drawn.size // _PART),
                ("whole", drawn.size),
            )
        )
        small = Study(Path(folder) / "whole")
        size = sum(file.stat().st_size for file in small.root.rglob("*") if file.is_file())
        cards = [card for _, card in stored_cards(small, small.models.rows())]
    taking_in, rating = whole.seconds_a_card_beyond(part)
    cores = (workers or Workers()).size
    times = drawn.models / max(1, drawn.size)
    waits = max((drawn.calls - 1) // _CALLS, (drawn.files - 1) // _FILES, 0)
    return Forecast(
        models=drawn.models,
        sample=drawn.size,
        reading=(taking_in / cores + drawn.seconds) * drawn.models,
        waiting=waits * _WINDOW,
        rating=rating / cores * drawn.models,
        later=seconds_after_rating(drawn.models) * rating / _SECONDS_A_CARD,
        bytes=round(size * times),
        requests=drawn.calls + drawn.files,
        costs=tuple(costs_by_sample(judges, how, cards, times)),
    )


def seconds_after_rating(models: int) -> float:
    """What map, analysis and report take of so many models, on the machine of the benchmarks."""
    grown = np.interp(np.log(max(models, 1)), np.log(_MODELS), np.log(_SECONDS))
    return float(np.exp(grown))


def costs_by_sample(
    judges: Sequence[Judge], how: Ensemble, cards: Sequence[Card], times: float
) -> Iterator[tuple[str, CostEstimate]]:
    """What language models take for so many times the cards of a sample."""
    for judge in judges:
        if isinstance(judge, LLMJudge):
            sent = cards
            if how.cascaded and judge is judges[1]:
                cascade = CascadeJudge(judges[0], judge, how.tolerance)
                pairs = zip(cards, judges[0].rate(cards), strict=True)
                sent = [card for card, rating in pairs if cascade.is_unsure(rating)]
            yield judge.id, estimate_cost(judge, sent).times(times)


class _Measured(NamedTuple):
    """Processor seconds that cards took to be taken in and to be rated."""

    cards: int
    taking_in: float
    rating: float

    def seconds_a_card_beyond(self, part: _Measured) -> tuple[float, float]:
        """What each further card takes: without what takes as long for few cards."""
        more = max(1, self.cards - part.cards)
        return (
            max(0.0, self.taking_in - part.taking_in) / more,
            max(0.0, self.rating - part.rating) / more,
        )


def _measure(folder: Path, source: Source, cards: int, judges: Sequence[Judge]) -> _Measured:
    study, asked = Study(folder), replace(source, query=Query(limit=max(1, cards)))
    times = [time.process_time()]
    collect(study, asked)
    times.append(time.process_time())
    rate_study(study, judges)
    times.append(time.process_time())
    return _Measured(cards, times[1] - times[0], times[2] - times[1])
