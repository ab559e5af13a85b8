"""Words for a checked card that every form of it shares; nothing here computes a rating."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cardiogram.cards import explain_problem
from cardiogram.cards.lint import Finding
from cardiogram.check import Checked, DeletedCard, MissingCard, falls_short, is_edited
from cardiogram.judge import Evidence, Score, load_rubric
from cardiogram.judge.expectations import Gap, name_lacks
from cardiogram.names import CRITERIA
from cardiogram.report.markup import count_of, format_percent, join_words, level_of, printable
from cardiogram.report.terminal.writing import one_line

if TYPE_CHECKING:
    from cardiogram.maps import Neighbour, Place

Absent = Sequence[DeletedCard | MissingCard]
"""Cards that are not there: gone since an edit, or those of models without one."""

Places = Mapping[str, "Place"]
"""Where cards fall on a map, by the target that was checked."""

GAPS_SHOWN = 3
SHORT_SHOWN = 10
_CHANGES = 3
"""Criteria of which a change is told: the line has no room for more."""

_SHOWN_EFFECT = 0.05


def grade_of(checked: Checked) -> str:
    """The rubric's word for the overall number."""
    grades = load_rubric(checked.rating.rubric_version).overall_names
    return grades[level_of(checked.rating.scores["overall"].expected)].split()[0].lower()


def scores_of(checked: Checked) -> dict[str, Score]:
    """The numbers of the criteria."""
    return {name: each for name, each in checked.rating.scores.items() if name != "overall"}


def interval_of(score: Score) -> str:
    """The 90 % interval of a number, where it was measured: "1.6 to 3.4"."""
    if score.low is None or score.high is None:
        return ""
    return f"{score.low:.1f} to {score.high:.1f}"


NOT_ENGLISH = (
    "Part of it is not in English, which the judge reads best: it may say more than is found here."
)


def name_of(checked: Checked) -> str:
    """What to call a card: as it was asked for."""
    if checked.target == "-":
        return one_line(checked.card.id) or "standard input"
    return one_line(checked.target)


def judged_by(checked: Checked) -> str:
    """Who rated the card, by which rubric."""
    rating = checked.rating
    judge = "the built-in judge" if rating.judge == "embedded" else f"judge {rating.judge}"
    return f"{judge} {rating.judge_version}, rubric {rating.rubric_version}"


def untold(checked: Checked) -> list[str]:
    """Problems of the card in words, without those that a finding tells with its line."""
    messages = {finding.message for finding in checked.findings}
    words = map(explain_problem, checked.card.problems)
    return [printable(problem) for problem in words if f"{problem}." not in messages]


def refusals(checked: Checked) -> list[Finding]:
    """Findings for which the Hub refuses a card: errors in its metadata."""
    return [
        finding
        for finding in checked.findings
        if finding.severity == "error" and finding.rule[2] == "1"
    ]


def other_findings(checked: Checked) -> list[Finding]:
    """All other findings on the card itself, the worst first."""
    told_apart = [*refusals(checked), *contradicted(checked)]
    return [finding for finding in checked.findings if finding not in told_apart]


def contradicted(checked: Checked) -> list[Finding]:
    """What the files of its repository contradict, the certain first."""
    return [finding for finding in checked.findings if finding.rule[2] == "5"]


# Gaps ----------------------------------------------------------------------------------------


def sentences_of(gap: Gap) -> str:
    """What is missing and what to do about it."""
    return f"{capitalised(gap.missing)}. {gap.advice}"


def first_to_mend(checked: Checked, limit: int = 2) -> str:
    """What to do first: what the Hub refuses, another error, or what is missing most.

    Parameters
    ----------
    limit
        Things that are missing of which it tells.
    """
    for finding in (*refusals(checked), *checked.findings):
        if finding.severity == "error":
            return f"{finding.rule}: {one_line(finding.message)}"
    if checked.of == "dataset":
        return printable(checked.gaps[0].missing) if checked.gaps else ""
    return ", ".join(name_lacks(checked.gaps, limit))


def capitalised(text: str) -> str:
    """A text with a capital letter at its start."""
    return printable(text[:1].upper() + text[1:])


def line_of(checked: Checked, gap: Gap) -> str:
    """Where to mend a gap: a line, or "add" where nothing in the card is on it."""
    text = checked.card.text
    last = text.count("\n") + (not text.endswith("\n"))
    return "add" if gap.line >= last else str(gap.line)


def gain_of(gain: float) -> str:
    """A gain with one decimal; "" where there is none to show."""
    return f"{gain:+.1f}" if gain >= _SHOWN_EFFECT else ""


def range_of(gap: Gap) -> str:
    """The range of the criterion's gain in brackets; "" where it is not known."""
    if gap.low is None or gap.high is None:
        return ""
    return f" ({gap.low:+.1f} to {gap.high:+.1f})"


def spread_of(gaps: Sequence[Gap]) -> str:
    """The 90 % intervals of the gains, where they are wide; else ""."""
    wide = [
        f"{gap.criterion} {gap.low:+.1f} to {gap.high:+.1f}"
        for gap in gaps
        if gap.low is not None and gap.high is not None and gap.high - gap.low > _FAR
    ]
    return f"90 % interval of the gain: {join_words(wide)}." if wide else ""


_FAR = 1
"""Points from which on the range of a gain is said."""


def describe_no_gaps(checked: Checked) -> str:
    """What to say where nothing is missing for certain: a low rating is not denied."""
    scores = {name: score.expected for name, score in checked.rating.scores.items()}
    low = [(scores[name], name) for name in CRITERIA if level_of(scores[name]) <= _LOW]
    lowest = [f"{name} {expected:.1f}" for expected, name in sorted(low)[:_CHANGES]]
    told = f" Lowest: {join_words(lowest)}." if lowest else ""
    return f"Nothing is missing for certain.{told}"


_LOW = 2
"""The level at which a rating is low."""


# What carries the rating -----------------------------------------------------------------------


def shows(checked: Checked) -> list[Evidence]:
    """What the rating would lose most by, the most first."""
    evidence = [fact for fact in checked.rating.evidence if (fact.effect or 0) >= _SHOWN_EFFECT]
    evidence.sort(key=lambda fact: -(fact.effect or 0))
    strongest: dict[tuple[str, int, int, tuple[tuple[int, int], ...]], Evidence] = {}
    for fact in evidence:  # of several facts on the same lines the strongest speaks
        lines = fact.criterion, fact.first_line, fact.last_line, fact.places
        strongest.setdefault(lines, fact)
    return list(strongest.values())


def lines_of(evidence: Evidence) -> str:
    """Where something stands."""
    if not evidence.first_line:
        return "its tags"
    places = evidence.places or ((evidence.first_line, evidence.last_line),)
    named = [f"{first}-{last}" if last > first else f"{first}" for first, last in places]
    if len(named) > _PLACES:
        longest = places.index((evidence.first_line, evidence.last_line))
        return f"lines {named[longest]} and {len(named) - 1} other places"
    return ("line " if named == [str(evidence.first_line)] else "lines ") + join_words(named)


_PLACES = 3
"""Places that are named; of more the longest is."""


# Edits and bars --------------------------------------------------------------------------------


def describe_change(checked: Checked) -> str:
    """What an edit changed; "" where nothing earlier is known."""
    earlier = checked.earlier
    if earlier is None:
        return ""
    then, now = (scores["overall"].expected for scores in (earlier.scores, checked.rating.scores))
    at = one_line(earlier.at)
    words = moved_criteria(checked)
    if not words and f"{then:.1f}" == f"{now:.1f}":
        return f"{then:.1f} at {at} and now"
    return f"{then:.1f} at {at}, {now:.1f} now" + (f": {', '.join(words)}" if words else "")


def moved_criteria(checked: Checked) -> list[str]:
    """The criteria that an edit changed most, and by how much."""
    changes = {} if checked.earlier is None else checked.earlier.changes(checked.rating.scores)
    changes.pop("overall", None)
    moved = sorted(changes.items(), key=lambda change: -abs(change[1]))
    words = [f"{name} {change:+.1f}" for name, change in moved if abs(change) >= _SHOWN_EFFECT]
    return words[:_CHANGES]


def change_of(checked: Checked) -> str:
    """How much the overall number has risen, beside others that were compared."""
    if checked.earlier is None:
        return "new" if checked.path else ""
    change = checked.earlier.changes(checked.rating.scores)["overall"]
    return f"{change:+.1f}" if abs(change) >= _SHOWN_EFFECT else "0"


def short_of(checked: Checked, minimum: float | None) -> str:
    """How far a card is under the bar, in as many digits as show it; "" where it is not."""
    short = falls_short(checked, minimum)
    if not short:
        return ""
    return next(text for digits in (1, 2, 3, 4, 9) if float(text := f"{short:.{digits}f}"))


def describe_shortfall(
    checked: Sequence[Checked],
    minimum: float | None,
    called: Mapping[str, str] | None = None,
    absent: Absent = (),
) -> list[str]:
    """Who is under the bar and by how much, the furthest first.

    Parameters
    ----------
    called
        What to call the cards, by target, where that is not their name.
    absent
        Among which models without a card are under every bar.
    """
    below = sorted(
        (card for card in checked if falls_short(card, minimum)),
        key=lambda card: card.rating.scores["overall"].expected,
    )
    missing = [] if minimum is None else [each for each in missing_of(absent) if each.counts]
    if not (below or missing):
        return []
    if len(checked) == 1 and not missing:
        return [f"Under {minimum:.1f} by {short_of(below[0], minimum)}."]
    shown = {card.target: name_of(card) for card in below}
    shown |= {each.name: one_line(each.name) for each in missing} | dict(called or {})
    short = [f"{shown[each.name]} without a card" for each in missing]
    short += [f"{shown[card.target]} by {short_of(card, minimum)}" for card in below]
    more = len(short) - SHORT_SHOWN
    listed = [*short[:SHORT_SHOWN], *([f"{more} more"] if more > 0 else [])]
    looked_at = [card for card in checked if is_edited(card)]
    which = "new or changed cards " if len(looked_at) < len(checked) else ""
    count = len(looked_at) + len(missing)
    verb = "is" if len(short) == 1 else "are"
    return [f"{len(short)} of {count} {which}{verb} under {minimum:.1f}:", *listed]


def missing_of(absent: Absent) -> list[MissingCard]:
    """The models without a card."""
    return [each for each in absent if isinstance(each, MissingCard)]


# The map ---------------------------------------------------------------------------------------


def describe_rank(place: Place) -> str:
    """How many cards of the map are rated below this one; "" where it has no ratings."""
    if not place.among:
        return ""
    kind = f"{one_line(place.task)} " if place.task else ""
    share = format_percent(place.above, place.among).replace("\u00a0", " ")
    if place.map == "reference":
        from cardiogram.maps import REFERENCE

        return f"Rated above {share} of {place.among} {kind}{REFERENCE}."
    return f"Rated above {share} of the {place.among} {kind}cards on {one_line(place.map)}."


def others_near(checked: Checked, place: Place) -> list[Neighbour]:
    """Good cards near one; none that its own text names, which may be this card itself."""
    return [card for card in place.neighbours if card.id not in checked.card.text]


def describe_neighbour(card: Neighbour) -> str:
    """What to copy from a good card: "its evaluation (14 lines)"."""
    parts = [f"{part.criterion} ({count_of(part.lines, 'line')})" for part in card.parts]
    return f"its {join_words(parts)}"
