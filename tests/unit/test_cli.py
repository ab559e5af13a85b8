"""The command line: what goes where, which exit code, and one line for every error."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from cardiogram.cards.features import CardFeatures
from cardiogram.cli import main
from cardiogram.cli.group import root_context, walk_commands
from cardiogram.collect import Source
from cardiogram.errors import ConfigError
from cardiogram.judge.rating import Rating, Score
from cardiogram.names import SCORES, SCORES_OF
from cardiogram.store import Study
from snapshots import assert_snapshot
from studies import Row, make_study

README = "---\nlicense: mit\n---\n# Parrot\n\nRepeats what it hears.\n"
SAMPLE = Path(__file__).parents[2] / "examples" / "sample"
STUDY_COMMANDS = ("study", "collect", "rate", "analyze", "report")


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, with nobody's settings and no Hub."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("CARDIOGRAM_"):
            monkeypatch.delenv(name)
    constants = importlib.import_module("huggingface_hub.constants")
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:1")
    (tmp_path / "README.md").write_text(README)
    return tmp_path


def run(*arguments: str, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, list(arguments), input=given, prog_name="cardiogram")


def assert_refused(result: Result, *words: str) -> None:
    """Assert exit 2, nothing on stdout, one line and its hint on stderr."""
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 2, result.stderr
    assert lines[0].startswith("cardiogram: ")
    assert lines[1].startswith("  ")
    for word in words:
        assert word in result.stderr


# -- what is there -------------------------------------------------------------------------------

COMMANDS = {context.command_path: context.command for context in walk_commands(root_context(main))}
GROUPS = ("cardiogram", "cardiogram track", "cardiogram judges", "cardiogram judges calibrate")


@pytest.mark.parametrize("path", COMMANDS)
def test_help_names_every_option(path: str) -> None:
    words = path.split()[1:]
    result = run(*words, "--help")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert max(map(len, result.stdout.splitlines())) <= 100
    command = COMMANDS[path]
    assert command.help
    for option in command.params:
        if isinstance(option, click.Option):
            assert option.opts[0] in result.stdout
            assert option.help, option.name
    assert any("--json" in option.opts for option in command.params)
    assert run(*words, "-h").stdout == result.stdout


@pytest.mark.parametrize("path", GROUPS)
def test_the_help_of_a_group_names_its_commands_on_one_screen(path: str) -> None:
    result = run(*path.split()[1:], "--help")
    assert (result.exit_code, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert len(lines) <= 25
    assert max(map(len, lines)) <= 80
    below = [other[len(path) :].split() for other in COMMANDS if other.startswith(path)]
    assert all(words[0] in result.stdout for words in below)
    assert "..." not in result.stdout.replace("[ARGS]...", "")  # no line is cut short
    short = run(*path.split()[1:], "-h")
    assert (short.stdout, short.stderr) == (result.stdout, "")


def test_commands_stand_under_their_headings() -> None:
    text = run("--help").stdout
    places = [text.index(f"{name}:\n") for name in ("Cards", "Studies", "Over time, and judges")]
    assert places == sorted(places)
    assert places[0] < text.index("\n  check ") < places[1] < text.index("\n  compare ") < places[2]


NUMBERS = {"numpy"}
TABLES = {"pyarrow", "huggingface_hub", "httpx2", "scipy", "pydantic_ai"}
SLOW = {"rich", "numpy.ma", "importlib.metadata", "importlib.resources"}
ELSEWHERE = {"zipfile", "shutil", "html.entities", "cardiogram.judge.expectations.contributions"}
INSPECTED = {"click", "dataclasses", "inspect", "yaml"}
ELSEWHERE |= {"cardiogram.cards.visibility.undrawn", "cardiogram.cards.visibility.style"}


@pytest.mark.parametrize(
    ("line", "heavy"),
    [
        ("--help", NUMBERS | TABLES | SLOW),
        ("judges --help", NUMBERS | TABLES | SLOW),
        ("study -h", NUMBERS | TABLES | SLOW),
        ("rubric", NUMBERS | TABLES | SLOW),
        ("judges list", NUMBERS | TABLES),
        ("facts .", NUMBERS | {"pyarrow", "scipy", "pydantic_ai", "rich"}),
        ("verify README.md", NUMBERS | {"pyarrow", "scipy", "pydantic_ai", "rich"}),
        ("improve README.md", NUMBERS | {"pyarrow", "scipy", "pydantic_ai", "rich"}),
        ("check README.md", NUMBERS | TABLES | SLOW | ELSEWHERE | INSPECTED),
        ("badge README.md", NUMBERS | TABLES),
    ],
)
def test_a_command_loads_what_it_needs(line: str, heavy: set[str]) -> None:
    code = (
        "import atexit, sys; from cardiogram.__main__ import run\n"
        f"atexit.register(lambda: print(sorted({heavy} & set(sys.modules)), file=sys.stderr))\n"
        "run()"
    )
    command = [sys.executable, "-c", code, *line.split()]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert done.stdout
    assert done.stderr.splitlines()[-1] == "[]"


def test_version() -> None:
    result = run("--version")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("cardiogram ")


def test_no_command_shows_the_help() -> None:
    result = run()
    assert "Studies:" in result.output
    assert "Traceback" not in result.output


# -- wrong options -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nothing", "No such command 'nothing'"),
        ("--nothing", "No such option"),
        ("check", "Missing argument"),
        ("check --nothing x", "No such option"),
        ("check --min 0 README.md", "'--min'"),
        ("check --min high README.md", "'--min'"),
        ("check --format yaml README.md", "'--format'"),
        ("check nothing.md", "no file 'nothing.md'"),
        ("check --select CG9 README.md", "no rule 'CG9'"),
        ("check --ignore nothing README.md", "no rule 'nothing'"),
        ("check --fix me/parrot", "--fix edits files"),
        ("check --fix -", "--fix edits files"),
        ("check .ssh/../x", "no file"),
        ("study", "Missing argument"),
        ("study s", "nothing was asked"),
        ("study s --limit 0", "'--limit'"),
        ("study s --limit many", "'--limit'"),
        ("study s --sort beauty", "'--sort'"),
        ("study s --since yesterday", "'--since'"),
        ("study s --sample some", "'--sample'"),
        ("study s --seed x", "'--seed'"),
        ("study s --frame 10", "--frame is for --sample stratified"),
        ("study s --from nothing.jsonl", "no file or folder 'nothing.jsonl'"),
        ("study s --from README.md", "cannot tell what 'README.md' is"),
        ("study s --from . --author me --since 2024-01-01", "--author, --since cannot be used"),
        ("study README.md --from .", "'README.md' is a file"),
        ("collect s", "nothing was asked"),
        ("rate s", "no study in 's'"),
        ("rate s --judge nobody", "no judge 'nobody'"),
        ("rate README.md", "is a file of cards"),
        ("rate nothing.jsonl --out s", "no file or folder"),
        ("rate . --out s --limit 0", "'--limit'"),
        ("analyze s", "no study in 's'"),
        ("analyze s --draws 0", "'--draws'"),
        ("report s", "no study in 's'"),
        ("rubric model-card-v9", "no rubric 'model-card-v9'"),
        ("judges train nothing.jsonl --cards README.md --out y", "nothing.jsonl"),
        ("judges train README.md --cards README.md", "'--out'"),
    ],
)
def test_a_wrong_option_is_one_line_and_a_hint(place: Path, line: str, words: str) -> None:
    before = sorted(place.rglob("*"))
    assert_refused(run(*line.split()), words)
    assert sorted(place.rglob("*")) == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[check\n", "cannot read 'cardiogram.toml'"),
        ("[check]\nsummary = '/etc/profile'\n", "nothing written out of its folder"),
        ("[badge]\nout = 'a/../../b.svg'\n", "nothing written out of its folder"),
        ("[check]\nsummary = '.git/config'\n", "or into a hidden one"),
        ("min = 3\n", "'min' is not a table"),
        ("[chekc]\nmin = 3\n", "no command 'chekc'"),
        ("[check]\nmax = 3\n", "check has no option 'max'"),
        ("[check]\nmin = 9\n", "'--min'"),
        ("[judges]\nmeasure = 3\n", "'measure' is not a table"),
        ("[judges.measures]\ndraws = 300\n", "no command 'measures'"),
        ("[judges.measure]\ndraw = 300\n", "measure has no option 'draw'"),
    ],
)
def test_wrong_settings(place: Path, text: str, words: str) -> None:
    (place / "cardiogram.toml").write_text(text)
    assert_refused(run("check", "README.md"), words)


@pytest.mark.parametrize("command", ["rate", "map"])
def test_settings_of_a_folder_send_no_key_anywhere(place: Path, command: str) -> None:
    value = '["http://x.test"]' if command == "rate" else '"http://x.test"'
    (place / "cardiogram.toml").write_text(f"[{command}]\nbase-url = {value}\n")
    (place / "s").mkdir()
    assert_refused(run(command, "s"), "may not set --base-url", "command line")


def test_a_flag_beats_the_environment_and_that_beats_the_settings(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "cardiogram.toml").write_text('[check]\nmin = 5\nformat = "json"\n')
    assert run("check", "README.md").exit_code == 1
    assert json.loads(run("check", "README.md").stdout)
    monkeypatch.setenv("CARDIOGRAM_CHECK_MIN", "1")
    assert run("check", "README.md").exit_code == 0
    assert run("check", "--min", "5", "README.md").exit_code == 1


def test_commands_of_a_group_have_settings_too(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (place / "gold.jsonl").write_text("")
    (place / "cardiogram.toml").write_text("[judges.measure]\ndraws = 99\n")
    assert_refused(run("judges", "measure", "gold.jsonl"), "99", "'--draws'")
    monkeypatch.setenv("CARDIOGRAM_JUDGES_MEASURE_DRAWS", "98")
    assert_refused(run("judges", "measure", "gold.jsonl"), "98", "'--draws'")


# -- check ---------------------------------------------------------------------------------------


def test_check_prints_data_on_stdout_only() -> None:
    for form in ("text", "json", "sarif", "markdown", "github"):
        result = run("check", "--format", form, "README.md")
        assert (result.exit_code, result.stderr) == (0, "")
        assert result.stdout.endswith("\n")
    assert json.loads(run("check", "--json", "README.md").stdout)[0]["target"] == "README.md"
    assert json.loads(run("check", "--format", "sarif", "README.md").stdout)["version"] == "2.1.0"


def test_check_of_standard_input_a_file_and_a_folder_agree() -> None:
    texts = [
        run("check", "--json", "--id", "me/parrot", "-", given=README.encode()),
        run("check", "--json", "--id", "me/parrot", "README.md"),
        run("check", "--json", "--id", "me/parrot", "."),
    ]
    found = [json.loads(result.stdout)[0] for result in texts]
    for item, target in zip(found, ("-", "README.md", "."), strict=True):
        assert item.pop("target") == target
    assert found[0] == found[1] == found[2]
    assert found[0]["id"] == "me/parrot"


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b"\0" * 100, b"---\na: [\n---\n"])
def test_check_of_a_bad_card_is_a_rating_with_a_problem(data: bytes) -> None:
    result = run("check", "--json", "-", given=data)
    assert (result.exit_code, result.stderr) == (0, "")
    (item,) = json.loads(result.stdout)
    assert item["problems"]
    assert item["scores"]["overall"]["value"] in range(1, 6)


def test_min_is_a_gate() -> None:
    (item,) = json.loads(run("check", "--json", "README.md").stdout)
    expected = item["scores"]["overall"]["expected"]
    assert run("check", "--min", str(expected), "README.md").exit_code == 0
    assert run("check", "--min", str(expected + 0.01), "README.md").exit_code == 1
    assert run("check", "--min", "5", "README.md", "README.md").exit_code == 1


def test_a_selected_error_is_a_gate(place: Path) -> None:
    (place / "README.md").write_text("---\nlicense: Apache 2.0\n---\n# Parrot\n")
    assert run("check", "README.md").exit_code == 0
    assert run("check", "--select", "CG1", "README.md").exit_code == 1
    assert run("check", "--select", "CG1,CG2", "--ignore", "CG111", "README.md").exit_code == 0
    assert run("check", "--select", "CG2", "README.md").exit_code == 0
    assert run("check", "--ignore", "CG3", "README.md").exit_code == 0
    (item,) = json.loads(run("check", "--json", "--select", "CG111", "README.md").stdout)
    assert [found["rule"] for found in item["findings"]] == ["CG111"]


def test_fix_edits_the_file_and_keeps_the_rest(place: Path) -> None:
    path = place / "README.md"
    before = b"\xef\xbb\xbf---\r\nlicense: Apache 2.0 \r\n---\r\n# P  \r\n\r\n```\r\nimport x\r\n"
    path.write_bytes(before)
    path.chmod(0o640)
    result = run("check", "--fix", "--select", "CG1,CG2,CG3", "README.md")
    assert (result.exit_code, result.stderr) == (0, "README.md: 3 mended\n")
    after = b"---\r\nlicense: apache-2.0 \r\n---\r\n# P  \r\n\r\n```\r\nimport x\r\n```\r\n"
    assert path.read_bytes() == after
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(file.name for file in place.iterdir()) == ["README.md"]
    result = run("check", "--fix", "--ignore", "CG401", ".")
    assert (result.exit_code, result.stderr) == (0, "")
    assert path.read_bytes() == after


def test_fix_leaves_what_it_cannot_read(place: Path) -> None:
    (place / "README.md").write_bytes(b"---\nlicense: Apache 2.0\n---\n# caf\xe9\n```\nx")
    before = (place / "README.md").read_bytes()
    assert run("check", "--fix", "README.md").exit_code == 0
    assert (place / "README.md").read_bytes() == before


def test_one_bad_target_among_many_is_told_and_the_others_are_shown() -> None:
    result = run("check", "--json", "--min", "5", "README.md", "nothing.md", ".")
    assert result.exit_code == 2
    assert [item["target"] for item in json.loads(result.stdout)] == ["README.md", "."]
    assert result.stderr.splitlines()[0].startswith("cardiogram: no file 'nothing.md'")
    assert len(result.stderr.splitlines()) == 2


class FakeJudge:
    """Rates every card 3, so that the snapshot outlives the next weights."""

    def rate_read(self, cards: list[CardFeatures], evidence_of: object = None) -> list[Rating]:
        scores = dict.fromkeys(SCORES, Score(3, 3.0, 2.5, 3.5))
        return [Rating("fake", "1", "model-card-v1", "", scores=scores) for _ in cards]

    def expect(self, rows: list[Any]) -> list[list[float]]:
        return [[3.0] * len(SCORES) for _ in rows]

    def respond(self, *asked: Any) -> Any:
        raise AssertionError("nothing is missing")


def test_text_of_check(monkeypatch: pytest.MonkeyPatch) -> None:
    module = importlib.import_module("cardiogram.check.check")
    monkeypatch.setattr(module, "embedded_judge", FakeJudge)
    monkeypatch.setattr(module, "find_gaps", lambda read, expect, respond: ())
    result = run("check", "README.md")
    assert (result.exit_code, result.stderr) == (0, "")
    assert_snapshot("cli-check.txt", result.stdout)
    result = run("check", "-", given="\r\n")
    assert "CG216" in result.stdout
    result = run("check", "README.md", "-", given="\r\n")
    assert [line.split()[-3:] for line in result.stdout.splitlines()[1:]]


def test_several_targets_are_a_list_and_v_shows_each(place: Path) -> None:
    other = place / "other"
    other.mkdir()
    (other / "README.md").write_text("---\nlicense: [mit\n---\n# Other\n")
    result = run("check", "README.md", "other")
    rows = result.stdout.splitlines()
    assert rows[0].split()[0] == "rating"
    assert rows[3:5] == [
        "",
        "i u d t e l m s: identity, usage, data, training, evaluation, limitations,",
    ]
    assert any(row.split()[9] == "other" and "CG103" in row for row in rows[1:3])
    result = run("check", "-v", "README.md", "other")
    assert result.stdout.count("What would raise the rating most") == 2


def test_the_end_says_who_is_under_the_bar(place: Path) -> None:
    result = run("check", "--min", "5", "README.md")
    assert result.exit_code == 1
    assert re.search(r"\nUnder 5\.0 by [0-9.]+\.\n$", result.stdout)
    result = run("check", "--min", "5", "README.md", ".")
    assert result.exit_code == 1
    assert "2 of 2 are under 5.0:" in result.stdout
    result = run("check", "--min", "5", "--format", "github", "README.md")
    assert re.match("::error file=README.md,line=1,title=rating under the bar::", result.stdout)
    (item,) = json.loads(run("check", "--min", "5", "--json", "README.md").stdout)
    assert item["under_minimum_by"] == round(5 - item["scores"]["overall"]["expected"], 4)
    assert "are under 1.0" not in run("check", "--min", "1", "README.md", ".").stdout


def test_a_change_is_told(place: Path) -> None:
    old = place / "old.md"
    old.write_text("# Parrot\n")
    result = run("check", "--against", "old.md", "README.md")
    assert result.exit_code == 0
    assert re.search(r"\d\.\d at old\.md(,| and) ", result.stdout)
    assert_refused(run("check", "--against", "nothing", "README.md"), "no revision", "--against")
    assert_refused(run("check", "--against", "old.md", "README.md", "."), "is one file")


def test_what_is_no_card_is_refused_or_left_out(place: Path) -> None:
    project = "# left-pad\n\n## Installation\n\n    npm install left-pad\n"
    (place / "code").mkdir()
    (place / "code" / "README.md").write_text(project)
    assert_refused(run("check", "code/README.md"), "no model card", "--id OWNER/NAME")
    assert_refused(run("check", "code"), "no model card")
    result = run("check", "--if-card", "code/README.md")
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr.count("left out") == 1
    result = run("check", "--json", "code/README.md", "README.md")
    assert result.exit_code == 2
    assert len(json.loads(result.stdout)) == 1
    result = run("check", "--if-card", "--json", "code/README.md", "README.md")
    assert result.exit_code == 0
    assert len(json.loads(result.stdout)) == 1
    assert run("check", "--id", "me/pad", "code/README.md").exit_code == 0
    (place / "all" / "a").mkdir(parents=True)
    (place / "all" / "a" / "README.md").write_text(README)
    (place / "code").rename(place / "all" / "code")
    result = run("check", "--json", "all")
    assert [item["target"] for item in json.loads(result.stdout)] == ["all/a"]
    path = str(Path("all", "code", "README.md"))
    said = f"all: left out: {path!r} is no model card: it reads like the README of a project, "
    assert result.exit_code == 0
    assert result.stderr == f"{said}without metadata and without a model\n"
    for name in ("b", "a/text_encoder"):  # a part of a model has no card of its own
        (place / "all" / name).mkdir()
        (place / "all" / name / "config.json").write_text('{"model_type": "bert"}')
    assert run("check", "--json", "all").stderr.endswith("all/b: a model without a card\n")
    assert "`cardiogram improve all/b` drafts" in run("check", "all/b").stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_colour_is_for_terminals() -> None:
    import pty

    def shown(**settings: str) -> str:
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "cardiogram", "check", "README.md"]
        kept = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
        with subprocess.Popen(
            command, stdout=theirs, stdin=theirs, env={**kept, "TERM": "xterm", **settings}
        ) as process:
            os.close(theirs)
            text = b""
            while True:
                try:
                    part = os.read(ours, 65536)
                except OSError:
                    break
                if not part:
                    break
                text += part
            assert process.wait() == 0
        os.close(ours)
        return text.decode()

    assert "\x1b[1m" in shown()
    assert max(map(len, shown(NO_COLOR="1", COLUMNS="60").split("\r\n"))) <= 60
    assert "\x1b" not in shown(NO_COLOR="1")
    assert "\x1b" not in shown(TERM="dumb")
    assert "\x1b" not in run("check", "README.md").stdout


# -- studies -------------------------------------------------------------------------------------


def test_the_steps_of_a_study_print_what_they_did(place: Path) -> None:
    result = run("collect", "s", "--from", str(SAMPLE))
    assert (result.exit_code, result.stdout) == (0, "50 models in s\n")
    count = sum(bool(row["card_sha256"]) for row in Study.open("s").models.rows())
    result = run("rate", "s")
    assert (result.exit_code, result.stdout) == (0, f"embedded: {count} ratings in s\n")
    found = json.loads(run("rate", "s", "--json").stdout)
    assert (found["ratings"], found["folder"]) == (count, "s")
    assert [(row["judge"], row["rated"]) for row in found["judges"]] == [("embedded", count)]
    assert json.loads(run("collect", "s", "--json").stdout) == {
        "models": 50,
        "unread": 0,
        "folder": "s",
    }
    result = run("rate", str(SAMPLE), "--out", "t", "--limit", "3", "--json")
    assert json.loads(result.stdout)["ratings"] == 3


def test_report(place: Path) -> None:
    make_study(place / "s", [Row("a/b", 3), Row("c/d", 4)])
    result = run("report", "s")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "s/report.html\n", "")
    assert json.loads(run("report", "s", "--json", "--out", "x.html").stdout) == {
        "report": "x.html"
    }
    assert (place / "x.html").read_text("utf-8").startswith("<!")


def test_a_report_of_a_folder_that_nothing_can_be_written_to(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_study(place / "s", [Row("a/b", 3), Row("c/d", 4)])
    (place / "s" / ".lock").mkdir()  # nobody can lock it
    monkeypatch.setattr("os.access", lambda path, mode: mode != os.W_OK)
    assert_refused(run("report", "s"), "nothing can be written to 's'", "--out PAGE.html")
    assert run("report", "s", "--out", "x.html").stdout == "x.html\n"


@pytest.mark.parametrize(
    ("asked", "hint"),
    [
        (("study", "https://huggingface.co/owls"), "cardiogram study owls --author owls"),
        (("study", "s", "--from", "huggingface.co/owls/barn"), "cardiogram check owls/barn"),
        (("analyze", "https://hf.co/owls/barn/tree/main"), "cardiogram check owls/barn"),
    ],
)
def test_an_address_is_no_folder(place: Path, asked: tuple[str, ...], hint: str) -> None:
    assert_refused(run(*asked), "is on the Hub, and no file or folder", hint)
    assert not (place / "https:").exists()


def test_an_owner_may_be_an_address(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def study(folder: Path, source: Source, **_: object) -> None:
        asked.append(source.query.author)
        raise ConfigError("enough")

    monkeypatch.setattr("cardiogram.pipeline.study", study)
    for author in ("owls", "https://huggingface.co/owls", "hf.co/owls/barn"):
        run("study", "s", "--author", author)
    assert asked == ["owls"] * 3


@pytest.mark.parametrize("name", STUDY_COMMANDS)
def test_a_folder_of_a_newer_version(place: Path, name: str) -> None:
    (place / "s").mkdir()
    (place / "s" / "study.toml").write_text("format = 99\n")
    assert_refused(run(name, "s"), "newer cardiogram (format 99", "pip install --upgrade")


@pytest.mark.parametrize("name", STUDY_COMMANDS)
def test_a_damaged_manifest(place: Path, name: str) -> None:
    (place / "s").mkdir()
    (place / "s" / "study.toml").write_text("format = [")
    assert_refused(run(name, "s"), "study.toml", "repeat the options")


@pytest.mark.parametrize("name", ["study", "collect", "rate", "analyze", "report"])
def test_a_folder_in_use(place: Path, name: str) -> None:
    study = make_study(place / "s", [Row("a/b", 3)], source={"kind": "jsonl", "path": "c.jsonl"})
    with study.lock():
        assert_refused(run(name, "s"), f"in use by process {os.getpid()}")


def test_a_damaged_shard_is_named(place: Path) -> None:
    study = make_study(place / "s", [Row("a/b", 3)])
    study.models.shards()[0].write_bytes(b"PAR1")
    assert_refused(run("rate", "s"), "cannot read 's/models/0.parquet'", "cardiogram collect s")


def test_a_stop_by_hand_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(importlib.import_module("cardiogram.collect"), "collect", stop)
    result = run("collect", "s", "--from", str(SAMPLE))
    assert result.exit_code == 130
    assert "run the same command again to continue" in result.stderr
    assert result.stdout == ""


# -- the rest ------------------------------------------------------------------------------------


def test_judges() -> None:
    result = run("judges", "list")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("embedded ")
    judge, checklist, *_ = json.loads(run("judges", "list", "--json").stdout)
    assert set(judge["agreement"]["scores"]) == set(SCORES)
    assert (checklist["id"], checklist["agreement"]) == ("dataset-rules", None)
    assert "no measured agreement" in " ".join(result.stdout.split())
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "Agreement (weighted kappa): overall" in " ".join(result.stdout.split())


def test_rubric() -> None:
    result = run("rubric")
    assert (result.exit_code, result.stderr) == (0, "")
    rubric = json.loads(run("rubric", "model-card-v1", "--json").stdout)
    assert rubric["text"] == result.stdout
    assert len(rubric["criteria"]) == 8
    assert "# Rubric: dataset card" in run("rubric", "--type", "dataset").stdout


def test_a_dataset_card_is_checked_by_its_own_rubric(tmp_path: Path) -> None:
    result = run("check", "--type", "dataset", "--json", "README.md")
    assert (result.exit_code, result.stderr) == (0, "")
    (found,) = json.loads(result.stdout)
    assert found["rubric"] == "dataset-card-v1"
    assert set(found["scores"]) == set(SCORES_OF["dataset"])
    for form in ("text", "markdown", "sarif", "github"):
        assert run("check", "--type", "dataset", "--format", form, "README.md").exit_code == 0
    (tmp_path / "birds").mkdir()
    (tmp_path / "birds" / "README.md").write_text(README)
    rated = run("rate", "birds", "--out", "s", "--type", "dataset")
    assert (rated.exit_code, rated.stdout) == (0, "dataset-rules: 1 ratings in s\n")
    assert_refused(run("rate", "s"), "rates cards of models", "--type dataset")
    assert_refused(run("analyze", "s"), "dataset cards")


def test_below_hf_commands_are_shown_as_they_are_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["/home/me/bin/hf-cardiogram"])
    assert "next: hf cardiogram check README.md " in run("check", "README.md").stdout
    assert_refused(run("check", "a", "--min", "9"), "  See: hf cardiogram check --help")


def test_a_badge_is_written_and_its_line_printed(tmp_path: Path) -> None:
    result = run("badge", "README.md", "--link", "https://hub/me/parrot")
    assert result.exit_code == 0
    assert result.stderr == (
        "wrote cardiogram.svg: upload it beside README.md, paste the line below the metadata\n"
    )
    assert result.stdout.startswith("[![model card: ")
    assert result.stdout.endswith("of 5](cardiogram.svg)](https://hub/me/parrot)\n")
    assert (tmp_path / "cardiogram.svg").read_text().startswith("<svg ")
    found = json.loads(run("badge", "README.md", "--score", "usage", "--json").stdout)
    assert found["label"] == "model card: usage"
    assert_refused(run("badge", "README.md", "--score", "beauty"), "no score 'beauty'")
    given = run("badge", "README.md", "--out", "badge.json", "--id", "me/parrot").stdout
    assert "https://img.shields.io/endpoint?url=https%3A%2F%2Fhuggingface.co%2Fme%2Fparrot" in given
    endpoint = json.loads((tmp_path / "badge.json").read_text("utf-8"))
    assert endpoint["schemaVersion"] == 1
    assert f"model card: {endpoint['message']}" in given
    assert re.fullmatch("#[0-9a-f]{6}", endpoint["color"])
    assert_refused(run("badge", "README.md", "--out", "b.json"), "asks a repository", "--id OWNER")
    assert_refused(
        run("badge", "README.md", "--out", "b.png"), "no badge is called 'b.png'", "NAME.svg"
    )
    assert not [*tmp_path.glob("b.*")]


def test_a_badge_lies_beside_its_card(tmp_path: Path) -> None:
    (tmp_path / "owl").mkdir()
    (tmp_path / "README.md").rename(tmp_path / "owl" / "README.md")
    assert run("badge", "owl").stdout.endswith("of 5](cardiogram.svg)\n")
    assert (tmp_path / "owl" / "cardiogram.svg").exists()
    made = run("badge", "owl/README.md", "--out", "owl/pictures/badge.svg")
    assert made.stdout.endswith("of 5](pictures/badge.svg)\n")


def test_a_badges_trend_is_read_from_a_ledger_and_nobody_is_asked(tmp_path: Path) -> None:
    from cardiogram.track.history import CardEvent, CardHistory, write_events

    at = datetime(2026, 1, 1, tzinfo=timezone.utc)
    event = CardEvent("me/parrot", "c", at, "", "created", (), None, None)
    history = CardHistory("me/parrot", "model", (replace(event, scores_after={"overall": 1.1}),))
    write_events(tmp_path / "ledger", history)
    words = ("badge", "README.md", "--id", "me/parrot", "--ledger")
    made = json.loads(run(*words, "ledger", "--json").stdout)
    assert made["trend"][0][1] == 1.1
    assert made["title"].endswith("; 1.1 on 2026-01-01")
    assert_refused(run(*words, "elsewhere"), "the ledger 'elsewhere' has no history of 'me/parrot'")


def test_two_studies_are_compared(tmp_path: Path) -> None:
    rows = [Row(f"a{i % 9}/m{i}", 1 + i % 4, i, i) for i in range(30)]
    make_study(tmp_path / "s", rows)
    make_study(tmp_path / "t", [replace(row, overall=(row.overall or 1) + 1) for row in rows])
    result = run("compare", "t", "s")
    assert result.exit_code == 0
    assert result.stderr == "comparison: t/compare.html\n"
    assert "on average rated 1.00 higher in the second study" in result.stdout
    assert (tmp_path / "t" / "compare.html").read_text().startswith("<!doctype html>")
    found = json.loads(run("compare", "t", "s", "--json").stdout)
    assert found["overlap"]["same_text"] == 30
    assert_refused(run("compare", "t", "nothing"), "no study in 'nothing'")


def test_figures_are_written_beside_the_report(tmp_path: Path) -> None:
    make_study(tmp_path / "s", [Row(f"a{i % 9}/m{i}", 1 + i % 4, i, i) for i in range(30)])
    result = run("report", "s", "--figures", "f", "--figure-format", "svg")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines()[:2] == ["s/report.html", "f/ratings.svg"]
    assert all((tmp_path / line).is_file() for line in result.stdout.splitlines())


def test_publish_without_a_hub_still_shows_its_plan(tmp_path: Path) -> None:
    make_study(tmp_path / "s", [Row("a/b", 3)])
    result = run("publish", "s", "--repo", "me/cards")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "could not be seen" in result.stdout
    assert "dataset, not known to be there;" in result.stdout
    assert " new" not in result.stdout
    assert_refused(run("publish", "s", "--repo", "me/cards", "--send"), "cannot reach the Hub")
    assert_refused(run("publish", "s", "--repo", "cards"), "no id of a dataset")
    plan = json.loads(run("publish", "s", "--repo", "me/cards", "--json").stdout)
    assert (plan["sent"], plan["private"], plan["changed"]) == (False, True, None)
    assert {file["state"] for file in plan["files"]} == {"not known"}
