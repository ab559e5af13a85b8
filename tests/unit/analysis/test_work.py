"""What is missing in the cards of a study, which to mend first, and what changed since."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

import cardiogram
from cardiogram.analysis import Results, analyze
from cardiogram.analysis.columns import IdIndex, read_models
from cardiogram.analysis.missed import MissedCounts, read_missed
from cardiogram.cards import stored_cards
from cardiogram.cards.features import CardFeatures
from cardiogram.collect import Source
from cardiogram.engine import Workers
from cardiogram.improve import read_work
from cardiogram.judge.embedded import embedded_judge
from cardiogram.judge.expectations import (
    EXPECTATIONS,
    Gap,
    find_gaps,
    name_lacks,
    name_missed,
)
from cardiogram.store import Study

SAMPLE = Path(__file__).parents[3] / "examples" / "sample"
CARD = "# {0}\n\nThe model {0} sorts the letters of a town hall by what they ask for.\n"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Study:
    return cardiogram.study(tmp_path_factory.mktemp("work") / "s", Source(SAMPLE)).study


def write_cards(folder: Path, **texts: str) -> Path:
    for name, text in texts.items():
        (folder / "org" / name).mkdir(parents=True, exist_ok=True)
        (folder / "org" / name / "README.md").write_text(text)
    return folder


def test_each_part_is_of_an_expectation_that_speaks_for_itself() -> None:
    by_key = {expectation.key: expectation for expectation in EXPECTATIONS}
    for expectation in EXPECTATIONS:
        assert len(expectation.name.split()) <= 4
        if expectation.part_of:
            assert by_key[expectation.part_of].part_of == ""


def test_what_ratings_say_is_missed_is_what_the_cards_miss(
    sample: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:  # no card is read
        patched.setattr("cardiogram.analysis.missed.read_features", None)
        missed = missed_of(sample)
    by_key = Counter[str]()
    for _, card in stored_cards(sample, sample.models.rows()):
        by_key.update(name_missed(CardFeatures.of(card)))
    assert missed == MissedCounts(48, by_key)


def missed_of(study: Study) -> MissedCounts:
    models = read_models(study)
    return read_missed(study, models, IdIndex.of(models.ids), Workers(count=1))


def test_cards_without_a_rating_of_their_text_are_read(sample: Study, tmp_path: Path) -> None:
    before = missed_of(sample)
    alone = Study(tmp_path / "s")
    for name in ("models", "cards"):
        for path in getattr(sample, name).shards():
            getattr(alone, name).write(path.stem, getattr(sample, name).read_shard(path.stem))
    assert missed_of(alone) == before
    none, other, *ratings = sample.ratings.rows()
    changed = {"missed": ["usage"], "card_sha256": "0" * 64}
    rows = [{**none, "missed": None}, {**other, **changed}, *ratings, {**ratings[0], **changed}]
    alone.ratings.write("embedded-00000", rows)
    alone.ratings.write("embedded-other-00000", ratings)  # counts once
    assert missed_of(alone) == before


def test_what_is_counted_as_missing_is_what_check_says_a_card_has_none_of(sample: Study) -> None:
    judge, little = embedded_judge(), 0
    lacks = {expectation.key: expectation.lacks for expectation in EXPECTATIONS}
    for _, card in stored_cards(sample, sample.models.rows()):
        read = CardFeatures.of(card)
        gaps = find_gaps(read, judge.expect, judge.respond)
        missed = name_missed(read)
        none = {gap.key for gap in gaps if name_lacks([gap]) == (lacks[gap.key],)}
        assert {gap.key for gap in gaps}.intersection(missed) == none
        little += len(gaps) - len(none)
    assert little > 10


def test_a_card_with_little_is_nowhere_said_to_have_none(tmp_path: Path) -> None:
    said = "\n## Limitations\n\nCalls in the wind.\n"
    texts = {"some": CARD.format("some") + said, "none": CARD.format("none")}
    cards = write_cards(tmp_path / "c", **texts)
    results = cardiogram.study(tmp_path / "s", cards).results
    work = read_work("./c", folder=cards)
    assert {n.key: n.missed for n in results.missed}["limits"] == 1
    told = [n for n in results.missed if n.missed and (n.is_tag or not n.part_of)]
    assert {n.key: n.missed for n in work.missing} == {n.key: n.missed for n in told}
    assert results.mend is not None
    of_study = {card.id: card.lacks for card in results.mend.cards}
    of_work = {card.id: card for card in work.cards}
    for id, words in (("org/some", "more on limitations"), ("org/none", "no limitations")):
        gaps = cardiogram.check(cards / id / "README.md").gaps
        assert name_lacks([gap for gap in gaps if gap.key == "limits"]) == (words,)
        assert of_study[id] == name_lacks(gaps) == of_work[id].lacks
        assert ("limits" in of_work[id].gaps) == (id == "org/none")


def test_gaps_from_counted_features_are_those_of_the_card(sample: Study) -> None:
    results, judge = Results.load(sample.results_path), embedded_judge()
    assert results.mend is not None
    cards = {row["id"]: card for row, card in stored_cards(sample, sample.models.rows())}
    for card in results.mend.cards:
        if card.rating is not None:
            gaps = find_gaps(CardFeatures.of(cards[card.id]), judge.expect, judge.respond)
            assert card.lacks == name_lacks(gaps)


def test_many_readers_and_much_to_gain_come_first(sample: Study) -> None:
    results = Results.load(sample.results_path)
    mend = results.mend
    assert mend is not None
    worth = [
        (1 + (card.downloads or 0)) * max(4 - (card.rating or 1.0), 0.01) for card in mend.cards
    ]
    assert worth == sorted(worth, reverse=True)
    assert mend.readers == "downloads"
    rated = results.ratings["overall"].histogram
    assert mend.low == rated[1] + rated[2] + rated[3] + mend.without_card


def test_downloads_weigh_and_a_missing_card_counts_as_empty(tmp_path: Path) -> None:
    study = cardiogram.study(
        tmp_path / "s",
        Source(
            write_cards(
                tmp_path / "c",
                **{name: CARD.format(name) for name in ("busy", "idle", "none", "lost")},
            )
        ),
    ).study
    rows = study.models.read_shard("00000")
    counts = {"org/busy": 1000, "org/idle": 10, "org/none": 100, "org/lost": 5000}
    for row in rows:
        row["downloads"] = counts[row["id"]]
        if row["id"] in ("org/none", "org/lost"):
            row["card_sha256"] = None
            row["problems"] = ["no_readme" if row["id"] == "org/none" else "unreachable: 502"]
    study.models.write("00000", rows)
    mend = analyze(study, draws=200).mend
    assert mend is not None
    assert [card.id for card in mend.cards] == ["org/busy", "org/none", "org/idle"]
    assert mend.cards[1].lacks == ("no card",)
    assert mend.cards[1].rating is None
    assert (mend.n, mend.low, mend.without_card, mend.readers) == (3, 3, 1, "downloads")


def test_limits_and_risks_are_one_thing(sample: Study) -> None:
    results = Results.load(sample.results_path)
    by_key = {number.key: number for number in results.missed}
    assert by_key["risks"].missed >= by_key["limits"].missed > 0
    keys = [number.key for number in results.gaps]
    assert "limits" in keys
    assert not {"risks", "splits", "comparison", "license"} & set(keys)
    assert [n.missed for n in results.gaps] == sorted(
        (n.missed for n in results.gaps), reverse=True
    )
    assert {number.n for number in results.missed} == {48}


def test_an_unfilled_template_is_named_first_and_of_each_subject_one_thing() -> None:
    keys = ("numbers", "limits", "filled", "risks", "measured")
    gaps = [Gap(key, "x", "missing", "mend it", 1, 0.1, 0.2) for key in keys]
    assert name_lacks(gaps, 20) == ("text not filled in", "no results", "no limitations")
    assert name_lacks(gaps) == ("text not filled in", "no results")


def test_what_changed_since_the_last_study_of_a_folder_is_kept(tmp_path: Path) -> None:
    cards = write_cards(tmp_path / "c", a=CARD.format("a"), b=CARD.format("b"))
    folder = tmp_path / "s"
    first = cardiogram.study(folder, Source(cards)).results
    assert first.work is not None
    assert first.work.since is None
    write_cards(cards, a=CARD.format("a") + "\n## Limitations\n\nIt fails on long letters.\n")
    write_cards(cards, new=CARD.format("new"))
    for _ in range(2):  # the second time nothing has changed, and the same is said
        work = cardiogram.study(folder).results.work
        assert work is not None
        since = work.since
        assert since is not None
        assert (since.changed, since.new, since.gone) == (("org/a",), ("org/new",), ())
        assert since.before is not None
        assert since.after is not None
        assert since.day == first.work.day
    again = analyze(Study(folder), draws=200).work
    assert again is not None
    assert again.since == since
    other = replace(first.work, judge_version="another")
    assert other.cards == first.work.cards


def test_ratings_of_two_judges_are_not_compared(tmp_path: Path) -> None:
    cards = write_cards(tmp_path / "c", a=CARD.format("a"))
    study = cardiogram.study(tmp_path / "s", Source(cards)).study
    results = Results.load(study.results_path)
    assert results.work is not None
    older = replace(results.work, judge_version="0.1")
    replace(results, work=older).save(study.results_path)
    write_cards(cards, a=CARD.format("another"))
    since = cardiogram.study(study.root).results.work
    assert since is not None
    assert since.since is not None
    assert since.since.changed == ("org/a",)
    assert since.since.before is None


def test_many_authors_have_no_work_list(sample: Study) -> None:
    results = Results.load(sample.results_path)
    assert results.coverage.authors >= 5
    assert not results.is_work_list
    assert results.work is None


def test_what_models_gained_between_two_snapshots_is_summed(tmp_path: Path) -> None:
    cards = write_cards(tmp_path / "c", a=CARD.format("a"), b=CARD.format("b"))
    study = cardiogram.study(tmp_path / "s", Source(cards)).study
    for day, likes in (("2026-10-01", (5, 9)), ("2026-10-30", (7, 8))):
        rows = [
            {"id": id, "likes": count, "downloads_all_time": 10 * count}
            for id, count in zip(("org/a", "org/b"), likes, strict=True)
        ]
        study.snapshots.write(day, rows)
    work = analyze(study, draws=200).work
    assert work is not None
    assert work.gained["likes_change"] == 1
