"""The command that sets two studies side by side."""

from __future__ import annotations

from pathlib import Path

import click

from cardiogram import store
from cardiogram.cli.options import PATH, json_option, print_results, study_argument
from cardiogram.report import page


@click.command("compare")
@study_argument
@click.argument("earlier", type=PATH)
@click.option("--out", type=PATH, help="Where to write the page.  [FOLDER/compare.html]")
@json_option
def command(study: store.Study, earlier: Path, out: Path | None, as_json: bool) -> None:
    """Compare a study with an EARLIER one, as a page and a summary.

    Both say what is the same in the two studies and what changed from EARLIER to FOLDER: models,
    ratings, correlations.
    """
    from cardiogram.analysis import compare_studies

    compared = compare_studies(store.Study.open(earlier), study)
    path = out or study.root / "compare.html"
    store.write_atomically(path, page.render_comparison_page(compared).encode("utf-8", "replace"))
    print_results(compared.as_dict(), page.render_comparison(compared), as_json)
    click.echo(f"comparison: {path}", err=True)
