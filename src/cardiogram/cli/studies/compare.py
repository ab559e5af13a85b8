"""The command that sets two studies side by side."""

from __future__ import annotations

from pathlib import Path

import click

from cardiogram.cli.options import PATH, folder_argument, json_option, print_results


@click.command("compare")
@folder_argument
@click.argument("earlier", type=PATH)
@click.option("--out", type=PATH, help="Where to write the page.  [FOLDER/compare.html]")
@json_option
def command(folder: Path, earlier: Path, out: Path | None, as_json: bool) -> None:
    """Compare a study with an EARLIER one, as a page and a summary.

    Both say what is the same in the two studies and what changed from EARLIER to FOLDER: models,
    ratings, correlations.
    """
    from cardiogram.analysis import compare_studies
    from cardiogram.report.page import render_comparison, render_comparison_page
    from cardiogram.store import Study, write_atomically

    study = Study.open(folder)
    compared = compare_studies(Study.open(earlier), study)
    path = out or study.root / "compare.html"
    write_atomically(path, render_comparison_page(compared).encode("utf-8", "replace"))
    print_results(compared.as_dict(), render_comparison(compared), as_json)
    click.echo(f"comparison: {path}", err=True)
