"""The report: a study as one HTML file that people can read, keep and send.

::

    study folder -> payload.py (what is shown, JSON-able) -> html.py (one file, no network)
                                      sections.py (what stands on the page, in a reader's order)
                                      explore.py (map and table, which the script fills)
                                      charts.py (SVG)  markup.py (escapes everything by default)
                                      blocks.py (the payload for the script, compressed)

The page is a pure function of its payload. Sections are made here, in Python; what moves is an
island, a placeholder with `data-island` that a component of frontend/ fills (static/report.js).
"""

from __future__ import annotations

from pathlib import Path

from cardiogram.report.html import render_html
from cardiogram.report.payload import build_payload
from cardiogram.store import Study, write_atomically

__all__ = ["write_report"]


def write_report(study: Study, path: Path | None = None) -> Path:
    """Write a study's report.

    Parameters
    ----------
    study
        A study folder that `analyze` has run on.
    path
        Where to write; `report.html` of the study folder by default.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    DataError
        There is no results.json yet, the folder cannot be read, or the file cannot be written.
    """
    target = study.report_path if path is None else path
    page = render_html(build_payload(study))
    write_atomically(target, page.encode("utf-8", "replace"))
    return target
