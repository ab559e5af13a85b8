"""A study: what was rated, what goes with the rating, what is missing, what to mend first."""

from __future__ import annotations

from pathlib import Path

from cardiogram.analysis import Results
from cardiogram.judge import load_rubric
from cardiogram.report.markup import Markup, count_of, el, format_number, format_share
from cardiogram.report.notebook.chart_image import picture
from cardiogram.report.notebook.fragment import cut, frame, head, more, table
from cardiogram.report.page import Drawing, draw_dose
from cardiogram.report.tables import READERS, describe_judge, describe_models
from cardiogram.report.terminal import pick_sentences

_SENTENCES, _GAPS, _CARDS = 3, 5, 5


def show_study(folder: Path, results: Results, *notes: str) -> Markup:
    """Write what a study found as a fragment of HTML; `notes` say what it lacks."""
    rated = results.coverage.rated
    sentences = [*pick_sentences(results, _SENTENCES), *notes]
    report = el("p", "Everything: ", el("code", str(folder / "report.html")), class_="quiet")
    return frame(
        head(folder.name, f"{count_of(rated, 'card')} rated", describe_models(results)),
        _ratings(results, folder),
        [el("p", cut(sentence, 600)) for sentence in sentences],
        _missing(results),
        _mend(results),
        report,
    )


def _ratings(results: Results, folder: Path) -> Markup | None:
    rated = results.ratings.get("overall")
    if rated is None or not rated.n:
        return None
    rubric = load_rubric(results.judge.rubric_version)
    chart, caption = draw_dose(results, rubric.overall_names)
    return picture(
        Drawing("ratings", caption, chart, ""), f"{folder.name}: {describe_judge(results)}"
    )


def _missing(results: Results) -> Markup | None:
    rows = [(gap.name, f"{gap.missed:,}", format_share(gap.share)) for gap in results.gaps[:_GAPS]]
    return table(["missing most", "cards", "share"], rows, [None, "n", "n"]) if rows else None


def _mend(results: Results) -> list[Markup | None]:
    mend = results.mend
    if mend is None or not mend.cards:
        return []
    rows = [
        (
            cut(card.id),
            "–" if card.rating is None else f"{card.rating:.1f}",
            format_number(card.downloads),
            cut(", ".join(card.lacks)),
        )
        for card in mend.cards[:_CARDS]
    ]
    order = READERS[mend.readers].partition(";")[0]
    heads = [f"worth mending first, by {order}", "rating", "downloads", "mend first"]
    return [
        table(heads, rows, [None, "n", "n", None]),
        more(len(mend.cards) - _CARDS, "card", ".results.mend.cards"),
    ]
