"""What a made-up analysis found, with every part that a page or a terminal shows."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from cardiogram.analysis import (
    Conclusion,
    DoseLevel,
    GroupLink,
    Results,
    Robustness,
    Specification,
    StatedNumber,
    TraitOdds,
    WithinAuthors,
)
from cardiogram.stats import Decile
from cardiogram.stats.resampling import Interval
from cardiogram.store import Study

BAD = "<script>x</script>\u202e"
"""A name from outside that must stay text."""


def make_ends(low: float, high: float) -> Interval:
    """A made-up 95 % interval."""
    return Interval(0.95, low, high, "made up")


CONCLUSIONS = (
    Conclusion(
        about="ratings",
        branches={"": "stated"},
        words="Two of three cards are rated 1 or 2.",
        short="Two of three cards are rated 1 or 2",
        rule="The share is always stated.",
    ),
    Conclusion(
        about="adjusted",
        branches={"downloads": "more", "likes": "cannot be told"},
        words="Among models of like task, better rated cards go with more downloads (rank "
        "correlation 0.32, 0.21 to 0.40); whether with more likes cannot be told (0.10, -0.05 to "
        "0.25; one under 0.20 can have been missed).",
        short="Better rated cards go with more downloads",
        evidence=(
            StatedNumber(
                name="rank correlation",
                outcome="downloads",
                n=40,
                estimate=0.32,
                low=0.21,
                high=0.4,
            ),
            StatedNumber(
                name="rank correlation",
                outcome="likes",
                n=40,
                estimate=0.1,
                low=-0.05,
                high=0.25,
                missed=0.2,
            ),
        ),
        held_equal=("task",),
        unknown=("size",),
        rule="An interval by author that leaves out 0.",
    ),
    Conclusion(
        about="near_duplicates",
        branches={"": "stated"},
        words=f"One card of each near-duplicate text: 0.38. Without {BAD} (7 % of them): 0.35.",
        rule="Stated where 10 % of the cards are near-duplicates.",
    ),
)
DOSE = tuple(
    DoseLevel(
        label=label,
        lowest=int(label[0]),
        highest=int(label[-1]),
        cards=cards,
        medians={"downloads": median, "likes": 0.0},
        shares_above_zero={"downloads": 0.9, "likes": liked},
    )
    for label, cards, median, liked in (
        ("1", 67, 1.0, 0.33),
        ("2", 245, 3.0, 0.35),
        ("3", 101, 13.5, 0.71),
        ("4-5", 60, 144015.0, 0.92),
    )
)
LINKS = tuple(
    GroupLink(
        by=by,
        group=group,
        outcome=outcome,
        n=n,
        authors=n,
        estimate=estimate,
        simultaneous=None if estimate is None else make_ends(estimate - 0.25, estimate + 0.25),
        reason="too few authors" if estimate is None else None,
    )
    for by, outcome in product(("task", "library"), ("downloads", "likes"))
    for group, n, estimate in (
        (f"{by}-generation", 128, 0.38),
        (f"{BAD} with a name that goes on and on", 40, -0.1),
        ("(none)", 15, None),
    )
)
CURVE = tuple(
    Specification(
        outcome=outcome,
        controls=controls,
        rows=rows,
        estimator=estimator,
        n=40,
        estimate=None if estimator == "Tukey" and rows != "all" else 0.1 * (1 + place),
        ratio=None if estimator == "Tukey" and rows != "all" else 1.1 + 0.2 * place,
        p_value=0.001 if place % 3 else 0.3,
        main=place == 3,
        reason="did not converge" if estimator == "Tukey" and rows != "all" else None,
    )
    for outcome in ("downloads", "likes")
    for place, (estimator, controls, rows) in enumerate(
        product(
            ("Huber", "Tukey"), ((), ("task",), ("task", "library")), ("all", "without outliers")
        )
    )
)
TRAITS = tuple(
    TraitOdds(
        trait=name,
        words=words,
        kind=kind,
        outcome=outcome,
        n=100,
        held=30,
        estimate=odds,
        cluster_interval=make_ends(odds / 2, odds * 2) if odds and odds > 2.5 else None,
        cluster_p_value=0.001,
        q_value=0.01 if odds and odds > 2.5 else 0.2 if odds else None,
        prevalence=0.3,
        prevalence_by_decile=(Decile(0, 1, 9, 0.1), Decile(5, 9, 8, 0.6)),
        given=("task",),
        reason=None if odds else "0 of 100 models have it",
    )
    for outcome in ("downloads", "likes")
    for name, words, kind, odds in (
        ("usage", "a usage section", "writer", 3.5),
        ("code", "a code snippet", "writer", 1.2),
        ("video", "a video", "writer", None),
        ("gguf", "GGUF files", "model", 2.7),
        ("endpoints", "runs on endpoints", "hub", 0.8),
    )
)


def add_findings(study: Study) -> Results:
    """Put every part into the results of a study, and write them."""
    results = replace(
        Results.load(study.results_path),
        conclusions=CONCLUSIONS,
        dose=DOSE,
        links=LINKS,
        curve=CURVE,
        odds=TRAITS,
        robustness=(
            Robustness(
                outcome="downloads",
                value=0.2,
                benchmarks={"task": 0.1},
                words="Something unknown would have to explain 20 % of both, twice what task does.",
            ),
        ),
        within_authors=(
            WithinAuthors(
                outcome="downloads", authors=9, models=30, variance_share=0.11, reason="few authors"
            ),
        ),
    )
    results.save(study.results_path)
    return results
