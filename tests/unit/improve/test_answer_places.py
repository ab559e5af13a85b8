"""Where an answer stands: never in another's card, and told apart from what stands beside it."""

from __future__ import annotations

import pytest

from cardiogram.cards import parse_card
from cardiogram.improve import Draft, improve
from repository_rows import InMemory

FRONT = "---\nlicense: mit\n---\n"
PURPOSE = "It sorts tickets of a help desk, for support teams."


def draft_of(card: str, **answers: str) -> Draft:
    said = {id.replace("_", "-"): text for id, text in answers.items()}
    repository = InMemory("a/otter", {"README.md": card.encode()}, others={})
    draft = improve(repository, answers=said)
    assert not draft.unused
    again = InMemory("a/otter", {"README.md": draft.after.encode()}, others={})
    assert improve(again, answers=said).after == draft.after
    return draft


def headings_of(draft: Draft) -> list[str]:
    blocks = parse_card(draft.after.encode()).document.blocks
    return [block.text for block in blocks if block.kind == "heading"]


@pytest.mark.parametrize("front", [FRONT, ""])
@pytest.mark.parametrize(
    "body",
    [
        "## Usage\n\nCall it.\n",
        "Made in a week.\n\n## Training procedure\n\nFast.\n",
        "## Citation\n\nNone.\n",
        "# Usage\n\nCall it.\n\n# Training\n\nFast.\n\n# License\n\nMIT\n",
    ],
)
def test_without_a_title_the_purpose_comes_first(front: str, body: str) -> None:
    draft = draft_of(front + body, purpose=PURPOSE, how_to_use="import otter", language="en")
    text = parse_card(draft.after.encode()).body.lstrip()
    assert text.startswith(f"{PURPOSE}\n\n")
    assert not parse_card(draft.after.encode()).problems
    headings = headings_of(draft)
    assert len(headings) == len(set(headings))


@pytest.mark.parametrize(
    "title", ["# Otter", "## otter, fine-tuned for training", "### Model description"]
)
def test_below_a_title_the_purpose_comes_second(title: str) -> None:
    draft = draft_of(f"{FRONT}{title}\n\nSee below.\n\n### Training\n\nFast.\n", purpose=PURPOSE)
    assert f"{title}\n\n{PURPOSE}\n\nSee below.\n" in draft.after.text


def test_an_answer_goes_into_no_card_of_another_model() -> None:
    own = f"{FRONT}# Otter GGUF\n\nCopies.\n\n## Files\n\n- a.gguf\n"
    other = (
        "# Original model card: Otter\n\n# Otter\n\n## Intended use\n\nAll.\n\n"
        "## Training data\n\nWeb.\n\n## Limitations\n\nMany.\n"
    )
    draft = draft_of(
        f"{own}\n{other}", limitations="Fails on noise.", training_data="Calibrated on 128 texts."
    )
    before, mark, after = draft.after.text.partition("# Original model card")
    assert mark + after == other
    assert "## Training data\n\n**Training data:**" not in before
    assert "## Training data\n\nCalibrated on 128 texts.\n" in before
    assert "## Limitations\n\nFails on noise.\n" in before


def test_what_a_section_of_two_things_says_is_told_apart() -> None:
    card = f"{FRONT}# Otter\n\n## Intended uses & limitations\n\nMore information needed\n"
    draft = draft_of(card, limitations="Fails on noise.", intended_use="- Mail\n- Tickets")
    assert "Fails on noise.\n\nIntended use:\n\n- Mail\n- Tickets\n" in draft.after.text
    alone = draft_of(f"{FRONT}# Otter\n\nA bird.\n", intended_use="- Mail\n- Tickets")
    assert "## Intended use\n\n- Mail\n- Tickets\n" in alone.after.text
    claimed = {claim.quote.exact for claim in draft.claims if claim.how == "answered"}
    assert claimed == {"Fails on noise.", "- Mail", "- Tickets"}


def test_a_prompt_is_called_so() -> None:
    draft = draft_of(f"{FRONT}# Otter\n\nA bird.\n", prompt_format="```\n[INST] Hi\n```")
    assert "## How to use\n\nPrompt format:\n\n```\n[INST] Hi\n```\n" in draft.after.text


def test_another_licence_leaves_no_name_of_the_one_before() -> None:
    front = "---\nlicense: other\nlicense_name: otter-1\nlicense_link: LICENSE\ntags:\n- a\n---\n"
    draft = draft_of(f"{front}# Otter\n\nA bird.\n", licence="mit")
    assert draft.after.text.startswith("---\nlicense: mit\ntags:\n- a\n---\n")
    kept = draft_of(f"{front}# Otter\n\nA bird.\n", licence="other")
    assert kept.after.text.startswith(front)


TEMPLATE = f"""{FRONT}# Otter

## Training Details

### Training Procedure

#### Training Hyperparameters

- **Training regime:** [More Information Needed]

#### Speeds, Sizes, Times

[More Information Needed]

## Evaluation

#### Testing Data

[More Information Needed]

### Results

[More Information Needed]

## Technical Specifications

### Model Architecture and Objective

[More Information Needed]
"""


def test_an_answer_takes_no_place_that_waits_for_something_else() -> None:
    draft = draft_of(TEMPLATE, training_settings="lr 2e-5", comparison="F1 0.7", conversion="a.py")
    text = draft.after.text
    assert "### Results\n\n**Baseline:** F1 0.7\n" in text
    settings = "**Training settings:** lr 2e-5\n\n**Made with:** a.py\n\n- **Training regime:**"
    assert f"#### Training Hyperparameters\n\n{settings}" in text
    assert text.count("[More Information Needed]") == 4
