"""Parquet dumps of any size into a study, bucket by bucket of the hash of the id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.collect.bulk.collect_dumps import Asked, collect_dumps
    from cardiogram.collect.bulk.dump_files import DumpFile, list_files
    from cardiogram.collect.bulk.dump_plan import FILTERS

attach(__name__)
