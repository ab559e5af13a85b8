"""Screens of models over time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.terminal.tracked.effect_screen import render_effect
    from cardiogram.report.terminal.tracked.history_screen import render_history
    from cardiogram.report.terminal.tracked.ledger_screens import (
        name_ledger,
        render_added,
        render_backfill,
        render_snapshot,
    )
    from cardiogram.report.terminal.tracked.plan_screen import render_experiment, say_set_aside

attach(__name__)
