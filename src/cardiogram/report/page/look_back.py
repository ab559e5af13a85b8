"""The page of a look back: what followed the changes of many cards."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from cardiogram.report.data import (
    OUTCOMES,
    WatchedModel,
    count_reasons,
    day_changes,
    say_compared,
    say_estimate,
    say_p_value,
    say_placebo,
    say_rest,
    say_selection,
    say_share,
    say_short,
    say_verdict,
)
from cardiogram.report.document import write_document
from cardiogram.report.markup import (
    ForestRow,
    Markup,
    count_of,
    draw_days,
    draw_detectable,
    draw_event_study,
    draw_forest,
    draw_history,
    el,
    fold,
    format_change,
    format_day,
    join,
    keep_units,
    make_change_axis,
    read_bounds,
    section,
)
from cardiogram.report.page.drawings import Drawing, show_drawings
from cardiogram.report.tables import (
    Sheet,
    effect_sheet,
    left_out_sheet,
    reason_sheet,
    write_html_table,
)
from cardiogram.track import LookBack
from cardiogram.track.effect import Effect

_NEW = "New downloads are those counted since the day before."
_NAMED = 200
"""Models left out that the page names."""


def render_look_back(back: LookBack, models: Sequence[WatchedModel], command: str) -> str:
    """One HTML file: no script, no request, and its policy says so.

    Parameters
    ----------
    models
        Those of `back.singles`.
    command
        What makes it again.
    """
    main = el(
        "main",
        _header(back),
        _effects(back),
        _checks(back.main),
        _dose(back.main),
        _seen(back),
        _alone(models),
        _who(back),
        _methods(back, command),
        id="report",
    )
    skip = el("a", "Skip to the report", href="#report", class_="skip")
    title = "What followed changes of model cards"
    return write_document(title, join(skip, main), home="sheet")


def draw_look_back(back: LookBack, models: Sequence[WatchedModel] = ()) -> list[Drawing]:
    """Every chart that there are numbers for, each with its finding as the title."""
    days = _event_study(back.main)
    if days:
        days = replace(days, title=_title(back.main))
    drawn = [days, _outcomes(back), _dose_groups(back.main), _detectable(back)]
    return [*(d for d in drawn if d is not None), *_watched(models), *_histories(models)]


def _title(effect: Effect) -> str:
    """The verdict; of an effect, also what it is measured against, and what is in brackets."""
    said = say_verdict(effect)
    if effect.verdict.kind != "effect" or effect.estimate is None:
        return said
    return f"{said.replace(' (', ' (95 % interval ', 1)}, compared with models like them"


# Charts --------------------------------------------------------------------------------------


def _event_study(effect: Effect) -> Drawing | None:
    if not effect.days:
        return None
    days = list(day_changes(effect.days))
    last = effect.window + 1
    read = effect.estimate is not None and effect.verdict.kind != "not identified"
    mean = (2, last, effect.estimate) if read and effect.estimate is not None else None
    title = f"{OUTCOMES[effect.outcome].capitalize()} by day, compared with models like them"
    caption = (
        f"{_NEW} Each point is the change of changed models since before their edit, less that "
        "of models like them on the same days. The day of the edit and the next are left out of "
        "the effect: "
        "caches fetch a changed repository anew."
    )
    return Drawing(
        "event-study", title, draw_event_study("event-study", title, days, mean), caption
    )


def _outcomes(back: LookBack) -> Drawing | None:
    rows = [
        ForestRow(
            OUTCOMES[effect.outcome].capitalize(),
            effect.models,
            effect.estimate,
            read_bounds(effect.interval),
            say_estimate(effect.estimate, effect.interval),
            effect.verdict.kind == "effect",
        )
        for effect in back.effects
        if effect.estimate is not None
    ]
    cross = back.main.cross_check
    if cross and cross.estimate is not None:
        words = f"{format_change(cross.estimate)}{say_p_value(cross.p_value)}"
        rows.append(ForestRow("Another method", cross.models, cross.estimate, None, words, False))
    title = "Change after the edit, with 95 % intervals"
    caption = (
        "A full point has its interval on one side of 0 in both tests. The other method is that of "
        "Callaway and Sant’Anna, in periods of 30 days."
    )
    return _forest("outcomes", title, rows, caption)


def _dose_groups(effect: Effect) -> Drawing | None:
    dose = effect.dose
    rows = [
        ForestRow(
            f"rating {group.low:+.1f} to {group.high:+.1f}".replace("-", "−"),
            group.models,
            group.estimate,
            bounds,
            say_estimate(group.estimate, group.interval),
            bounds is not None and (bounds.low > 0 or bounds.high < 0),
        )
        for group in (dose.groups if dose else ())
        for bounds in (read_bounds(group.interval),)
    ]
    title = f"{OUTCOMES[effect.outcome].capitalize()}, by how much the rating rose"
    caption = "A full point has its interval on one side of 0."
    return _forest("dose", title, rows, caption)


def _forest(key: str, title: str, rows: Sequence[ForestRow], caption: str) -> Drawing | None:
    if not rows:
        return None
    axis = make_change_axis([v for row in rows for v in (row.value or 0.0, *(row.bounds or ()))])
    return Drawing(key, title, draw_forest(key, title, rows, axis), caption)


def _detectable(back: LookBack) -> Drawing | None:
    plan, main = back.plan, back.main
    curve = [(point.models, point.effect) for point in plan.curve]
    if len(curve) < 2:
        return None
    logs = [(n, math.log1p(share)) for n, share in curve]
    here = (main.models, math.log1p(main.detectable)) if main.detectable is not None else None
    title = "The smallest effect that would show, by the number of changed models"
    caption = (
        f"The line is for models changed by lot, from the spread of {plan.donors:,} models that "
        "were not changed; the point is this study, by author."
    )
    chart = draw_detectable("detectable", title, logs, here, math.log1p(plan.effect))
    return Drawing("detectable", title, chart, caption)


def _watched(models: Sequence[WatchedModel]) -> Iterator[Drawing]:
    for i, model in enumerate(models, 1):
        title = f"{model.name}: {say_short(model)}"
        key = f"model-{i}"
        chart = draw_days(key, title, model.first_day, model.counts, model.marks, model.compared)
        yield Drawing(key, title, chart, " ".join(say_compared(model)))


def _histories(models: Sequence[WatchedModel]) -> Iterator[Drawing]:
    for i, model in enumerate(models, 1):
        if model.ratings:
            title, key = f"{model.name}: ratings of its card", f"history-{i}"
            until = model.first_day + timedelta(max(1, len(model.counts)))
            until = max(until, model.ratings[-1].day)
            chart = draw_history(key, title, model.ratings, until)
            yield Drawing(key, title, chart, "By the built-in judge, from change to change.")


# Sections ------------------------------------------------------------------------------------


def _header(back: LookBack) -> Markup:
    days = f"{format_day(back.first_day)} to {format_day(back.last_day)}"
    basis = say_rest(back.main) if back.main.models else f"{count_of(back.models, 'model')} watched"
    lede = f"{basis} · {days}"
    drawn = [drawing for drawing in (_event_study(back.main), _outcomes(back)) if drawing]
    return el(
        "header",
        el("p", "What followed changes of model cards", class_="kicker"),
        el("h1", keep_units(_title(back.main))),
        el("p", keep_units(lede), class_="lede"),
        show_drawings(drawn, "p"),
        class_="title",
    )


def _effects(back: LookBack) -> Markup:
    others = [f"{say_verdict(effect)}." for effect in back.effects[1:]]
    return section(
        "effects",
        "Effects",
        "Every outcome with its interval",
        [el("p", keep_units(sentence)) for sentence in others],
        write_html_table(effect_sheet(back), "Effects"),
    )


def _checks(effect: Effect) -> Markup:
    rows = list[tuple[str, str]]()
    if effect.placebo:
        words = "The same question asked at dates when nothing changed: "
        rows.append(("Placebo dates", f"{words}{say_placebo(effect.placebo)}."))
    if effect.selection:
        words = "Growth in the days before the change, less that of models like them: "
        rows.append(("Growth before", f"{words}{say_selection(effect.selection)}."))
    failed = (effect.placebo is not None and effect.placebo.too_many) or (
        effect.selection is not None and effect.selection.differs
    )
    headline = "A check fails: nothing is read from these numbers" if failed else "The checks hold"
    if not rows:
        headline = "There is too little to check"
    terms = [join(el("dt", name), el("dd", keep_units(said))) for name, said in rows]
    return section("checks", "Checks", headline, el("dl", terms, class_="terms"))


def _dose(effect: Effect) -> Markup | None:
    drawn, dose = _dose_groups(effect), effect.dose
    if drawn is None or dose is None:
        return None
    headline = "Effect against the rise of the rating"
    if dose.slope is not None and dose.interval is not None:
        slope = say_estimate(dose.slope, dose.interval)
        headline = f"For each point that the rating rose: {slope}{say_p_value(dose.p_value)}"
    return section("dose", "Dose", keep_units(headline), show_drawings([drawn], "h3"))


def _seen(back: LookBack) -> Markup | None:
    drawn = _detectable(back)
    if drawn is None:
        return None
    needed = back.plan.needed
    gain = say_share(back.plan.effect)
    headline = f"How many models {gain} would take is not known"
    if needed is not None:
        headline = f"To show {gain} takes {count_of(needed, 'changed model')}"
    return section("seen", "What would show", keep_units(headline), show_drawings([drawn], "h3"))


def _alone(models: Sequence[WatchedModel]) -> Markup | None:
    if not models:
        return None
    rated = show_drawings(list(_histories(models)), "h3", "pair")
    return section(
        "alone",
        "Some of the models, drawn by lot",
        "One model alone does not tell whether its card helped",
        show_drawings(list(_watched(models)), "h3", "pair"),
        fold("How their cards were rated", rated) if rated else None,
    )


def _who(back: LookBack) -> Markup:
    events, left = sum(back.reasons.values()), len(back.left_out)
    headline = f"{back.usable:,} of {count_of(back.events, 'change')} of cards can be studied"
    return section(
        "who",
        "What was read",
        headline,
        el("p", f"Series of {count_of(back.models, 'model')} were read."),
        fold(f"Changes that cannot be studied: {events:,}", _reasons(back.reasons, "changes"))
        if events
        else None,
        fold(f"Changed models left out: {left:,}", _gone(back)),
    )


def _reasons(reasons: Mapping[str, int], thing: str) -> Markup:
    sheet = reason_sheet(count_reasons(reasons), thing)
    return write_html_table(sheet, f"Why {thing} were left out")


def _gone(back: LookBack) -> Markup:
    """Why models were left out, and which they are, as far as a page has room for them."""
    sheet, more = left_out_sheet(back), len(back.left_out) - _NAMED
    shown = write_html_table(Sheet(sheet.columns, sheet.rows[:_NAMED]), "Models left out")
    counted = _reasons(Counter(gone.reason for gone in back.left_out), "models")
    others = el("p", f"{more:,} more are in left-out.csv.") if more > 0 else None
    return join(counted, *([shown] if back.left_out else []), others)


def _methods(back: LookBack, command: str) -> Markup:
    main = back.main
    spreads = ", ".join(f"{w} days {s:.2f}" for w, s in back.choice.spreads.items())
    return section(
        "methods",
        "Methods and limits",
        "Which cards changed first was drawn by lot"
        if main.unit == "model"
        else "A change of a card is not drawn by lot: what else changed with it is not all known",
        el(
            "p",
            f"The estimate is the change of the logarithm of {OUTCOMES[main.outcome]} from "
            f"{main.window} days before the change of the card to {main.window} days after it, "
            "less the same of models that were not changed, of like level, growth, age and task, "
            "on the same days. The day of the change and the next are in neither. The window was "
            f"chosen among models that were not changed, by their spread ({spreads}), before a "
            "changed model was read.",
        ),
        el(
            "p",
            f"The interval and the first p value take {main.unit}s for the units (Student’s t with "
            "Satterthwaite’s degrees of freedom); the second p value redraws which of them were "
            "changed. An effect is stated where both are under 0.05, the changed models had not "
            "been rising or falling before, and placebo dates cross the line as rarely as chance "
            "does. Changes are those of README.md alone, with no new weights, tags or library "
            "near them.",
        ),
        el("h3", "Make it again"),
        el("pre", el("code", command), tabindex=0, aria_label="Command line"),
        el("p", f"Seed {back.seed}. Donors’ digest {back.choice.digest[:16]}.", class_="quiet"),
    )
