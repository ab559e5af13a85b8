"""results.json holds what was found, and is read back as it was written."""

from typing import Any

from cardiogram.analysis import (
    Conclusion,
    DoseLevel,
    ExtendedResults,
    GroupLink,
    JudgeUsed,
    MeansDiffer,
    RatioEnds,
    Results,
    Robustness,
    SelfTest,
    SelfTestEntry,
    Specification,
    StatedNumber,
    StudyCoverage,
    TraitOdds,
    WithinAuthors,
)
from cardiogram.stats import Decile
from cardiogram.stats.resampling import Interval

INTERVAL = Interval(0.95, 0.2, 0.4, "max-t", 50, 200, 0)


def whole() -> Results:
    """Results with one of each finding."""
    conclusion = Conclusion(
        about="adjusted",
        branches={"downloads": "more", "likes": "cannot be told"},
        words="Better rated cards go with more downloads.",
        short="Better rated cards go with more downloads",
        evidence=(StatedNumber(name="rank correlation", outcome="likes", n=60, missed=0.2),),
        held_equal=("age", "library"),
        unknown=("size",),
        rule="An interval by author without 0.",
    )
    level: dict[str, Any] = {"medians": {"likes": 3.0}, "shares_above_zero": {"likes": None}}
    odds = TraitOdds(
        trait="usage",
        words="a section on usage",
        kind="writer",
        outcome="likes",
        n=60,
        held=20,
        estimate=3.5,
        cluster_interval=INTERVAL,
        prevalence_by_decile=(Decile(0.0, 1.0, 6, 0.5),),
        given=("age",),
    )
    drawn = SelfTestEntry(design="A", about="adjusted", outcome="likes", runs=200, drawn=0.05)
    return Results(
        coverage=StudyCoverage(models=60),
        judge=JudgeUsed(id="embedded"),
        conclusions=(conclusion,),
        dose=(DoseLevel(label="4-5", lowest=4, highest=5, cards=12, **level),),
        links=(
            GroupLink(
                by="task",
                group="fill-mask",
                outcome="likes",
                n=20,
                authors=9,
                simultaneous=INTERVAL,
            ),
        ),
        means_differ=(
            MeansDiffer(by="task", first="a", second="b", difference=0.9, low=0.3, high=1.4),
        ),
        within_authors=(
            WithinAuthors(
                outcome="likes",
                authors=29,
                models=115,
                variance_share=0.11,
                ratio=1.8,
                ratio_interval=RatioEnds(low=0.8, high=4.0),
            ),
        ),
        odds=(odds,),
        curve=(
            Specification(
                outcome="likes", controls=("age",), rows="all", estimator="Huber", n=60, main=True
            ),
        ),
        robustness=(
            Robustness(outcome="likes", value=0.2, benchmarks={"task": 0.04}, words="It."),
        ),
        self_test=SelfTest(runs=200, draws=500, seed=0, entries=(drawn,), words="5 % of 200."),
        methods={"odds": "logistic regression"},
        extended=ExtendedResults(),
    )


def test_findings_are_read_back_as_they_were_written() -> None:
    results = whole()
    assert Results.from_dict(results.as_dict()) == results


def test_a_notebook_shows_the_conclusions() -> None:
    assert whole()._repr_markdown_() == "- Better rated cards go with more downloads."


def test_a_study_without_findings_says_nothing_of_them() -> None:
    bare = Results(coverage=StudyCoverage(), judge=JudgeUsed(id="embedded"))
    laid_out = bare.as_dict()
    assert laid_out["conclusions"] == []
    assert not {"self_test", "extended"} & laid_out.keys()
    assert Results.from_dict(laid_out) == bare
