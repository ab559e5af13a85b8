"""What agents are given: a skill to read, and tools to call that read and send nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.agents.mcp_server import make_server
    from cardiogram.agents.skill import SKILL, read_skill
    from cardiogram.agents.tools import QUOTED, CardTools

attach(__name__)
