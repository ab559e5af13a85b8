"""What a page shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.data.asked_blocks import AskedBlocks
    from cardiogram.report.data.data_blocks import make_blocks
    from cardiogram.report.data.effect_words import (
        OUTCOMES,
        day_changes,
        say_checks,
        say_estimate,
        say_p_value,
        say_placebo,
        say_rest,
        say_selection,
        say_share,
        say_verdict,
    )
    from cardiogram.report.data.match import CardPair
    from cardiogram.report.data.origin import StudyOrigin
    from cardiogram.report.data.payload import Payload, build_payload, read_standing
    from cardiogram.report.data.reason_words import count_reasons, plain_reason
    from cardiogram.report.data.shown_models import ShownMap, ShownModel
    from cardiogram.report.data.texts import CardText
    from cardiogram.report.data.watched_model import (
        WatchedModel,
        name_all,
        name_change,
        name_moves,
        rated_days,
        say_change,
        say_compared,
        say_history,
        say_lost,
        say_short,
        watch_compared,
        watch_model,
    )

attach(__name__)
