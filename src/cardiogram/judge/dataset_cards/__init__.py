"""The judge of the cards of datasets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.dataset_cards.checklist import CHECKLIST, ChecklistItem
    from cardiogram.judge.dataset_cards.judge import UNMEASURED, DatasetJudge

attach(__name__)
