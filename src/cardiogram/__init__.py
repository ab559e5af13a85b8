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

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.analysis import analyze as analyze, compare_studies as compare_studies
    from cardiogram.cards import Card as Card, parse_card as parse_card
    from cardiogram.check import (
        Checked as Checked,
        VerifiedCard as VerifiedCard,
        check as check,
        verify as verify,
    )
    from cardiogram.collect import (
        Sample as Sample,
        Source as Source,
        collect as collect,
    )
    from cardiogram.errors import CardiogramError as CardiogramError
    from cardiogram.hub import HubSession as HubSession, Query as Query
    from cardiogram.improve import (
        Answers as Answers,
        Draft as Draft,
        improve as improve,
        save_draft as save_draft,
    )
    from cardiogram.judge import (
        Evidence as Evidence,
        Judge as Judge,
        Rating as Rating,
        Rubric as Rubric,
        Score as Score,
        load_judge as load_judge,
        load_rubric as load_rubric,
        rate_study as rate_study,
    )
    from cardiogram.judge.dataset_cards import DatasetJudge as DatasetJudge
    from cardiogram.judge.embedded import (
        EmbeddedJudge as EmbeddedJudge,
        embedded_judge as embedded_judge,
    )
    from cardiogram.judge.training import train_judge as train_judge
    from cardiogram.pipeline import (
        StudyRun as StudyRun,
        Tracked as Tracked,
        study as study,
        track as track,
    )
    from cardiogram.publish import plan_dataset as plan_dataset, publish as publish
    from cardiogram.report.figures import make_badge as make_badge
    from cardiogram.report.page import write_report as write_report
    from cardiogram.repository import (
        Fact as Fact,
        RepositoryFacts as RepositoryFacts,
        open_repository as open_repository,
        read_facts as read_facts,
    )
    from cardiogram.store import Study as Study
    from cardiogram.track.ledger import (
        ModelLedger as ModelLedger,
        Snapshot as Snapshot,
        add_models as add_models,
        take_snapshot as take_snapshot,
    )

attach(__name__)
