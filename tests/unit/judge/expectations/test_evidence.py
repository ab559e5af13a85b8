"""What is said of a card's lines is true of them; in doubt nothing is said."""

import pytest

from cardiogram.cards.card import parse_card
from cardiogram.cards.features.vector import CardFeatures
from cardiogram.judge.expectations.evidence import find_lines
from cardiogram.judge.expectations.expectations import EXPECTATIONS
from cardiogram.judge.expectations.gaps import explain

BY_KEY = {expectation.key: expectation for expectation in EXPECTATIONS}
HEAD = "# Heron\n\nHeron tells birds by their calls in a marsh at dawn.\n\n"


def lines(key: str, text: str, id: str = "marsh/heron") -> list[tuple[int, int]]:
    """Lines that show something below the three lines of the head, counted from 1."""
    read = CardFeatures.of(parse_card(HEAD + text, id=id))
    return [(first - 4, last - 4) for first, last in find_lines(read, BY_KEY[key])]


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("comparison", "An agent of the stable-baselines3 library, mean reward 251.3.\n"),
        ("comparison", "Thanks to Wren for the baseline runs.\n"),
        ("comparison", "A state-of-the-art model with 7.5 million parameters.\n"),
        ("demo", "## [Leaderboard](https://huggingface.co/spaces/birds/open_leaderboard)\n"),
        ("demo", "Try [the licence](https://huggingface.co/spaces/birds/marsh-license).\n"),
        (
            "demo",
            "Made with [my-repo](https://huggingface.co/spaces/birds/gguf-my-repo), a demo.\n",
        ),
        ("demo", "Trained in [this notebook](https://colab.research.google.com/drive/1).\n"),
        ("origin", "- GPTQ dataset: the calibration data, not what the model was trained on.\n"),
        ("origin", "Trained with the prompt template of marsh birds on one dataset.\n"),
        ("software", "This heron was trained 2x faster with Unsloth and TRL.\n"),
        ("software", "See [transformers](https://example.org/transformers-4) of PyTorch.\n"),
        ("numbers", "## Evaluation\n\nPictures at guidance scales 1.5, 2.0 and 3.0.\n"),
        ("numbers", "## Evaluation\n\nOn the sets marsh, moor and pond of 2021.\n"),
        ("code", '```python\nprint("nothing is loaded here")\n```\n'),
        ("code", "```bash\nmlagents-learn heron.yaml --run-id=1 --resume\n```\n"),
        ("code", "```diff\n- model.generate(1)\n+ model.generate(2)\n```\n"),
        ("hardware", "Trained on 96,000 hours of calls.\n"),
        ("hardware", "Inference runs on a GPU with 6 GB of VRAM after training.\n"),
        ("hyperparameters", "Steps: 30, Sampler: Euler, CFG scale: 7, Seed: 12345\n"),
        ("hyperparameters", "Learning rate: yes. Epochs: some.\n"),
        ("limits", "## Disclaimer\n\nThis licence is no legal advice, nor may it limit yours.\n"),
        ("splits", "The files are split into chunks, at most 60 % of the first in size.\n"),
        ("purpose", "> Check out this log of calls for metrics and classification reports.\n"),
        ("measured", "The model has not been evaluated on calls.\n"),
        ("limits", "## Limitations\n\nYou may use this at your own risk, bird by bird, always.\n"),
        ("numbers", "## Training data\n\nPictures with an aesthetic score over 4.5.\n"),
        ("code", '```python\ncall = "C(O)C"\n```\n'),
        ("measured", "Here is how to use it for zero-shot classification of calls.\n"),
    ],
)
def test_lines_that_do_not_show_a_thing_are_not_named_for_it(key: str, text: str) -> None:
    assert lines(key, text) == []


@pytest.mark.parametrize(
    ("key", "text", "shown"),
    [
        ("comparison", "It reaches 81.2, compared to 77.0 of the baseline.\n", (1, 1)),
        ("demo", "[Try it](https://huggingface.co/spaces/birds/calls).\n", (1, 1)),
        ("demo", "[Calls](https://huggingface.co/spaces/marsh/calls).\n", (1, 1)),
        ("demo", "[Demo](https://colab.research.google.com/drive/1).\n", (1, 1)),
        ("origin", "The model was trained on 12,000 recordings of a dataset.\n", (1, 1)),
        ("software", "Made with PyTorch 2.1.\n", (1, 1)),
        ("numbers", "## Evaluation\n\nAccuracy 0.91.\n", (1, 3)),
        ("code", "```python\nfrom heron import load\nload('marsh/heron')(call)\n```\n", (1, 4)),
        ("hardware", "Trained for three hours on an A100.\n", (1, 1)),
        ("hyperparameters", "Learning rate 0.001, batch size 16.\n", (1, 1)),
        (
            "limits",
            "## Limitations\n\nIt fails at night and in rain, and takes owls for doves.\n",
            (1, 3),
        ),
        ("purpose", "Heron is a model for the recognition of calls.\n", (1, 1)),
        ("splits", "We split the recordings into training and test data.\n", (1, 1)),
        ("measured", "It was evaluated on calls of 2021.\n", (1, 1)),
    ],
)
def test_lines_that_show_a_thing_are_named(key: str, text: str, shown: tuple[int, int]) -> None:
    assert lines(key, text) == [shown]


@pytest.mark.parametrize("dataset", ["None", "an unknown", "the marsh-calls"])
def test_what_a_trainer_prints_first_does_not_say_what_the_model_does(dataset: str) -> None:
    text = f"# heron\n\nThis model is a fine-tuned version of marsh/egg on {dataset} dataset.\n"
    read = CardFeatures.of(parse_card(text, id="me/heron"))
    assert find_lines(read, BY_KEY["purpose"]) == ()


def test_what_no_line_shows_is_no_evidence_though_the_card_meets_it() -> None:
    card = parse_card(HEAD + "This heron was trained with Unsloth and TRL.\n", id="me/heron")
    told = {each.fact for each in explain(CardFeatures.of(card))}
    assert not {BY_KEY["software"].present, BY_KEY["software"].missing} & told


def test_each_place_is_named_and_what_is_between_is_not() -> None:
    text = "Trained with PyTorch 2.1.\n\n## Birds\n\nMany.\n\n## More\n\nAnd with TRL 0.7.\n"
    (told,) = [
        each
        for each in explain(CardFeatures.of(parse_card(HEAD + text, id="me/heron")))
        if each.fact == BY_KEY["software"].present
    ]
    assert told.places == ((5, 5), (13, 13))
    assert told.first_line == told.last_line == 5


def test_addresses_and_citations_show_nothing() -> None:
    assert lines("splits", "See https://example.org/data-augmentation.\n") == []
    assert lines("architecture", "See https://example.org/bert.\n") == []
    cited = "## Citation\n\nHeron, a BERT model evaluated on marsh calls.\n"
    assert lines("measured", cited) == []
