"""Sections that say nothing of the card's own model."""

import pytest

from cardiogram.cards.card import parse_card
from cardiogram.cards.features.vector import Features, count_features

CARD = (
    "---\ntags: [ornithology]\n---\n"
    "# Squawker\n\nSquawker repeats birdsong that it heard in gardens.\n\n"
)
STRANGE = (
    "## Limitations\n\nRadiographs of children were scarce among those collected by hospitals in "
    "Lisbon; fractures of wrists, elbows and ankles were confused by radiologists, so physicians "
    "ought to inspect every diagnosis.\n"
)


def features(text: str, **more: str) -> Features:
    return count_features(parse_card(text, **({"id": "me/squawker-mini"} | more)))


def loose(text: str, topic: str = "limitations", **more: str) -> bool:
    found = features(text, **more)
    aside = found.numbers[f"loose_{topic}"] > 0
    assert aside == (found.topics[topic].words == 0), "words count in one place"
    return aside


def test_a_section_that_shares_no_telling_word_is_loose() -> None:
    found = features(CARD + STRANGE)
    assert loose(CARD + STRANGE)
    assert found.topics["limitations"].first_line == CARD.count("\n") + 1, "it stands there"
    assert not found.mentions.get("says_limits")


@pytest.mark.parametrize(
    "tied",
    [
        (CARD, STRANGE.replace("Radiographs", "Squawks of gardens and radiographs")),
        (CARD.replace("gardens", "hospitals"), STRANGE),
        (CARD.replace("ornithology", "physicians"), STRANGE),
        (CARD + "```python\nload('fractures')\n```\n\n", STRANGE),
        (CARD, STRANGE.replace("every", "Squawker's")),
    ],
    ids=["topic", "text", "tags", "code", "name"],
)
def test_a_word_of_the_rest_ties_a_section(tied: tuple[str, str]) -> None:
    assert not loose("".join(tied))


@pytest.mark.parametrize("hidden", ["<!-- hospitals -->", "<p hidden>hospitals</p>"])
def test_what_nobody_sees_ties_nothing(hidden: str) -> None:
    assert loose(f"{CARD}{hidden}\n\n{STRANGE}")


def test_other_topics_and_text_above_the_headings_are_left_alone() -> None:
    prose = STRANGE.partition("\n\n")[2]
    for heading in ("Training procedure", "Citation", "Thoughts"):
        found = features(f"{CARD}## {heading}\n\n{prose}")
        assert found.whole.words > 30
    assert features(prose).whole.words > 20


CODE = """## Usage

```python
from transformers import AutoModel
model = AutoModel.from_pretrained("you/wrist-reader")
```
"""


@pytest.mark.parametrize(
    ("card", "aside"),
    [
        (CARD + CODE, True),
        (CARD + CODE.replace("you/wrist-reader", "me/squawker-mini"), False),
        (CARD + CODE.replace("you/wrist-reader", "you/squawker-base"), False),
        (CARD.replace("tags:", "base_model: you/wrist-reader\ntags:") + CODE, False),
        (CARD + "It needs you/wrist-reader.\n\n" + CODE, False),
        (CARD + CODE.replace("you/wrist-reader", "./here/there"), False),
    ],
    ids=["another", "own", "a sibling", "base", "named", "a path"],
)
def test_code_that_loads_a_repository_named_nowhere_else(card: str, aside: bool) -> None:
    found = features(card)
    assert (found.numbers["loose_code"] > 0) == aside == (found.topics["usage"].code == 0)


@pytest.mark.parametrize(
    ("line", "aside"),
    [
        ("The model may give wrong or biased output.", True),
        ("Squawker may give wrong or biased output.", False),
        ("The model may give wrong output after 512 tokens.", False),
        ("The model may fail on whispers, sneezes and thunder.", False),
        ("Das Modell gibt öfter Falsches aus.", False),
        ("", False),
    ],
)
def test_a_line_of_everyday_words_is_hollow(line: str, aside: bool) -> None:
    found = features(f"{CARD}## Limitations\n\n{line}\n")
    assert (found.numbers["loose_limitations"] > 0) == aside


LINKS = """## Results

| Model | Score |
|---|---|
| [one](https://huggingface.co/you/wrist-one) | 70.1 |
| https://hf.co/you/wrist-two | 71.2 |
| [data](https://huggingface.co/datasets/you/bones) | |
"""


@pytest.mark.parametrize(
    ("card", "aside"),
    [
        (CARD + LINKS, True),
        (CARD + LINKS.replace("datasets/you/bones", "you/wrist-one"), False),
        (CARD + LINKS.replace("datasets/you/bones", "docs/bones"), False),
        (CARD + LINKS.replace("you/bones", "me/bones"), False),
        (CARD + LINKS.replace("| [data]", "| Squawker [data]"), False),
        (CARD + "It learned from wrist-two.\n\n" + LINKS, False),
        (CARD.replace("tags:", "datasets: you/bones\ntags:") + LINKS, False),
    ],
    ids=["others", "two alone", "a page", "the owner's", "name", "named", "its data"],
)
def test_links_to_several_repositories_named_nowhere_else(card: str, aside: bool) -> None:
    assert loose(card, "evaluation") == aside


def test_short_names_tie_as_whole_words_alone() -> None:
    tuned = LINKS.replace("Score", "fine score")
    assert loose(CARD + tuned, "evaluation", id="me/fin-squawker")
    assert not loose(CARD + tuned.replace("fine", "fin"), "evaluation", id="me/fin-squawker")


MERGE = """## Configuration

```yaml
models:
  - model: you/wrist-one
merge_method: ties
base_model: you/wrist-two
```
"""


@pytest.mark.parametrize(
    ("card", "aside"),
    [
        (CARD + MERGE, True),
        (CARD.replace("tags:", "base_model: you/wrist-one\ntags:") + MERGE, False),
        (CARD + MERGE.replace("model: you", "path: you").replace("base_model", "base"), False),
    ],
    ids=["others", "its base", "no models"],
)
def test_a_merge_of_models_named_nowhere_else(card: str, aside: bool) -> None:
    found = features(card)
    assert (found.numbers["loose_code"] > 0) == aside == (found.topics["training"].code == 0)


THEIRS = f"""# Wrist reader

The wrist reader, you/wrist-reader, tells fractures of wrists.

{CODE}
{STRANGE.replace("Radiographs", "The wrist reader has limits: radiographs")}
"""


@pytest.mark.parametrize(
    ("card", "aside"),
    [
        (THEIRS, True),
        (THEIRS + "\nThis is Squawker.\n", False),
        ("---\nbase_model: you/wrist-reader\n---\n" + THEIRS, False),
        (THEIRS.replace("tells", "tells me/chirp, `me/chirp`,"), True),
        (THEIRS + '\n```python\nload("me/chirp")\n```\n', False),
        (THEIRS.replace("from_pretrained", "load").replace('"', ""), False),
    ],
    ids=["whole", "named", "its base", "prose", "own code", "no repository"],
)
def test_a_whole_card_of_another_model(card: str, aside: bool) -> None:
    """A section whose words stand elsewhere in the card is loose with the rest of it."""
    assert loose(card, id="me/squawker") == aside


def test_how_much_of_its_name_a_card_says() -> None:
    said, copied = (features(CARD, id=id).numbers for id in ("me/squawker-mini", "me/croaker-mini"))
    assert (said["name_said"], said["name_unsaid"]) == (1, 0)
    assert copied["name_said"] == 0 < copied["name_unsaid"]
    assert features(CARD, id="me/model-7b").numbers["name_said"] == 0.5, "it has no name of its own"
