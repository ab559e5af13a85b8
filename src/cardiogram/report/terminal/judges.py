"""An audit, a cascade table, a panel, a drift and a saved calibration as text."""

from __future__ import annotations

from textwrap import wrap

from cardiogram.judge.audit import Audit, AuditEffect
from cardiogram.judge.ensemble import CascadeTable, JudgePanel, ToleranceStep
from cardiogram.judge.gold import describe_overlap
from cardiogram.judge.validation import Calibration, Drift
from cardiogram.report.tables import render_table
from cardiogram.report.terminal.calibration import bounds, figure, share

_LINES = 20
_GATES = {
    "gain": "at most +{:g}",
    "shift": "within {:g}",
    "missed": "at most -{:g}",
    "one": "all rated 1",
    "shown": "shown only",
}


def render_audit(found: Audit) -> str:
    """Every effect with its interval and gate, and what failed."""
    rows = [
        {
            "family": item.family,
            "change": item.name,
            "n": item.n,
            "score": item.score,
            "effect": figure(item.shift, "+.3f"),
            "95 % interval": bounds(item.shift, "+.3f"),
            "moved": "" if item.moved is None else f"{item.moved:.0%}",
            "gate": _GATES[item.gate].format(item.tolerance),
            "": "FAILS" if item.failed else "",
        }
        for item in found.effects
    ]
    head = (
        f"{found.judge} {found.version}: {found.cards:,} cards of {found.authors:,} authors, as "
        "they are and changed"
    )
    lines = [head, "", render_table(rows)]
    lines += wrap(
        "AuditEffect: mean change of the expected rating, in points; of the unfilled template, the "
        "share of cards rated above 1. Intervals by resampling authors. Moved: share of cards "
        "whose whole number is another. Headings only are translated, not the text: no translator "
        "is used; `cardiogram calibrate RATINGS GOLD` has the bias by language of the card.",
        98,
    )
    lost = [f"{item.name}: {item.lost}" for item in found.effects if item.lost]
    lines += ["", f"Not rated any more: {', '.join(lost)}."] if lost else []
    lines += ["", f"Apply to none of the cards: {', '.join(found.skipped)}."] * bool(found.skipped)
    lines += _more(found)
    if found.seen:
        lines += ["", *wrap(describe_overlap(found.seen, found.cards), 98)]
    return "\n".join([*lines, "", _verdict(found.failed, len(found.effects))]) + "\n"


def _more(found: Audit) -> list[str]:
    """What a model is not shown, how preference is told, and what was not measured."""
    lines = []
    if found.unseen:
        unseen = ", ".join(f"{name} ({count})" for name, count in found.unseen.items())
        lines += ["", *wrap(f"Not shown to the judge, so without effect (cards): {unseen}.", 98)]
    if any(item.family == "self-preference" for item in found.effects):
        lines += [
            "",
            *wrap(
                "Self-preference: mean of judge minus gold on cards that the judge's own family "
                "wrote, minus the same on those of others; it fails where it is beyond the gate "
                "and its interval is above 0.",
                98,
            ),
        ]
    unsure = ", ".join(item.name for item in found.effects if item.unsure)
    if unsure:
        lines += [
            "",
            *wrap(
                f"Intervals that reach across their gate: {unsure}. More cards (--sample) tell.", 98
            ),
        ]
    for reason in found.unmeasured:
        lines += ["", *wrap(f"Not measured: {reason}.", 98)]
    return lines


def _verdict(failed: tuple[AuditEffect, ...], count: int) -> str:
    if not failed:
        return f"All {count} effects are within their tolerances."
    names = ", ".join(item.name for item in failed)
    return f"{len(failed)} of {count} effects are beyond their tolerances: {names}."


def render_cascade(found: CascadeTable) -> str:
    """Share sent against agreement, about twenty lines, and the choices."""
    ends = (found.steps[0], found.steps[-1])
    chosen = (found.reached, found.guaranteed, found.in_the_mean, *ends)
    shown = {step.sent: step for step in reversed(found.steps) if step in chosen}
    for step in reversed(found.steps):  # the widest tolerance of every twentieth part
        if not any(round(_LINES * step.sent) == round(_LINES * sent) for sent in shown):
            shown[step.sent] = step
    rows = [
        {
            "tolerance": step.tolerance,
            "sent": f"{step.sent:.0%}",
            "QWK": figure(step.qwk),
            "95 % interval": bounds(step.qwk),
            "by chance": f"{step.random:.3f}",
            "best": f"{step.best:.3f}",
            "exact": share(step.exact),
            f"at least ({1 - found.delta:.0%})": f"{step.at_least:.0%}",
        }
        for step in sorted(shown.values(), key=lambda step: step.tolerance)
    ]
    lines = [
        f"{found.cheap} where it is sure, {found.strong} where its doubt is above the tolerance,",
        f"against {found.gold}: {found.cards:,} cards of {found.authors:,} authors",
        "",
    ]
    for note in found.notes:
        lines += [*wrap(note, 98), ""]
    lines += [render_table(rows), *_choices(found), ""]
    lines += wrap(
        "Doubt: width of a 90 % interval about the whole number given, in rating points. By "
        "chance: QWK where as many cards are sent at random. Best: where the cards are sent that "
        "the second judge mends most, which nobody can know beforehand. "
        f"At least: with {1 - found.delta:.0%} confidence the mean over authors of the share of "
        "equal numbers is no lower, whatever the distribution (exact binomial, a card an author). "
        "It holds for cards drawn as these were, and needs a cheap judge that has not learned from "
        "them: authors are exchangeable, cards of one author need not be. QWK has an interval and "
        "no guarantee.",
        98,
    )
    return "\n".join(lines) + "\n"


def _choices(found: CascadeTable) -> list[str]:
    held = found.held_out
    asked = f"at least {found.agreement:.0%} equal numbers"
    return [
        _choice(f"QWK {found.target:g} on these cards", found.reached, found),
        f"  chosen on other authors' cards: QWK {figure(held.qwk)} ({bounds(held.qwk)}) at "
        f"{held.sent:.0%} of the calls.",
        _choice(
            f"Guaranteed with {1 - found.delta:.0%} confidence, {asked}", found.guaranteed, found
        ),
        _choice(
            f"In the mean over samples (conformal risk control), {asked}", found.in_the_mean, found
        ),
    ]


def _choice(words: str, step: ToleranceStep | None, found: CascadeTable) -> str:
    if step is None:
        best = found.steps[0]
        return (
            f"{words}: not with any tolerance (everything sent: QWK {figure(best.qwk)}, exact "
            f"{share(best.exact)})."
        )
    return (
        f"{words}: --tolerance {step.tolerance:g} (QWK {figure(step.qwk)} at {step.sent:.0%} of "
        "the calls)."
    )


def render_drift(found: Drift) -> str:
    """Agreement then and now, and what fell."""
    rows = [
        {
            "score": name,
            "n": item.n,
            "then": "" if item.then is None else f"{item.then:.3f}",
            "now": "" if item.now is None else f"{item.now:.3f}",
            "difference": figure(item.difference, "+.3f"),
            "interval": bounds(item.difference, "+.3f"),
            "moved": f"{item.moved:.0%}",
            "": "FELL" if item.fell else "",
        }
        for name, item in found.scores.items()
    ]
    fell = f"Agreement fell: {', '.join(found.fell)}." if found.fell else "No agreement fell."
    missing = f" {found.missing:,} of its cards have no rating now." if found.missing else ""
    lines = [
        f"{found.now} against the calibration of {found.then}, {found.made_at}",
        "",
        render_table(rows),
        "QWK on the same cards and gold; paired draws of authors, 95 % for the overall rating, and",
        "together 95 % for the criteria (Bonferroni).",
        "",
        fell + missing,
    ]
    return "\n".join(lines) + "\n"


def render_saved(found: Calibration) -> str:
    """What calibration changes on authors that the maps were not fitted on."""
    rows = [
        {
            "score": name,
            "n": before.n,
            **{
                f"{word} {key}": figure(getattr(side, key), form)
                for key, form in (
                    ("qwk", ".3f"),
                    ("exact", ".0%"),
                    ("bias", "+.2f"),
                    ("coverage", ".0%"),
                )
                for word, side in (("raw", before), ("cal.", found.after[name]))
            },
        }
        for name, before in found.before.items()
    ]
    return (
        "\nCalibrated (isotonic distributional regression; each author mapped without its own "
        f"cards)\n\n{render_table(rows)}"
    )


def render_panel(found: JudgePanel) -> str:
    """How far judges agree, how strict each is, and where they differ most."""
    agreement = [
        {
            "score": name,
            "n": item.n,
            "alpha": figure(item.alpha),
            "95 % interval": bounds(item.alpha),
            "ICC(2,1)": figure(item.icc["ICC(2,1)"]),
            "its interval": bounds(item.icc["ICC(2,1)"]),
            "ICC(2,k)": figure(item.icc["ICC(2,k)"]),
            "equal": share(item.equal),
            "sd": figure(item.sd, ".2f"),
        }
        for name, item in found.agreement.items()
    ]
    leniency = [
        {
            "judge": judge,
            "overall": figure(item["overall"], "+.3f"),
            "95 % interval": bounds(item["overall"], "+.3f"),
        }
        for judge, item in found.leniency.items()
    ]
    widest = [
        {"card": id, **dict(zip(found.judges, given, strict=True))} for id, given in found.widest
    ]
    return "\n".join(
        [
            f"{' + '.join(found.judges)}: {found.cards:,} cards",
            "",
            render_table(agreement),
            "What each judge adds to a card's overall rating (mean 0)",
            "",
            render_table(leniency),
            "Cards on which they differ most",
            "",
            render_table(widest),
        ]
    )
