"""Thirty kinds of facts, each one small function with its trap."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.repository.facts.contents import holds_weights
    from cardiogram.repository.facts.lineage import purpose_of
    from cardiogram.repository.facts.meanings import NAMES
    from cardiogram.repository.facts.registry import read_facts
    from cardiogram.repository.facts.repository_files import FactFunction, Files

attach(__name__)
