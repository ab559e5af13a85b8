"""What may be said of ratings and popularity: each sentence by a rule on an interval by author."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cardiogram.analysis.conclusions.wording import (
    amount,
    bounds_of_ratio,
    by_outcome,
    enumerate_words,
    noun,
    rho_words,
)
from cardiogram.analysis.results import Branch, Conclusion, StatedNumber
from cardiogram.analysis.rounding import round_figure, round_ratio

SMALL_LINK = 0.15
"""No link of this size or more is said to be there only where the study would have seen one."""

SIGNIFICANT = 0.05

_ANY = "odds of any"
_HOW_MANY = {1: "", 2: "both "}


@dataclass(frozen=True, slots=True)
class HeldEqual:
    """Covariates by name: those that were held equal, and those that no model has."""

    covariates: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def models(self) -> str:
        """The models that are compared: "models of like age and task"."""
        return (
            f"models of like {enumerate_words(self.covariates)}"
            if self.covariates
            else "the models"
        )


def decide(number: StatedNumber, none: float = 0.0) -> Branch:
    """What an interval allows to be said of a link.

    Parameters
    ----------
    number
        `missed` is the smallest size that the study would have seen with a power of 80 %.
    none
        The value at which there is no link: 0 of a correlation, 1 of a ratio.

    Returns
    -------
    Branch
        More or fewer where the interval lies on one side; "no link" of a correlation where both
        the interval and `missed` stay within `SMALL_LINK`; otherwise it cannot be told.

    Examples
    --------
    >>> decide(StatedNumber(name="rank correlation", n=99, estimate=0.3, low=0.1, high=0.5))
    'more'
    """
    if number.estimate is None or number.low is None or number.high is None:
        return "cannot be told"
    if number.low > none:
        return "more"
    if number.high < none:
        return "fewer"
    seen = none == 0 and number.missed is not None and number.missed <= SMALL_LINK
    within = max(-number.low, number.high) < SMALL_LINK
    return "no link" if seen and within else "cannot be told"


def decide_both(branch: Branch, p_value: float | None) -> Branch:
    """What an interval and a permutation test allow to be said together."""
    significant = p_value is not None and p_value < SIGNIFICANT
    return "cannot be told" if branch in ("more", "fewer") and not significant else branch


def conclude_adjusted(
    adjusted: Sequence[StatedNumber],
    plain: Sequence[StatedNumber],
    held: HeldEqual,
    between: str = "",
) -> Conclusion:
    """Say whether better rated cards go with more downloads and likes among like models.

    Parameters
    ----------
    adjusted, plain
        Rank correlations with and without the covariates, one an outcome, in the same order.
    between
        Of changes: the days between which they are.
    """
    branches = {number.outcome: decide(number) for number in adjusted}
    start = f"{'Between ' + between + ', among' if between else 'Among'} {held.models}, "
    words = start + _links(adjusted, branches) + "."
    if held.covariates and any(number.estimate is not None for number in plain):
        alone = [round_figure(number.estimate) for number in plain if number.estimate is not None]
        words += f" Nothing held equal: {enumerate_words(alone)}."
    if held.unknown:
        verb = "is" if len(held.unknown) == 1 else "are"
        words += f" Model {enumerate_words(held.unknown)} {verb} not known."
    return Conclusion(
        about="adjusted",
        branches=branches,
        words=words,
        short=_short(branches),
        evidence=(*_evidence(adjusted, branches), *plain),
        held_equal=held.covariates,
        unknown=held.unknown,
        rule="The partial rank correlation: more or fewer where its 95 % interval by author "
        f"excludes 0; no link of {SMALL_LINK} or more where one would have been seen with a power "
        "of 80 % and the interval stays under it; else it cannot be told.",
    )


def conclude_in_organisation(
    numbers: Sequence[StatedNumber], p_values: Mapping[str, float | None], who: str
) -> Conclusion:
    """Say the same within one organisation, or very few authors: models are the units.

    Parameters
    ----------
    numbers
        Rank correlations within authors; their intervals take models as independent.
    p_values
        By permutation within authors, by outcome.
    who
        "this organisation", or how many authors there are.
    """
    branches = {
        number.outcome: decide_both(decide(number), p_values.get(number.outcome))
        for number in numbers
    }
    return Conclusion(
        about="adjusted",
        branches=branches,
        words=f"Within {who}, {_links(numbers, branches)}.",
        short=_short(branches),
        evidence=_evidence(numbers, branches),
        rule="The rank correlation over models within authors: more or fewer where both its "
        "interval excludes 0 and a permutation within authors has p < .05.",
    )


def conclude_times(times: Sequence[StatedNumber], held: HeldEqual, between: str = "") -> Conclusion:
    """Say how many times the downloads and likes a point of the rating goes with.

    Parameters
    ----------
    times
        Ratios per point, one an outcome: of 1 + outcome by robust regression, or where no robust
        line stands, with "odds of any" in their name, of the odds of any.
    """
    branches = {number.outcome: decide(number, 1.0) for number in times}
    seen = [number for number in times if branches[number.outcome] in ("more", "fewer")]
    unseen = [number for number in times if number not in seen]
    robust = [number for number in seen if _ANY not in number.name]
    parts = []
    if seen:
        listed = enumerate_words(_times(number, robust) for number in seen)
        by = f", by {'robust' if robust else 'logistic'} regression"
        parts.append(f"a point of the rating goes with {listed}{by}")
    parts += [_not_times(unseen)] if unseen else []
    start = f"Between {between}, " if between else ""
    return Conclusion(
        about="times",
        branches=branches,
        words=_sentence(start + "; ".join(parts)),
        short="A point goes with "
        + ", ".join(f"{round_ratio(n.estimate or 0)} times the {_of(n)}" for n in seen)
        if seen
        else "",
        evidence=_evidence(times, branches),
        held_equal=held.covariates,
        unknown=held.unknown,
        rule="Huber's regression of log1p of the outcome on the rating and the covariates, or a "
        "logistic regression of any where its scale or slope collapses; said where the 95 % "
        "interval by random signs, one an author, excludes 1.",
    )


def conclude_without_outliers(
    times: Sequence[StatedNumber],
    without: Sequence[StatedNumber],
    dropped: Mapping[str, int],
    held: HeldEqual,
) -> Conclusion:
    """Say the same without outliers, and whether a few models decide it.

    Parameters
    ----------
    times, without
        Ratios per point of all models, and without the outliers, in the same order.
    dropped
        Models that the rule drops, by outcome.
    """
    whole = by_outcome(times)
    before = {outcome: decide(number, 1.0) for outcome, number in whole.items()}
    branches = {number.outcome: decide(number, 1.0) for number in without}
    gone = [number for number in without if dropped[number.outcome]]
    same = [n for n in gone if before[n.outcome] == branches[n.outcome]]
    parts = []
    if turned := [number for number in gone if number not in same]:
        of = "" if len(turned) == len(without) else f" of {noun(turned[0].outcome)}"
        counts = enumerate_words(f"{dropped[number.outcome]:,}" for number in turned)
        listed = enumerate_words(round_ratio(_known(whole[number.outcome])) for number in turned)
        alone = enumerate_words(_ratio(number) for number in turned)
        parts.append(
            f"a few models decide this{of}: without the {counts} outlying ones {alone}, "
            f"not {listed}"
        )
    if same:
        counts = enumerate_words(f"{dropped[number.outcome]:,}" for number in same)
        listed = enumerate_words(_ratio(number) for number in same)
        parts.append(f"without {counts} outlying models {listed}")
    if kept := [noun(number.outcome) for number in without if number not in gone]:
        parts.append(f"no model's {enumerate_words(kept, 'or')} are outlying")
    return Conclusion(
        about="without_outliers",
        branches=branches,
        words=_sentence("; ".join(parts)),
        evidence=(*_evidence(without, branches), *times, *_dropped(without, dropped)),
        held_equal=held.covariates,
        unknown=held.unknown,
        rule="The same regression without the outcomes beyond 1.5 interquartile ranges of log1p; a "
        "few models decide it where which side of 1 the interval lies on changes.",
    )


def conclude_gap(
    gap: StatedNumber,
    outcomes: tuple[str, str],
    held: HeldEqual,
    largest: Sequence[StatedNumber] = (),
) -> Conclusion:
    """Say whether likes go with the rating more closely than downloads.

    Parameters
    ----------
    gap
        Difference of the two partial rank correlations.
    outcomes
        The first and the second.
    largest
        The largest rank correlation that an outcome's ties allow, by outcome.
    """
    branch, (first, second) = decide(gap), (noun(outcome) for outcome in outcomes)
    if branch == "no link":
        branch = "cannot be told"
    told = branch != "cannot be told"
    close = f"{'more' if branch == 'more' else 'less'} closely than {second}"
    numbers = rho_words(gap) if gap.low is not None else "no interval by author"
    if told:
        words = f"{first.capitalize()} go with it {close} ({numbers})"
        ceilings = [
            f"{round_figure(number.estimate)} with {noun(number.outcome)}"
            for number in largest
            if number.estimate is not None
        ]
        words += f"; ties keep a correlation under {enumerate_words(ceilings)}" if ceilings else ""
    else:
        missed = f"; one under {_missed(gap)} can have been missed" if gap.missed else ""
        words = (
            f"Whether {first} go with it more closely than {second} cannot be told "
            f"({numbers}{missed})"
        )
    branches = {gap.outcome: branch}
    return Conclusion(
        about="gap",
        branches=branches,
        words=f"{words}.",
        short=f"{first.capitalize()} go with the rating {close}" if told else "",
        evidence=(*_evidence([gap], branches), *largest),
        held_equal=held.covariates,
        unknown=held.unknown,
        rule="The difference of the two partial rank correlations: said where its 95 % interval by "
        "author excludes 0.",
    )


def _dropped(without: Sequence[StatedNumber], dropped: Mapping[str, int]) -> list[StatedNumber]:
    return [
        replace(
            number,
            name="outlying models",
            estimate=float(dropped[number.outcome]),
            low=None,
            high=None,
            missed=None,
        )
        for number in without
    ]


def _links(numbers: Sequence[StatedNumber], branches: Mapping[str, Branch]) -> str:
    """What the correlations allow to be said, those that are seen first."""
    named, parts = False, []
    seen = [number for number in numbers if branches[number.outcome] in ("more", "fewer")]
    if seen:
        listed = []
        for number in seen:
            what = amount(branches[number.outcome], number.outcome)
            listed.append(f"{what} ({'' if named else 'rank correlation '}{rho_words(number)})")
            named = True
        parts.append(f"better rated cards go with {enumerate_words(listed)}")
    absent = [number for number in numbers if branches[number.outcome] == "no link"]
    if absent:
        which = enumerate_words((noun(number.outcome) for number in absent), "or")
        numbers_seen = enumerate_words(f"({rho_words(number)})" for number in absent)
        parts.append(f"no link of {SMALL_LINK:.2f} or more with {which} was seen {numbers_seen}")
    unseen = [number for number in numbers if branches[number.outcome] == "cannot be told"]
    if unseen:
        listed = [f"{noun(number.outcome)}{_because(number)}" for number in unseen]
        parts.append(
            f"whether better rated cards go with more or fewer {enumerate_words(listed, 'or')} "
            "cannot be told"
        )
    return "; ".join(parts)


def _because(number: StatedNumber) -> str:
    """The interval that tells nothing, and what can have been missed."""
    numbers = rho_words(number)
    if number.estimate is None or number.low is None:
        return f" ({numbers}{', ' if numbers else ''}no interval)"
    missed = f"; one under {_missed(number)} can have been missed" if number.missed else ""
    return f" ({numbers}{missed})"


def _missed(number: StatedNumber) -> str:
    return round_figure(number.missed or 0.0)


def _evidence(
    numbers: Sequence[StatedNumber], branches: Mapping[str, Branch]
) -> tuple[StatedNumber, ...]:
    """The numbers; what can have been missed only where nothing was seen."""
    return tuple(
        replace(number, missed=None) if branches[number.outcome] in ("more", "fewer") else number
        for number in numbers
    )


def _short(branches: Mapping[str, Branch]) -> str:
    seen = [
        amount(branch, outcome)
        for outcome, branch in branches.items()
        if branch in ("more", "fewer")
    ]
    return f"Better rated cards go with {enumerate_words(seen)}" if seen else ""


def _of(number: StatedNumber) -> str:
    counted = noun(number.outcome)
    return f"odds of any {counted}" if _ANY in number.name else counted


def _times(number: StatedNumber, robust: Sequence[StatedNumber]) -> str:
    """One ratio; the last of those by robust regression says that all count from 1."""
    counted = ""
    if robust and number is robust[-1]:
        counted = f"; {_HOW_MANY.get(len(robust), 'all ')}counted from 1"
    return (
        f"{round_ratio(number.estimate or 0)} times the {_of(number)} "
        f"({bounds_of_ratio(number)}{counted})"
    )


def _not_times(numbers: Sequence[StatedNumber]) -> str:
    which = enumerate_words((_of(number) for number in numbers), "or")
    bounds = enumerate_words(
        bounds_of_ratio(number) if number.low is not None else "no interval" for number in numbers
    )
    from_1 = any(_ANY not in number.name and number.low is not None for number in numbers)
    counted = "; counted from 1" if from_1 else ""
    return (
        f"how many times the {which} a point of the rating goes with cannot be told "
        f"({bounds}{counted})"
    )


def _known(number: StatedNumber) -> float:
    return number.estimate or 0.0


def _ratio(number: StatedNumber) -> str:
    if number.estimate is None:
        return "an unknown number of"
    if number.low is None or number.high is None:
        return round_ratio(number.estimate)
    return f"{round_ratio(number.estimate)} ({bounds_of_ratio(number)})"


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}."
