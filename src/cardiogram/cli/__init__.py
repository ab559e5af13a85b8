"""The command line: options -> one call -> print -> exit code.

Data goes to stdout, everything else to stderr. Exit code 0 is fine, 1 findings, 2 could not do
it. A flag beats the environment (CARDIOGRAM_COMMAND_OPTION), that beats cardiogram.toml.
"""

from __future__ import annotations

import click

from cardiogram.cli import app, calibrate, card, judges, maps, publish, study
from cardiogram.cli.group import Group, read_defaults


@click.group(
    cls=Group,
    context_settings={
        "auto_envvar_prefix": "CARDIOGRAM",
        "help_option_names": ["-h", "--help"],
        "max_content_width": 100,
    },
)
@click.version_option(package_name="cardiogram", message="%(prog)s %(version)s")
@click.pass_context
def main(ctx: click.Context) -> None:
    """Measure, map and improve the documentation of models on the Hugging Face Hub.

    Start with one card (cardiogram check README.md) or with a study of many (cardiogram study
    my-study --limit 100).
    """
    read_defaults(ctx)


for _command in (
    study.study,
    study.collect,
    study.snapshot,
    study.rate,
    maps.map_command,
    study.analyze,
    study.report,
    app.serve,
    publish.publish,
    publish.badge,
    card.check,
    calibrate.calibrate,
    judges.judges,
    judges.rubric,
    judges.train_judge,
):
    main.add_command(_command)
