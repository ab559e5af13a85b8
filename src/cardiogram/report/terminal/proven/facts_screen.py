"""Facts of a repository on one screen, with the place that proves each; or all of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

from cardiogram.report.markup import count_of, wrap_lines
from cardiogram.report.terminal.paint import paint, shorten, shorten_name
from cardiogram.report.terminal.short_markdown import HONEST, NAME, MarkdownPart, bound, write_parts
from cardiogram.report.terminal.writing import (
    SCREEN,
    Look,
    inline,
    join_parts,
    one_line,
    write_json,
)
from cardiogram.repository import Fact, RepositoryFacts
from cardiogram.repository.proof import facts_as_json, format_value, name_place

_GROUP, _NAME = 10, 18
_PROBLEMS = 3
_CUT = "cut"

_GROUPS = {
    "identity": "architecture pipeline components scheduler model_type task library "
    "library_version custom_code labels language chat_template chat_prompt",
    "origin": "base_model base_relation method merged_model merge_weight merge_density licence "
    "licence_name base_licence base_language base_context base_parameters base_words gated "
    "paper citation base_paper base_citation demo quantised_version first_commit last_commit",
    "size": "parameters context context_original layers dimensions pooling sequence_length "
    "experts experts_per_token hidden_size heads key_value_heads intermediate_size vocabulary "
    "sliding_window normalised similarity prompts image_size latent_size patch_size "
    "sampling_rate window columns example_input lower_case end_token begin_token padding_token "
    "generation_default safety_checker parameters_declared",
    "training": "steps epochs learning_rate rank lora_alpha lora_dropout target_modules "
    "batch_size total_batch_size accumulation schedule warmup_steps optimizer precision cutoff "
    "seed loss_function train_loss train_samples eval_samples training_seconds hardware "
    "hyperparameter learning_rate_logged",
    "data": "dataset dataset_rows dataset_columns dataset_licence dataset_language dataset_words",
    "results": "metric eval_result best_metric result_data result_config result_split result_shots "
    "result_revision",
    "files": "dtype quantisation bits size memory shards dtype_to_load group_size "
    "act_order stored_numbers file",
}
"""Names of facts by what a reader asks for; a name that stands nowhere is among the last."""

Rows = list[tuple[str, list[Fact]]]
"""Facts of a group by their names."""


def render_facts(
    target: str,
    facts: RepositoryFacts,
    form: Literal["text", "json", "markdown"] = "text",
    look: Look | None = None,
) -> str:
    """What a repository proves, in groups; with `-v` every fact with all of its places."""
    if form == "json":
        return write_json(facts_as_json(facts))
    look = look or Look()
    if form == "markdown":
        return _render_markdown(target, facts, look)
    groups = {heading: rows for heading, rows in _grouped(facts).items() if rows}
    if look.detail == "all":
        parts = [_all_of(heading, rows, look) for heading, rows in groups.items()]
        end = [line for said in _problems(facts) for line in _wrapped(said, look)]
    else:
        end = [line for said in _problems(facts)[:_PROBLEMS] for line in _wrapped(said, look)]
        if len(_problems(facts)) > _PROBLEMS:
            end.append(f"And {len(_problems(facts)) - _PROBLEMS} more like these.")
        end.append(paint("next: the same with -v  shows everything, and every place", "dim", look))
        room = SCREEN - 3 - len(end) - len(groups)  # a line a group tells what has no line
        shown = _share(groups, max(room, len(groups)))
        rows = [_short(heading, rows, shown[heading], look) for heading, rows in groups.items()]
        parts = [[line for lines in rows for line in lines]]
    if not groups:
        parts = [["No file proves anything that a card could say."]]
    return join_parts([_title(target, facts, look), *parts, end])


def _title(target: str, facts: RepositoryFacts, look: Look) -> list[str]:
    files = {(source.repo, source.path) for fact in facts.facts for source in fact.sources}
    count = f"{count_of(len(facts.facts), 'fact')} from {count_of(len(files), 'file')}"
    at = f" at {facts.commit[:7]}" if facts.commit else ""
    name = shorten_name(one_line(target) + at, look.width - len(count) - 2)
    return [paint(name, "bold", look) + f"{count:>{look.width - len(name)}}"]


def _grouped(facts: RepositoryFacts) -> dict[str, Rows]:
    by_name: dict[str, list[Fact]] = {}
    for fact in facts.facts:
        by_name.setdefault(fact.name, []).append(fact)
    grouped: dict[str, Rows] = {}
    for heading, listed in _GROUPS.items():
        grouped[heading] = [(name, by_name.pop(name)) for name in listed.split() if name in by_name]
    grouped["other"] = list(by_name.items())
    return grouped


def _share(groups: dict[str, Rows], room: int) -> dict[str, int]:
    """How many rows of each group are shown: as many as there is room for, in turn."""
    shown = dict.fromkeys(groups, 0)
    while room > 0 and any(shown[heading] < len(rows) for heading, rows in groups.items()):
        for heading, rows in groups.items():
            if room > 0 and shown[heading] < len(rows):
                shown[heading] += 1
                room -= 1
    return shown


def _short(heading: str, rows: Rows, count: int, look: Look) -> list[str]:
    """The first rows of a group with their places, and a line of the others."""
    head = f"{heading:<{_GROUP}}"
    lines: list[str] = []
    for name, facts in rows[: count if count + 1 < len(rows) else len(rows)]:
        start = f"{shorten(name.replace('_', ' '), _NAME - 1):<{_NAME}}"
        place = one_line(name_place(facts[0].sources[0])) if facts[0].sources else ""
        value, room = _values(facts), look.width - _GROUP - _NAME - 2
        wide = max(room - len(place), min(len(value), room // 2))  # a long value leaves half
        place = paint(shorten_name(place, room - wide), "dim", look)
        first = paint(head, "bold", look) if not lines else " " * _GROUP
        lines.append(f"{first}{start}{shorten(value, wide):<{wide}}  {place}".rstrip())
    if others := rows[len(lines) :]:
        words = ", ".join(f"{name.replace('_', ' ')} {_values(facts)}" for name, facts in others)
        also = shorten(f"also {words}", look.width - _GROUP)
        lines.append(" " * _GROUP + paint(also, "dim", look))
    return lines


def _values(facts: Sequence[Fact], longest: int | None = 60) -> str:
    """The values of all facts of a name, each after what it is of."""
    return ", ".join(
        one_line(f"{fact.about} {_value(fact, longest)}".lstrip())
        for fact in sorted(facts, key=lambda fact: bool(fact.about))
    )


def _value(fact: Fact, longest: int | None = 60) -> str:
    text = format_value(fact.value, longest)
    return f"{text} {fact.unit}" if fact.unit and fact.unit != fact.name else text


def _all_of(heading: str, rows: Rows, look: Look) -> list[str]:
    lines = [paint(heading.capitalize(), "bold", look)]
    for name, facts in rows:
        for fact in facts:
            about = f" ({one_line(fact.about)})" if fact.about else ""
            words = f"{name.replace('_', ' ')}{about}: {one_line(_value(fact, None))}"
            lines += wrap_lines(words, "  ", "    ", look.width)
            if fact.note:
                lines += wrap_lines(one_line(fact.note), "    ", width=look.width)
            for source in fact.sources:
                how = "" if fact.how == "read" or source.counted else f" ({fact.how})"
                place = f"{one_line(name_place(source))}{how}"
                lines += [paint(line, "dim", look) for line in _indented(place, look)]
    return lines


def _indented(text: str, look: Look) -> Iterator[str]:
    yield from wrap_lines(text, "    ", "      ", look.width)


def _problems(facts: RepositoryFacts) -> list[str]:
    said = [
        f"Sources differ on {fact.name.replace('_', ' ')}: {_said(fact)}, {_said(other)}."
        for fact, other in facts.disagreements
    ]
    said += [f"Could not be read: {one_line(problem).rstrip('.')}." for problem in facts.problems]
    return said


def _said(fact: Fact) -> str:
    place = name_place(fact.sources[0]) if fact.sources else "the files"
    return one_line(f"{_value(fact)} ({place})")


def _wrapped(text: str, look: Look) -> list[str]:
    return wrap_lines(text, "", "  ", look.width)


# Markdown --------------------------------------------------------------------------------------


def _render_markdown(target: str, facts: RepositoryFacts, look: Look) -> str:
    """What a card may say without asking anybody: nothing that it says by itself alone."""
    proven = [
        replace(fact, sources=sources)
        for fact in facts.facts
        if (sources := tuple(each for each in fact.sources if not each.is_own_word))
    ]
    facts = replace(facts, facts=tuple(proven))
    said = [f"- {inline(bound(problem, look))}" for problem in _problems(facts)]
    title = f"### {inline(bound(target, look, NAME))}: {count_of(len(proven), 'fact')}"
    groups = {heading: _points(rows, look) for heading, rows in _grouped(facts).items()}
    is_cut = any(f" ({_CUT}): " in point for points in groups.values() for point in points)
    parts = [
        MarkdownPart([], [title]),
        MarkdownPart([], [HONEST]),
        *(MarkdownPart([f"**{heading}**", ""], points) for heading, points in groups.items()),
        MarkdownPart([], [f"Copy nothing of what is {_CUT}: {look.whole}."] if is_cut else []),
        MarkdownPart([], said, 1, "problems"),
    ]
    return "\n".join(write_parts(parts, look))


def _points(rows: Rows, look: Look) -> list[str]:
    if look.detail == "short":
        return [_point(name, facts, look) for name, facts in rows]
    return [_point(name, [fact], look) for name, facts in rows for fact in facts]


def _point(name: str, facts: Sequence[Fact], look: Look) -> str:
    """Values with the first place; where a value is not all there, its name says so."""
    sources, whole = facts[0].sources, _values(facts, None)
    value = whole if look.detail == "all" else bound(_values(facts), look, 80)
    place = bound(one_line(name_place(sources[0])), look, 60) if sources else ""
    said = name.replace("_", " ") + f" ({_CUT})" * (value != whole)
    return f"- {said}: {inline(value)}" + f" ({inline(place)})" * bool(place)
