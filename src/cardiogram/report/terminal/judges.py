"""An audit, a cascade, a panel, a drift and a calibration as tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from textwrap import fill

from cardiogram.judge.audit import Audit, AuditEffect
from cardiogram.judge.ensemble import CascadeTable, JudgePanel, ToleranceStep
from cardiogram.judge.gold import describe_overlap
from cardiogram.judge.validation import Calibration, Drift
from cardiogram.report.markup import draw_interval, read_bounds
from cardiogram.report.tables import Cell, Chapter, Sheet, write_form, write_screen
from cardiogram.report.terminal.validation import (
    WIDE,
    format_figure,
    format_interval,
    interval_cell,
    number_cell,
    reliability_row,
    share_cell,
)

_LINES = 20
_GATES = {
    "gain": "at most +{:g}",
    "shift": "within {:g}",
    "missed": "at most -{:g}",
    "one": "all rated 1",
    "shown": "shown only",
}
_AUDIT_LEGEND = (
    "Effect: mean change of the expected rating, in points; of the unfilled template, the "
    "share of cards rated above 1. Intervals by resampling authors. Moved: share of cards "
    "whose whole number is another. Headings only are translated, not the text: no translator "
    "is used; `cardiogram judges measure RATINGS GOLD` has the bias by language of the card."
)
_SELF_PREFERENCE = (
    "Self-preference: mean of judge minus gold on cards that the judge's own family "
    "wrote, minus the same on those of others; it fails where it is beyond the gate "
    "and its interval is above 0."
)
_CASCADE_LEGEND = (
    "Doubt: width of a 90 % interval about the whole number given, in rating points. By "
    "chance: QWK where as many cards are sent at random. Best: where the cards are sent that "
    "the second judge mends most, which nobody can know beforehand. "
    "At least: with {:.0%} confidence the mean over authors of the share of "
    "equal numbers is no lower, whatever the distribution (exact binomial, a card an author). "
    "It holds for cards drawn as these were, and needs a cheap judge that has not learned from "
    "them: authors are exchangeable, cards of one author need not be. QWK has an interval and "
    "no guarantee."
)
_DRIFT_LEGEND = (
    "QWK on the same cards and gold; paired draws of authors, 95 % for the overall rating, and\n"
    "together 95 % for the criteria (Bonferroni)."
)


# An audit ------------------------------------------------------------------------------------


def render_audit(audit: Audit) -> str:
    """Every effect with its interval and gate, and what failed."""
    chapter = replace(describe_audit(audit), title="", sentences=list(_audit_sentences(audit)))
    head = (
        f"{audit.judge} {audit.version}: {audit.cards:,} cards of {audit.authors:,} authors, as "
        "they are and changed"
    )
    return write_screen([chapter], head)


def describe_audit(audit: Audit) -> Chapter:
    """What must not move a rating, and what it does move, as a table of all changes."""
    reach = max(0.1, *(abs(effect.shift.value or 0.0) for effect in audit.effects))
    rows = [
        {
            "family": effect.family,
            "change": effect.name,
            "n": effect.n,
            "score": effect.score,
            "effect": number_cell(effect.shift, "+.3f"),
            "95 % interval": interval_cell(effect.shift, "+.3f"),
            "around zero": _effect_picture(effect, reach),
            "moved": share_cell(effect.moved),
            "gate": _GATES[effect.gate].format(effect.tolerance),
            "": "FAILS" if effect.failed else "",
        }
        for effect in audit.effects
    ]
    sentence = (
        f"Each of {audit.cards:,} cards was rated as it is and changed: padded, reordered, made "
        "another's, or made to speak to the judge. What adds no documentation must not raise a "
        "rating; what takes some away must lower it."
    )
    title = f"What changes of a card do to its rating: {len(audit.effects)} audited"
    return Chapter(f"{title}, {_gates(audit)}", [Sheet.of(rows)], [sentence])


def _gates(audit: Audit) -> str:
    failed = len(audit.failed)
    return f"{failed} not as they should be" if failed else "all as they should be"


def _effect_picture(effect: AuditEffect, reach: float) -> Cell:
    value = effect.shift.value
    ends = read_bounds(effect.shift)
    return Cell(None if value is None else draw_interval(value, None, ends, reach), "picture")


def _audit_sentences(audit: Audit) -> Iterator[str]:
    """What the columns mean, what a model is not shown, and what was not measured."""
    yield fill(_AUDIT_LEGEND, WIDE)
    if lost := [f"{effect.name}: {effect.lost}" for effect in audit.effects if effect.lost]:
        yield f"Not rated any more: {', '.join(lost)}."
    if audit.skipped:
        yield f"Apply to none of the cards: {', '.join(audit.skipped)}."
    if audit.unseen:
        unseen = ", ".join(f"{name} ({count})" for name, count in audit.unseen.items())
        yield fill(f"Not shown to the judge, so without effect (cards): {unseen}.", WIDE)
    if any(effect.family == "self-preference" for effect in audit.effects):
        yield fill(_SELF_PREFERENCE, WIDE)
    if unsure := ", ".join(effect.name for effect in audit.effects if effect.unsure):
        tell = f"Intervals that reach across their gate: {unsure}. More cards (--sample) tell."
        yield fill(tell, WIDE)
    for reason in audit.unmeasured:
        yield fill(f"Not measured: {reason}.", WIDE)
    if audit.seen:
        yield fill(describe_overlap(audit.seen, audit.cards), WIDE)
    yield _verdict(audit.failed, len(audit.effects))


def _verdict(failed: tuple[AuditEffect, ...], count: int) -> str:
    if not failed:
        return f"All {count} effects are within their tolerances."
    beyond = ", ".join(effect.name for effect in failed)
    return f"{len(failed)} of {count} effects are beyond their tolerances: {beyond}."


# A cascade -----------------------------------------------------------------------------------


def render_cascade(cascade: CascadeTable) -> str:
    """Share sent against agreement, about twenty lines, and the choices."""
    confidence = 1 - cascade.delta
    rows = [
        {
            "tolerance": step.tolerance,
            "sent": share_cell(step.sent),
            "QWK": number_cell(step.qwk),
            "95 % interval": interval_cell(step.qwk),
            "by chance": Cell(step.random, "number", form=".3f"),
            "best": Cell(step.best, "number", form=".3f"),
            "exact": share_cell(step.exact),
            f"at least ({confidence:.0%})": share_cell(step.at_least),
        }
        for step in _shown_steps(cascade)
    ]
    head = (
        f"{cascade.cheap} where it is sure, {cascade.strong} where its doubt is above the "
        "tolerance,\n"
        f"against {cascade.gold}: {cascade.cards:,} cards of {cascade.authors:,} authors"
    )
    sentences = ["\n".join(_choices(cascade)), fill(_CASCADE_LEGEND.format(confidence), WIDE)]
    notes = Chapter("", sentences=[fill(note, WIDE) for note in cascade.notes])
    return write_screen([notes, Chapter("", [Sheet.of(rows)], sentences)], head)


def _shown_steps(cascade: CascadeTable) -> list[ToleranceStep]:
    """The chosen tolerances, and the widest of every twentieth part."""
    ends = (cascade.steps[0], cascade.steps[-1])
    chosen = (cascade.reached, cascade.guaranteed, cascade.in_the_mean, *ends)
    shown = {step.sent: step for step in reversed(cascade.steps) if step in chosen}
    for step in reversed(cascade.steps):
        if not any(round(_LINES * step.sent) == round(_LINES * sent) for sent in shown):
            shown[step.sent] = step
    return sorted(shown.values(), key=lambda step: step.tolerance)


def _choices(cascade: CascadeTable) -> list[str]:
    held_out = cascade.held_out
    qwk, ends = format_figure(held_out.qwk), format_interval(held_out.qwk)
    wanted = f"at least {cascade.agreement:.0%} equal numbers"
    choices = {
        f"QWK {cascade.target:g} on these cards": cascade.reached,
        f"Guaranteed with {1 - cascade.delta:.0%} confidence, {wanted}": cascade.guaranteed,
        f"In the mean over samples (conformal risk control), {wanted}": cascade.in_the_mean,
    }
    first, *others = (_choice(words, step, cascade) for words, step in choices.items())
    other_authors = (
        f"  chosen on other authors' cards: QWK {qwk} ({ends}) at {held_out.sent:.0%} of the calls."
    )
    return [first, other_authors, *others]


def _choice(words: str, step: ToleranceStep | None, cascade: CascadeTable) -> str:
    if step is None:
        best = cascade.steps[0]
        qwk, exact = format_figure(best.qwk), write_form(share_cell(best.exact))
        return f"{words}: not with any tolerance (everything sent: QWK {qwk}, exact {exact})."
    qwk = format_figure(step.qwk)
    return f"{words}: --tolerance {step.tolerance:g} (QWK {qwk} at {step.sent:.0%} of the calls)."


# A calibration -------------------------------------------------------------------------------


def render_drift(drift: Drift) -> str:
    """Agreement then and now, and what fell."""
    rows = [
        {
            "score": name,
            "n": change.n,
            "then": Cell(change.then, "number", form=".3f"),
            "now": Cell(change.now, "number", form=".3f"),
            "difference": number_cell(change.difference, "+.3f"),
            "interval": interval_cell(change.difference, "+.3f"),
            "moved": share_cell(change.moved),
            "": "FELL" if change.fell else "",
        }
        for name, change in drift.scores.items()
    ]
    fell = f"Agreement fell: {', '.join(drift.fell)}." if drift.fell else "No agreement fell."
    missing = f" {drift.missing:,} of its cards have no rating now." if drift.missing else ""
    head = f"{drift.now} against the calibration of {drift.then}, {drift.made_at}"
    return write_screen([Chapter("", [Sheet.of(rows)], [_DRIFT_LEGEND, fell + missing])], head)


def render_calibration(calibration: Calibration) -> str:
    """What calibration changes on authors that the maps were not fitted on."""
    rows = [
        {
            "score": name,
            "n": before.n,
            "raw qwk": number_cell(before.qwk),
            "cal. qwk": number_cell(after.qwk),
            "raw exact": share_cell(before.exact),
            "cal. exact": share_cell(after.exact),
            "raw bias": number_cell(before.bias, "+.2f"),
            "cal. bias": number_cell(after.bias, "+.2f"),
            "raw coverage": share_cell(before.coverage),
            "cal. coverage": share_cell(after.coverage),
        }
        for name, before in calibration.before.items()
        for after in (calibration.after[name],)
    ]
    title = (
        "Calibrated (isotonic distributional regression; each author mapped without its own cards)"
    )
    return "\n" + write_screen([Chapter(title, [Sheet.of(rows)])])


# A panel -------------------------------------------------------------------------------------


def render_panel(panel: JudgePanel) -> str:
    """How far judges agree, how strict each is, and where they differ most."""
    agreement = [reliability_row(*score, "2") for score in panel.agreement.items()]
    leniency = [
        {
            "judge": judge,
            "overall": number_cell(shifts["overall"], "+.3f"),
            "95 % interval": interval_cell(shifts["overall"], "+.3f"),
        }
        for judge, shifts in panel.leniency.items()
    ]
    widest = [
        {"card": id, **dict(zip(panel.judges, ratings, strict=True))}
        for id, ratings in panel.widest
    ]
    sections = [
        Chapter("", [Sheet.of(agreement)]),
        Chapter("What each judge adds to a card's overall rating (mean 0)", [Sheet.of(leniency)]),
        Chapter("Cards on which they differ most", [Sheet.of(widest)]),
    ]
    return write_screen(sections, f"{' + '.join(panel.judges)}: {panel.cards:,} cards")
