"""Sizes without weights, examples of an evaluation, and how many languages there are."""

from __future__ import annotations

import pytest

from cardiogram.cards import parse_card
from cardiogram.repository.proof import Verification, verify
from made_repositories import made
from repository_rows import needs_rows, repositories

SHAPE = {"num_hidden_layers": 32, "hidden_size": 4096, "intermediate_size": 11008}
LLAMA = {**SHAPE, "model_type": "llama", "vocab_size": 32000, "num_attention_heads": 32}


def verified(sentence: str, head: str = "", **files: object) -> Verification:
    text = f"---\n{head}\n---\n# Wren\n\n{sentence}\n" if head else f"# Wren\n\n{sentence}\n"
    repository = made({"README.md": text, **files})
    return verify(parse_card(text, id="a/b"), repository)


def doubts(sentence: str, head: str = "", **files: object) -> list[str]:
    return [each.why for each in verified(sentence, head, **files).of("doubtful")]


@pytest.mark.parametrize(
    ("config", "sizes", "others"),
    [
        (LLAMA, ("7B", "6.7B", "6.6 billion"), ("13B", "3B")),
        ({**LLAMA, "intermediate_size": 14336, "num_key_value_heads": 8}, ("7.2B",), ("13B",)),
        ({**LLAMA, "vocab_size": 128256}, ("7.5B",), ("1B",)),
    ],
)
def test_a_size_without_weights(
    config: dict[str, object], sizes: tuple[str, ...], others: tuple[str, ...]
) -> None:
    files = {"config.json": config}
    for size in sizes:
        said = verified(f"This model has {size} parameters.", **files)
        assert not said.of("doubtful")
        assert [each.kind for each in said.unproven] == ["parameters"]  # it is not proven, either
    for size in others:
        (why,) = doubts(f"This model has {size} parameters.", **files)
        assert "layers of the sizes in config.json have about" in why


@pytest.mark.parametrize(
    "more",
    [
        {"model_type": "mixtral"},
        {"auto_map": {"AutoModelForCausalLM": "wren.Wren"}},
        {"num_local_experts": 8},
        {"vocab_size": None},
    ],
)
def test_no_size_is_made_of_an_architecture_that_is_not_known(more: dict[str, object]) -> None:
    config = {**LLAMA, **more}
    assert doubts("This model has 47B parameters.", **{"config.json": config}) == []


@needs_rows
def test_the_size_of_a_shape_is_the_one_that_headers_count() -> None:
    from cardiogram.repository.contradictions.known import Known, parameters_by_shape
    from cardiogram.repository.facts import read_facts

    seen = 0
    for id, repository in repositories().items():
        if repository.info.get("gated") or "config.json" not in repository.files:
            continue
        card = parse_card(b"# Wren\n", id=id)
        facts = read_facts(repository, card)
        counted = parameters_by_shape(Known(card, (), facts, repository))
        if counted is not None:
            (parameters,) = facts.named("parameters", "")
            assert 0.97 * counted[0] < float(str(parameters.value)) < 1.01 * counted[1]
            seen += 1
    assert seen > 10


EVALUATED = {"eval_results.json": {"eval_samples": 1550, "eval_accuracy": 0.9}}


def test_examples_of_an_evaluation() -> None:
    said = verified("The model was evaluated on 1,550 tickets.", **EVALUATED)
    assert [(each.state, each.name) for each in said.sentences] == [("holds", "eval_samples")]
    assert doubts("The model was evaluated on 9,000 tickets.", **EVALUATED) == [
        "The card says 9000 examples of the evaluation; eval_results.json says 1550."
    ]
    alone = verified("The model was evaluated on 1,319 questions.")
    assert [each.kind for each in alone.unproven] == ["eval_samples"]


@pytest.mark.parametrize(
    "sentence",
    [
        "The base model was evaluated on 9,000 questions.",
        "It was evaluated on 9,000 GPUs.",
        "It was tested on 2,023 and 2,024 tickets.",
        "We will be evaluated on 9,000 tickets next year.",
    ],
)
def test_examples_of_something_else(sentence: str) -> None:
    assert doubts(sentence, **EVALUATED) == []


def test_how_many_languages() -> None:
    three = "language: [de, en, sv]"
    assert doubts("This model supports 12 languages.", three) == [
        "The text says 12 languages; the metadata list 3."
    ]
    assert doubts("This model supports three languages.", three) == []
    assert doubts("This model supports 4 languages.", three) == []  # a language may have no code
    assert doubts("This model supports 12 languages.", "language: [multilingual, en]") == []
    assert doubts("This model supports 12 languages.", "language: en") == []
    assert doubts("The base model supports 12 languages.", three) == []
    alone = verified("This model supports 12 languages.", "language: en")
    assert "languages" in [each.kind for each in alone.unproven]


def test_the_one_base_model_of_the_text_against_files() -> None:
    config = {"base_model_name_or_path": "rooks/rook-7b", "peft_type": "LORA"}

    def whys(base: str) -> list[str]:
        text = f"# Wren\n\nThis is a fine-tuned version of {base}.\n"
        files = {"README.md": text, "adapter_config.json": config}
        others = {"rooks/rook-7b": {"README.md": "# Rook\n"}, "crows/crow-7b": {"README.md": ""}}
        said = verify(parse_card(text, id="a/b"), made(files, others=others))
        return [each.why for each in said.of("doubtful")]

    assert whys("crows/crow-7b") == [
        "The card says 'crows/crow-7b'; adapter_config.json says 'rooks/rook-7b'."
    ]
    assert whys("rooks/rook-7b") == []
    assert whys("nest/rook-7b-hf") == []


def test_the_id_of_another_model_is_no_architecture() -> None:
    config = {"config.json": {"model_type": "bert", "architectures": ["BertModel"]}}
    said = verified("It is a fine-tuned version of bert-large-uncased.", **config)
    assert not said.of("holds")
    assert verified("It is based on BERT.", **config).of("holds")
