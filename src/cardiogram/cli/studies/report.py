"""The command that writes a study's page."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Literal

import click

from cardiogram import store
from cardiogram.cli.options import PATH, json_option, print_results, study_argument
from cardiogram.errors import ConfigError
from cardiogram.report import data, figures as charts, page


@click.command("report")
@study_argument
@click.option("--out", type=PATH, help="Where to write the page.  [FOLDER/report.html]")
@click.option(
    "--figures", type=PATH, help="Write each chart to this folder as well, as SVG and as PNG at 2x."
)
@click.option(
    "--figure-format",
    "forms",
    type=click.Choice(["svg", "png"]),
    multiple=True,
    help="Write figures in this format only.  [both]",
)
@json_option
def command(
    study: store.Study,
    out: Path | None,
    figures: Path | None,
    forms: tuple[Literal["svg", "png"], ...],
    as_json: bool,
) -> None:
    """Write the report of a study: one HTML file that needs no network.

    With --out, FOLDER may be one that nothing can be written to.
    """
    shut = not os.access(study.root, os.W_OK)
    if shut and out is None:
        raise ConfigError(
            f"nothing can be written to {str(study.root)!r}",
            hint=f"cardiogram report {study.root} --out PAGE.html",
        )
    with contextlib.nullcontext() if shut else study.lock():
        drawn = () if figures is None else _draw(study, figures, forms)
        path = page.write_report(study, out)
    results: dict[str, object] = {"report": str(path)}
    if figures is not None:
        results["figures"] = [str(figure) for figure in drawn]
    print_results(results, "".join(f"{written}\n" for written in (path, *drawn)), as_json)


def _draw(
    study: store.Study, folder: Path, forms: tuple[Literal["svg", "png"], ...]
) -> tuple[Path, ...]:
    return charts.write_figures(data.build_payload(study), folder, forms or charts.FIGURE_FORMATS)
