"""Facts of the Hub itself: access, dates, Spaces that use a model, quantised copies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from cardiogram.repository.fact import Fact

if TYPE_CHECKING:
    from cardiogram.repository.facts.repository_files import Files

MOST_SPACES, MOST_CHILDREN = 2, 2
OTHERS = "of somebody else"


def gate_facts(files: Files) -> Iterator[Fact]:
    """Whether access must be asked for, and how."""
    source = files.in_info("gated")
    if source is not None and source.value in (False, "auto", "manual"):
        yield Fact("gated", source.value, (source,))


def listing_facts(files: Files) -> Iterator[Fact]:
    """Library and task that the Hub lists it under, be it by its files or by its card."""
    for key, name in (("library_name", "listed_library"), ("pipeline_tag", "listed_task")):
        source = files.in_info(key)
        if source is not None and isinstance(source.value, str):
            yield Fact(name, source.value, (source,))


def date_facts(files: Files) -> Iterator[Fact]:
    """Dates of the first and of the last commit; neither is that of a release."""
    for key, name in (("createdAt", "first_commit"), ("lastModified", "last_commit")):
        source = files.in_info(key)
        if source is not None and isinstance(source.value, str):
            note = "when the repository was made, not when the model was released"
            yield Fact(name, source.value[:10], (source,), note=note if key == "createdAt" else "")


def space_facts(files: Files) -> Iterator[Fact]:
    """Spaces that the Hub lists, those of the same owner first, proved by their own cards."""
    listed = files.in_info("spaces")
    spaces = listed.value if listed is not None and isinstance(listed.value, list) else []
    owner = files.repository.id.partition("/")[0]
    order = sorted(range(len(spaces)), key=lambda i: not str(spaces[i]).startswith(f"{owner}/"))
    for index in order[:MOST_SPACES]:
        source, id = files.in_info("spaces", index), str(spaces[index])
        if source is None:
            continue
        sources, space = [source], files.other(id, "space")
        models = space.front.get("models") if space is not None else None
        if space is not None and isinstance(models, list) and files.repository.id in models:
            named = space.at("README.md", "models", models.index(files.repository.id))
            sources += [named] if named is not None else []
        note = "" if id.startswith(f"{owner}/") else OTHERS
        yield Fact("demo", id, tuple(sources), note=note)


def children_facts(files: Files) -> Iterator[Fact]:
    """Quantised copies that the Hub lists, proved by their own cards."""
    counts = files.repository.info.get("childrenModelCount")
    if isinstance(counts, dict) and not counts.get("quantized"):
        return
    for id in files.repository.children("quantized", MOST_CHILDREN):
        child = files.other(id)
        source = child.at("README.md", "base_model") if child is not None else None
        if source is not None and files.repository.id in (source.value, *_list(source.value)):
            note = "" if id.startswith(f"{files.repository.id.partition('/')[0]}/") else OTHERS
            yield Fact("quantised_version", id, (source,), note=note)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


PRESENCE_FACTS = (gate_facts, listing_facts, date_facts, space_facts, children_facts)
