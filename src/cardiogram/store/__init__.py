"""The study folder: every column once, atomic files, tables of shards, manifest and lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.store.codec import (
        AFTER_LAST as AFTER_LAST,
        FIRST_KEY as FIRST_KEY,
        LAST_KEY as LAST_KEY,
        OMIT_NONE as OMIT_NONE,
        from_json as from_json,
        to_json as to_json,
    )
    from cardiogram.store.files import (
        write_atomically as write_atomically,
        write_error as write_error,
    )
    from cardiogram.store.schemas import (
        CARDS as CARDS,
        FEATURES as FEATURES,
        LISTING as LISTING,
        MAP as MAP,
        MODELS as MODELS,
        RATINGS as RATINGS,
        ratings_schema as ratings_schema,
    )
    from cardiogram.store.steps import run_step as run_step
    from cardiogram.store.study import FORMAT as FORMAT, Study as Study
    from cardiogram.store.table import Row as Row, Table as Table

attach(__name__)
