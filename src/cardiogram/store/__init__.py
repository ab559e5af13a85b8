"""The study folder: every column once, atomic files, tables of shards, manifest and lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.store.array_files import ArrayReader, ArrayRecord, FlatArray
    from cardiogram.store.codec import (
        AFTER_LAST,
        FIRST_KEY,
        LAST_KEY,
        OMIT_NONE,
        from_json,
        to_json,
    )
    from cardiogram.store.damage import (
        ANALYZED,
        COLLECTED,
        MAPPED,
        RATED,
        read_error,
        redo,
        set_aside,
    )
    from cardiogram.store.file_lock import wait_for_lock
    from cardiogram.store.files import append_line, write_atomically, write_error
    from cardiogram.store.lock import is_locked, lock_folder
    from cardiogram.store.schemas import (
        ADDED_LATER,
        CARDS,
        FEATURES,
        LISTING,
        MAP,
        MODELS,
        RATINGS,
        SNAPSHOTS,
        ratings_schema,
    )
    from cardiogram.store.steps import run_step
    from cardiogram.store.study import FORMAT, Study, check_format
    from cardiogram.store.table import Row, Table

attach(__name__)
