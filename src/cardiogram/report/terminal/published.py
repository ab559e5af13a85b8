"""A planned dataset as text for a terminal: every file and its size, before anything is sent."""

from __future__ import annotations

from cardiogram.judge.dataset_cards import UNMEASURED
from cardiogram.publish import Plan, format_bytes
from cardiogram.report.markup import printable


def render_plan(plan: Plan, address: str | None) -> str:
    """Every file, what changes, and what to do next; `address` is where it was sent."""
    kind = "private" if plan.private else "public"
    there = "there already" if plan.before else "new"
    lines = [f"{plan.repo_id}: a {kind} dataset, {there}; revision {plan.revision.name}", ""]
    wide = max(len(file.path) for file in plan.files)
    for file in plan.files:
        rows = "" if file.rows is None else f"{file.rows:,} rows"
        line = f"  {file.path:<{wide}}  {format_bytes(file.bytes):>9}  {file.state:<8}{rows}"
        lines.append(line.rstrip())
    lines += [f"  {printable(path):<{wide}}  {'':>9}  removed" for path in plan.removed]
    lines += [f"  {'in all':<{wide}}  {format_bytes(plan.bytes):>9}", ""]
    overall = plan.scores["overall"]
    lines.append(
        f"The card rates {overall.expected:.1f} of 5 by rubric dataset-card-v1 ({UNMEASURED})."
    )
    revision = plan.revision
    if plan.changed and revision.added is not None:
        lines.append(
            f"Since the last revision: {revision.added:,} models added, {revision.removed:,} "
            f"removed, {revision.cards_changed:,} cards and {revision.ratings_changed:,} ratings "
            "changed."
        )
    lines += [printable(note) for note in plan.notes]
    if not plan.changed:
        lines.append("Nothing has changed since that revision, so nothing is to be sent.")
    if address is None:
        lines.append("Nothing was sent. To send it, add --send.")
    else:
        lines.append(f"Published: {address}")
    return "\n".join(lines) + "\n"
