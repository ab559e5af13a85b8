"""What the built-in judge measured of itself in training, as tables for the documentation."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from cardiogram.judge.embedded.judge import embedded_judge
from cardiogram.judge.reliance import describe_reliance


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    cells = ([cell.replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in cells) + "\n"


def reliance_block() -> str:
    """What a user can rely on, as a list."""
    sentences = describe_reliance(embedded_judge().weights.about)
    wrapped = (
        textwrap.wrap(
            sentence,
            118,
            initial_indent="- ",
            subsequent_indent="  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for sentence in sentences
    )
    return "\n".join(line for lines in wrapped for line in lines) + "\n"


def agreement_block() -> str:
    """The built-in judge's measured agreement, from the file that training left."""
    about = embedded_judge().weights.about
    agreement = about["agreement"]
    return (
        f"Version {about['version']}, rubric {about['rubric']}, trained on {about['cards']} cards "
        f"of {about['authors']} authors.\nMeasured by {agreement['method']}. QWK is the "
        "quadratic-weighted kappa of the whole numbers,\nwith a 95 % interval by resampling "
        "authors; rho is Spearman's, of the expected value; covered is the share of\nlabels "
        "within the 90 % interval.\n\n"
        + table(AGREEMENT_HEAD, agreement_rows(agreement["scores"]))
        + "\n\nBy set of cards:\n\n"
        + "\n\n".join(
            f"{SETS.get(name, name)}\n\n" + table(AGREEMENT_HEAD, agreement_rows(figures))
            for name, figures in agreement["sets"].items()
        )
        + "\n\nThe overall rating, by kind and length of card:\n\n"
        + table(["cards", *AGREEMENT_HEAD[1:]], agreement_rows(agreement["strata"]))
    )


def responsiveness_block() -> str:
    """How the built-in judge's changes go with its reader's, from the same file."""
    about = embedded_judge().weights.about
    found = about["responsiveness"]
    rows = [
        [
            name,
            f"{item['correlation']:.2f}",
            f"{item['low']:.2f} to {item['high']:.2f}",
            f"{item['slope']:.2f}",
            f"{item['direction']:.0%}",
        ]
        for name, item in found.items()
    ]
    return (
        f"Does a rating change as its reader's does? From {found['overall']['n']} copies of these "
        "cards some sections, paragraphs,\ncode, tables, the end or half of the metadata were "
        "taken away, and a language model rated what was left. Judge\nand reader changed together "
        "(Pearson's correlation of the two changes, on authors the judge had not seen);\nslope is "
        "the reader's change where the judge's is one point; direction is the share of the copies "
        "that the reader\nrated otherwise which the judge moved the same way.\n\n"
        + table(["number", "correlation", "95 % interval", "slope", "direction"], rows)
    )


SETS = {
    "labels-dev": "A random sample of the Hub in 2023, the most downloaded of 2024, and few more "
    "(`labels-dev`):",
    "wild-dev-labels": "Cards of 2024 with their front matter (`wild-dev`):",
    "corrected": "Cards over 9,000 characters, among the first, read as a whole (`long-dev`):",
}
CHANGES = {
    "removed": "removed, all",
    "gone": "its sections gone",
    "part": "a third of them left",
    "good": "a good one of another model, names adapted",
    "half": "a third of such a one",
    "stranger": "a stranger's as it stood",
    "token": "a token line",
}
AGREEMENT_HEAD = ["number", "n", "QWK", "95 % interval", "rho", "exact", "covered"]


def changes_block() -> str:
    """What readers and judge say of changed copies, by what was done."""
    about = embedded_judge().weights.about
    head = ["change", "n", "readers", "judge", "slope", "mean error", "overall, readers", "judge"]
    rows = [
        [
            CHANGES.get(name, name),
            str(item["n"]),
            f"{item['rated']:+.2f}",
            f"{item['judged']:+.2f}",
            "" if not name.startswith(("removed", "gone", "part")) else f"{item['slope']:.2f}",
            f"{item['error']:.2f}",
            f"{item['overall_rated']:+.2f}",
            f"{item['overall_judged']:+.2f}",
        ]
        for name, item in about["changes"].items()
    ]
    return (
        "Copies of these cards in which one criterion's sections were removed or added, read as a "
        "whole without knowing\nwhat was changed; the judge had seen no card of the author. Points "
        "of that criterion; slope is what the judge says\nof a point of the readers.\n\n"
        + table(head, rows)
    )


def agreement_rows(figures: dict[str, dict[str, float]]) -> list[list[str]]:
    """Rows of the agreement tables."""

    def shown(value: float | None, form: str) -> str:
        return "" if value is None else format(value, form)

    return [
        [
            name,
            str(item["n"]),
            shown(item["qwk"], ".3f"),
            "" if item["low"] is None else f"{item['low']:.3f} to {item['high']:.3f}",
            shown(item["spearman"], ".3f"),
            shown(item["exact"], ".0%"),
            shown(item["coverage"], ".0%"),
        ]
        for name, item in figures.items()
    ]
