"""What others have counted of models: readers of public series, and of anybody's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.track.sources.backfill import Backfilled, backfill
    from cardiogram.track.sources.column_mapping import ColumnMapping, read_mapping
    from cardiogram.track.sources.source_kinds import SourceKind, built_in

attach(__name__)
