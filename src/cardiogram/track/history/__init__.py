"""What became of a card: the revisions of README.md, what each did, and which can be studied."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.track.history.card_event import (
        CardEvent,
        CardEventKind,
        CardHistory,
        LostCard,
        OtherChange,
        OtherKind,
        Scores,
    )
    from cardiogram.track.history.kept_events import kept_history, read_events, write_events
    from cardiogram.track.history.read_history import read_history

attach(__name__)
