"""The app's answers on a card, as functions: no server, no network."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from cardiogram.app import App, Workspace
from cardiogram.app.api.card_at_hand import CardAtHand
from cardiogram.app.api.card_at_hand.cards import (
    LintQuestion,
    OpenQuestion,
    RateQuestion,
    lint_card,
    list_cards,
    open_card_at,
    rate_card,
)
from cardiogram.app.api.card_at_hand.drafts import (
    DraftAnswer,
    DraftQuestion,
    _settles,
    draft_card,
)
from cardiogram.app.api.card_at_hand.opened import open_card
from cardiogram.app.api.card_at_hand.outgoing import (
    PullRequestQuestion,
    WriteQuestion,
    show_pull_request,
    write_draft,
)
from cardiogram.app.api.card_at_hand.proofs import (
    FactsQuestion,
    VerifyQuestion,
    find_facts,
    verify_card,
)
from cardiogram.cards import parse_card
from cardiogram.cards.lint import apply_fixes, lint
from cardiogram.errors import AccessDenied, CardiogramError, ConfigError, DataError, HubError
from cardiogram.improve import DraftChange
from cardiogram.judge.embedded import embedded_judge
from cardiogram.repository import Contradiction, DroppedFile

CONFIG = {
    "architectures": ["BertForSequenceClassification"],
    "model_type": "bert",
    "num_hidden_layers": 6,
    "id2label": {"0": "a", "1": "b"},
}
CARD = "---\r\nlicense: mit\r\n---\r\n# Otter\r\n\r\nA router, max_position_embeddings 512.\r\n"


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)


@pytest.fixture
def app(tmp_path: Path) -> App:
    folder = tmp_path / "room" / "otter"
    folder.mkdir(parents=True)
    (folder / "README.md").write_bytes(CARD.encode())
    (folder / "config.json").write_text(json.dumps(CONFIG), "utf-8")
    (tmp_path / "README.md").write_text("# Secret\n", "utf-8")
    return App(Workspace.at(tmp_path / "room"), embedded_judge())


@pytest.fixture
def card(app: App) -> CardAtHand:
    return open_card_at(app, OpenQuestion("otter"))


# Rating and lint -----------------------------------------------------------------------------


def test_a_card_is_rated_with_what_carries_it_and_what_is_missing(app: App) -> None:
    answer = rate_card(app, RateQuestion(CARD, "a/otter"))
    assert [score.name for score in answer.scores][:2] == ["overall", "identity"]
    assert all(1 <= (score.low or 1) <= score.expected for score in answer.scores)
    assert "limitations" in {gap.criterion for gap in answer.gaps}
    assert any(each.effect for each in answer.evidence)
    dataset = rate_card(app, RateQuestion("# Words\n", of="dataset"))
    assert dataset.scores[0].low is None
    assert {gap.criterion for gap in dataset.gaps} < {score.name for score in dataset.scores}


def test_fixes_are_at_the_places_of_a_javascript_text(app: App) -> None:
    text = "---\ntitle: 😀é\nlicense: MIT\nlanguage:\n- English\n---\n# 😀\n\n#Otter\n"
    answer = rate_card(app, RateQuestion(text))
    findings = [finding for finding in answer.findings if finding.fixes]
    assert len(findings) > 1
    units = text.encode("utf-16-le")
    edits = sorted((edit for finding in findings for edit in finding.fixes), key=lambda e: -e.start)
    for edit in edits:
        units = units[: 2 * edit.start] + edit.new.encode("utf-16-le") + units[2 * edit.end :]
    data = text.encode()
    assert units.decode("utf-16-le") == apply_fixes(data, lint(parse_card(data), data)).decode()


def test_lint_takes_rules(app: App) -> None:
    text = "---\nlicense: MIT\n---\n# Otter\n"
    findings = lint_card(app, LintQuestion(text, select="CG11")).findings
    assert {finding.rule[:4] for finding in findings} == {"CG11"}
    assert all(finding.why for finding in findings)
    with pytest.raises(ConfigError):
        lint_card(app, LintQuestion(text, select="CG9"))


def test_what_is_too_long_is_refused(app: App) -> None:
    for question in (RateQuestion("é" * 100_001), RateQuestion("x", "a" * 201)):
        with pytest.raises(DataError):
            rate_card(app, question)


# Opening -------------------------------------------------------------------------------------


def test_a_card_of_the_workspace_is_opened_and_listed(app: App, card: CardAtHand) -> None:
    assert (card.source, card.path) == ("folder", "otter/README.md")
    assert card.text == CARD.replace("\r\n", "\n")
    assert [each.path for each in list_cards(app).cards] == ["otter/README.md"]
    assert open_card_at(app, OpenQuestion("otter/README.md")).revision == card.revision
    (app.workspace.root / "bare").mkdir()
    assert open_card_at(app, OpenQuestion("bare")).text == ""


@pytest.mark.parametrize(
    "target",
    ["../README.md", "..", "/etc/passwd", "otter/../../README.md", "otter/config.json", "link",
     "x" * 300, "a b", "", "https://example.org/a/b", "\0"],
)  # fmt: skip
def test_nothing_else_is_opened(app: App, tmp_path: Path, target: str) -> None:
    (app.workspace.root / "link").symlink_to(tmp_path)
    with pytest.raises(CardiogramError):
        open_card_at(app, OpenQuestion(target))
    with pytest.raises(CardiogramError):
        find_facts(app, FactsQuestion(CardAtHand(source="folder", path=target + "/x.md")))


def test_a_link_in_a_folder_leads_nowhere(app: App, card: CardAtHand, tmp_path: Path) -> None:
    readme = app.workspace.root / "otter" / "README.md"
    readme.unlink()
    readme.symlink_to(tmp_path / "README.md")
    for call, question in (
        (open_card_at, OpenQuestion("otter")),
        (find_facts, FactsQuestion(card)),
        (write_draft, WriteQuestion(DraftQuestion(card), "")),
    ):
        with pytest.raises(DataError):
            call(app, question)  # type: ignore[operator]


def test_strangers_open_no_folder(app: App, card: CardAtHand) -> None:
    public = replace(app, is_public=True)
    for call, question in (
        (find_facts, FactsQuestion(card)),
        (verify_card, VerifyQuestion(card)),
        (draft_card, DraftQuestion(card)),
    ):
        with pytest.raises(AccessDenied):
            call(public, question)  # type: ignore[operator]
    with pytest.raises(HubError) as caught:  # it is asked for on the Hub, as if it were not here
        open_card_at(public, OpenQuestion("otter"))
    assert not isinstance(caught.value, AccessDenied)


def test_an_id_is_one_on_the_hub_or_none(app: App, card: CardAtHand) -> None:
    for source in (card, replace(card, source="pasted"), replace(card, source="dropped")):
        assert draft_card(app, DraftQuestion(replace(source, id="a/otter"))).repo == "a/otter"
        for id in ("../..", "a/b/c", 'a"); import os#', "a/..", "a b"):
            with pytest.raises(ConfigError, match="no id on the Hub"):
                draft_card(app, DraftQuestion(replace(source, id=id)))


# Proofs --------------------------------------------------------------------------------------


def test_facts_and_their_places(app: App, card: CardAtHand) -> None:
    answer = find_facts(app, FactsQuestion(card))
    (layers,) = (fact for fact in answer.facts if fact.name == "layers")
    assert (layers.value, layers.shown, layers.how) == (6, "6", "read")
    (source,) = layers.sources
    assert (source.file, source.field, source.value) == ("config.json", "/num_hidden_layers", "6")
    assert source.address == ""


def test_the_card_at_hand_is_verified_and_not_the_one_that_lies_there(
    app: App, card: CardAtHand
) -> None:
    edited = replace(card, text=f"{card.text}\nIt has 12 layers.\n")
    for question, states in ((card, set()), (edited, {"contradicted", "doubtful"})):
        sentences = verify_card(app, VerifyQuestion(question)).sentences
        assert {each.state for each in sentences if each.name == "layers"} <= states
        assert bool(sentences) == bool(states)


def test_a_dropped_folder_is_read_as_one_on_the_disk(app: App, card: CardAtHand) -> None:
    header = b'{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}'
    weights = len(header).to_bytes(8, "little") + header + bytes(24)
    folder = app.workspace.root / "otter"
    (folder / "model.safetensors").write_bytes(weights)
    sent = [DroppedFile("model.safetensors", len(weights), weights[:-24])]
    for name in ("config.json", "README.md"):
        data = (folder / name).read_bytes()
        sent.append(DroppedFile(name, len(data), data))
    dropped = CardAtHand(source="dropped", files=tuple(sent))
    facts = find_facts(app, FactsQuestion(dropped))
    there = find_facts(app, FactsQuestion(card))
    assert [(f.name, f.value) for f in facts.facts] == [(f.name, f.value) for f in there.facts]
    assert {fact.name: fact.value for fact in facts.facts}["parameters"] == 6
    counted = next(fact for fact in facts.facts if fact.name == "parameters").sources[0]
    assert (counted.field, counted.measure) == ("", "counted over its header")
    draft = draft_card(app, DraftQuestion(dropped))
    assert "6" in draft.text
    assert not facts.problems


# Drafts --------------------------------------------------------------------------------------


def draft_of(app: App, card: CardAtHand, **said: object) -> tuple[DraftQuestion, DraftAnswer]:
    question = DraftQuestion(card, **said)  # type: ignore[arg-type]
    return question, draft_card(app, question)


def test_a_draft_says_what_each_change_does_and_what_proves_it(app: App, card: CardAtHand) -> None:
    _, draft = draft_of(app, card)
    assert draft.text.startswith("---\nlicense: mit\n")
    assert "\r" not in draft.text
    (identity,) = (change for change in draft.changes if change.id == "add:identity")
    assert identity.what.startswith("what it is")
    assert {s.file for each in identity.sentences for f in each.facts for s in f.sources} == {
        "config.json"
    }
    assert {line.change for line in draft.lines if line.state == "added"} == {
        change.id for change in draft.changes
    }
    assert draft.after[0].expected > draft.before[0].expected
    assert json.loads(draft.proof)["predicate"]["claims"]
    _, less = draft_of(app, card, leave=("add:identity",))
    assert [change.id for change in less.changes if change.is_left] == ["add:identity"]
    assert "2 classes" not in less.text


def test_answers_settle_contradictions_and_stay_known_by_their_question(
    app: App, card: CardAtHand
) -> None:
    card = replace(card, text=f"{card.text}\n- It has 12 layers.\n")
    _, draft = draft_of(app, card)
    (each,) = draft.contradictions
    assert (each.question, each.change, each.value) == ("", "correct:layers", "12")
    assert "6 layers" in draft.text
    leave = ("correct:layers",)
    _, draft = draft_of(app, card, leave=leave)
    (each,) = draft.contradictions
    assert (each.question, each.change) == ("layers-contradicted", "")
    assert each.question in {question.id for question in draft.questions}
    assert each.may_remove
    assert each.others[0].value == "6"
    for answer, change in (("6", True), ("remove", True), ("keep", False)):
        _, settled = draft_of(app, card, leave=leave, answers={each.question: answer})
        (now,) = settled.contradictions
        assert now.question == each.question
        assert bool(now.change) is change
        assert each.question not in {question.id for question in settled.questions}
        assert ("12 layers" in settled.text) is (answer == "keep")


def test_a_draft_is_written_as_it_was_shown_with_the_file_s_own_line_ends(
    app: App, card: CardAtHand
) -> None:
    card = replace(card, text=f"{card.text}\nMine.\n")
    question, draft = draft_of(app, card, answers={"limitations": "It fails on handwriting."})
    with pytest.raises(DataError, match="not the one that was shown"):
        write_draft(app, WriteQuestion(question, "0" * 64))
    with pytest.raises(DataError, match="not the one that was shown"):
        write_draft(app, WriteQuestion(replace(question, leave=("add:identity",)), draft.sha256))
    file = app.workspace.root / "otter" / "README.md"
    assert file.read_bytes() == CARD.encode()
    written = write_draft(app, WriteQuestion(question, draft.sha256))
    assert written.paths == ("otter/README.md", "otter/README.proof.json")
    assert file.read_bytes() == draft.text.replace("\n", "\r\n").encode()
    assert b"\r\nMine.\r\n" in file.read_bytes()
    assert written.revision == open_card_at(app, OpenQuestion("otter")).revision
    again = replace(card, text=draft.text, revision=written.revision)
    question, draft = draft_of(app, again)
    assert not write_draft(app, WriteQuestion(question, draft.sha256)).paths


def test_a_base_that_a_repair_corrects_is_a_contradiction_with_its_change() -> None:
    repair = cast(DraftChange, SimpleNamespace(id="repair:base-model", kind="repair", why="w"))
    for kind, is_settled in (("base_model", True), ("licence", False)):
        each = cast(Contradiction, SimpleNamespace(kind=kind, why="v"))
        assert _settles(repair, each, "") is is_settled


def test_each_line_of_a_file_keeps_its_own_end(app: App) -> None:
    file = app.workspace.root / "mixed" / "README.md"
    file.parent.mkdir()
    file.write_bytes(b"# A\r\n\nOne.\n\nTwo.\r\nThree.\r\n\r\nFour.\nFive.")
    card = open_card_at(app, OpenQuestion("mixed"))
    assert card.text is not None
    text = card.text.replace("Two.", "Two.\nMine.").replace("Five.", "Five, too.\n")
    edited = open_card(app, card).edited(text).encode()
    assert edited == (b"# A\r\n\nOne.\n\nTwo.\r\nMine.\r\nThree.\r\n\r\nFour.\nFive, too.\r\n")


def test_a_file_that_changed_meanwhile_is_left_as_it_is(app: App, card: CardAtHand) -> None:
    question, draft = draft_of(app, card)
    file = app.workspace.root / "otter" / "README.md"
    file.write_bytes(b"# Another\n")
    with pytest.raises(DataError, match="changed on the disk"):
        write_draft(app, WriteQuestion(question, draft.sha256))
    assert file.read_bytes() == b"# Another\n"


def test_only_a_folder_is_written_and_only_a_repository_is_sent_to(
    app: App, card: CardAtHand
) -> None:
    pasted = DraftQuestion(CardAtHand("# Otter\n", "a/otter"))
    with pytest.raises(ConfigError):
        write_draft(app, WriteQuestion(pasted, ""))
    for question in (pasted, DraftQuestion(card)):
        with pytest.raises(ConfigError):
            show_pull_request(app, PullRequestQuestion(question))


def test_bounds_of_what_is_said(app: App, card: CardAtHand) -> None:
    for said in (
        {"answers": {str(number): "x" for number in range(101)}},
        {"answers": {"x" * 201: "x"}},
        {"leave": ("x",) * 1001},
    ):
        with pytest.raises(DataError):
            draft_of(app, card, **said)
    _, draft = draft_of(app, card, answers={"limitations": "hf_" + "a" * 34})
    assert "hf_aaa" not in draft.text
    assert any("secret" in each for each in draft.unused)
