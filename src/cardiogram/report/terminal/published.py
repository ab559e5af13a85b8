"""What would be published as text for a terminal: every file and its size, before it is sent."""

from __future__ import annotations

from collections.abc import Iterator

from cardiogram.judge.dataset_cards import UNMEASURED
from cardiogram.publish import Plan, format_bytes
from cardiogram.report.markup import printable


def render_plan(plan: Plan, address: str | None) -> str:
    """Every file, what changes, and what to do next; `address` is where it was sent."""
    kind = "private" if plan.private else "public"
    what = "dataset" if plan.of == "dataset" else "static Space"
    there = "there already" if plan.before else "not known to be there" if plan.unseen else "new"
    revision = f"; revision {plan.revision.name}" if plan.revision else ""
    lines = [f"{plan.address}: a {kind} {what}, {there}{revision}", ""]
    wide = max(len(file.path) for file in plan.files)
    for file in plan.files:
        rows = "" if file.rows is None else f"{file.rows:,} rows"
        size, state = format_bytes(file.bytes), plan.state_of(file)
        line = f"  {file.path:<{wide}}  {size:>9}  {state:<10}{rows}"
        lines.append(line.rstrip())
    lines += [f"  {printable(path):<{wide}}  {'':>9}  removed" for path in plan.removed]
    lines += [f"  {'in all':<{wide}}  {format_bytes(plan.bytes):>9}", "", *_about_revision(plan)]
    lines += [printable(note) for note in plan.notes]
    if not plan.changed:
        since = "that revision" if plan.revision else "it was sent"
        lines.append(f"Nothing has changed since {since}, so nothing is to be sent.")
    if address is None:
        lines.append("Nothing was sent. To send it, add --send.")
    else:
        lines.append(f"Published: {address}")
    return "\n".join(lines) + "\n"


def _about_revision(plan: Plan) -> Iterator[str]:
    """What a dataset's card rates, and what its revision changes."""
    revision = plan.revision
    if revision is None:
        return
    yield (
        f"The card rates {plan.scores['overall'].expected:.1f} of 5 by rubric dataset-card-v1 "
        f"({UNMEASURED})."
    )
    if plan.changed and revision.added is not None:
        yield (
            f"Since the last revision: {revision.added:,} models added, {revision.removed:,} "
            f"removed, {revision.cards_changed:,} cards and {revision.ratings_changed:,} ratings "
            "changed."
        )
