"""Facts of where a model comes from: card, merges, base models, data sets, files, the Hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.repository.facts.lineage.file_list import purpose_of
    from cardiogram.repository.facts.lineage.lineage_facts import LINEAGE_FACTS

attach(__name__)
