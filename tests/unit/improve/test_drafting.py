"""A draft as a whole: what it corrects, keeps and asks, and that a second run changes nothing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from cardiogram.cards import parse_card
from cardiogram.cli import main
from cardiogram.errors import AccessDenied, ConfigError
from cardiogram.improve import Answers, Draft, improve, read_answers, save_draft
from cardiogram.improve.corrections.conclusions import builds_on
from cardiogram.repository.proof import PROOF, read_proof
from repository_rows import InMemory, needs_rows, repositories

CONFIG = b'{"architectures": ["BertForSequenceClassification"], "model_type": "bert"}'
CARD = b"""---
license: mit # chosen by all of us
---
# Router

Routes tickets to one of six queues. It was made for one office.

## Limitations

None known yet to us, but it was tried on one office alone.
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "config.json").write_bytes(CONFIG)
    (tmp_path / "README.md").write_bytes(CARD)
    return tmp_path


def with_card(draft: Draft, id: str) -> InMemory:
    """The repository of a draft with the card after."""
    inner = repositories()[id]
    files = {path: inner.contents[path] for path in inner.files}  # type: ignore[attr-defined]
    files["README.md"] = draft.after.encode()
    return InMemory(id, files, info=inner.info, commit=inner.commit)


@needs_rows
def test_certain_contradictions_are_corrected_and_others_asked() -> None:
    id = "helio-quants/osprey-7b-chat-GGUF"
    draft = improve(repositories()[id])
    corrected = {c.id for c in draft.changes if c.kind == "correction"}
    assert corrected == {"correct:repository"}
    assert "32k tokens (32768), so whole reports fit." in draft.after.text  # it concludes
    assert "osprey-7b-instruct-GGUF" not in draft.after.text
    assert "license: apache-2.0" in draft.after.text  # a licence is the author's to choose
    assert {q.id for q in draft.questions if q.contradiction} == {
        "licence-contradicted",
        "file-contradicted",
        "context-contradicted",
    }
    assert 'base_model: "ospreylm/osprey-7b-chat"    # the chat one, not the base' in (
        draft.after.text
    )


@needs_rows
def test_two_corrections_of_one_line() -> None:
    draft = improve(repositories()["norrklang/murmur-small-sv"])
    assert "bygger på Whisper" in draft.after.text
    assert "242 miljoner parametrar" in draft.after.text
    assert [c.kind for c in draft.left] == ["dataset", "metric"]
    asked = {question.id: question.ask for question in draft.questions}
    assert asked["training-data"].startswith("What was it trained on")  # the Hub has no such data


@needs_rows
@pytest.mark.parametrize(
    "id", ["dorvane/osprey-13b-mietrecht", "tabularium/berth-delay", "quillnest/vit-run3"]
)
def test_a_second_run_changes_nothing(id: str) -> None:
    answers = {"limitations": "It fails on scans.", "licence": "mit", "hardware": "One card."}
    first = improve(repositories()[id], answers=answers, todo=True)
    again = improve(with_card(first, id), answers=answers, todo=True)
    assert first.changes
    assert again.after == first.after
    assert not again.changes


@needs_rows
def test_an_excellent_card_stays_as_it_is() -> None:
    draft = improve(repositories()["tarnlab/tarn-bert-harbour-ner"])
    assert draft.after == draft.before
    assert not draft.changes


@needs_rows
def test_answers_settle_contradictions() -> None:
    answers = {
        "licence-contradicted": "cc-by-nc-4.0",
        "file-contradicted": "remove",
        "context-contradicted": "4096",
    }
    draft = improve(repositories()["helio-quants/osprey-7b-chat-GGUF"], answers=answers)
    assert "license: cc-by-nc-4.0" in draft.after.text
    assert "Q6_K.gguf" not in draft.after.text
    assert "4k tokens (4096)" in draft.after.text
    assert not draft.left


@pytest.mark.parametrize(
    ("text", "language", "builds"),
    [
        ("It takes 32k tokens, so whole reports fit.", "en", True),
        ("It takes 32k tokens. Therefore whole reports fit.", "en", True),
        ("It takes 32k tokens and is faster than others.", "en", True),
        ("Es liest 32k tokens, daher passen ganze Berichte.", "de", True),
        ("可以处理 32k tokens，因此可以处理整篇报告。", "zh", True),
        ("It takes 32k tokens. It also reads German.", "en", False),
        ("It is larger than others. It takes 32k tokens.", "en", False),
        ("Es liest 32k tokens und antwortet.", "de", False),
    ],
)
def test_what_builds_on_a_value_is_known(text: str, language: str, builds: bool) -> None:
    assert builds_on(text, "32k tokens", language) == builds


@needs_rows
def test_a_gated_card_is_an_error() -> None:
    with pytest.raises(AccessDenied, match="gated"):
        improve(repositories()["kestrel-foundation/kestrel-3b-instruct"])


def test_an_answer_is_never_proven(folder: Path) -> None:
    answers = Answers({"training-data": "12,000 tickets of ours."}, by="Ada", at="2026-11-29")
    draft = improve(str(folder), id="me/router", answers=answers)
    (claim,) = [claim for claim in draft.claims if claim.rule == "training-data"]
    assert (claim.how, claim.answered_by, claim.answered_at) == ("answered", "Ada", "2026-11-29")
    assert claim.sources == ()
    assert "## Training data\n\n12,000 tickets of ours.\n" in draft.after.text


def test_a_card_is_kept_but_for_what_is_added(folder: Path) -> None:
    draft = improve(str(folder), id="me/router", answers={"hardware": "Two cards."})
    lines = draft.after.text.splitlines()
    assert [line for line in CARD.decode().splitlines() if line not in lines] == []
    assert "license: mit # chosen by all of us" in lines


@pytest.mark.parametrize("end", [b"\r\n", b"\r"])
def test_line_ends_are_kept(folder: Path, end: bytes) -> None:
    (folder / "README.md").write_bytes(CARD.replace(b"\n", end))
    draft = improve(str(folder), id="me/router", answers={"hardware": "Two cards."})
    assert draft.after.encode().replace(end, b"").count(b"\n") == 0


@pytest.mark.parametrize(
    "front_matter",
    [
        b"---\n{license: mit}\n---\n",
        b"---\nlicense: mit\nlicense: apache-2.0\n---\n",
        b"---\nlicense: [mit\n---\n",
        b"---\n- a\n---\n",
        b"---\nlicense: mit\n",
    ],
)
def test_metadata_that_cannot_be_edited_are_left_and_the_rest_is_done(
    folder: Path, front_matter: bytes
) -> None:
    (folder / "README.md").write_bytes(front_matter + CARD.split(b"---\n", 2)[2])
    draft = improve(str(folder), id="me/router", answers={"language": "en"})
    assert draft.after.encode().startswith(front_matter)
    assert "answer:language" in {change.id for change, _ in draft.refused}


def test_what_is_left_open_takes_no_answer(folder: Path) -> None:
    (folder / "README.md").write_bytes(b"# A\n\n```python\nprint(1)\n")
    draft = improve(str(folder), answers={"limitations": "It fails on scans."})
    assert "It fails on scans." not in draft.after.text
    assert any("has no place in the card" in problem for problem in draft.problems)


def test_a_folder_without_a_card_gets_a_first_one(folder: Path) -> None:
    (folder / "README.md").unlink()
    draft = improve(str(folder), id="me/router")
    assert "# router\n" in draft.after.text
    assert save_draft(draft)[0] == folder / "README.md"
    assert not parse_card((folder / "README.md").read_bytes()).problems


# Writing ---------------------------------------------------------------------------------------


def test_written_in_place_with_its_proof_and_once(folder: Path) -> None:
    answers = {"limitations": "It fails on scans."}
    draft = improve(str(folder), id="me/router", answers=answers)
    assert save_draft(draft) == (folder / "README.md", folder / PROOF)
    proof = read_proof((folder / PROOF).read_bytes())
    assert {claim.how for claim in proof.claims} >= {"answered", "read"}
    again = improve(str(folder), id="me/router")
    assert save_draft(again) == ()


def test_a_proof_that_is_written_anew_loses_no_sentence(folder: Path) -> None:
    save_draft(improve(str(folder), id="me/router"))
    before = read_proof((folder / PROOF).read_bytes())
    assert "architecture" in {claim.name for claim in before.claims}
    make = ["verify", "--write", str(folder)]
    assert CliRunner().invoke(main, make).exit_code == 0
    again = read_proof((folder / PROOF).read_bytes())
    assert {claim.name for claim in again.claims} == {claim.name for claim in before.claims}
    (folder / "config.json").write_bytes(CONFIG.replace(b"BertFor", b"RobertaFor"))
    CliRunner().invoke(main, make)
    again = read_proof((folder / PROOF).read_bytes())
    assert "architecture" not in {claim.name for claim in again.claims}


def test_a_card_that_changed_meanwhile_is_not_written(folder: Path) -> None:
    draft = improve(str(folder), id="me/router")
    (folder / "README.md").write_bytes(CARD + b"\nNew words.\n")
    with pytest.raises(ConfigError, match="was changed"):
        save_draft(draft)
    assert (folder / "README.md").read_bytes() == CARD + b"\nNew words.\n"


def test_what_may_not_be_written_is_not(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = folder / "README.md"
    readme.chmod(0o444)
    done = CliRunner().invoke(main, ["improve", str(folder), "--write"])
    assert done.exit_code == 2
    assert "README.md' is read-only" in done.stderr
    readme.chmod(0o644)

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:  # root may write anywhere
        patch.setattr(Path, "write_bytes", refuse)
        done = CliRunner().invoke(main, ["improve", str(folder), "--write"])
    assert done.exit_code == 2
    assert "README.md': Permission denied" in done.stderr
    assert readme.read_bytes() == CARD
    assert not [path for path in folder.iterdir() if "proof" in path.name or "tmp" in path.name]


def test_a_folder_in_the_place_of_a_card_is_left_alone(folder: Path, tmp_path: Path) -> None:
    draft = improve(str(folder), id="me/router")
    for place in (folder, tmp_path / "out"):
        (place / "README.md").unlink(missing_ok=True)
        (place / "README.md").mkdir(parents=True)
    with pytest.raises(ConfigError, match="is no file of this folder"):
        improve(str(folder))
    for out in (None, tmp_path / "out"):
        with pytest.raises(ConfigError, match="is no file"):
            save_draft(draft, out)
    assert (folder / "README.md").is_dir()


def test_another_card_is_not_written_over(folder: Path, tmp_path: Path) -> None:
    draft = improve(str(folder), id="me/router")
    out = tmp_path / "out"
    assert save_draft(draft, out) == (out / "README.md",)
    (out / "README.md").write_text("# Another\n")
    with pytest.raises(ConfigError, match="another card"):
        save_draft(draft, out)


# The command -----------------------------------------------------------------------------------


def run(*arguments: str, input: str = "") -> tuple[int, str, str]:
    result = CliRunner().invoke(main, ["improve", *arguments], input=input)
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


def test_one_screen_of_at_most_25_lines(folder: Path) -> None:
    code, text, _ = run(str(folder), "--id", "me/router")
    lines = text.splitlines()
    assert code == 0
    assert len(lines) <= 25
    assert max(map(len, lines)) <= 80
    assert " -> " in lines[0]
    assert (folder / "README.md").read_bytes() == CARD


def test_a_first_card_keeps_no_words(folder: Path) -> None:
    (folder / "README.md").unlink()
    _, text, _ = run(str(folder), "--id", "me/router")
    assert "\n  new        a first card of " in text
    assert "of your words" not in text


def test_each_question_that_is_left_open_has_a_line(folder: Path) -> None:
    card = CARD.replace(b"None known yet to us, but it was tried on one office alone.", b"TODO")
    (folder / "README.md").write_bytes(card)
    draft = improve(str(folder), id="me/router", todo=True)
    left = [change.why for change in draft.changes if change.kind == "todo"]
    assert len(left) > 4
    assert [ask for ask in left if f"**TODO:** {ask}" not in draft.after.text] == []


def test_json_has_all_of_it(folder: Path) -> None:
    _, text, _ = run(str(folder), "--id", "me/router", "--json")
    (draft,) = json.loads(text)
    assert {"target", "commit", "facts", "contradictions", "repairs", "questions"} <= set(draft)
    assert draft["draft"].startswith("---\nlicense: mit # chosen by all of us\n")
    assert set(draft["rating"]) == {"before", "after"}
    assert draft["claims"]


def test_a_diff_and_markdown(folder: Path) -> None:
    _, text, _ = run(str(folder), "--id", "me/router", "--format", "markdown")
    assert re.search(r"\n- `training-data` `What was it trained on.*\?` \(data \+\d\.\d\)\n", text)
    _, diff, _ = run(str(folder), "--format", "diff")
    assert "\n+pipeline_tag: text-classification\n" in diff
    _, text, _ = run(str(folder), "--format", "markdown")
    assert "| overall |" in text
    assert "```diff" in text


def test_an_answer_that_is_not_taken_is_named_in_every_form(folder: Path) -> None:
    (folder / "answers.yaml").write_text("contact: Write to us.\n")
    for form in ("text", "diff", "markdown", "json"):
        code, text, said = run(
            str(folder), "--answers", str(folder / "answers.yaml"), "--format", form
        )
        assert code == 1
        assert "'contact'" in text + said, form


def test_an_interview_is_asked_and_written(folder: Path) -> None:
    answers = "Our own tickets.\n\n\n\n\nn\ny\n"
    code, _, asked = run(str(folder), "--id", "me/router", "--interview", input=answers)
    assert code == 0
    assert asked.count("> ") <= 5
    assert "wrote" in asked
    assert "Our own tickets." in (folder / "README.md").read_text()


def test_an_interview_ends_with_its_input(folder: Path) -> None:
    code, _, _ = run(str(folder), "--interview", input="")
    assert code == 0
    assert (folder / "README.md").read_bytes() == CARD


def test_a_form_for_answers_is_made_and_read(folder: Path, tmp_path: Path) -> None:
    form = tmp_path / "answers.yaml"
    _, _, said = run(str(folder), "--answers", str(form))
    assert "fill it in" in said
    assert read_answers(form).texts == {}
    assert "training-data: ''" in form.read_text()


def test_several_cards_are_a_list(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "README.md").write_bytes(b"# B\n\nA model.\n")
    code, text, said = run(str(folder), str(tmp_path / "b"), str(tmp_path / "none"))
    assert code == 2
    assert "none" in said
    assert "of 2 cards can be better" in text
    code, _, said = run(str(folder), str(tmp_path / "b"), "--interview")
    assert (code, "--interview is for one card" in said) == (2, True)
