"""Models that a ledger watches, and what followed the changes of their cards, in one call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cardiogram.cards import explain_problem
from cardiogram.errors import CardiogramError, DamagedFile, DataError, HubError
from cardiogram.progress import Progress, silent
from cardiogram.report.markup import count_of
from cardiogram.track import LedgerView, LookBack, look_back, view_ledger
from cardiogram.track.history import read_events
from cardiogram.track.series import read_series

if TYPE_CHECKING:
    import pandas

    from cardiogram.hub import HubSession
    from cardiogram.in_notebook import TextPrinter


@dataclass(frozen=True, slots=True)
class Tracked:
    """What a ledger holds, and what followed the changes of its models' cards.

    Attributes
    ----------
    ledger
        Its folder.
    view
        The watched models, with what is counted of them.
    back
        What followed, in all of them together; None where nothing can be said yet.
    unknown
        Why nothing can be said, "" where it can.
    problems
        What the Hub did not give.
    """

    ledger: Path
    view: LedgerView
    back: LookBack | None
    unknown: str = ""
    problems: tuple[str, ...] = ()

    def _repr_html_(self) -> str:
        from cardiogram.report.notebook import show_tracked

        return show_tracked(self.ledger.name, self.view, self.back, self.unknown, self.problems)

    def _repr_pretty_(self, printer: TextPrinter, cycle: bool) -> None:
        printer.text(str(self))

    def __repr__(self) -> str:
        return f"<Tracked {str(self.ledger)!r}: {count_of(self.view.models, 'model')} watched>"

    def __str__(self) -> str:
        from cardiogram.report.terminal import Look, render_effect

        shown = render_effect(self.back.effects, Look()) if self.back else self.unknown
        return shown.rstrip()

    def to_pandas(self) -> pandas.DataFrame:
        """Make a table of it: a row a watched model."""
        from cardiogram.report.notebook import frame_of_watched

        return frame_of_watched(self.view.cards)


def track(
    ledger: str | Path,
    models: Sequence[str] = (),
    *,
    session: HubSession | None = None,
    seed: int = 0,
    on_progress: Progress = silent,
) -> Tracked:
    """Watch models from day to day, and say what followed the changes of their cards.

    Once a day it writes down what the Hub counts of them, and what became of their cards. Without
    `models` and `session` nobody is asked, and the ledger is read as it is.

    Parameters
    ----------
    ledger
        A new folder, or one that an earlier call left.
    models
        Ids or addresses of models to watch, or one of them, beside those that the ledger has.
    session
        Where the Hub is asked.
    seed
        Of the randomisation, and of the models that are shown.

    Raises
    ------
    ConfigError
        One of `models` is no model's id.
    DataError
        There is no ledger and nothing to begin one with, or a file of it is damaged.
    HubError
        The Hub does not answer, or has none of the models.
    """
    folder = Path(ledger)
    asked = models or session is not None
    problems = _ask(folder, models, session, on_progress) if asked else []
    view = view_ledger(folder)
    events = [event for past in read_events(folder) for event in past.events]
    back, unknown = None, ""
    try:
        series = read_series(folder)
        back = look_back(series, events, ledger=folder, seed=seed, on_progress=on_progress)
    except DamagedFile:
        raise
    except DataError as error:
        unknown = error.message
    return Tracked(folder, view, back, unknown, tuple(problems))


def _ask(
    ledger: Path, models: Sequence[str], session: HubSession | None, on_progress: Progress
) -> list[str]:
    """Write down what the Hub says of the watched models today; gives what it does not say."""
    from cardiogram.hub import HubSession
    from cardiogram.improve import is_written
    from cardiogram.track.history import read_history, write_events
    from cardiogram.track.ledger import ModelLedger, add_models, take_snapshot

    session, problems = session or HubSession(), []
    if models:
        named = [models] if isinstance(models, str) else models
        added = add_models(ModelLedger(ledger), named, session=session)
        problems = [
            f"{id} is not watched: {explain_problem(problem)}"
            for id, problem in added.problems.items()
        ]
        if not added.watched:
            raise HubError("; ".join(problems[:3]))
    take_snapshot(ModelLedger.open(ledger), session=session, on_progress=on_progress)
    for model in ModelLedger.open(ledger).watched():
        if model.role == "own":
            try:
                write_events(ledger, read_history(model.id, session, written=is_written))
            except CardiogramError as error:
                problems.append(error.message)
    return problems
