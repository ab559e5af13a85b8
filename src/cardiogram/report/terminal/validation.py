"""How far a judge agrees with gold, and with itself, as tables; nothing here computes anything."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import fill

from cardiogram.judge.validation import (
    GoldAgreement,
    Measurement,
    Reliability,
    SelfAgreement,
    Validation,
)
from cardiogram.report.tables import Cell, Chapter, Sheet, write_form, write_screen

WIDE = 98
"""Columns of a sentence under tables that may be wider."""

_GOLD_LEGEND = (
    "QWK: quadratic-weighted kappa; alpha: Krippendorff's, ordinal and nominal. Intervals: 95 %,\n"
    "by resampling authors; --json has one for every figure. Covered: share of gold ratings "
    "within\nthe judge's 90 % interval."
)
_SELF_LEGEND = (
    "Alpha: Krippendorff's, ordinal. ICC(1,1): of one answer; ICC(1,k): of the mean of all k. "
    "Intervals: 95 %, alpha's by drawing authors, ICC's by leaving them out. Equal: share of "
    "cards to which all answers give the same number; sd: mean standard deviation of the answers "
    "to one card, in points. In the lower tables n counts a card once for each order or repeat."
)


def number_cell(figure: Measurement, form: str = ".3f") -> Cell:
    """A number without its interval."""
    return Cell(figure.value, "number", form=form)


def interval_cell(figure: Measurement, form: str = ".3f") -> Cell:
    """The interval of a number."""
    known = figure.low is not None and figure.high is not None
    return Cell(figure if known else None, "interval", form=form)


def format_figure(figure: Measurement, form: str = ".3f") -> str:
    """A number in words; nothing where there is none."""
    return write_form(number_cell(figure, form))


def format_interval(figure: Measurement, form: str = ".3f") -> str:
    """An interval in words; nothing where there is none."""
    return write_form(interval_cell(figure, form))


def share_cell(share: Measurement | float | None) -> Cell:
    """A share in per cent, without its interval."""
    value = share.value if isinstance(share, Measurement) else share
    return Cell(value, "share", form=".0%")


def reliability_row(name: str, agreement: Reliability, model: str) -> Mapping[str, object]:
    """Agreement of several ratings of the same cards; `model` is 1 or 2, the ICC's."""
    single, mean = f"ICC({model},1)", f"ICC({model},k)"
    of_k = mean if model == "2" else f"ICC({model},{agreement.k})"
    return {
        "score": name,
        "n": agreement.n,
        "alpha": number_cell(agreement.alpha),
        "95 % interval": interval_cell(agreement.alpha),
        single: number_cell(agreement.icc[single]),
        "its interval": interval_cell(agreement.icc[single]),
        of_k: number_cell(agreement.icc[mean]),
        "equal": share_cell(agreement.equal),
        "sd": number_cell(agreement.sd, ".2f"),
    }


# Agreement with gold -------------------------------------------------------------------------


def render_validation(validation: Validation) -> str:
    """The agreement tables, by score and stratum, and the confusion of the overall rating."""
    sections = [Chapter("", sentences=[fill(note, WIDE) for note in validation.notes])]
    sections.append(Chapter("", [_gold_table(validation.scores, "score")]))
    for kind, groups in validation.strata.items():
        title = f"Overall rating, by {kind} of card"
        sections.append(Chapter(title, [_gold_table(groups, kind)]))
    if validation.among:
        title = "Alpha of the gold readers, and with the judge as one more"
        sections.append(Chapter(title, [_reader_table(validation)]))
    if validation.confusion.any():
        rows = [
            {"gold": level, **{str(judged): int(n) for judged, n in enumerate(row, 1)}}
            for level, row in enumerate(validation.confusion, 1)
        ]
        title = "Overall rating: gold (rows) and judge (columns)"
        sections.append(Chapter(title, [Sheet.of(rows)]))
    closing = Chapter("", sentences=[_severity(validation.severity), _GOLD_LEGEND])
    return write_screen([*sections, closing], _gold_head(validation))


def _gold_head(validation: Validation) -> str:
    some = next(iter(validation.scores.values()))
    states = ", ".join(f"{count:,} {name}" for name, count in sorted(validation.status.items()))
    without = validation.gold_missing
    total = sum(validation.status.values()) + without
    missing = f", {without:,} without a gold rating" if without else ""
    rubric = f", rubric {validation.rubric}" if validation.rubric else ""
    return (
        f"{_named(validation.judge, validation.version)} against {validation.gold}{rubric}\n"
        f"{total:,} gold cards: {states}{missing}; {some.n:,} cards of {some.authors:,} authors "
        "are compared"
    )


def _named(judge: str, version: str) -> str:
    return " ".join(filter(None, (judge, version)))


def _gold_table(agreements: Mapping[str, GoldAgreement], kind: str) -> Sheet:
    nominal = kind == "score"
    return Sheet.of(
        [
            {
                kind: name,
                "n": agreement.n,
                "QWK": number_cell(agreement.qwk),
                "95 % interval": interval_cell(agreement.qwk),
                "alpha": number_cell(agreement.alpha),
                **({"nominal": number_cell(agreement.alpha_nominal)} if nominal else {}),
                "rho": number_cell(agreement.spearman),
                "exact": share_cell(agreement.exact),
                "within 1": share_cell(agreement.within_one),
                "bias": number_cell(agreement.bias, "+.2f"),
                "covered": share_cell(agreement.coverage),
            }
            for name, agreement in agreements.items()
        ]
    )


def _reader_table(validation: Validation) -> Sheet:
    return Sheet.of(
        [
            {
                "score": name,
                "readers": number_cell(alpha["readers"]),
                "95 % interval": interval_cell(alpha["readers"]),
                "with judge": number_cell(alpha["with judge"]),
                "its interval": interval_cell(alpha["with judge"]),
            }
            for name, alpha in validation.among.items()
        ]
    )


def _severity(severity: Measurement) -> str:
    if severity.value is None:
        return "Severity: no criterion was compared."
    word, sign = ("stricter", 1) if severity.value > 0 else ("more lenient", -1)
    within = ""
    if severity.low is not None and severity.high is not None:
        low, high = sorted((sign * severity.low, sign * severity.high))
        within = f" ({low:.2f} to {high:.2f})"
    return (
        f"Severity: over the eight criteria the judge is {abs(severity.value):.2f} points {word} "
        f"than the gold{within}."
    )


# Agreement with itself -----------------------------------------------------------------------


def render_self_agreement(agreement: SelfAgreement) -> str:
    """Agreement of all answers, of those in one order, and of those in different orders."""
    outcomes = ", ".join(f"{count:,} {name}" for name, count in sorted(agreement.outcomes.items()))
    several = agreement.distinct_orders > 1
    orders = f", in {agreement.distinct_orders} orders of the criteria" if several else ""
    head = (
        f"{_named(agreement.judge, agreement.version)}: {agreement.answers} answers to each of "
        f"{agreement.cards:,} cards of {agreement.authors:,} authors{orders} ({outcomes})"
    )
    parts = {
        "All answers": agreement.all_answers,
        "Asked again in the same order": agreement.repeats,
        "Asked in another order": agreement.orders,
    }
    sections = [
        Chapter(title, [Sheet.of([reliability_row(*score, "1") for score in scores.items()])])
        for title, scores in parts.items()
        if scores
    ]
    closing = [fill(sentence, WIDE) for sentence in (*agreement.notes, _SELF_LEGEND)]
    return write_screen([*sections, Chapter("", sentences=closing)], head)
