"""Readers of statements, a small one a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.repository.statements.readers.all_readers import READERS
    from cardiogram.repository.statements.readers.results_stated import metric_name
    from cardiogram.repository.statements.readers.terms_and_languages import (
        LANGUAGE_OF,
        language_code,
        licence_in,
    )

attach(__name__)
