"""A card against itself: what is found without any file."""

from __future__ import annotations

import pytest

from cardiogram.cards import parse_card
from cardiogram.repository import RepositoryFacts
from cardiogram.repository.contradictions import find_contradictions

INDEX = """---
model-index:
- name: rook
  results:
  - metrics:
    - {{name: Winogrande, value: {value}}}
---
# rook

| Model | ARC | Winogrande |
|---|---|---|
| **rook** | 68.00 | 81.29 |
| crow | 70.22 | 81.37 |
"""
MERGE = "# Rook-7B-{}\n\n```yaml\nmerge_method: {}\n```\n"
CASES = {
    "metadata and the own row": (
        INDEX.format(value=68.0),
        INDEX.format(value=81.29),
        "The metadata say 68, the table says 81.29.",
    ),
    "title and configuration": (
        MERGE.format("slerp", "linear"),
        MERGE.format("ties", "dare_ties"),
        "The configuration says linear, the title says slerp.",
    ),
    "another name": (
        "# UNet\n\nThis repository is for `unet-r50`.\n",
        "# UNet\n\nThis repository is for `unet-r34`.\n",
        "The card says that this repository is for unet-r50; it is restor/unet-r34.",
    ),
    "languages": (
        "---\nlanguage: en\n---\n# A\n\n- **Language**: multi-lingual\n",
        "---\nlanguage: [en, de]\n---\n# A\n\n- **Language**: multi-lingual\n",
        "The metadata say en, the text says multilingual.",
    ),
    "base model": (
        "---\nbase_model: a/rook-8B\n---\n# B\n\nThis model was converted to MLX format from "
        "[`c/jay-8b`](https://huggingface.co/c/jay-8b) using mlx-lm version 0.10.0.\n",
        "---\nbase_model: c/jay-8b\n---\n# B\n\nThis model was converted to MLX format from "
        "[`c/jay-8b`](https://huggingface.co/c/jay-8b) using mlx-lm version 0.10.0.\n",
        "The metadata say 'a/rook-8B', the text says 'c/jay-8b'.",
    ),
}


@pytest.mark.parametrize(("wrong", "right", "why"), CASES.values(), ids=CASES)
def test_a_card_contradicts_itself(wrong: str, right: str, why: str) -> None:
    def read(text: str) -> list[tuple[str, str]]:
        card = parse_card(text, id="restor/unet-r34")
        hits = find_contradictions(card, RepositoryFacts(card.id))
        return [(each.severity, each.why) for each in hits]

    assert read(wrong) == [("warning", why)]
    assert read(right) == []
