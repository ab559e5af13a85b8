"""All repairs of a card."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cardiogram.improve.draft import DraftChange, Question
from cardiogram.improve.repairs.bases_and_data import base_model, data_heading, data_ids
from cardiogram.improve.repairs.first_sentence import first_sentence, pipeline_data
from cardiogram.improve.repairs.handwritten import overwritten_tags
from cardiogram.improve.repairs.licences_left import language, licence, licence_key
from cardiogram.improve.repairs.listed_results import (
    best_checkpoint,
    first_evaluation,
    framework_versions,
)
from cardiogram.improve.repairs.placeholders import clear_placeholders
from cardiogram.improve.repairs.seen_card import Repairs, SeenCard
from cardiogram.improve.repairs.template_fields import template_fields
from cardiogram.improve.repairs.unnamed_places import prompt, repository_id, title
from cardiogram.improve.view import DraftView

_REPAIRS: tuple[Callable[[SeenCard], Repairs], ...] = (
    title,
    first_sentence,
    pipeline_data,
    best_checkpoint,
    first_evaluation,
    repository_id,
    template_fields,
    data_heading,
    base_model,
    data_ids,
    overwritten_tags,
    licence_key,
    licence,
    language,
    framework_versions,
)


def find_repairs(view: DraftView) -> Repairs:
    """Defects that generators left in a card: mended where files prove what is right, else asked.

    A question that several defects lead to is asked once. What a template left and nobody filled
    stays: :func:`clear_templates` takes it away where the author wants that.
    """
    seen, asked = SeenCard(view), set[str]()
    if not view.readme.text.strip():
        return
    for find in _REPAIRS:
        for each in find(seen):
            if isinstance(each, Question):
                if each.id in asked:
                    continue
                asked.add(each.id)
            elif not each.operations:
                continue
            yield each


def clear_templates(view: DraftView) -> Iterator[DraftChange]:
    """What a template left and nobody filled goes, and the prompt that TRL puts on every card.

    It belongs behind all other changes, which may fill a part of it.
    """
    yield from (each for each in prompt(SeenCard(view)) if isinstance(each, DraftChange))
    yield from clear_placeholders(view.readme)
