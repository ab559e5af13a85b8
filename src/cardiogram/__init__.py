r"""cardiogram: measure, map and improve the documentation of models on the Hugging Face Hub.

The public names are loaded when they are first used, so that importing the package is cheap.

Examples
--------
>>> import cardiogram
>>> card = cardiogram.parse_card("# Parrot\n\nRepeats what it hears.")
>>> cardiogram.embedded_judge().rate([card])[0].scores["overall"].value
1
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cardiogram.analysis.analyze import analyze as analyze
    from cardiogram.analysis.compare import compare_studies as compare_studies
    from cardiogram.cards.card import Card as Card
    from cardiogram.cards.card import parse_card as parse_card
    from cardiogram.check import Checked as Checked
    from cardiogram.check import check as check
    from cardiogram.collect.collect import Source as Source
    from cardiogram.collect.collect import collect as collect
    from cardiogram.collect.sample import Sample as Sample
    from cardiogram.collect.snapshot import Snapshot as Snapshot
    from cardiogram.collect.snapshot import take_snapshot as take_snapshot
    from cardiogram.errors import CardiogramError as CardiogramError
    from cardiogram.hub import HubSession as HubSession
    from cardiogram.hub import Query as Query
    from cardiogram.judge.dataset_cards.judge import DatasetJudge as DatasetJudge
    from cardiogram.judge.embedded.judge import EmbeddedJudge as EmbeddedJudge
    from cardiogram.judge.embedded.judge import embedded_judge as embedded_judge
    from cardiogram.judge.rate import load_judge as load_judge
    from cardiogram.judge.rate import rate as rate
    from cardiogram.judge.rating import Evidence as Evidence
    from cardiogram.judge.rating import Judge as Judge
    from cardiogram.judge.rating import Rating as Rating
    from cardiogram.judge.rating import Score as Score
    from cardiogram.judge.rubric import Rubric as Rubric
    from cardiogram.judge.rubric import load_rubric as load_rubric
    from cardiogram.judge.training.train import train_judge as train_judge
    from cardiogram.pipeline import run_study as run_study
    from cardiogram.publish import plan_dataset as plan_dataset
    from cardiogram.publish import publish as publish
    from cardiogram.report.figures.badge import make_badge as make_badge
    from cardiogram.report.page.write import write_report as write_report
    from cardiogram.store import Study as Study

_PLACES = {
    "Card": "cards.card",
    "CardiogramError": "errors",
    "Checked": "judge.check",
    "DatasetJudge": "judge.dataset",
    "EmbeddedJudge": "judge.embedded",
    "Evidence": "judge.rating",
    "HubSession": "hub",
    "Judge": "judge.rating",
    "Query": "hub",
    "Rating": "judge.rating",
    "Rubric": "judge.rubric",
    "Sample": "cards.sample",
    "Score": "judge.rating",
    "Snapshot": "cards.snapshot",
    "Source": "cards.collect",
    "Study": "store",
    "analyze": "study.analyze",
    "check": "judge.check",
    "collect": "cards.collect",
    "compare_studies": "study.compare",
    "embedded_judge": "judge.embedded",
    "load_judge": "judge.rate",
    "load_rubric": "judge.rubric",
    "make_badge": "report.badge",
    "parse_card": "cards.card",
    "plan_dataset": "report.dataset",
    "publish": "report.dataset",
    "rate": "judge.rate",
    "run_study": "report.pipeline",
    "take_snapshot": "cards.snapshot",
    "train_judge": "judge.train",
    "write_report": "report.write",
}

__all__ = sorted(_PLACES)


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'cardiogram' has no attribute {name!r}")
    return getattr(import_module(f"cardiogram.{_PLACES[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_PLACES])
