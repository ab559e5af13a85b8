"""The report: a study as one HTML file that people can read, keep and send.

::

    study folder -> data/ (what is shown, as dataclasses) -> page/ (one file, no network)
                                                             tables/ (results in four formats)
                                                             figures/ (charts as files)
                                                             terminal/ (what commands print)

document/ is what every page stands in, and the page of checked cards. A page is a pure function of
its payload. Sections are made here, in Python, of markup/ that escapes everything by default; what
moves is an island, a placeholder with `data-island` that a component of frontend/ fills
(static/report.js).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.report.figures import write_figures
    from cardiogram.report.page import write_report
    from cardiogram.report.tables import render_results
    from cardiogram.report.terminal import render_checked

attach(__name__)
