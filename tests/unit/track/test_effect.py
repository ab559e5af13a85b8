"""What followed edits: found where there is something, and never where nothing can be known."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np
import pytest

from cardiogram.stats.clustered_difference import clustered_difference, randomisation_p
from cardiogram.track.effect import (
    Effect,
    EffectPanel,
    WindowChoice,
    choose_window,
    compare_models,
    compare_single,
    draw_turns,
    find_effect,
    gain_of_draw,
    plan_models,
)
from cardiogram.track.effect.effect_checks import group_time_mean

DAYS = 80
TREATED, DONORS = 30, 90
WEEK = WindowChoice(7, {7: 0.3}, DONORS, "")


@cache
def make(
    gain: float = 0.0, rise: float = 0.0, days: int = DAYS, drawn: bool = False
) -> EffectPanel:
    """30 models of 10 authors edited on days 30 to 45, and 90 of 30 that never were."""
    rng = np.random.default_rng(1)
    n = TREATED + DONORS
    edit = np.r_[rng.integers(30, 46, TREATED), np.full(DONORS, -1)]
    author = np.r_[np.arange(TREATED) % 10, 10 + np.arange(DONORS) % 30]
    level = rng.normal(3.5, 1, n)[:, None] + np.cumsum(rng.normal(0, 0.05, (n, days)), axis=1)
    since = np.arange(days) - edit[:, None]
    level = level + np.where((edit[:, None] >= 0) & (since >= 0), np.log1p(gain), 0)
    level += np.where(edit[:, None] >= 0, rise * np.clip(since + 14, 0, 14) / 14, 0)
    new = rng.poisson(np.exp(level)).astype(float)
    new[np.arange(TREATED), edit[:TREATED]] *= 6  # caches fetch anew
    all_time = np.c_[np.zeros(n), np.cumsum(new, axis=1)]
    month = np.c_[all_time[:, :30], all_time[:, 30:] - all_time[:, :-30]]
    likes = np.c_[np.zeros(n), np.cumsum(rng.poisson(0.5, (n, days)), axis=1)].astype(float)
    unknown = np.full(n, np.nan)
    return EffectPanel(
        tuple(f"a{a}/m{i}" for i, a in enumerate(author)),
        date(2026, 1, 1),
        all_time,
        month,
        likes,
        np.zeros(all_time.shape, np.int64),
        edit,
        author,
        unknown,
        np.full(n, -1),
        np.r_[rng.normal(1, 0.5, TREATED), np.full(DONORS, np.nan)],
        drawn=drawn,
    )


@cache
def effect_of(gain: float = 0.0, rise: float = 0.0) -> Effect:
    return find_effect(make(gain, rise), WEEK)


def test_a_gain_is_found_and_nothing_is_not() -> None:
    gained, nothing = effect_of(0.5), effect_of()
    assert gained.verdict.kind == "effect"
    assert gained.share == pytest.approx(0.5, abs=0.15)
    assert gained.randomisation_p is not None
    assert gained.randomisation_p < 0.01
    assert gained.verdict.sentence.startswith("An effect on new downloads: +")
    assert nothing.verdict.kind == "none seen"
    assert nothing.detectable is not None
    assert f"{100 * nothing.detectable:+.0f} % would show" in nothing.verdict.sentence
    assert nothing.interval is not None
    assert nothing.interval.low < 0 < nothing.interval.high
    assert (gained.models, gained.authors, gained.unit) == (30, 10, "author")


def test_the_burst_of_the_edit_day_is_in_the_event_study_alone() -> None:
    days = {point.day: point for point in effect_of().days}
    assert days[0].estimate == pytest.approx(np.log(6), abs=0.3)
    assert days[0].band_high is not None
    assert days[0].estimate > days[0].band_high
    assert abs(days[-5].estimate) < 0.3
    after = [point.estimate for point in effect_of(0.5).days if point.day > 1]
    assert np.mean(after) == pytest.approx(np.log(1.5), abs=0.15)


def test_the_band_holds_days_on_which_nothing_happened() -> None:
    quiet = [point for point in effect_of().days if point.day not in (0, 1)]
    bands = [(p.band_low or 0, p.estimate, p.band_high or 0) for p in quiet]
    assert len(bands) == 59
    assert sum(low <= estimate <= high for low, estimate, high in bands) >= 51
    halves = [(p.high - p.low) / 2 for p in quiet if p.low is not None and p.high is not None]
    widths = [(high - low) / 2 for low, _, high in bands]
    assert np.mean(widths) == pytest.approx(np.mean(halves), rel=0.35)


def test_edited_while_rising_is_not_identified() -> None:
    rising, falling = effect_of(0.0, 0.8), effect_of(0.0, -0.8)
    assert rising.verdict.reason == "edited while rising"
    assert falling.verdict.reason == "edited while falling"
    assert rising.verdict.sentence == "Not identified: edited while rising."


def test_placebo_dates_seldom_cross() -> None:
    placebo = effect_of(0.5).placebo
    assert placebo is not None
    assert placebo.runs == 60
    assert not placebo.too_many


def test_another_method_agrees() -> None:
    panel = make(0.5, days=150)
    other = find_effect(panel, WEEK).cross_check
    assert other is not None
    assert other.estimate == pytest.approx(np.log(1.5), abs=0.35)
    assert other.p_value is not None
    assert other.p_value < 0.05


def test_dose() -> None:
    panel = make()
    since = np.arange(DAYS) >= panel.edit[:, None]
    gain = np.where(since & (panel.edit[:, None] >= 0), np.nan_to_num(panel.dose)[:, None], 0)
    new = np.diff(panel.all_time, axis=1) * np.exp(0.5 * gain)
    all_time = np.c_[np.zeros(len(new)), np.cumsum(new, axis=1)]
    dose = find_effect(replace(panel, all_time=all_time), WEEK).dose
    assert dose is not None
    assert dose.slope == pytest.approx(0.5, abs=0.2)
    assert dose.interval is not None
    assert dose.interval.low < 0.5 < dose.interval.high
    assert dose.p_value is not None
    assert dose.p_value < 0.05
    least, _, best = (group.estimate for group in dose.groups)
    assert best > least + 0.2
    alike = find_effect(replace(panel, all_time=all_time, dose=panel.dose / 2), WEEK).dose
    assert alike is not None
    assert (alike.slope, alike.interval, alike.groups) == (None, None, ())
    assert alike.reason is not None
    assert alike.reason.startswith("too alike: four of five cards rose by ")
    few = panel.rows([*range(8), *range(30, 120)])
    few = replace(few, dose=np.r_[0.1, 0.2, 1.8, 0.3, 1.6, 0.2, 1.7, 0.1, few.dose[8:]])
    noise = np.exp(np.r_[1, -1, 0.5, -1, -1, 1, 1, 0, np.zeros(90)])[:, None]
    since = np.arange(DAYS) >= few.edit[:, None]
    new = np.diff(few.all_time, axis=1) * np.where(since, noise, 1)
    few = replace(few, all_time=np.c_[np.zeros(len(new)), np.cumsum(new, axis=1)])
    wide = find_effect(few, WEEK).dose
    assert wide is not None
    assert wide.slope is not None
    assert wide.interval is None
    assert wide.reason == "too wide an interval: a doubling for each point would not show"
    none = find_effect(replace(panel, dose=np.full(120, np.nan)), WEEK).dose
    assert none is not None
    assert none.reason == "too few: 0 models of 0 authors have both ratings"


def test_likes_are_read_in_the_same_way() -> None:
    likes = find_effect(make(), WindowChoice(14, {}, 90, ""), "likes")
    assert likes.verdict.kind == "none seen"
    assert "new likes" in likes.verdict.sentence


def test_dates_drawn_by_lot_make_models_the_units() -> None:
    panel = make(0.5, drawn=True)
    alone = replace(panel, author=np.zeros(120, np.int64))
    drawn = find_effect(alone, WEEK)
    assert (drawn.unit, drawn.verdict.kind) == ("model", "effect")
    chosen = find_effect(replace(alone, drawn=False), WEEK)
    assert chosen.verdict.reason == "too few: 1 author of 5 that it takes"


def test_rolling_counts_stand_in_where_all_time_counts_are_missing() -> None:
    panel = make(0.5)
    rolling = find_effect(replace(panel, all_time=np.full(panel.all_time.shape, np.nan)), WEEK)
    assert rolling.counter == "rolling"
    assert rolling.share == pytest.approx(0.5, abs=0.25)
    assert rolling.days == ()


def _broken(panel: EffectPanel, change: Callable[[EffectPanel], EffectPanel]) -> str:
    effect = find_effect(change(panel), WEEK)
    assert effect.verdict.kind == "not identified"
    assert effect.estimate is None
    return effect.verdict.reason or ""


def _zero(panel: EffectPanel) -> EffectPanel:
    nothing = np.zeros(panel.all_time.shape)
    return replace(panel, all_time=nothing, rolling=nothing)


def _as_large(panel: EffectPanel, times: float, daily: int = 0) -> EffectPanel:
    """The changed models many times as large as the others; with none, all have as many a day."""
    size = np.where(panel.edit[:, None] >= 0, times, 1.0 if times else 0.0)
    return replace(panel, all_time=panel.all_time * size + daily * np.arange(panel.days + 1))


def _holes(panel: EffectPanel) -> EffectPanel:
    all_time, rolling = panel.all_time.copy(), panel.rolling.copy()
    all_time[:, 5:76], rolling[:, 5:76] = np.nan, np.nan
    return replace(panel, all_time=all_time, rolling=rolling)


def _recounted(panel: EffectPanel) -> EffectPanel:
    segment = panel.segment.copy()
    for row in panel.treated:
        segment[row, panel.edit[row] + 4 :] = 1
    return replace(panel, segment=segment, rolling=np.full(panel.rolling.shape, np.nan))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda p: p.only_donors, "no card was changed in the days that are counted"),
        (lambda p: p.rows(p.treated), "every model watched was changed: there is nothing"),
        (lambda p: p.rows([0, *p.donors]), "too few: 1 author of 5"),
        (lambda p: p.rows([0]), "every model watched was changed"),
        (lambda p: p.rows([*p.treated, 40, 41, 42]), "fewer than 5 models that were not changed"),
        (_zero, "fewer than 3 downloads in 7 days (30 of 30 models)"),
        (lambda p: _as_large(p, 1e4), "most changed models are larger, or smaller, than all"),
        (lambda p: _as_large(p, 0, 9), "all models changed alike: there is no spread"),
        (_holes, "its counter is not known near the edit (30 of 30"),
        (_recounted, "its counter was recounted or fell near the edit (30 of 30"),
        (lambda p: replace(p, edit=np.where(p.edit < 0, -2, p.edit)), "every model watched was"),
        (
            lambda p: replace(p, edit=np.where(p.edit >= 0, 3, -1), rolling=p.rolling * np.nan),
            "not watched for 7 days before the edit (30 of 30",
        ),
    ],
)
def test_what_cannot_be_known_is_said_and_why(
    change: Callable[[EffectPanel], EffectPanel], reason: str
) -> None:
    assert _broken(make(0.5), change).startswith(reason)


def test_missing_days_move_windows_and_cost_little() -> None:
    panel = make(0.5)
    rng = np.random.default_rng(0)
    all_time = np.where(rng.random(panel.all_time.shape) < 0.2, np.nan, panel.all_time)
    effect = find_effect(replace(panel, all_time=all_time), WEEK)
    assert effect.counter == "all-time"
    assert effect.models >= 25
    assert effect.share == pytest.approx(0.5, abs=0.2)


def test_a_stalled_day_on_which_old_donors_go_on_counting_moves_nothing() -> None:
    """Treated counters stand still on the last day of their window and catch up on the next."""
    panel = make(0.5)
    all_time = panel.all_time.copy()
    for row in panel.treated:
        all_time[row, panel.edit[row] + 9] = np.nan  # not known, as the series says
    effect = find_effect(replace(panel, all_time=all_time), WEEK)
    assert effect.models == 30
    assert effect.share == pytest.approx(effect_of(0.5).share or 0, abs=0.05)


def test_the_window_is_chosen_among_donors_only() -> None:
    panel = make(0.5)
    with pytest.raises(ValueError, match="donors only"):
        choose_window(panel)
    choice = choose_window(panel.only_donors)
    others = np.where(panel.edit[:, None] >= 0, panel.all_time * 50, panel.all_time)
    assert choice == choose_window(replace(panel, all_time=others).only_donors)
    assert choice.window == min(choice.spreads, key=choice.spreads.__getitem__)
    assert set(choice.spreads) == {7, 14, 30}
    assert choose_window(panel.rows([0]).only_donors).spreads == {}


def test_one_model_has_no_p_value_and_says_what_could_be_seen() -> None:
    panel = make(0.5)
    single = compare_single(panel, panel.models[0], WEEK)
    matched = compare_models(panel, 7).treated
    others = float(matched.compared[matched.rows == 0][0])
    assert single.expected == pytest.approx((single.before or 0) * np.exp(others))
    assert single.before is not None
    assert single.chance_low is not None
    assert single.chance_high is not None
    assert single.detectable is not None
    assert single.chance_low < single.before < single.chance_high
    assert 1.3 < single.detectable < 4
    alone = compare_single(panel.rows([0]), panel.models[0], WEEK)
    assert alone.reason == "too few models like it are watched whose cards stayed as they were"
    assert compare_single(panel, panel.models[-1], WEEK).reason == "no change of its card is known"
    with pytest.raises(KeyError):
        compare_single(panel, "a/none", WEEK)


def test_a_plan_is_what_the_estimator_then_sees() -> None:
    donors = make().only_donors
    plan = plan_models(donors, WEEK, 0.25)
    assert plan.needed is not None
    curve = {point.models: point.effect for point in plan.curve}
    assert curve[5] > curve[40] > curve[320]
    detectable = effect_of().detectable
    assert detectable is not None
    assert curve[20] > detectable * 0.6
    assert curve[20] < detectable * 1.7
    assert plan_models(donors, WEEK, 0.001).needed is None
    names = [f"a/m{n}" for n in range(donors.donors.size + 10)]
    shown = gain_of_draw(plan, draw_turns(names, 0, first=10))
    assert shown == next(point for point in plan.curve if point.models == 10)
    assert gain_of_draw(plan, draw_turns(names, 0, first=2)) is None


def test_group_time_mean_is_that_of_an_independent_library() -> None:
    diff_diff, pandas = pytest.importorskip("diff_diff"), pytest.importorskip("pandas")
    rng = np.random.default_rng(0)
    outcome, changed = rng.normal(size=(40, 6)), rng.choice([-1, 2, 3, 5], 40)
    unit, time = np.repeat(np.arange(40), 6), np.tile(np.arange(6), 40) + 1
    frame = pandas.DataFrame(
        {"y": outcome.ravel(), "unit": unit, "t": time, "g": np.repeat(changed + 1, 6)}
    )
    fit = diff_diff.CallawaySantAnna(control_group="never_treated").fit(
        frame, outcome="y", unit="unit", time="t", first_treat="g"
    )
    assert group_time_mean(outcome, changed) == pytest.approx(fit.overall_att, rel=1e-6)


def test_single_clusters_give_a_plain_difference_of_means() -> None:
    rng = np.random.default_rng(0)
    own, others = rng.normal(1, 1, 12), rng.normal(0, 1, 20)
    weights = np.full((12, 20), 1 / 20)
    near = np.tile(np.arange(12, 32), (12, 1))
    gap = clustered_difference(own, np.arange(12), np.tile(others, (12, 1)), weights, near)
    assert gap.estimate == pytest.approx(own.mean() - others.mean())
    here, there = own.var(ddof=1) / 12 / 1.05, others.var(ddof=1) / 20
    assert gap.se == pytest.approx(np.sqrt(here + there))
    free = (here + there) ** 2 / (here**2 / 11 + there**2 / 19)
    assert gap.free == pytest.approx(free, rel=1e-9)


def test_randomisation_is_exact_where_nothing_differs() -> None:
    rng = np.random.default_rng(0)
    p = [
        randomisation_p(
            rng.normal(size=8), np.arange(8), rng.normal(size=40), np.arange(40), None, 199, n
        )
        for n in range(200)
    ]
    assert np.mean(np.array(p) < 0.05) < 0.11
    assert np.mean(np.array(p) < 0.5) == pytest.approx(0.5, abs=0.12)
