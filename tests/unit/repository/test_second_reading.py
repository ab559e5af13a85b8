"""What a fresh reader saw: values shown, merges, cut inputs, exact numbers beside rounded ones."""

from __future__ import annotations

import json

from edited import GPTQ, card_of, repository_of

from cardiogram.cards import parse_card
from cardiogram.repository.proof import Verification, verify
from cardiogram.repository.statements import read_statements
from repository_rows import InMemory


def verified(text: str, files: dict[str, object]) -> Verification:
    contents = {path: json.dumps(value).encode() for path, value in files.items()}
    made = InMemory("a/rook", {"README.md": text.encode(), **contents})
    return verify(parse_card(text, id="a/rook"), made)


def test_the_value_of_a_contradiction_is_the_one_that_it_speaks_of() -> None:
    text = card_of(GPTQ) + "\n\nThis model has 13 billion parameters.\n"
    seen = verify(parse_card(text, id=GPTQ), repository_of(GPTQ))
    (said,) = [s for s in seen.sentences if "13 billion" in s.sentence]
    assert "6.738 billion" in said.why
    assert said.value == 6_738_415_616


MERGE = "# Rook\n\nIt is a merge of rooks/rook-7b, crows/crow-7b and finch/finch-7b.\n"


def test_a_merge_does_not_hold_by_the_first_of_its_models() -> None:
    seen = verified(MERGE, {"config.json": {"_name_or_path": "rooks/rook-7b"}})
    assert not seen.of("holds")


def test_each_model_of_a_merge_is_compared() -> None:
    said = [(s.kind, s.value) for s in read_statements(parse_card(MERGE))]
    names = ["rooks/rook-7b", "crows/crow-7b", "finch/finch-7b"]
    assert said == [("merged_model", name) for name in names]
    one = read_statements(parse_card("# R\n\nA merge of rooks/rook-7b into it.\n"))
    assert [(s.kind, s.value) for s in one] == [("base_model", "rooks/rook-7b")]


def sentence_model(sentence: str) -> list[tuple[str, str]]:
    text = f"# Rook\n\n{sentence}\n"
    files: dict[str, object] = {
        "config.json": {"model_type": "bert", "max_position_embeddings": 512},
        "sentence_bert_config.json": {"max_seq_length": 256},
        "modules.json": [{"idx": 0, "name": "0", "path": "", "type": "st.models.Transformer"}],
    }
    return [(each.state, each.why) for each in verified(text, files).sentences]


def test_an_input_that_is_cut_does_not_hold() -> None:
    assert sentence_model("The model supports up to 512 tokens.") == [
        (
            "doubtful",
            "The card says 512 tokens of input; sentence_bert_config.json cuts after 256.",
        )
    ]
    both = "The model supports up to 512 tokens.\n\nMaximum sequence length: 256 tokens"
    assert [state for state, _ in sentence_model(both)] == ["holds", "holds"]  # each by its file


def test_the_exact_number_beside_the_rounded_one() -> None:
    def read(sentence: str) -> list[object]:
        card = parse_card(f"# Rook\n\n{sentence}\n")
        return [s.value for s in read_statements(card) if s.kind == "context"]

    assert read("The context length is 32k tokens (32768).") == [32768]
    assert read("- Context length: 32k (32,768 tokens)") == [32768]
    assert read("The context length is 32k tokens (4096).") == [32000]
    assert read("The context length is 32k tokens (2024).") == [32000]
    seen = verified(
        "# Rook\n\nThe context length is 32k tokens (32768).\n",
        {"config.json": {"model_type": "llama", "max_position_embeddings": 4096}},
    )
    assert [s.why for s in seen.sentences] == [
        "The card says 32,768 tokens of input; config.json says 4096."
    ]
