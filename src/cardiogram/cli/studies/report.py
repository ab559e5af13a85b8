"""The command that writes a study's page."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from cardiogram.cli.options import PATH, folder_argument, json_option, print_results

if TYPE_CHECKING:
    from cardiogram.store import Study


@click.command("report")
@folder_argument
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
    folder: Path,
    out: Path | None,
    figures: Path | None,
    forms: tuple[Literal["svg", "png"], ...],
    as_json: bool,
) -> None:
    """Write the report of a study: one HTML file that needs no network."""
    from cardiogram.report.page import write_report
    from cardiogram.store import Study

    study = Study.open(folder)
    with study.lock():
        drawn = () if figures is None else _draw(study, figures, forms)
        path = write_report(study, out)
    results: dict[str, object] = {"report": str(path)}
    if figures is not None:
        results["figures"] = [str(figure) for figure in drawn]
    print_results(results, "".join(f"{written}\n" for written in (path, *drawn)), as_json)


def _draw(study: Study, folder: Path, forms: tuple[Literal["svg", "png"], ...]) -> tuple[Path, ...]:
    from cardiogram.report.data import build_payload
    from cardiogram.report.figures import FIGURE_FORMATS, write_figures, write_map_figure

    drawn = write_figures(build_payload(study), folder, forms or FIGURE_FORMATS)
    if not study.map.shards():
        return drawn
    maps = [write_map_figure(study, folder / f"map.{form}") for form in forms or FIGURE_FORMATS]
    return (*drawn, *maps)
