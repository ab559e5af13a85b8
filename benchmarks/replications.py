"""Run published analyses of model cards again, on the part of their data that is at hand.

::

    cardiogram judges train ../shared/corpus/labels-dev.jsonl \
        --cards ../shared/corpus/cards-dev.jsonl.gz --partial training/partial.jsonl \
        --out /tmp/judge --out-of-fold /tmp/out-of-fold.jsonl
    python benchmarks/replications.py --ratings /tmp/out-of-fold.jsonl

Fills docs/explanation/replications.md. The cards lie beside the repository, since their source has
no licence that would let a package ship them; what goes into the page are figures.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import ArrayLike

from cardiogram.analysis.columns import sign
from cardiogram.analysis.duplicates import find_duplicates
from cardiogram.cards import Card
from cardiogram.cards.features import count_words
from cardiogram.judge import load_judge
from cardiogram.judge.validation import Measurement, draw_authors
from cardiogram.optional import one_thread, scipy, sklearn
from cardiogram.stats import OutlierRule, find_outliers
from cardiogram.stats.ranks import (
    Association,
    CorrelationComparison,
    RatingTable,
    build_covariates,
    relate_ratings,
)
from cardiogram.stats.regression import (
    Regression,
    fit_hurdle,
    least_squares,
    m_estimator,
    ppml,
    theil_sen,
)
from cardiogram.stats.resampling import Floats, Interval, Resampling, author_codes
from coded_cards import Mask, Sample, count_blocks, read_out_of_fold, read_sample
from run import fill
from timing import ROOT, SHARED, table

PAGE = ROOT / "docs" / "explanation" / "replications.md"
PUBLISHED_AUTHORS = 623
PROLIFIC = "TheBloke"
PLACEBOS, PLACEBO_DRAWS = 2000, 500
FOLDS = 10
SIMILAR = 0.6
RESAMPLING = Resampling()
NO_FIGURE = "–"


# The label and the counts


def rho(sample: Sample, outcome: str, x: ArrayLike, rows: Mask | None = None) -> Association:
    """Rank correlation of a column with an outcome, of some models."""
    columns = sample.table(x) if rows is None else sample.table(x).rows(rows)
    return relate_ratings(columns, RESAMPLING).plain["x", outcome]


def rho_given_task(sample: Sample, outcome: str) -> Association:
    """The same given the task, which the tags name."""
    covariates = build_covariates({}, {"task": sample.tasks})
    columns = replace(sample.table(sample.high), covariates=covariates)
    return relate_ratings(columns, RESAMPLING).partial["x", outcome]


def likes_or_downloads(sample: Sample) -> CorrelationComparison:
    """Whether the label goes with likes more closely."""
    columns = replace(sample.table(sample.high), contrasts=[("likes", "downloads")])
    return relate_ratings(columns, RESAMPLING).compared["x", "likes", "downloads"]


def slope(sample: Sample, outcome: str, kind: str) -> Regression:
    """A regression of the counts on the label, by its name."""
    count, rows = sample.outcomes[outcome], np.ones(sample.codes.size, bool)
    if kind == "rest":
        rows, kind = np.arange(count.size) != count.argmax(), "poisson"
    given = (sample.high[rows], count[rows], author_codes(sample.authors[rows]))
    fits: dict[str, Callable[[], Regression]] = {
        "least squares": lambda: least_squares(*given, resampling=RESAMPLING),
        "huber": lambda: m_estimator(*given, "huber", RESAMPLING),
        "tukey": lambda: m_estimator(*given, "tukey", RESAMPLING),
        "theil-sen": lambda: theil_sen(*given, resampling=RESAMPLING),
        "poisson": lambda: ppml(*given, resampling=RESAMPLING),
        "any": lambda: fit_hurdle(*given, resampling=RESAMPLING)[0],
        "more": lambda: fit_hurdle(*given, resampling=RESAMPLING)[1],
    }
    return fits[kind]()


def any_by_label(sample: Sample, outcome: str) -> str:
    """Share with any, of cards labelled High and of those labelled Low."""
    some = sample.outcomes[outcome] > 0
    return "; ".join(percent(some[sample.high == label]) for label in (1, 0))


def top_share(sample: Sample, outcome: str) -> str:
    """Share of all that the one model has that has most."""
    count = sample.outcomes[outcome]
    return f"{100 * count.max() / count.sum():.0f} %"


def trim(sample: Sample, outcome: str, rule: OutlierRule) -> str:
    """The correlation without what a rule drops."""
    dropped = find_outliers(sample.outcomes[outcome], rule).dropped
    return "cannot be used" if dropped is None else drop(sample, outcome, dropped)


def drop(sample: Sample, outcome: str, dropped: Mask) -> str:
    """How many models are dropped, and the correlation that is left."""
    return f"{dropped.sum()}: {decimal(rho(sample, outcome, sample.high, ~dropped).estimate)}"


def alike_within_authors(sample: Sample, column: Floats) -> float:
    """Intraclass correlation of the authors of several models, by one-way analysis of variance."""
    several = np.bincount(sample.codes)[sample.codes] > 1
    y, author = column[several], np.unique(sample.codes[several], return_inverse=True)[1]
    sizes = np.bincount(author)
    means = np.bincount(author, y) / sizes
    between = float(sizes @ (means - y.mean()) ** 2) / (sizes.size - 1)
    within = float(((y - means[author]) ** 2).sum()) / (y.size - sizes.size)
    size = (y.size - float(sizes @ sizes) / y.size) / (sizes.size - 1)
    return (between - within) / (between + (size - 1) * within)


def placebos(sample: Sample, outcome: str, rows: Mask) -> str:
    """Share of scores drawn by author that go with the counts: plain p below 5 %, and by author."""
    codes = author_codes(sample.authors[rows])
    scores = np.random.default_rng(0).normal(size=(PLACEBOS, codes.max() + 1))[:, codes]
    columns = {str(number): score for number, score in enumerate(scores)}
    drawn = RatingTable(columns, {outcome: sample.outcomes[outcome][rows]}, codes)
    found = relate_ratings(drawn, Resampling(draws=PLACEBO_DRAWS)).plain.values()
    plain = np.array([one.p_value or 1.0 for one in found])
    by_author = np.array([one.cluster_p_value or 1.0 for one in found])
    return f"{percent(plain < 0.05)}; {percent(by_author < 0.05)}"


def repeated(sample: Sample) -> Mask:
    """Cards that share their triples of words with an earlier one."""
    counter = sklearn("feature_extraction.text").CountVectorizer(
        ngram_range=(3, 3), token_pattern=r"\w+", binary=True
    )
    triples = counter.fit_transform([card.body for card in sample.cards])
    common = (triples @ triples.T).toarray()
    either = np.add.outer(common.diagonal(), common.diagonal()) - common
    alike = (common >= SIMILAR * either) & (either > 0)
    cluster = scipy("sparse.csgraph").connected_components(alike)[1]
    later = np.ones(cluster.size, bool)
    later[np.unique(cluster, return_index=True)[1]] = False
    return later


def repeated_plain(sample: Sample) -> Mask:
    """Those that `analyze` takes for another: names of models and numbers do not count."""
    texts = pa.array([card.body for card in sample.cards], pa.large_string())
    signatures = sign(texts, pa.array([card.id for card in sample.cards]))
    authors = np.unique(sample.authors, return_inverse=True)[1]
    return ~find_duplicates(signatures, authors, np.zeros(authors.size)).kept


@dataclass(frozen=True, slots=True)
class Row:
    """A published figure of downloads and of likes, and what makes it again."""

    words: str
    downloads: str
    likes: str
    again: Callable[[Sample, str], str | Association | Regression]

    def cells(self, sample: Sample) -> list[str]:
        """What was published of each outcome, and what is found of it here."""
        found = [self.again(sample, outcome) for outcome in sample.outcomes]
        ours = [one if isinstance(one, str) else decimal(one.estimate) for one in found]
        return [self.words, self.downloads, ours[0], self.likes, ours[1]]


ROWS = (
    Row("models with none", "22 %", "50 %", lambda s, y: percent(s.outcomes[y] == 0)),
    Row("with any: labelled High; Low", NO_FIGURE, "66 %; 42 %", any_by_label),
    Row("rho", ".217", ".263", lambda s, y: rho(s, y, s.high)),
    Row(
        "its interval by author",
        ".110 to .315",
        ".142 to .382",
        lambda s, y: ends(rho(s, y, s.high).cluster_interval),
    ),
    Row("rho given the task (there age, too)", ".278", ".271", rho_given_task),
    Row("least squares", "1.387", ".674", lambda s, y: slope(s, y, "least squares")),
    Row("Huber's line", "1.109", ".359", lambda s, y: slope(s, y, "huber")),
    Row("Tukey's line", "1.052", ".268", lambda s, y: slope(s, y, "tukey")),
    Row("Theil and Sen's line", "1.099", ".405", lambda s, y: slope(s, y, "theil-sen")),
    Row("Poisson", "2.368", "3.762", lambda s, y: slope(s, y, "poisson")),
    Row("share of the top model", "43 %", NO_FIGURE, top_share),
    Row("Poisson without the top model", "1.669", NO_FIGURE, lambda s, y: slope(s, y, "rest")),
    Row("log odds of any", NO_FIGURE, ".98", lambda s, y: slope(s, y, "any")),
    Row("log of how many, if any", NO_FIGURE, ".69", lambda s, y: slope(s, y, "more")),
    Row("rho less outliers, fences", "26: .182", NO_FIGURE, lambda s, y: trim(s, y, "iqr")),
    Row("rho less outliers, MAD", "14: .196", NO_FIGURE, lambda s, y: trim(s, y, "mad")),
    Row(
        f"rho less {PROLIFIC}",
        NO_FIGURE,
        "34: .203",
        lambda s, y: drop(s, y, s.authors == PROLIFIC),
    ),
    Row("rho less converted copies", "88: .162", NO_FIGURE, lambda s, y: drop(s, y, s.copies)),
    Row(
        "rho less near-duplicates",
        "169: .264",
        "169: .294",
        lambda s, y: drop(s, y, repeated(s)),
    ),
    Row(
        "the same by the rule of analyze",
        NO_FIGURE,
        NO_FIGURE,
        lambda s, y: drop(s, y, repeated_plain(s)),
    ),
    Row("rho of the number of words", NO_FIGURE, ".192", lambda s, y: rho(s, y, s.words)),
    Row(
        "intraclass correlation of log1p",
        ".50",
        NO_FIGURE,
        lambda s, y: decimal(alike_within_authors(s, np.log1p(s.outcomes[y])), 2),
    ),
    Row(
        "placebo found, plain test; by author",
        NO_FIGURE,
        "32 to 37 %; 5 %",
        lambda s, y: placebos(s, y, s.authors != ""),
    ),
    Row(
        f"the same less {PROLIFIC}",
        NO_FIGURE,
        NO_FIGURE,
        lambda s, y: placebos(s, y, s.authors != PROLIFIC),
    ),
)


def popularity_block(sample: Sample) -> str:
    """Published figures of both outcomes, ours beside them, and how far a part may be off."""
    n, authors = sample.codes.size, int(sample.codes.max()) + 1
    head = ["", "downloads, 758", f"{n}", "likes, 758", f"{n}"]
    gap = likes_or_downloads(sample)
    told = decimal(gap.correlations.difference) if gap.correlations else NO_FIGURE
    ranks = [rho(sample, y, sample.high).cluster_interval for y in sample.outcomes]
    lines = [slope(sample, y, "least squares").cluster_interval for y in sample.outcomes]
    by_ranks, by_line = (
        " and ".join(part_of_whole(interval, authors) for interval in both)
        for both in (ranks, lines)
    )
    return "\n".join(
        [
            table(head, [row.cells(sample) for row in ROWS]),
            "",
            "Rho with likes less rho with downloads: .045 (-.048 to .136) of 758, "
            f"{told} ({ends(gap.by_author.interval)}) of {n}.",
            "Intraclass correlation of the label within authors: .74 of 758, "
            f"{decimal(alike_within_authors(sample, sample.high), 2)} of {n}.",
            f"In 19 of 20 draws, a random part of {authors} of the {PUBLISHED_AUTHORS} authors",
            f"gives a rho within {by_ranks} (downloads and likes) of that of all,",
            f"and a slope by least squares within {by_line}.",
        ]
    )


def part_of_whole(interval: Interval | None, authors: int) -> str:
    """How far from the whole a part of its authors lies by chance, in 19 of 20 draws."""
    if interval is None:
        return NO_FIGURE
    left_out = max(0.0, 1 - authors / PUBLISHED_AUTHORS)
    return decimal((interval.high - interval.low) / 2 * math.sqrt(left_out), 2)


# What the label is


def counts_of(card: Card) -> list[int]:
    """Nine counts of a card's text."""
    links = [link.image for link in card.document.links]
    kinds = ("heading", "paragraph", "item", "code", "table")
    return [
        count_words(card.body),
        len(card.body),
        *(count_blocks(card, kind) for kind in kinds),
        links.count(True),
        links.count(False),
    ]


def predict_label(sample: Sample, splitter: str) -> Floats:
    """Chance of High by a forest over nine counts, on cards that it has not seen."""
    selection = sklearn("model_selection")
    folds = getattr(selection, splitter)(FOLDS, shuffle=True, random_state=0)
    chances: Floats = selection.cross_val_predict(
        sklearn("ensemble").RandomForestClassifier(random_state=0),
        np.array([counts_of(card) for card in sample.cards]),
        sample.high,
        groups=sample.codes if splitter == "GroupKFold" else None,
        cv=folds,
        method="predict_proba",
    )[:, 1]
    return chances


def label_block(sample: Sample) -> str:
    """The label against its rule, and against counts."""
    n = sample.codes.size
    kinds = {
        "both": (sample.what & sample.how, "249 of 249"),
        "only what": (sample.what & ~sample.how, "6 of 393"),
        "only how": (~sample.what & sample.how, "3 of 23"),
        "neither": (~sample.what & ~sample.how, "0 of 97"),
    }
    rule = [
        [name, published, f"{sample.high[rows].sum():.0f} of {rows.sum()}"]
        for name, (rows, published) in kinds.items()
    ]
    by_card, by_author = (predict_label(sample, name) for name in ("StratifiedKFold", "GroupKFold"))
    told = [
        ["forest, 28 features", ".975; 92.7 %", NO_FIGURE],
        ["the same, folds by author", ".964", NO_FIGURE],
        [
            "forest, nine counts of the text",
            ".970; 92.1 %",
            told_apart(sample, by_card, by_card > 0.5),
        ],
        ["the same, folds by author", NO_FIGURE, told_apart(sample, by_author, by_author > 0.5)],
        [
            "number of code blocks; any of them",
            ".927; 88.3 %",
            told_apart(sample, sample.code_blocks, np.array(sample.code_blocks) > 0),
        ],
        ["number of words", ".754", told_apart(sample, sample.words)],
        ["marked as an uncompleted template", "27.8 %", percent(sample.unfilled, 1)],
    ]
    return "\n\n".join(
        [
            table(["a heading of the category", "High, 762 cards", f"High, {n} cards"], rule),
            table(["High told from Low (AUC; right)", "758 cards", f"{n} cards"], told),
        ]
    )


def told_apart(sample: Sample, score: ArrayLike, called_high: Mask | None = None) -> str:
    """AUC of a score and, of a decision, how often it is right."""
    area = decimal(area_under_curve(sample, score).value)
    return (
        area if called_high is None else f"{area}; {percent(called_high == (sample.high == 1), 1)}"
    )


# The built-in judge against the label


def area_under_curve(sample: Sample, score: ArrayLike) -> Measurement:
    """How often a card labelled High scores more than one labelled Low; a tie is half."""
    draws = draw_authors(sample.authors, RESAMPLING.draws, RESAMPLING.seed)
    values, high = np.asarray(score, float), sample.high == 1
    above = np.subtract.outer(values[high], values[~high])
    wins = (above > 0) + (above == 0) / 2
    times = draws.times[:, draws.owner]
    first, second = times[:, high], times[:, ~high]
    with np.errstate(invalid="ignore"):  # a draw may hold one label alone
        areas = ((first @ wins) * second).sum(axis=1) / (first.sum(axis=1) * second.sum(axis=1))
    return draws.figure(areas)


def judge_block(sample: Sample, out_of_fold: Mapping[str, Floats]) -> str:
    """Area under the curve, cards labelled High by rating, and what goes with the counts."""
    rated = load_judge("embedded").rate(sample.cards)
    overall = out_of_fold["overall_expected"]
    scores: dict[str, ArrayLike] = {
        "overall, authors not seen": overall,
        "overall as shipped, which has learned from these cards": [
            rating.scores["overall"].expected for rating in rated
        ],
        "overall as a whole number, authors not seen": out_of_fold["overall"],
        "usage, authors not seen": out_of_fold["usage_expected"],
        "overall by the reader that the judge imitates, a whole number": sample.reader,
        "number of code blocks": sample.code_blocks,
    }
    areas = {name: area_under_curve(sample, score) for name, score in scores.items()}
    curve = [
        [name, f"{decimal(area.value)} ({decimal(area.low)} to {decimal(area.high)})"]
        for name, area in areas.items()
    ]
    by_rating = [
        [f"{rating}"]
        + [share_high(sample, whole == rating) for whole in (out_of_fold["overall"], sample.reader)]
        for rating in range(1, 6)
    ]
    low, high = (sample.high == label for label in (0, 1))
    related = {
        "label": (sample.high, low | high),
        "overall rating, authors not seen": (overall, low | high),
        "the same, labelled High": (overall, high),
        "the same, labelled Low": (overall, low),
    }
    counts = [
        [name, *(cell for y in sample.outcomes for cell in with_ends(rho(sample, y, x, rows)))]
        for name, (x, rows) in related.items()
    ]
    return "\n\n".join(
        [
            table(["score", "AUC (interval by author)"], curve),
            table(["overall rating", "labelled High, judge", "reader"], by_rating),
            describe_disagreement(sample, out_of_fold["overall"]),
            table(["", "rho with downloads", "by author", "with likes", "by author"], counts),
        ]
    )


def describe_disagreement(sample: Sample, whole: Floats) -> str:
    """What the cards are that label and rating put on different sides."""
    code, words = np.array(sample.code_blocks) > 0, np.array(sample.words)
    poor = (sample.high == 1) & (whole <= 2)
    good = (sample.high == 0) & (whole >= 3)
    return "\n".join(
        [
            f"Labelled High and rated 2 or less: {poor.sum()} cards, half of them of at most "
            f"{np.median(words[poor]):.0f} words; {percent(code[poor])} have code.",
            f"Labelled Low and rated 3 or more: {good.sum()} cards, half of them of "
            f"{np.median(words[good]):.0f} words or more; {(good & ~sample.how).sum()} of them",
            "have no heading that people put under how.",
        ]
    )


def with_ends(found: Association) -> tuple[str, str]:
    """A correlation and its interval by author."""
    return decimal(found.estimate), ends(found.cluster_interval)


def share_high(sample: Sample, rows: Mask) -> str:
    """How many of some cards are labelled High."""
    if not rows.any():
        return NO_FIGURE
    return f"{sample.high[rows].sum():.0f} of {rows.sum()} ({percent(sample.high[rows] == 1)})"


# Figures as the page shows them


def decimal(value: float | None, digits: int = 3) -> str:
    """A figure without the 0 before its point."""
    if value is None:
        return NO_FIGURE
    text = f"{value:.{digits}f}"
    return text.replace("0.", ".", 1) if abs(value) < 1 else text


def percent(rows: Mask, digits: int = 0) -> str:
    """A share of some models."""
    return f"{100 * rows.mean():.{digits}f} %" if rows.size else NO_FIGURE


def ends(interval: Interval | None) -> str:
    """The ends of an interval."""
    return NO_FIGURE if interval is None else f"{decimal(interval.low)} to {decimal(interval.high)}"


def main(arguments: Sequence[str] | None = None) -> None:
    """Fill the blocks of the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--corpus", type=Path, default=SHARED / "corpus")
    parser.add_argument("--ratings", type=Path, required=True, help="out-of-fold ratings")
    parser.add_argument("--page", type=Path, default=PAGE)
    asked = parser.parse_args(arguments)
    sample = read_sample(asked.corpus)
    with one_thread():
        blocks = {
            "popularity": popularity_block(sample),
            "label": label_block(sample),
            "judge": judge_block(sample, read_out_of_fold(asked.ratings, sample.cards)),
        }
    page = asked.page.read_text("utf-8")
    for name, block in blocks.items():
        page = fill(page, name, block)
    asked.page.write_text(page, "utf-8")


if __name__ == "__main__":
    main()
