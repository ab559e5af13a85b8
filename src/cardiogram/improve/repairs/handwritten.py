"""What a person wrote of a card, and what a generator wrote over: the card, or its tags."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from cardiogram.cards import parse_card
from cardiogram.cards.features import find_makers, is_boilerplate
from cardiogram.errors import CardiogramError
from cardiogram.improve.editing import ReadmeText
from cardiogram.improve.operations import AddMetadata
from cardiogram.improve.repairs.body_lines import BodyLines
from cardiogram.improve.repairs.placeholders import generator_lines
from cardiogram.improve.repairs.seen_card import README, Repairs, SeenCard
from cardiogram.improve.repairs.template_words import repair
from cardiogram.repository.access import RepositoryCommit

_LEAST_WORDS = 40
_SENTENCE = 8
"""Words of the shortest block that counts: lists of settings and versions do not."""
_OPENINGS = (
    "This model is a fine-tuned version of ",
    "This model was trained from scratch on ",
    "This pipeline was finetuned from ",
    "This is a sentence-transformers model",
    "Then you can load this model",
    "This is a merge of pre-trained language models",
    "This model was merged using the ",
    "The following models were included",
    "The following YAML configuration",
    "optimizer: ",
)
"""Sentences that generators fill with names and numbers."""
_MADE_TAGS = frozenset(
    (
        *("lora", "transformers", "peft", "adapter", "sft", "trl", "dpo", "grpo", "orpo"),
        *("axolotl", "unsloth", "generated_from_trainer", "text-generation"),
    )
)
_ADAPTED = "base_model:adapter:"
_MOST = 3


def written_words(readme: ReadmeText) -> int:
    """Words of paragraphs and lists that no generator wrote."""
    card = parse_card(readme.encode())
    made = generator_lines(readme)
    lines = BodyLines.of(readme).lines
    words = 0
    for block in card.document.blocks:
        line = lines[block.line - 1].strip() if block.line <= len(lines) else ""
        if block.kind in ("paragraph", "item") and line not in made and not _opens(block.text):
            count = len(block.text.split())
            words += 0 if count < _SENTENCE or is_boilerplate(block.text) else count
    return words


def _opens(text: str) -> bool:
    return text.startswith(_OPENINGS)


def is_handwritten(readme: ReadmeText) -> bool:
    r"""Whether a person wrote a part of a card that a reader would miss.

    Examples
    --------
    >>> is_handwritten(ReadmeText("# Model Card for Model ID\n\n[More Information Needed]\n"))
    False
    """
    return written_words(readme) >= _LEAST_WORDS


def is_written(data: bytes) -> bool:
    """As :func:`is_handwritten`, of a README's bytes; what no draft could go on from counts as no.

    It is what :func:`cardiogram.track.history.read_history` asks of each text of a card.
    """
    try:
        return is_handwritten(ReadmeText.of(data))
    except CardiogramError:
        return False


def last_written(
    revisions: Iterable[tuple[RepositoryCommit, ReadmeText]],
) -> tuple[RepositoryCommit, ReadmeText] | None:
    """The last revision that a person wrote and a generator's card took the place of.

    Parameters
    ----------
    revisions
        Of README.md, newest first, the present one among them; read only as far as needed.

    Returns
    -------
    tuple or None
        None where the present one is handwritten or no generator's, or where none was.
    """
    for number, (commit, readme) in enumerate(revisions):
        if number == 0:
            if is_handwritten(readme) or not find_makers(parse_card(readme.encode())):
                return None
        elif is_handwritten(readme):
            return commit, readme
    return None


def overwritten_tags(seen: SeenCard) -> Repairs:
    """Tags of an earlier revision, where the present ones are PEFT's alone."""
    tags = seen.view.card.metadata.texts("tags")
    made = all(tag in _MADE_TAGS or tag.startswith(_ADAPTED) for tag in tags)
    if not (made and any(tag.startswith(_ADAPTED) for tag in tags)):
        return
    try:
        for commit, data in islice(seen.view.repository.earlier(README), _MOST):
            had = parse_card(data).metadata.texts("tags")
            lost = [tag for tag in had if tag not in _MADE_TAGS and not tag.startswith(_ADAPTED)]
            if lost:
                known = f"They stood in the card of {commit.date[:10]} (commit {commit.id[:7]})."
                yield repair("tags", [AddMetadata("tags", tuple(dict.fromkeys(lost)))], (), known)
                return
    except CardiogramError:
        return
