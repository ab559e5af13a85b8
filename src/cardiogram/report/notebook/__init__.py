"""Results as a notebook shows them: fragments of HTML that hold no script, and tables for pandas.

A fragment reads without its style, which some viewers take away, and follows the page's colours.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.notebook.frames import frame_of_study, frame_of_watched, to_frame
    from cardiogram.report.notebook.showing import show, write
    from cardiogram.report.notebook.study_fragment import show_study
    from cardiogram.report.notebook.tracked_fragment import show_tracked

attach(__name__)
