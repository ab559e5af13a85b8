"""A data set's card against what its own ``dataset_info`` counted."""

from __future__ import annotations

import pytest

from cardiogram.cards import parse_card
from cardiogram.repository import read_facts
from cardiogram.repository.proof import make_proof, verify
from repository_rows import InMemory, data_repositories

HEAD = """---
language: {language}
license: cc-by-4.0
dataset_info:
  features:
  - name: text
    dtype: string
  - name: answers
    struct:
    - name: start
      dtype: int32
  splits:
  - name: train
    num_examples: 12400
  - name: validation
    num_examples: 1550
  - name: test
    num_examples: 1550
---
# Tickets

"""


def states(body: str, language: str = "en", of: str = "dataset") -> list[tuple[str, str, str]]:
    """State, subject and reason of each sentence."""
    text = HEAD.format(language=language) + body
    data = InMemory("a/tickets", {"README.md": text.encode()}, of)  # type: ignore[arg-type]
    verified = verify(parse_card(text, id="a/tickets"), data)
    return [
        (each.state, f"{each.name} {each.about}".strip(), each.why) for each in verified.sentences
    ]


def test_facts_of_its_own_rows_and_columns() -> None:
    data = InMemory("a/tickets", {"README.md": HEAD.format(language="en").encode()}, "dataset")
    facts = read_facts(data)
    rows = {fact.about: fact.value for fact in facts.named("dataset_rows")}
    assert rows == {"train": 12400, "validation": 1550, "test": 1550, "": 15500}
    assert [fact.value for fact in facts.named("dataset_columns")] == [["text", "answers"]]
    assert [fact.value for fact in facts.named("licence")] == ["cc-by-4.0"]
    model = InMemory("a/m", {"README.md": HEAD.format(language="en").encode()})
    assert not read_facts(model).named("dataset_rows")


PLANTED = {
    "rows": (
        "This dataset has 15,900 rows.",
        "The card says 15,900 rows; dataset_info says 15,500.",
    ),
    "tickets": ("15,900 support tickets.", "The card says 15,900 rows; dataset_info says 15,500."),
    "split": (
        "The training set contains 14,200 examples.",
        "The card says 14,200 rows of train; dataset_info says 12,400.",
    ),
    "table": (
        "| Split | Rows | Tokens |\n|---|---|---|\n| train | 12,400 | 90,000 |\n"
        "| dev | 1,250 | 9,000 |\n",
        "The card says 1250 rows of validation; dataset_info says 1550.",
    ),
    "list": (
        "- **Train**: 12,400 examples\n- **Test**: 1,500 examples\n",
        "The card says 1500 rows of test; dataset_info says 1550.",
    ),
    "column": (
        "## Data Fields\n\n- `text`: the ticket\n- `label`: its queue\n- `answers`: a reply\n",
        "The card describes the column 'label'; dataset_info has text, answers.",
    ),
    "licence": (
        "## License\n\nReleased under MIT.\n",
        "The metadata say cc-by-4.0, the text says mit.",
    ),
    "language": ("- **Language(s)**: German\n", "The metadata say en, the text says de."),
}


@pytest.mark.parametrize(("body", "why"), PLANTED.values(), ids=PLANTED)
def test_what_contradicts_the_metadata(body: str, why: str) -> None:
    others = [each for each in states(body) if each[0] != "holds"]
    assert [each[2] for each in others] == [why]


def test_an_exact_count_of_rows_is_an_error_and_one_of_tickets_a_question() -> None:
    assert [s for s, _, _ in states(PLANTED["rows"][0])] == ["contradicted"]
    assert [s for s, _, _ in states(PLANTED["tickets"][0])] == ["doubtful"]


HOLD = {
    "total": ("15,500 English support tickets, one of six queues each.", ["dataset_rows"]),
    "rounded": ("About 15k tickets.", ["dataset_rows"]),
    "splits": (
        "It has 12,400 training, 1,550 validation and 1,550 test examples.",
        ["dataset_rows train", "dataset_rows validation", "dataset_rows test"],
    ),
    "table": (
        "| Split | Rows |\n|---|---|\n| train | 12,400 |\n| total | 15,500 |\n",
        ["dataset_rows train", "dataset_rows"],
    ),
    "columns": ("## Data Fields\n\n- `text`: the ticket\n", ["dataset_columns"]),
}


@pytest.mark.parametrize(("body", "names"), HOLD.values(), ids=HOLD)
def test_what_the_metadata_prove_holds(body: str, names: list[str]) -> None:
    assert [(state, name) for state, name, _ in states(body)] == [("holds", n) for n in names]


@pytest.mark.parametrize(
    ("language", "body"),
    [
        ("sv", "15 500 inspelningar av svenskt tal, alla lästa i en tyst studio."),
        ("de", "15.500 Paare aus einer Suchanfrage und dem Titel eines Rezepts."),
        ("de", "15.500 Fragen."),
        ("fr", "Ce jeu de données contient 15\u202f500 exemples."),
        ("de", "15’500 Beispiele."),
    ],
)
def test_thousands_of_languages(language: str, body: str) -> None:
    assert [each[:2] for each in states(body, language)] == [("holds", "dataset_rows")]


@pytest.mark.parametrize(
    "body",
    [
        "13,950 examples for training and validation.",  # of two splits together
        "Unlike SQuAD with 107,785 rows, this one is small.",
        "The SQuAD dataset contains 107,785 questions.",
        "It is larger than Crow, which has 9,000 rows.",
        "Machine-written from 1,200 human-written examples.",
        "This dataset contains 500 examples of sarcasm.",
        "This dataset contains 9,000 rows without a label.",
        "Written by 40 paid annotators, who saw 30 examples each.",
        "## Comparison\n\n| Dataset | Rows |\n|---|---|\n| crow | 9,000 |\n| test | 3 |\n",
        "| Dataset | train | test |\n|---|---|---|\n| crow | 9,000 | 800 |\n",
        "| Split | Tokens |\n|---|---|\n| train | 90,000 |\n",
        "A model that is fine-tuned on 9,000 examples gets 0.9.",
        "## Data Fields\n\n- `start`: of the answer\n- `text`: the ticket\n",
        "This model was trained on 9,000 examples of it for 3 epochs.",
    ],
)
def test_traps(body: str) -> None:
    assert [each for each in states(body) if each[0] != "holds"] == []


def test_a_model_card_with_such_metadata_is_not_compared() -> None:
    assert states("This dataset has 15,900 rows.", of="model") == []


def test_several_configurations_sum() -> None:
    info = "dataset_info:\n" + "".join(
        f"- config_name: {name}\n  splits:\n  - name: train\n    num_examples: {rows}\n"
        for name, rows in (("a", 100), ("b", 250))
    )
    for said, count in (("350", 0), ("250", 0), ("400", 1)):
        text = f"---\n{info}---\n# A\n\nThis dataset has {said} rows.\n"
        data = InMemory("a/b", {"README.md": text.encode()}, "dataset")
        assert len(verify(parse_card(text, id="a/b"), data).sentences) == count, said


def test_the_shared_data_sets_hold_and_write_a_proof() -> None:
    counted = 0
    for id, data in data_repositories().items():
        card = parse_card(data.read("README.md"), id=id)
        verified = verify(card, data)
        assert {each.state for each in verified.sentences} <= {"holds"}, id
        counted += len(verified.sentences)
        proof = make_proof(card, data)
        again = verify(card, data, proof)
        assert [each.state for each in again.sentences] == ["holds"] * len(verified.sentences)
    assert counted >= 6
