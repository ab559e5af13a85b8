"""Hurried prose against files: what is asked or contradicted, and what is of something else."""

from __future__ import annotations

import pytest

from cardiogram.cards import parse_card
from cardiogram.repository import Fact, FactSource, RepositoryFacts
from cardiogram.repository.contradictions import find_contradictions
from cardiogram.repository.proof import prove
from cardiogram.repository.statements import read_statements
from limits import takes_under


def fact(name: str, value: object, path: str, about: str = "", counted: str = "") -> Fact:
    pointer = "" if counted else f"/{name}"
    source = FactSource(value, path, pointer=pointer, counted=counted)  # type: ignore[arg-type]
    return Fact(name, value, (source,), about=about)  # type: ignore[arg-type]


def sized(total: int, bare: int) -> RepositoryFacts:
    weights = "model.safetensors"
    counts = [(total, ""), (bare, "without embeddings")]
    return RepositoryFacts(
        "quill/rook",
        facts=tuple(fact("parameters", n, weights, about, "parameters") for n, about in counts),
    )


FACTS = RepositoryFacts(
    "quill/rook",
    facts=(
        *sized(11_172_102, 3_358_470).facts,
        fact("model_type", "bert", "config.json"),
        fact("layers", 4, "config.json"),
        fact("epochs", 4.0, "trainer_state.json"),
        fact("steps", 2000, "trainer_state.json"),
        fact("batch_size", 32, "trainer_state.json"),
        fact("train_samples", 16_000, "train_results.json"),
        fact("metric", 0.882, "eval_results.json", "accuracy"),
        fact("learning_rate_logged", 3.75e-5, "trainer_state.json", "step 500 of 2000"),
    ),
)


def reported(words: str, facts: RepositoryFacts = FACTS) -> list[tuple[str, str]]:
    card = parse_card(f"---\nlicense: apache-2.0\n---\n# Rook\n\n{words}\n", id="quill/rook")
    return [(c.kind, c.severity) for c in find_contradictions(card, facts)]


@pytest.mark.parametrize(
    ("words", "kind", "severity"),
    [
        ("Accuracy 91.2% on the test set.", "metric", "warning"),
        ("It has 91.2% accuracy.", "metric", "warning"),
        ("accuracy of 0.912", "metric", "warning"),
        ("Eval accuracy 0.912", "metric", "warning"),
        ("91.2% accuracy on the test set", "metric", "warning"),
        ("my first model\nacc 91.2%", "metric", "warning"),
        ("batch size 64", "batch_size", "warning"),
        ("learning rate: 1e-3", "learning_rate", "warning"),
        ("lr 1e-3", "learning_rate", "warning"),
        ("lr 2e-5", "learning_rate", "error"),
        ("trained 10 epochs", "epochs", "error"),
        ("Trained for 10 epochs.", "epochs", "error"),
        ("Finetuned in an evening.\ntrained 10 epochs with lr 5e-5", "epochs", "error"),
        ("trained 10 epochs\n\n| | |\n|---|---|\n| Epochs | 4 |", "epochs", "error"),
        ("my model\ntrained 10 epochs\n\n| | |\n|---|---|\n| Epochs | 4 |", "epochs", "warning"),
        ("finetuned from roberta-base", "base_model", "warning"),
        ("MIT licence", "licence", "warning"),
        ("14M parameters", "parameters", "error"),
        ("It has 13M parameters.", "parameters", "warning"),
    ],
)
def test_hurried_words_are_compared(words: str, kind: str, severity: str) -> None:
    assert reported(words) == [(kind, severity)]


@pytest.mark.parametrize(
    "words",
    [
        # the same as the files, rounded or of another split
        "Accuracy 88.2% on the test set.",
        "88% accuracy",
        "Test accuracy 0.895",
        "trained 4 epochs",
        "batch size 32",
        "batch size 64 on two GPUs",
        "lr 5e-5",
        "lr 1e-4",
        "11M parameters",
        "It has 11.2M parameters.",
        "It has 11.17M parameters.",
        "It has 12M parameters.",
        "It has 3.4M parameters.",
        "finetuned from bert-base-uncased",
        "Apache 2.0 licence",
        # another model, data, stage or plan; a difference, a bound
        "The teacher has 95.1% accuracy.",
        "RoBERTa-large reaches 95.1% accuracy.",
        "The baseline is at 71.2% accuracy.",
        "It has 95.1% accuracy on imdb.",
        "It improves the baseline by 3% accuracy.",
        "A 3% accuracy drop is normal.",
        "Quantised, it keeps 99% accuracy of the original.",
        "It gained another 3% accuracy.",
        "95.1% accuracy per class is rare.",
        "Trained like RoBERTa, which needs 10 epochs.",
        "## Older versions\n\nTrained for 10 epochs.",
        "Trained for 10 epochs in the first stage.\n\n| | |\n|---|---|\n| Epochs | 4 |",
        "## Data set\n\nMIT licence",
        "The code is under an MIT licence.",
        "RoBERTa was finetuned from roberta-base.",
    ],
)
def test_what_is_of_something_else_is_left_alone(words: str) -> None:
    assert reported(words) == []


@pytest.mark.parametrize(
    "words",
    [
        "Trained for 10 epochs in the first stage.",
        "Trained for 10 epochs, the best checkpoint is kept.",
        "Trained models need 10 epochs.",
        "Training for 10 epochs overfits.",
        "## Data\n\nTrained for 10 epochs.\n\n| | |\n|---|---|\n| Epochs | 4 |",
    ],
)
def test_what_may_be_of_something_else_is_asked(words: str) -> None:
    assert reported(words) == [("epochs", "warning")]


KNOWN_SIZES = [
    ("110M", 109_482_240, 85_647_360), ("340M", 335_141_888, 302_835_712),
    ("66M", 66_362_880, 42_528_000), ("125M", 124_645_632, 85_647_360),
    ("117M", 124_439_808, 85_056_000), ("345M", 354_823_168, 302_311_424),
    ("1.5B", 1_557_611_200, 1_475_561_600), ("60M", 60_506_624, 44_056_576),
    ("220M", 222_903_552, 198_229_248), ("770M", 737_668_096, 704_770_048),
    ("350M", 331_196_416, 303_351_808), ("39M", 37_760_640, 17_845_248),
    ("244M", 241_734_912, 201_904_128), ("1550M", 1_543_304_960, 1_476_918_272),
    ("86M", 183_831_552, 85_450_752), ("184M", 183_831_552, 85_450_752),
    ("270M", 278_043_648, 85_647_360), ("22M", 22_713_216, 10_795_776),
    ("12M", 11_683_584, 7_843_584), ("0.5B", 494_032_768, 357_897_088),
    ("2.7B", 2_779_683_840, 2_648_611_840), ("7B", 8_537_680_896, 7_751_248_896),
    ("3.8B", 3_821_079_552, 3_722_578_944), ("6.7B", 6_738_415_616, 6_607_343_616),
]  # fmt: skip


@pytest.mark.parametrize(("name", "total", "bare"), KNOWN_SIZES)
def test_sizes_as_papers_give_them_are_right(name: str, total: int, bare: int) -> None:
    assert reported(f"The model has {name} parameters.", sized(total, bare)) == []


def test_a_claim_quotes_the_sentence_that_says_it() -> None:
    words = "This model is a fine-tuned version of a/bert_L-4_H-256 on emotion. It has 4 layers."
    (claim,) = (c for c in prove(parse_card(f"# Rook\n\n{words}\n"), FACTS) if c.name == "layers")
    assert claim.quote.exact == "It has 4 layers."


def test_a_megabyte_of_one_paragraph_is_read_in_time() -> None:
    card = parse_card("# Rook\n\n" + "trained 10 epochs, 91.2% accuracy.\n" * 29_000)
    assert takes_under(2, lambda: read_statements(card))
