"""The forms in which `cardiogram verify` prints cards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Literal

from cardiogram.check import VerifiedCard
from cardiogram.report.markup import count_of
from cardiogram.report.terminal.paint import Shade, paint, shorten, shorten_name
from cardiogram.report.terminal.proven.verified_words import (
    HEADINGS,
    LEVELS,
    count_proven,
    count_said,
    describe_taken_out,
    describe_unproven,
    describe_unread,
    message_of,
    rule_of,
)
from cardiogram.report.terminal.short_markdown import (
    NAME,
    ROOM,
    MarkdownPart,
    bound,
    fit,
    write_parts,
)
from cardiogram.report.terminal.writing import (
    Look,
    annotate,
    cell,
    inline,
    one_line,
    sarif_contradictions,
    sarif_result,
    write_json,
    write_sarif,
)
from cardiogram.repository.access import withhold_logins
from cardiogram.repository.proof import STATES, State, Verification, Verified, source_as_json

VerifiedForm = Literal["text", "json", "sarif", "markdown", "github"]


def render_verified(
    targets: Sequence[VerifiedCard], form: VerifiedForm = "text", look: Look | None = None
) -> str:
    """Verified cards in one of the forms that `cardiogram verify` prints."""
    look = look or Look()
    targets = [_without_logins(target) for target in targets]
    if form == "json":
        return write_json([_as_object(target) for target in targets])
    if form == "markdown":
        return _render_markdown(targets, look)
    if form == "github":
        ordered = sorted(targets, key=lambda target: not target.verification.of("unproven"))
        return "".join(f"{line}\n" for target in ordered for line in _annotations(target))
    if form == "sarif":
        return _render_sarif(targets)
    from cardiogram.report.terminal.proven.verified_card import render_card

    if len(targets) == 1:
        return render_card(targets[0], look)
    if look.detail == "all":
        return "\n\n".join(render_card(target, look) for target in targets)
    return _render_list(targets, look)


def _without_logins(target: VerifiedCard) -> VerifiedCard:
    """The same; a token that the author left in a sentence goes into no log."""
    sentences = tuple(
        replace(each, sentence=withhold_logins(each.sentence), why=withhold_logins(each.why))
        for each in target.verification.sentences
    )
    unproven = tuple(
        replace(each, quote=withhold_logins(each.quote)) for each in target.verification.unproven
    )
    verification = replace(target.verification, sentences=sentences, unproven=unproven)
    return replace(target, verification=verification)


# Text ------------------------------------------------------------------------------------------


def _render_list(targets: Sequence[VerifiedCard], look: Look) -> str:
    """A line a card, the worst first, and what is worst of each kind that it has."""
    of_new = [len(target.verification.of("unproven")) for target in targets]
    head = f"{'false':>6} {'new':>6} " if any(of_new) else f"{'false':>6} "
    head += f"{'doubt':>6} {'proven':>9}  "
    lines = [paint(f"{head}card", "dim", look)]
    for target in sorted(targets, key=_badness):
        said = target.verification
        counted = {state: len(said.of(state)) for state in _LISTED}
        numbers = " ".join(
            f"{count:>6}" for state, count in counted.items() if state != "unproven" or any(of_new)
        )
        numbers += f" {f'{count_proven(said)} of {count_said(said)}':>9}  "
        shade: Shade = "refused" if said.is_refused else "bold"
        name = shorten_name(one_line(target.name), look.width - len(head))
        lines.append(f"{paint(numbers, shade, look)}{name}")
        for first in (said.of(state)[0] for state, count in counted.items() if count):
            words = f"line {first.line}: {one_line(first.why)}"
            lines.append(shorten(f"{'':>7}{words}", look.width))
    return "\n".join([*lines, "", f"{_total(targets)}."]) + "\n"


_LISTED: tuple[State, ...] = ("contradicted", "unproven", "doubtful")


def _badness(target: VerifiedCard) -> tuple[int, ...]:
    said = target.verification
    return tuple(-len(said.of(state)) for state in STATES[:-1])


def _total(targets: Sequence[VerifiedCard]) -> str:
    """How many cards there are, and how many of them say what is false or not proven."""
    false = sum(target.verification.is_refused for target in targets)
    if not false:
        return f"Nothing contradicted in {count_of(len(targets), 'card')}"
    verb = "says" if false == 1 else "say"
    said = [target.verification for target in targets]
    whats = ["files contradict"] if any(each.of("contradicted") for each in said) else []
    whats += ["no file proves"] if any(each.of("unproven") for each in said) else []
    what = " or ".join(whats)
    return f"{false} of {count_of(len(targets), 'card')} {verb} what {what}"


# JSON ------------------------------------------------------------------------------------------


def _as_object(target: VerifiedCard) -> dict[str, object]:
    """Everything that is known of a card."""
    said = target.verification
    return {
        "target": one_line(target.name),
        "repo": one_line(said.repo),
        "commit": said.commit,
        "card_sha256": said.sha256,
        "edited": said.edited,
        "proof": None if said.proof is None else {"claims": len(said.proof.claims)},
        "counts": {state: len(said.of(state)) for state in STATES},
        "sentences": [_sentence_object(sentence) for sentence in said.sentences],
        "unproven": [
            {"name": each.kind, "about": each.about, "line": each.line} for each in said.unproven
        ],
        "unread": list(said.unread),
        "taken_out": list(said.taken_out),
        "problems": [one_line(problem) for problem in said.problems],
    }


def _sentence_object(sentence: Verified) -> dict[str, object]:
    return {
        "state": sentence.state,
        "name": sentence.name,
        "about": sentence.about,
        "rule": sentence.rule,
        "line": sentence.line,
        "sentence": sentence.sentence,
        "why": sentence.why,
        "claimed": sentence.claimed,
        "sources": [source_as_json(source) for source in sentence.sources],
    }


# Markdown --------------------------------------------------------------------------------------


def _render_markdown(targets: Sequence[VerifiedCard], look: Look) -> str:
    """What does not hold, the worst card first, what no file proves, and what they do prove."""
    proven = sum(count_proven(target.verification) for target in targets)
    lines = [f"### {_total(targets)}, {count_of(proven, 'statement')} proven", ""]
    taken = len(lines[0]) + 2
    named = len(targets) > 1
    shared = _shared_problems(targets)
    parts = [_parts_of(each, look, shared, named=named) for each in sorted(targets, key=_badness)]
    texts = ["\n".join(write_parts(each, look, taken)) for each in parts]
    texts = list(filter(None, texts))
    kept = len(texts) if look.detail == "all" else fit(texts, ROOM)
    lines += texts[:kept]
    lines += [f"And {count_of(len(texts) - kept, 'card')} more.", ""] if kept < len(texts) else []
    mends = dict.fromkeys(line for each in targets for line in _mends(each.verification))
    lines += [*mends, ""] if named and mends else []
    lines += [f"- {count} cards: {inline(bound(said, look))}" for said, count in shared.items()]
    return "\n".join([*lines, ""] if shared else lines)


def _shared_problems(targets: Sequence[VerifiedCard]) -> dict[str, int]:
    """What several cards have, such as a Hub that cannot be reached: it is said once."""
    counted = Counter(
        said for each in targets for said in {*map(_reason, each.verification.problems)}
    )
    return {said: count for said, count in sorted(counted.items()) if count > 1}


def _reason(problem: str) -> str:
    """A problem without the repositories that a card alone names."""
    _, away, why = problem.partition(_AWAY)
    return f"{_AWAY[2:]}{why}" if away else problem


def _parts_of(
    target: VerifiedCard, look: Look, shared: Collection[str], *, named: bool
) -> list[MarkdownPart]:
    said = target.verification
    rows = [_row(sentence, look) for sentence in said.sentences if sentence.state != "holds"]
    problems = [
        f"- {inline(bound(problem, look))}"
        for problem in said.problems
        if _reason(problem) not in shared
    ]
    unproven = "" if named else describe_unproven(said, look)
    return [
        MarkdownPart(
            [],
            [f"**{inline(bound(target.file, look, NAME))}**"]
            if named and (rows or problems)
            else [],
        ),
        MarkdownPart(["| line | | sentence | |", "|---|---|---|---|"], rows, 2, "sentences"),
        MarkdownPart([], [] if named else _mends(said)),
        MarkdownPart([], [unproven] if unproven else []),
        MarkdownPart([], [unread] if (unread := describe_unread(said, look)) else []),
        MarkdownPart([], [gone] if (gone := describe_taken_out(said, look)) else []),
        MarkdownPart([], problems, 1, "problems"),
    ]


def _mends(said: Verification) -> list[str]:
    """What to do with the rows."""
    against = said.of("contradicted") or said.of("doubtful")
    new = ["Take out what is new and not proven, or have the author say it."]
    return [*([_MEND] if against else []), *(new if said.of("unproven") else [])]


_AWAY = ": cannot reach the Hub"
_MEND = (
    "Where a file proves another value, write that. Where only the author can tell, ask: do not "
    "choose a side, and take out no sentence of theirs."
)


def _row(sentence: Verified, look: Look) -> str:
    cells = (cell(bound(text, look)) for text in (sentence.sentence, sentence.why))
    return f"| {sentence.line or ''} | {HEADINGS[sentence.state]} | {' | '.join(cells)} |"


# Programs --------------------------------------------------------------------------------------


def _annotations(target: VerifiedCard) -> Iterator[str]:
    for sentence in target.verification.sentences:
        if sentence.state != "holds":
            level = LEVELS[sentence.state]
            title = " ".join(filter(None, (sentence.rule, HEADINGS[sentence.state])))
            line = max(1, sentence.line)
            yield annotate(level, one_line(target.file), line, title, message_of(sentence))


def _render_sarif(targets: Sequence[VerifiedCard]) -> str:
    rules: list[dict[str, object]] = [
        {
            "id": f"proof/{state}",
            "shortDescription": {"text": HEADINGS[state]},
            "defaultConfiguration": {"level": level},
        }
        for state, level in LEVELS.items()
    ]
    rules += sarif_contradictions()
    places = {rule["id"]: index for index, rule in enumerate(rules)}
    results = [
        sarif_result(
            target.file,
            rule_of(sentence),
            places[rule_of(sentence)],
            LEVELS[sentence.state],
            message_of(sentence),
            max(1, sentence.line),
        )
        for target in targets
        for sentence in target.verification.sentences
        if sentence.state != "holds"
    ]
    return write_sarif(rules, results)
