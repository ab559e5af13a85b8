"""The GitHub Action: its log, its summary, and its one comment on a pull request."""

import os
import re
import runpy
import shutil
import subprocess
from collections.abc import Iterator
from itertools import permutations
from pathlib import Path
from threading import Thread
from typing import Any

import click
import pytest
import yaml

from cardiogram.cli import main
from composite import ROOT, run_action
from made_github import BOT, MadeGitHub, made_github

pytestmark = pytest.mark.skipif(
    shutil.which("bash") is None or shutil.which("git") is None, reason="no bash, or no git"
)

GOOD = "---\nlicense: mit\n---\n# Parrot\n\nIt repeats.\n"
PROJECT = "# left-pad\n\n## Installation\n\n    npm install left-pad\n"
BAD = "---\nlicense: [mit\n---\n# Parrot\n\nIt repeats.\n"
USAGE = "\n## Usage\n\n```python\nimport parrot\nparrot.load('me/parrot')('hi')\n```\n"
INVENTED = f"{GOOD}\nIt scores 99.1 on MMLU.\n"
INPUTS = {"paths", "min", "select", "proven", "format", "comment", "token"}
COMMENT = runpy.run_path(str(ROOT / "deploy" / "action" / "comment.py"))


def make_work(tmp_path: Path, text: str) -> Path:
    work = tmp_path / "work"
    work.mkdir()
    (work / "README.md").write_text(text)
    return work


def test_the_action_offers_what_the_command_does() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    assert action["runs"]["using"] == "composite"
    assert set(action["inputs"]) == INPUTS
    check = main.get_command(click.Context(main), "check")
    assert check is not None
    (form,) = [option for option in check.params if option.name == "form"]
    assert isinstance(form.type, click.Choice)
    assert action["inputs"]["format"]["default"] in form.type.choices
    for step in action["runs"]["steps"]:
        assert "${{" not in step.get("run", "")  # else an input could be a command


@pytest.mark.parametrize(
    ("text", "inputs", "code", "words"),
    [
        (GOOD, {"min": "1", "select": "CG1"}, 0, "::warning file=README.md,line=1,title=CG113"),
        (GOOD, {"min": "5"}, 1, "title=rating under the bar::"),
        (BAD, {"select": "CG1"}, 1, "::error file=README.md,line=2,title=CG103"),
        (BAD, {"paths": "README.md\nREADME.md", "format": "text"}, 0, "CG103"),
        (BAD, {"paths": "$(touch gone) * nothing.md"}, 2, ""),
        (PROJECT, {}, 2, ""),
    ],
)
def test_the_action_runs(
    tmp_path: Path, text: str, inputs: dict[str, str], code: int, words: str
) -> None:
    work = make_work(tmp_path, text)
    job = run_action(work, inputs)
    assert job.code == code, job.log + job.errors
    assert words in job.log
    assert [file.name for file in work.iterdir()] == ["README.md"]
    if code == 2:
        assert job.summary == ""
    else:
        start = "| card | rating |" if "\n" in inputs.get("paths", "") else "### `README.md`: "
        assert job.summary.startswith("### Nothing contradicted in")
        assert f"\n\n{start}" in job.summary
        assert ("Under" in job.summary) == (inputs.get("min") == "5")
    if text == PROJECT:
        assert "no model card" in job.log


@pytest.mark.parametrize("form", ["github", "text"])
def test_no_name_of_a_file_is_a_command(tmp_path: Path, form: str) -> None:
    work = make_work(tmp_path, PROJECT)
    names = ("##[stop-commands]never", "a\n::add-mask::b", "::add-mask::c", "##[add-mask]project")
    for name in names:
        (work / name).mkdir()
        (work / name / "README.md").write_text(PROJECT if "project" in name else GOOD)
    job = run_action(work, {"paths": ".", "min": "5", "format": form})
    assert job.code == 1, job.log + job.errors
    commands = commands_of(job.log) + commands_of(job.errors)
    assert {*commands} == ({"error", "warning", "notice"} if form == "github" else set())


def commands_of(log: str) -> list[str]:
    """The commands that a runner takes from a log: the new form at a line's start, else the old."""
    commands, until = [], ""
    for line in log.splitlines():
        told = re.match(r"\s*::([\w-]+)[^:]*::(.*)", line) or re.search(
            r"##\[([\w-]+).*?\](.*)", line
        )
        if until:
            until = "" if told and told[1] == until else until
        elif told and told[1] == "stop-commands":
            until = told[2]
        elif told:
            commands.append(told[1])
    assert not until
    return commands


def test_the_action_fails_where_files_contradict(tmp_path: Path) -> None:
    work = make_work(tmp_path, GOOD.replace("repeats", "has 12 layers"))
    (work / "config.json").write_text('{"model_type": "bert", "num_hidden_layers": 24}')
    job = run_action(work, {})
    assert job.code == 1, job.errors
    assert job.log.count("CG511") == job.log.count("title=CG511 Contradicted::") == 1  # said once
    assert "says what files contradict" in job.summary
    assert job.summary.count("| line | | sentence | |") == 1


def test_no_module_of_a_checkout_is_run_and_none_needs_git(tmp_path: Path) -> None:
    work = make_work(tmp_path, GOOD)
    for name in ("json", "cardiogram", "urllib"):
        (work / f"{name}.py").write_text("open('ran', 'w')")
    with made_github() as github:
        event = {**PULL, "base_ref": "main"}
        job = run_action(work, {"comment": "true"}, event, github.environment)
    assert job.code == 0, job.errors
    assert not (work / "ran").exists()
    assert "::notice title=not compared::" in job.log
    assert len(github.comments) == 1


# A pull request ----------------------------------------------------------------------------------

PULL = {"event.pull_request.number": "3", "event.pull_request.head.sha": "0123456789abcdef"}


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    done = subprocess.run(
        ["git", *who, *words], cwd=folder, env=kept, check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def monorepo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty cards; the branch `better` changes two, deletes one and adds one."""
    root = tmp_path_factory.mktemp("monorepo")
    for number in range(40):
        path = root / f"models/m{number:02}/README.md"
        path.parent.mkdir(parents=True)
        path.write_text(GOOD.replace("repeats", f"repeats {number} words"))
    git(root, "init", "--quiet", "--initial-branch", "main")
    git(root, "commit", "--quiet", "--allow-empty", "-m", "first")
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "cards")
    git(root, "checkout", "--quiet", "-b", "better")
    for number in (3, 17):
        path = root / f"models/m{number:02}/README.md"
        path.write_text(path.read_text() + USAGE)
    git(root, "rm", "--quiet", "models/m39/README.md")
    (root / "models/new").mkdir()
    (root / "models/new/README.md").write_text(GOOD)
    git(root, "add", ".")
    git(root, "commit", "--quiet", "-m", "usage")
    return root


def clone(monorepo: Path, work: Path, *options: str) -> Path:
    git(work.parent, "clone", "--quiet", *options, monorepo.as_uri(), str(work))
    return work


def test_a_pull_request_is_compared_with_its_base(monorepo: Path, tmp_path: Path) -> None:
    work = clone(monorepo, tmp_path / "work", "--depth=1", "--branch=better")
    inputs = {"paths": "models", "comment": "true", "min": "2", "proven": "true"}
    with made_github() as github:
        job = run_action(work, inputs, {**PULL, "base_ref": "main"}, github.environment)
    assert job.code == 1, job.errors
    assert git(work, "rev-list", "--count", "--all") == "2"  # the clone is as shallow as before
    assert "settings changed" not in job.log
    _, _, ratings = job.summary.partition("| card | rating |")
    table, _, rest = f"| card | rating |{ratings}".partition("\n\n")
    head, _, *rows = table.splitlines()
    assert head.startswith("| card | rating | since `base/main` |")
    cells = [[cell.strip() for cell in row.split("|")[1:4]] for row in rows]
    assert {name: change for name, _, change in cells} == {
        "`models/m03`": cells[1][2],
        "`models/m17`": cells[2][2],
        "`models/new`": "new",
        "`models/m39`": "was 1.5",
    }
    assert all(re.fullmatch(r"\+\d\.\d: usage \+.*", cells[place][2]) for place in (1, 2))
    assert "**3 of 3 new or changed cards are under 2.0:**" in rest
    assert rest.count("<details><summary>") == 4  # three cards, and the others
    assert "<summary>37 cards are as they were</summary>" in rest
    assert "::warning file=models/m39/README.md,line=1,title=card deleted::" in job.log
    unproven, *errors = [line for line in job.log.splitlines() if line.startswith("::error")]
    assert "file=models/new/README.md,line=2,title=" in unproven  # its licence
    files = [line.partition("file=models/")[2][:3] for line in errors]
    assert sorted(files) == ["m03", "m17", "new"]  # and none of the others under the bar
    (comment,) = github.comments
    assert job.summary in comment["body"]
    assert len(comment["body"]) < 65_536
    assert "*At 012345678; [job](https://github.com/me/parrots/actions/runs/7).*" in comment["body"]
    assert "new comment: https://github.com/me/parrots/pull/3" in job.log


@pytest.mark.parametrize(
    ("changed", "paths", "false"),
    [
        ("models/good/README.md", "models", ""),
        ("models/bad/weights/config.json", "models", "bad"),
        ("models/bad/weights/config.json", "models/bad/README.md", "bad"),
    ],
)
def test_a_pull_request_is_blamed_for_its_own_cards(
    tmp_path: Path, changed: str, paths: str, false: str
) -> None:
    false_card = GOOD.replace("repeats", "has 12 layers")
    work = make_work(tmp_path, "# Our models\n")
    for name, text in (("good", GOOD), ("bad", false_card)):
        (work / "models" / name / "weights").mkdir(parents=True)
        (work / "models" / name / "README.md").write_text(text)
        config = '{"model_type": "bert", "num_hidden_layers": 24}'
        (work / "models" / name / "config.json").write_text(config)
    git(work, "init", "--quiet", "--initial-branch", "main")
    git(work, "add", ".")
    git(work, "commit", "--quiet", "-m", "cards")
    git(work, "remote", "add", "origin", work.as_uri())
    git(work, "checkout", "--quiet", "-b", "change")
    path = work / changed
    path.write_text(path.read_text() + "\n" if path.exists() else "{}\n")
    (work / "models/bad/train.py").write_text("")
    git(work, "add", ".")
    git(work, "commit", "--quiet", "-m", "change")
    job = run_action(work, {"paths": paths}, {**PULL, "base_ref": "main"})
    assert job.code == int(bool(false)), job.log + job.errors
    assert ("says what files contradict" in job.summary) == bool(false)
    assert job.log.count("CG511") == int(bool(false))


@pytest.mark.parametrize(("proven", "code"), [("", 0), ("true", 2)])
def test_a_base_that_is_not_there_is_said(
    monorepo: Path, tmp_path: Path, proven: str, code: int
) -> None:
    work = clone(monorepo, tmp_path / "work", "--branch=better")
    before = git(work, "rev-list", "--count", "--all")
    inputs, event = (
        {"paths": "models/m03", "proven": proven},
        {**PULL, "base_ref": "no-such-branch"},
    )
    with made_github() as github:
        job = run_action(work, inputs, event, github.environment)
    assert job.code == code, job.errors
    assert github.asked == []  # no comment was asked for
    assert "::notice title=not compared::" in job.log
    assert git(work, "rev-list", "--count", "--all") == before  # no clone was cut


@pytest.mark.parametrize("options", [("--depth=1", "--branch=merge"), ("--branch=better",)])
def test_what_the_base_branch_did_since_is_not_the_pull_requests(
    monorepo: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    origin = clone(monorepo, tmp_path / "origin", "--branch=better")
    head = git(origin, "rev-parse", "HEAD")
    git(origin, "checkout", "--quiet", "main")
    git(origin, "checkout", "--quiet", "-b", "merge")
    git(origin, "merge", "--quiet", "--no-ff", "-m", "merge", "better")
    git(origin, "checkout", "--quiet", "main")
    (origin / "models/m05/README.md").write_text(INVENTED)
    git(origin, "commit", "--quiet", "-am", "elsewhere")
    work = clone(origin, tmp_path / "work", *options)
    event = {**PULL, "base_ref": "main", "event.pull_request.head.sha": head}
    job = run_action(work, {"paths": "models/m05\nmodels/m03"}, event)
    assert job.code == 0, job.errors
    assert "<summary>1 card is as it was</summary>" in job.summary
    assert git(work, "rev-parse", "refs/base/main") == git(monorepo, "rev-parse", "main")


def test_a_merge_queue_is_compared_with_what_it_merges_into(monorepo: Path, tmp_path: Path) -> None:
    work = clone(monorepo, tmp_path / "work", "--depth=1", "--branch=better")
    base = git(monorepo, "rev-parse", "main")
    event = {"event.merge_group.base_ref": "refs/heads/main", "event.merge_group.base_sha": base}
    job = run_action(work, {"paths": "models/new models/m03", "proven": "true"}, event)
    assert job.code == 1, job.errors
    assert "file=models/new/README.md,line=2,title=New" in job.log
    assert "since `base/main`" in job.summary


@pytest.mark.parametrize(
    ("checked_out", "inputs", "said"),
    [
        ("main", {}, "the base branch is checked out, not the pull request"),
        ("better", {"proven": "True"}, "proven and comment are true or false"),
        ("better", {"comment": "yes"}, "proven and comment are true or false"),
    ],
)
def test_a_gate_that_would_be_open_is_none(
    monorepo: Path, tmp_path: Path, checked_out: str, inputs: dict[str, str], said: str
) -> None:
    work = clone(monorepo, tmp_path / "work", "--depth=1", f"--branch={checked_out}")
    about = {"GITHUB_EVENT_NAME": "pull_request_target"}
    about["GITHUB_SHA"] = git(monorepo, "rev-parse", "main")
    job = run_action(work, inputs, {**PULL, "base_ref": "main"}, about)
    assert job.code == 2
    assert f"::error title=not checked::{said}" in job.log
    assert "verify" not in job.outputs


def test_settings_that_a_pull_request_changes_are_told(monorepo: Path, tmp_path: Path) -> None:
    work = clone(monorepo, tmp_path / "work", "--branch=better")
    (work / "cardiogram.toml").write_text('[check]\ntype = "dataset"\n')
    git(work, "add", "cardiogram.toml")
    job = run_action(work, {"format": "none"}, {**PULL, "base_ref": "main"})
    assert "::warning file=cardiogram.toml,title=settings changed::" in job.log


def test_no_file_stands_for_the_base(monorepo: Path, tmp_path: Path) -> None:
    work = clone(monorepo, tmp_path / "work", "--branch=better")
    card = work / "models/m03/README.md"
    card.write_text(INVENTED)
    for name in ("base/main", "origin/main", "refs/base/main"):
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_text(INVENTED)
    inputs = {"paths": "models/m03", "proven": "true"}
    job = run_action(work, inputs, {**PULL, "base_ref": "main"})
    assert job.code == 2
    assert "is a file, and a revision of the repository" in job.log


def test_the_only_card_is_deleted(monorepo: Path, tmp_path: Path) -> None:
    work = clone(monorepo, tmp_path / "work", "--branch=better")
    inputs = {"paths": "models/m39", "comment": "true"}
    with made_github() as github:
        github.refuses = 403
        job = run_action(work, inputs, {**PULL, "base_ref": "main"}, github.environment)
    assert job.code == 2
    assert "cardiogram: models/m39: deleted; at base/main it was rated 1.5\n" in job.log
    assert "| `models/m39` | deleted | was 1.5 |" in job.summary
    assert "::notice title=comment not written::this token may not write" in job.log


# Its comment -------------------------------------------------------------------------------------


@pytest.fixture
def github() -> Iterator[MadeGitHub]:
    with made_github() as github:
        yield github


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.md"
    path.write_text("### `README.md`: 3.1 of 5\n")
    return path


def comment(github: MadeGitHub, report: Path, paths: str = "README.md", **more: str) -> str:
    more = {"GITHUB_TOKEN": "t0ken", "COMMIT": "0" * 40, **more}
    more |= {"PULL_REQUEST": "3", "PATHS": paths}
    said: str = COMMENT["main"](report, github.environment | more)
    return said


def test_a_comment_is_updated_and_not_repeated(github: MadeGitHub, report: Path) -> None:
    assert comment(github, report).startswith("new comment: https://")
    assert comment(github, report).startswith("updated comment: https://")
    assert [each.split()[0] for each in github.asked].count("PATCH") == 0  # it says so already
    report.write_text("### `README.md`: 4.0 of 5\n")
    comment(github, report)
    (only,) = github.comments
    assert "4.0 of 5" in only["body"]
    comment(github, report, "models")  # another job's
    assert len(github.comments) == 2


def test_comments_of_two_runs_at_once_become_one(github: MadeGitHub, report: Path) -> None:
    comment(github, report)
    github.add(github.comments[0]["body"])
    comment(github, report)
    assert len(github.comments) == 1


def test_spaces_that_come_back_otherwise_change_nothing(github: MadeGitHub, report: Path) -> None:
    comment(github, report)
    github.comments[0]["body"] = github.comments[0]["body"].replace("\n", "\r\n").strip()
    assert comment(github, report).startswith("updated comment: ")
    assert not any(each.startswith("PATCH") for each in github.asked)


def test_two_first_runs_at_once_leave_one_comment(github: MadeGitHub, report: Path) -> None:
    comment(github, report)
    persons = github.add(github.comments.pop()["body"], {"login": "me", "type": "User"})
    said = []
    for order in sorted(set(permutations("77778888"))):  # by whom each question is asked
        github.turns = [f"t0ken{run}" for run in order]
        runs = [Thread(target=run_first, args=(github, report, run, said)) for run in "78"]
        for run in runs:
            run.start()
        for run in runs:
            run.join()
        mine, ours = github.comments
        assert mine is persons
        assert "/actions/runs/8)" in ours["body"], order  # of the later run, whichever ended first
        github.comments.remove(ours)
    assert {each.partition(": ")[0] for each in said} == {
        "new comment", "updated comment", "comment of a later run"
    }  # fmt: skip


def run_first(github: MadeGitHub, report: Path, run: str, said: list[str]) -> None:
    said.append(comment(github, report, GITHUB_RUN_ID=run, GITHUB_TOKEN=f"t0ken{run}"))
    github.leave(f"t0ken{run}")


def test_a_new_comment_is_one_though_its_look_back_fails(
    github: MadeGitHub, report: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer = github.answer

    def fail_after(method: str, path: str, body: str) -> Any:
        return answer(method, path, body) if not github.comments else (502, "<html>")

    monkeypatch.setattr(github, "answer", fail_after)
    assert comment(github, report).startswith("new comment: https://")


def test_a_marker_in_a_strangers_comment_means_nothing(github: MadeGitHub, report: Path) -> None:
    comment(github, report)
    (text,) = [each["body"] for each in github.comments]
    github.comments.clear()
    github.add(text, {"login": "mallory", "type": "User"})
    github.add(f"> {text}", BOT)
    for number in range(120):
        github.add(f"words {number}", {"login": "me", "type": "User"})
    comment(github, report)
    comment(github, report)
    assert len(github.comments) == 123
    github.login = "me"  # a person's token: the bot's comment is another's
    comment(github, report)
    assert len(github.comments) == 124


@pytest.mark.parametrize("status", [401, 403, 404, 500])
def test_a_token_without_rights_sends_nothing(
    github: MadeGitHub, report: Path, status: int
) -> None:
    github.refuses = status
    said = comment(github, report)
    assert said.startswith("::notice title=comment not written::")
    assert ("answers 500" in said) == (status == 500)
    assert "\n" not in said
    assert github.comments == []


@pytest.mark.parametrize(
    ("path", "status", "answer", "words"),
    [
        ("/user", 429, {"message": "Too many requests"}, "answers 429"),
        ("/user", 403, {"message": "You have exceeded a secondary rate limit"}, "answers 403"),
        ("/repos", 403, {"message": "You have exceeded a secondary rate limit"}, "answers 403"),
        ("/user", 200, {"message": "Welcome"}, "does not answer (KeyError)"),
        ("/repos", 200, {"message": "Welcome"}, "does not answer (TypeError)"),
        ("/repos", 200, "half of ", "does not answer (IncompleteRead)"),
    ],
)
def test_an_answer_of_something_else_is_said(
    github: MadeGitHub, report: Path, path: str, status: int, answer: object, words: str
) -> None:
    github.instead = (path, status, answer)
    assert words in comment(github, report)
    assert not any(each.startswith("POST") for each in github.asked)


def test_a_comment_without_words_is_not_ours(github: MadeGitHub, report: Path) -> None:
    github.add("words")["body"] = None
    assert comment(github, report).startswith("new comment: ")


def test_no_connection_is_said(report: Path) -> None:
    said = comment(MadeGitHub("http://127.0.0.1:1"), report)
    assert "GitHub does not answer (URLError)" in said


def test_a_comment_has_room(github: MadeGitHub, report: Path) -> None:
    report.write_text("| é | row |\n" * 9000)
    comment(github, report)
    body: Any = github.comments[0]["body"]
    assert 60_000 < len(body) < 65_536
    assert "The summary of the job says more." in body
    report.write_text("")
    comment(github, report)
    assert "No card could be checked" in github.comments[0]["body"]
