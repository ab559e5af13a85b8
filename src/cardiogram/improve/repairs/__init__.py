"""One named repair for each defect that a generator of cards leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.improve.repairs.all_repairs import clear_templates, find_repairs
    from cardiogram.improve.repairs.handwritten import is_handwritten, is_written, last_written
    from cardiogram.improve.repairs.placeholders import clear_placeholders, generator_lines

attach(__name__)
