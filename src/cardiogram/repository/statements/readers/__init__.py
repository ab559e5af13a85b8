"""Readers of statements, a small one a kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.repository.statements.readers.all_readers import READERS

attach(__name__)
