"""Write the pages and blocks of the documentation that the code itself can tell.

Without options it writes them; with `--check` it writes nothing, names each page that would
change and each fault of the others (dead links, commands that do not parse), and exits with 1.
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import pyarrow as pa

import cardiogram
from cardiogram.app.in_page import answer
from cardiogram.cards.lint.linter import RULES, Rule
from cardiogram.cards.problems import CARD_PROBLEMS, REPOSITORY_PROBLEMS, TRANSIENT
from cardiogram.cli import main as command_line
from cardiogram.cli.group import root_context, walk_commands
from cardiogram.judge.dataset_cards.checklist import CHECKLIST
from cardiogram.judge.dataset_cards.judge import UNMEASURED
from cardiogram.judge.expectations.expectations import EXPECTATIONS
from cardiogram.judge.rubric import RUBRIC_OF, load_rubric
from cardiogram.names import SCORES, SCORES_OF
from cardiogram.repository.contradictions import CONTRADICTION_RULES
from cardiogram.store import CARDS, FEATURES, LISTING, MAP, MODELS, RATINGS, SNAPSHOTS
from check_docs import find_faults
from columns import COLUMNS
from judge_figures import (
    agreement_block,
    changes_block,
    reliance_block,
    responsiveness_block,
    table,
)

ROOT = Path(__file__).parents[1]
SAMPLE = "examples/sample/mergewright/Ember-Stew-8B/README.md"
"""The card of the README's example and the page's: written with care, and not complete."""

_HEAD = "<!-- Made by tools/make_docs.py from the code: `make docs`. Do not edit. -->\n\n"
_WRITTEN_DEFAULT = re.compile(r"\s*\[([^\[\]]+)\]$")
_ROLE = re.compile(r":\w+:`~?([^`]+)`")
_PREFIX = "CARDIOGRAM"
_SCHEMAS = {
    "listing": LISTING,
    "models": MODELS,
    "cards": CARDS,
    "features": FEATURES,
    "ratings": RATINGS,
    "map": MAP,
    "snapshots": SNAPSHOTS,
}


class DocsError(Exception):
    """The documentation cannot be made: something new has no words yet."""


# -- commands ------------------------------------------------------------------------------------


def cli_page() -> str:
    """Every command: its words, arguments and options, from click's own objects."""
    commands = commands_by_heading()
    parts = [
        f"# Commands\n\n{_prose(command_line)}\n",
        "Data goes to stdout, everything else to stderr. Exit code 0 is fine, 1 findings (a card "
        "below `--min`, a `--select`ed rule that is an error), 2 could not do it; 130 after "
        "Ctrl-C.\n",
        "A flag beats the environment variable beside it, and that beats `cardiogram.toml` in the "
        "working folder, which has one table a command with the names of its options:\n",
        "```toml\n[check]\nmin = 3\n\n[judges.measure]\ndraws = 5000\n```\n",
        *(
            f"**{heading}**\n\n" + table(["command", "does"], map(_row, contexts))
            for heading, contexts in commands.items()
        ),
    ]
    return "\n".join([*parts, *(_command(each) for row in commands.values() for each in row)])


def commands_by_heading() -> dict[str, list[click.Context]]:
    """Contexts of all commands, under the headings of `cardiogram --help`."""
    headings = {
        module.rpartition(".")[2]: heading
        for heading, modules in command_line.headings.items()
        for module in modules
    }
    found: dict[str, list[click.Context]] = {}
    for context in walk_commands(root_context(command_line)):
        found.setdefault(headings[context.command_path.split()[1]], []).append(context)
    return found


def _row(context: click.Context) -> list[str]:
    path = context.command_path
    link = f"[`{path}`](#{path.replace(' ', '-')})"
    return [link, context.command.get_short_help_str(120)]


def _command(context: click.Context) -> str:
    command = context.command
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    rows = [
        [
            ", ".join(f"`{flag}`" for flag in option.opts),
            _type(option.type, is_flag=option.is_flag),
            _default(option, context),
            f"`{option.envvar}`",
            _WRITTEN_DEFAULT.sub("", option.help or "") + (" Required." * option.required),
        ]
        for option in command.params
        if isinstance(option, click.Option)
    ]
    arguments = [
        f"- `{argument.make_metavar(context)}`: {_type(argument.type)}"
        f"{', one or more' if argument.nargs == -1 else ''}{_argument_default(argument)}"
        for argument in command.params
        if isinstance(argument, click.Argument)
    ]
    parts = [f"## {context.command_path}\n", f"`{usage}`\n", f"{_prose(command)}\n"]
    parts += ["\n".join(arguments) + "\n"] if arguments else []
    return "\n".join([*parts, table(["option", "type", "default", "environment", "does"], rows)])


def _prose(command: click.Command) -> str:
    return inspect.cleandoc(command.help or "")


def _type(kind: click.ParamType[Any], *, is_flag: bool = False) -> str:
    if is_flag:
        return "flag"
    if isinstance(kind, click.Choice):
        return ", ".join(f"`{choice}`" for choice in kind.choices)
    if isinstance(kind, click.IntRange | click.FloatRange):
        word = "whole number" if isinstance(kind, click.IntRange) else "number"
        return f"{word}, {kind.min} to {kind.max}" if kind.max else f"{word}, at least {kind.min}"
    if isinstance(kind, click.DateTime):
        return "day, such as 2026-01-31"
    words = {"text": "text", "integer": "whole number", "path": "path"}
    return words.get(kind.name, kind.name)


def _default(option: click.Option, context: click.Context) -> str:
    written = _WRITTEN_DEFAULT.search(option.help or "")
    if written:
        return written[1]
    shown = option.get_help_extra(context).get("default")
    return f"`{shown}`" if shown else ""


def _argument_default(argument: click.Argument) -> str:
    return "" if argument.required else f", `{argument.default}` unless given"


# -- tables --------------------------------------------------------------------------------------


def study_folder_page() -> str:
    """Every column of the study's tables with its type and meaning."""
    parts = [
        "# The tables of a study\n",
        "What the files are for, and when they are written, is told in "
        "[the study folder](../explanation/study-folder.md). All times are UTC. A column may be "
        "null where its meaning allows it; counts that cannot be true are null, with a problem.\n",
    ]
    for name, schema in _SCHEMAS.items():
        rows = [[f"`{column}`", kind, words] for column, kind, words in _columns(name, schema)]
        note = (
            "`SCORE` stands for each of the nine numbers: "
            + ", ".join(f"`{score}`" for score in SCORES)
            + f". So there are {len(RATINGS)} columns.\n\nIn a study of dataset cards "
            '(`type = "dataset"` in `study.toml`) they are '
            + ", ".join(f"`{score}`" for score in SCORES_OF["dataset"])
            + ", and the bounds are null: the judge of such cards was never measured.\n"
        )
        parts += [f"## {name}\n", f"`{name}/*.parquet`\n", *([note] if name == "ratings" else [])]
        parts.append(table(["column", "type", "meaning"], rows))
    return "\n".join(parts)


def _columns(name: str, schema: pa.Schema) -> Iterator[tuple[str, str, str]]:
    """Columns with type and meaning, the nine numbers once.

    Raises
    ------
    DocsError
        A column has no meaning in tools/columns.py, or a meaning has no column.
    """
    kinds: dict[str, str] = {}
    for field in schema:
        kinds.setdefault(_common(field.name), _kind(field.type))
        if pa.types.is_list(field.type) and pa.types.is_struct(field.type.value_type):
            kinds |= {
                f"{field.name}.{part.name}": _kind(part.type) for part in field.type.value_type
            }
    meanings = COLUMNS[name]
    if odd := kinds.keys() ^ meanings.keys():
        raise DocsError(f"tools/columns.py and the table {name!r} differ in {sorted(odd)}")
    return ((column, kind, meanings[column]) for column, kind in kinds.items())


def _common(column: str) -> str:
    """`usage_low` is `SCORE_low`; other columns keep their names."""
    score, _, kind = column.partition("_")
    if score in SCORES and kind in ("", "expected", "low", "high", "levels"):
        return f"SCORE_{kind}" if kind else "SCORE"
    return column


def _kind(kind: pa.DataType) -> str:
    if pa.types.is_list(kind):
        return f"list of {_kind(kind.value_type)}"
    if pa.types.is_struct(kind):
        return "structs"
    return {"large_string": "string", "timestamp[ms, tz=UTC]": "timestamp, ms"}.get(
        str(kind), str(kind)
    )


# -- problems, expectations, names ---------------------------------------------------------------


def problems_page() -> str:
    """Every problem code with its sentence."""

    def rows(problems: Mapping[str, str]) -> Iterator[list[str]]:
        return ([f"`{code}`", words] for code, words in problems.items())

    transient = ", ".join(f"`{code}`" for code in sorted(TRANSIENT))
    return (
        "# Problems\n\nA fault of a card or a repository is a row with a problem, never a crash. "
        "The column `problems` holds a code, or a code and a detail: `yaml_malformed: line 7`.\n\n"
        f"## Of the text\n\n{table(['code', 'meaning'], rows(CARD_PROBLEMS))}\n"
        f"## On the way to the text\n\n{table(['code', 'meaning'], rows(REPOSITORY_PROBLEMS))}\n"
        f"A shard with {transient} is asked for again by the next run of the same command.\n"
    )


def expectations_page() -> str:
    """What `check` looks for, by the rule's id as SARIF has it."""
    parts = [
        "# What is looked for in a card\n",
        "`cardiogram check` looks for these expectations and names the ones that are missing, the "
        "costliest first; in SARIF the rule's id is the one below. What does not apply to a kind "
        "of model is not asked of it (a quantised copy has no training of its own), nor a part of "
        "what is missing as a whole (no comparison where there are no results). Where some of it "
        'stands in the card, or may, more is asked for ("more on limitations") if its criterion is '
        "rated 1 or 2, and nothing denied.\n",
    ]
    for criterion in load_rubric().criteria:
        rows = [
            [f"`{wanted.criterion}/{wanted.key}`", wanted.missing, wanted.advice]
            for wanted in EXPECTATIONS
            if wanted.criterion == criterion.key
        ]
        parts += [f"## {criterion.key}\n", f"{criterion.question}\n"]
        parts.append(table(["rule", "missing", "advice"], rows))
    return "\n".join([*parts, *_checklist()])


def _checklist() -> list[str]:
    """What `check --type dataset` looks for, with the points that each item is worth."""
    parts = [
        "## In the card of a dataset\n",
        "`cardiogram check --type dataset` asks other questions, and its judge is this list: a "
        "criterion's rating is 1 plus four times the share of its points. It was fitted to "
        f"nothing and has {UNMEASURED}.\n",
    ]
    for criterion in load_rubric(RUBRIC_OF["dataset"]).criteria:
        items = [item for item in CHECKLIST if item.criterion == criterion.key]
        parts += [f"### {criterion.key} of a dataset\n", f"{criterion.question}\n"]
        parts.append(
            table(
                ["rule", "points", "missing", "advice"],
                (
                    [f"`{item.criterion}/{item.key}`", str(item.points), item.missing, item.advice]
                    for item in items
                ),
            )
        )
    return parts


def lint_page() -> str:
    """Every rule of the linter: what, why, an example of each kind, and its fix."""
    parts = [
        "# Rules of the linter\n",
        "`cardiogram check` names what breaks a rule, with its line. `--select CG1,CG203` shows "
        "these rules only, by how their ids start, and exits with 1 where one of them that is an "
        "error is broken; `--ignore` leaves rules out. `--fix` mends the file in place where that "
        "is safe and keeps every other byte; a file that is not UTF-8 it leaves alone.\n",
        "CG1 is the metadata (CG13 that of datasets, with --type dataset), CG2 the text and its "
        "bytes, CG3 the outline, CG4 the code.\n",
        table(
            ["rule", "name", "severity", "--fix"],
            (
                [
                    f"[{rule.id}](#{rule.id.lower()}-{rule.name})",
                    rule.name,
                    rule.severity,
                    "yes" if rule.words.fix else "",
                ]
                for rule in RULES
            ),
        ),
    ]
    return "\n".join([*parts, *map(_rule, RULES), *_contradictions()])


def _contradictions() -> list[str]:
    """Rules on cards that contradict their repository."""
    return [
        "## Contradictions\n",
        "Where the repository is at hand (a folder, an id of the Hub), the card is compared with "
        "its files, with the cards of its base model and data, and with itself. What cannot both "
        "be true is an error, what is doubtful a warning: a question to the author.\n",
        table(
            ["rule", "name", "what", "why", "example"],
            (
                [rule.id, rule.name, *(rule.words[key] for key in ("what", "why", "example"))]
                for rule in CONTRADICTION_RULES
            ),
        ),
    ]


def _rule(rule: Rule) -> str:
    parts = [
        f"## {rule.id} {rule.name}\n",
        f"{rule.severity.capitalize()}. {rule.words.what} {rule.words.why}{_asked_of(rule)}\n",
        *([f"Breaks it:\n\n{_shown(rule.words.bad)}"] if rule.words.bad else []),
        *([f"Keeps it:\n\n{_shown(rule.words.good)}"] if rule.words.bad else []),
        *([f"`--fix`: {rule.words.fix}\n"] if rule.words.fix else []),
    ]
    return "\n".join(parts)


def _asked_of(rule: Rule) -> str:
    return "" if len(rule.of) > 1 else f" Only in cards of {rule.of[0]}s."


_INVISIBLE = {"\ufeff": "<BOM>", "\r": "<CR>", "\0": "<NUL>"}


def _shown(card: str) -> str:
    """A card as a block of text, with names for what cannot be seen."""
    for character, name in _INVISIBLE.items():
        card = card.replace(character, name)
    return f"````text\n{card.rstrip(chr(10))}\n````\n"


_FIRST = ("check", "verify", "improve", "study", "track")
"""The functions that do a whole task."""


def api_page() -> str:
    """The public names with their signatures and first lines: whole tasks, their parts, types."""
    parts = [
        "# Python\n",
        "`import cardiogram` is cheap: each name is loaded when it is first used. Numbers, units "
        "and errors are in the docstrings; every name has its type. [The five functions in a "
        "notebook](../notebook.ipynb), where their results show themselves and become data "
        "frames (`to_pandas()`).\n",
        table(
            ["function", "gives", "does"],
            (
                [f"[`{name}`](#{name})", f"[`{made}`](#{made.lower()})", _first_line(thing)]
                for name in _FIRST
                for thing in [inspect.unwrap(getattr(cardiogram, name))]
                for made in [thing.__annotations__["return"]]
            ),
        ),
    ]
    classes = [name for name in cardiogram.__all__ if name[0].isupper()]
    others = [name for name in cardiogram.__all__ if name not in (*_FIRST, *classes)]
    return "\n".join([*parts, *(_name(name) for name in (*_FIRST, *others, *classes))])


def _name(name: str) -> str:
    thing = inspect.unwrap(getattr(cardiogram, name))  # of a folder of that name
    lines = [f"## {name}\n", f"`{thing.__module__}`\n" if hasattr(thing, "__module__") else ""]
    if not getattr(thing, "_is_protocol", False):
        lines.append(f"```python\n{_signature(name, thing)}\n```\n")
    lines.append(f"{_first_line(thing)}\n")
    members = (
        [
            f"- `{member}`: {_first_line(value)}"
            for member, value in vars(thing).items()
            if not member.startswith("_") and _is_told(value)
        ]
        if inspect.isclass(thing)
        else []
    )
    return "\n".join([*lines, "\n".join(members) + "\n"] if members else lines)


def _is_told(value: object) -> bool:
    kinds = (property, classmethod, staticmethod)
    return (inspect.isfunction(value) or isinstance(value, kinds)) and bool(value.__doc__)


def _first_line(thing: object) -> str:
    line = (inspect.getdoc(thing) or "").partition("\n")[0]
    return _ROLE.sub(r"`\1`", line)


def _signature(name: str, thing: object) -> str:
    """The call as it is written in the source: annotations are texts there."""
    assert callable(thing)
    signature = inspect.signature(thing)
    parts: list[str] = []
    star = False
    for parameter in signature.parameters.values():
        if parameter.kind is parameter.KEYWORD_ONLY and not star:
            parts, star = [*parts, "*"], True
        text = parameter.name
        if parameter.annotation is not parameter.empty:
            hint = parameter.annotation  # a named tuple wraps the text
            text += f": {getattr(hint, '__forward_arg__', hint)}"
        if parameter.default is not parameter.empty:
            default = repr(parameter.default)
            text += f" = {'...' if default.startswith('<') else default}"
        parts.append(text)
    end = "" if inspect.isclass(thing) else f" -> {signature.return_annotation}"
    line = f"{name}({', '.join(parts)}){end}"
    if len(line) <= 100:
        return line
    return f"{name}(\n" + "".join(f"    {part},\n" for part in parts) + f"){end}"


# -- blocks in pages written by hand -------------------------------------------------------------


def check_block(root: Path) -> str:
    """What `cardiogram check` prints of a bundled card, run in the root of the repository."""
    command = ["check", SAMPLE]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(_PREFIX)}
    done = subprocess.run(
        [sys.executable, "-m", "cardiogram", *command],
        cwd=root,
        env={**clean, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode:
        raise DocsError(f"cardiogram {' '.join(command)}: {done.stderr.strip()}")
    return f"```\n$ cardiogram {' '.join(command)}\n{done.stdout.rstrip()}\n```"


def example_answer(root: Path) -> str:
    """What the page that rates by itself shows before anybody has rated anything."""
    path = root / SAMPLE
    question = {"text": path.read_text("utf-8"), "id": "/".join(path.parts[-3:-1])}
    return f"{json.dumps(json.loads(answer('/api/rate', json.dumps(question))), indent=1)}\n"


def fill(page: str, name: str, block: str) -> str:
    """Replace what stands between the markers of a block.

    Raises
    ------
    DocsError
        The page has no such block, or more than one.
    """
    marker = f"<!-- [[[{name}]]] -->"
    before, found, rest = page.partition(marker)
    _, end, after = rest.partition("<!-- [[[end]]] -->")
    if not found or not end or marker in after:
        raise DocsError(f"one block {marker} was expected, and its end")
    return f"{before}{marker}\n\n{block.strip()}\n\n{end}{after}"


def make_pages(root: Path) -> dict[Path, str]:
    """All pages that are generated in whole or in part, by their place in the repository."""
    reference = Path("docs/reference")
    whole = {
        "cli": cli_page,
        "study-folder": study_folder_page,
        "problems": problems_page,
        "expectations": expectations_page,
        "lint": lint_page,
        "api": api_page,
    }
    pages = {reference / f"{name}.md": _HEAD + make() for name, make in whole.items()}
    for path, name, block in (
        (Path("README.md"), "snapshot check", check_block(root)),
        (Path("docs/judges.md"), "reliance", reliance_block()),
        (Path("docs/judges.md"), "agreement", agreement_block()),
        (Path("docs/judges.md"), "responsiveness", responsiveness_block()),
        (Path("docs/judges.md"), "changes", changes_block()),
    ):
        page = pages.get(path) or (root / path).read_text("utf-8")
        pages[path] = fill(page, name, block)
    pages[Path("frontend/src/page/example.json")] = example_answer(root)
    return pages


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check the documentation; the exit code is 0 where nothing is wrong."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, name what differs")
    parser.add_argument("--root", type=Path, default=ROOT, help="the repository")
    options = parser.parse_args(arguments)
    root = options.root.resolve()
    wrong = []
    for path, text in make_pages(root).items():
        page = root / path
        if page.exists() and page.read_text("utf-8") == text:
            continue
        if options.check:
            wrong.append(f"{path} would change: make docs")
            continue
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, "utf-8")
        print(f"wrote {path}")
    wrong += map(str, find_faults(root))
    for words in wrong:
        print(words, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except DocsError as error:
        sys.exit(f"make_docs: {error}")
