"""What agents are given: a skill to read, and tools to call that read and send nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.agents.skill import SKILL, read_skill

attach(__name__)
