"""All functions of this folder."""

from __future__ import annotations

from cardiogram.repository.facts.lineage.citations import CITATION_FACTS
from cardiogram.repository.facts.lineage.file_list import LIST_OF_FILES
from cardiogram.repository.facts.lineage.front_facts import FRONT_FACTS
from cardiogram.repository.facts.lineage.merges import MERGE_FACTS
from cardiogram.repository.facts.lineage.parents import PARENT_FACTS
from cardiogram.repository.facts.lineage.presence import PRESENCE_FACTS

LINEAGE_FACTS = (
    *MERGE_FACTS,
    *FRONT_FACTS,
    *CITATION_FACTS,
    *PARENT_FACTS,
    *PRESENCE_FACTS,
    *LIST_OF_FILES,
)
