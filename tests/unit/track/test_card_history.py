"""What each change of a card is, and why an effect of it cannot be told: a case for each rule."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from click.testing import CliRunner

from cardiogram.cards import parse_card
from cardiogram.cli import main
from cardiogram.errors import DataError
from cardiogram.judge import Judge, load_judge
from cardiogram.repository.access import FileChange, GitCommit
from cardiogram.text import blob_id
from cardiogram.track.history import (
    CardEvent,
    CardHistory,
    OtherChange,
    read_events,
    read_history,
    write_events,
)
from cardiogram.track.history.card_past import CardPast
from cardiogram.track.history.read_history import history_of
from made_git import Step as MadeStep, make_git

TEXT = "# Otter\n\nIt sorts letters by season.\n\n## Limits\n\n" + "It knows four seasons. " * 14
BETTER = TEXT + "\n## Data\n\nLetters by four people.\n"
META = "---\nlicense: mit\n---\n"
LIBRARY = "---\nlicense: mit\nlibrary_name: transformers\n---\n"
MADE = """---
tags:
- generated_from_trainer
---

# otter

This model is a fine-tuned version of an invented base on an unknown dataset.
"""
WEIGHTS = {"model.safetensors": "new"}
Files = dict[str, str | None]
Step = tuple[float, Files] | tuple[float, Files, dict[str, object]]


@pytest.fixture(scope="module")
def judge() -> Judge:
    return load_judge("embedded")


def past(*steps: Step) -> CardPast:
    """A past in memory: days since 2026-01-01, files, and what else is so of a commit."""
    there: dict[str, str] = {}
    contents: dict[str, bytes] = {}
    commits = []
    for number, (day, files, *others) in enumerate(steps):
        changes = []
        for path, text in files.items():
            before, after = there.get(path), None if text is None else blob_id(text.encode())
            changes.append(FileChange(path, before, after))
            there.pop(path, None)
            if after is not None:
                there[path], contents[after] = after, str(text).encode()
        at = datetime(2026, 1, 1, tzinfo=timezone.utc) + timedelta(days=day)
        more = others[0] if others else {}
        commits.append(GitCommit(f"{number:040}", at, f"Step {number}", tuple(changes), **more))

    def texts(ids: Iterable[str]) -> Iterator[tuple[str, bytes | None]]:
        return ((id, contents[id]) for id in ids)

    return CardPast("a/otter", "model", tuple(commits), texts)


def card(text: str | None, **others: str) -> Files:
    return {"README.md": text, **others}


def events(judge: Judge, *steps: Step) -> tuple[CardEvent, ...]:
    return history_of(past(*steps), judge).events


@pytest.mark.parametrize(
    ("kind", "steps"),
    [
        ("created", [(0, card(TEXT))]),
        ("edited", [(0, card(TEXT)), (9, card(BETTER))]),
        ("metadata", [(0, card(TEXT)), (9, card(META + TEXT))]),
        ("whitespace", [(0, card(TEXT)), (9, card(TEXT.replace("\n", "\r\n")))]),
        ("whitespace", [(0, card(TEXT)), (9, card(TEXT.replace("\n\n", "\n\n\n")))]),
        ("restored", [(0, card(TEXT)), (9, card(BETTER)), (99, card(TEXT))]),
        ("restored", [(0, card(TEXT)), (9, card(None)), (99, card(TEXT))]),
        ("deleted", [(0, card(TEXT)), (9, card(None))]),
        ("wiped", [(0, card(TEXT)), (9, card(MADE, **WEIGHTS))]),
        ("wiped", [(0, card(MADE)), (9, card(TEXT)), (99, card(MADE, **WEIGHTS))]),
        ("edited", [(0, card(TEXT)), (9, card(MADE))]),  # a short card alone is an edit
    ],
)
def test_what_a_commit_did(judge: Judge, kind: str, steps: list[Step]) -> None:
    assert events(judge, *steps)[-1].kind == kind


@pytest.mark.parametrize(
    ("reasons", "number", "steps"),
    [
        ((), -1, [(0, card(TEXT)), (9, card(BETTER))]),
        (("with other files",), -1, [(0, card(TEXT)), (9, card(BETTER, config="{}"))]),
        (("only the metadata changed",), -1, [(0, card(TEXT)), (9, card(META + TEXT))]),
        (("the card is gone",), -1, [(0, card(TEXT)), (9, card(None))]),
        (
            ("no word changed (white space only)",),
            -1,
            [(0, card(TEXT)), (9, card(TEXT.replace("\n\n", "\n\n\n")))],
        ),
        (
            ("library_name appears: downloads are recounted",),
            -1,
            [(0, card(TEXT)), (9, card(LIBRARY + BETTER))],
        ),
        (
            ("library_name changes: downloads are recounted",),
            -1,
            [(0, card(LIBRARY + TEXT)), (9, card(LIBRARY.replace("trans", "re") + BETTER))],
        ),
        (("undone after 1 day",), 0, [(0, card(BETTER)), (1.5, card(None))]),
        (("undone after 30 days",), 0, [(0, card(BETTER)), (30, card(MADE, **WEIGHTS))]),
        ((), 0, [(0, card(BETTER)), (31, card(MADE, **WEIGHTS))]),
        (("weights changed within 7 days",), 0, [(0, card(BETTER)), (7, WEIGHTS)]),
        ((), 0, [(0, card(BETTER)), (7.1, WEIGHTS)]),
        ((), 0, [(0, card(BETTER)), (1, {"training_args.bin": "no weights"})]),
        (
            ("dated before its parent: the day of the change is not known",),
            -1,
            [(20, {"config": "{}"}), (9, card(TEXT))],
        ),
        (
            ("came with a merge: the day of the change is not known",),
            -1,
            [(0, {"config": "{}"}), (9, card(TEXT), {"is_merge": True})],
        ),
    ],
)
def test_why_an_effect_of_a_change_cannot_be_told(
    judge: Judge, reasons: tuple[str, ...], number: int, steps: list[Step]
) -> None:
    event = events(judge, *steps)[number]
    assert event.reasons == reasons
    assert event.usable == (not reasons)


def test_edits_within_a_day_are_one_event(judge: Judge) -> None:
    first, second, third, later = events(
        judge,
        (0, card(TEXT)),
        (0.5, card(META + TEXT)),
        (1, card(META + BETTER)),
        (9, card(META + BETTER + "\nMore.\n")),
    )
    assert first.usable
    assert first.settled == third.after == later.before
    assert first.scores_settled == third.scores_after != first.scores_after
    assert first.rise is None  # there was no card
    assert second.reasons[0].startswith("same session as the commit before (12 hours)")
    assert third.reasons[0].startswith("same session as the commit before (12 hours)")
    assert later.usable
    assert later.scores_before is not None
    assert later.scores_after is not None
    assert later.rise == later.scores_after["overall"] - later.scores_before["overall"]


def test_a_session_without_end_is_no_event(judge: Judge) -> None:
    steps: list[Step] = [(n * 0.9, card(TEXT + f"\nLine {n}.\n")) for n in range(5)]
    assert events(judge, *steps)[0].reasons == ("edited on and on for 3 days",)


def test_a_text_that_cannot_be_read_is_said(judge: Judge) -> None:
    whole = past((0, card(TEXT)), (9, card(BETTER)))
    lost = blob_id(TEXT.encode())
    lacking = CardPast(
        whole.repo,
        "model",
        whole.commits,
        lambda ids: ((id, None if id == lost else BETTER.encode()) for id in ids),
    )
    history = history_of(lacking, judge)
    assert [event.reasons for event in history.events] == [("its text was not read",)] * 2
    assert history.events[1].scores_before is None
    assert history.problems == ("1 of 2 texts were not read",)


@pytest.mark.parametrize("text", ["\0PNG" * 9, "version https://git-lfs.github.com/spec/v1\n"])
def test_what_is_no_text_is_not_rated(judge: Judge, text: str) -> None:
    history = history_of(past((0, card(TEXT)), (40, card(text)), (80, card("# X " * 9))), judge)
    assert [event.usable for event in history.events] == [True, False, False]
    assert history.events[1].scores_after is None


def test_what_was_not_asked_for_is_said(judge: Judge) -> None:
    whole = past((0, card(TEXT)), (5, {"a": "b"}))
    unread = frozenset({whole.commits[1].id})
    lacking = CardPast("a/b", "model", whole.commits, whole.texts, unread=unread)
    (event,) = history_of(lacking, judge).events
    assert event.reasons == ("what else changed within 7 days is not known",)


def test_what_else_changed_is_named(judge: Judge) -> None:
    tagged = "---\ntags:\n- seasons\nlibrary_name: otters\n---\n"
    made = past(
        (0, WEIGHTS),
        (9, card(TEXT)),
        (20, card(tagged + BETTER + "\nSee https://arxiv.org/abs/2501.01234\n")),
        (22, {"a.gguf": "1", "b.gguf": "2", "c.gguf": "3", "d.gguf": "4", "e.json": "5"}),
        (40, WEIGHTS | {"model.safetensors": "newer"}),
    )
    made = replace(
        made,
        tags={"v1": made.commits[3].id, "v2": "gone"},
        paper_day={"2501.01234": "2026-01-19"}.__getitem__,
    )
    first, second = history_of(made, judge).events
    assert first.others == (
        OtherChange("weights", -9, "model.safetensors"),
        OtherChange("beginning", -9, "the repository was made"),
        OtherChange("paper", 9, "arXiv 2501.01234 came out"),
        OtherChange("library_name", 11, "none to otters"),
        OtherChange("tags", 11, "+seasons"),
        OtherChange("paper", 11, "arXiv 2501.01234 (named in the card)"),
        OtherChange("weights", 13, "a.gguf, b.gguf, c.gguf and 1 more"),
        OtherChange("release", 13, "v1"),
    )
    assert [(other.kind, other.days) for other in second.others] == [
        ("paper", -2),
        ("library_name", 0),
        ("tags", 0),
        ("paper", 0),
        ("weights", 2),
        ("release", 2),
    ]


def test_cards_by_hand_that_a_re_push_took_are_named(judge: Judge) -> None:
    steps: list[Step] = [
        (0, card(TEXT)),
        (9, card(MADE, **WEIGHTS)),
        (10, card(BETTER)),
        (40, card(MADE, **WEIGHTS)),
        (50, card(MADE + "\nAgain.\n", **WEIGHTS)),
    ]
    history = history_of(past(*steps), judge, lambda data: b"season" in data)
    commits = [f"{number:040}" for number in range(5)]
    assert [(c.commit, c.taken_by, c.returned_by) for c in history.lost] == [
        (commits[0], commits[1], commits[2]),
        (commits[2], commits[3], None),
    ]
    assert history_of(past(*steps), judge).lost == ()


def test_each_text_is_rated_once(judge: Judge) -> None:
    asked: list[str] = []

    class Counting:
        id, version, rubric_version = judge.id, judge.version, judge.rubric_version

        def rate(self, cards: list[object]) -> list[object]:
            asked.extend(each.text for each in cards)
            return judge.rate(cards)

    steps: list[Step] = [(n * 40, card([TEXT, BETTER][n % 2])) for n in range(6)]
    assert len(history_of(past(*steps), Counting()).events) == 6
    assert sorted(asked) == sorted([TEXT, BETTER])


def test_a_ledger_gives_histories_back(judge: Judge, tmp_path: Path) -> None:
    history = history_of(
        past((0, card(TEXT)), (9, card(None)), (10, card(BETTER, **WEIGHTS))), judge
    )
    file = write_events(tmp_path, history)
    assert file.name == "a--otter.parquet"
    empty = CardHistory("../../etc", "dataset", (), problems=("none",))
    assert write_events(tmp_path, empty).parent == file.parent
    assert read_events(file) == (history,)
    (tmp_path / "judge.csv").touch()
    with pytest.raises(DataError, match=r"judge\.csv' holds no history"):
        read_events(tmp_path / "judge.csv")
    assert sorted(read_events(tmp_path), key=lambda each: each.repo) == [empty, history]
    write_events(tmp_path, history)  # in its place
    assert len(read_events(tmp_path)) == 2
    file.write_bytes(b"PAR1")
    with pytest.raises(DataError, match="otter") as caught:
        read_events(tmp_path)
    assert f"track history a/otter --ledger {tmp_path}" in caught.value.hint


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")
def test_the_command_keeps_what_it_reads_and_names_what_it_cannot(tmp_path: Path) -> None:
    steps = [
        MadeStep("2026-01-01T00:00", {"README.md": TEXT}, "begin hf_" + "a" * 34),
        MadeStep("2026-01-09T00:00", {"README.md": BETTER}),
    ]
    clone = make_git(tmp_path / "a.git", steps)
    words = ["track", "history", str(clone), str(tmp_path / "none"), "--ledger", str(tmp_path)]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 1
    assert "a: rated" in done.stdout
    assert "none" in done.stderr
    (history,) = read_events(tmp_path)
    assert [event.title for event in history.events] == ["begin [token]", "Update README.md"]
    alone = CliRunner().invoke(main, [*words[:3], "--json"])
    assert json.loads(alone.stdout)[0]["place"] == str(clone)


def test_a_session_that_names_a_library_is_no_event(judge: Judge) -> None:
    first, second = events(judge, (0, card(TEXT)), (0.5, card(LIBRARY + TEXT)))
    assert first.reasons == second.reasons[1:] == ("library_name appears: downloads are recounted",)


def test_dates_that_run_backwards_make_no_session_and_no_beginning(judge: Judge) -> None:
    _, second = events(judge, (9, card(TEXT)), (5, card(BETTER)))
    assert second.reasons == ("dated before its parent: the day of the change is not known",)
    assert second.others == ()


def test_of_many_changes_beside_one_the_nearest_are_named(judge: Judge) -> None:
    steps: list[Step] = [(n / 9, {"model.bin": f"{n}"}) for n in range(99)]
    steps.insert(50, (5.5, card(TEXT)))  # at noon: the nearest are of the same day
    (event,) = events(judge, *steps)
    weights = [other for other in event.others if other.kind == "weights"]
    assert len(weights) == 5
    assert {other.days for other in weights} == {0}


def test_the_name_of_a_folder_is_no_id(judge: Judge) -> None:
    made = past((0, card("# otter-7b\n\nIt swims.\n")))
    (named,), (plain,) = (
        history_of(replace(made, repo=repo), judge).events for repo in ("a/otter-7b", "otter-7b")
    )
    (rating,) = judge.rate([parse_card("# otter-7b\n\nIt swims.\n")])
    assert plain.scores_after == {name: s.expected for name, s in rating.scores.items()}
    assert named.scores_after != plain.scores_after


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not here")
def test_of_a_folder_that_is_one_of_many_only_its_own_files_count(tmp_path: Path) -> None:
    one, other = {"otter/README.md": TEXT}, {"heron/README.md": TEXT, "heron/config.json": "{}"}
    steps = [
        MadeStep("2026-01-01T00:00", {**other, "LICENSE": "MIT"}),
        MadeStep("2026-02-01T00:00", {**one, "heron/model.safetensors": "new"}),
        MadeStep("2026-04-01T00:00", {"otter/README.md": BETTER, "heron/README.md": BETTER}),
        MadeStep("2026-04-02T00:00", {"heron/model.safetensors": "newer"}),
    ]
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", make_git(tmp_path / "a.git", steps), clone], check=True)
    created, edited = read_history(str(clone / "otter")).events
    assert (created.files, created.at.date().isoformat()) == ((), "2026-02-01")
    assert (edited.files, edited.usable, edited.others) == ((), True, ())
    assert read_history(str(clone / "heron")).events[0].files == ("heron/config.json",)
