"""Write the report of a study folder."""

from __future__ import annotations

from pathlib import Path

from cardiogram.report.data import build_payload
from cardiogram.report.page.html import render_html
from cardiogram.store import Study, write_atomically


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
