"""Everything in one call: of a study, and of the models that a ledger watches."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.pipeline.study_run import StudyRun, study
    from cardiogram.pipeline.watching import Tracked, track

attach(__name__)
