"""Gold for a part of a study: its associations raw, from gold alone, and corrected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from cardiogram.analysis.changes import before_log1p, clean, scale_of
from cardiogram.analysis.columns import IdIndex
from cardiogram.analysis.load import Loaded
from cardiogram.analysis.parts import Subject, correct
from cardiogram.analysis.results import CorrectedNumber, CorrectedResults, RawNumber
from cardiogram.errors import DataError
from cardiogram.judge.gold import JudgeReading, choose_gold, read_readings, training_set_of
from cardiogram.judge.validation import consensus
from cardiogram.stats import CorrectedEstimate, CorrectedStatistic
from cardiogram.stats.resampling import Floats, Resampling

_METHODS: Mapping[CorrectedStatistic, str] = {
    "spearman": "spearman, corrected for the judge's error by prediction-powered inference",
    "slope": "least squares of log1p, corrected for the judge's error by prediction-powered "
    "inference",
}

_LEARNED = (
    "The judge has learned from {} of these models: its error on them is smaller than on others, "
    "and the correction takes out too little. Label models that it has not seen."
)


def corrected(subject: Subject, path: Path, judge: str = "") -> CorrectedResults:
    """The overall rating's associations with every outcome, three ways each.

    Parameters
    ----------
    subject
        The study's models.
    path
        Gold ratings: any form that :func:`~cardiogram.judge.gold.readings.read_readings` takes. The
        models in it must be a random part of the study's.
    judge
        Whose ratings they are: on models that it has learned from its error looks too small.

    Raises
    ------
    DataError
        No gold model is in the study.
    """
    loaded, resampling = subject.loaded, subject.resampling
    gold = _column(loaded, choose_gold(read_readings(path), None, path))
    judged = loaded.ratings["overall_expected"]
    known = np.isfinite(gold) & np.isfinite(judged)
    if not known.any():
        raise DataError(
            f"none of the models of {str(path)!r} is rated in this study",
            hint="Its rows name models by `card` or `id`.",
        )
    entries = []
    for outcome, column in loaded.outcomes.items():
        counted = before_log1p(outcome, clean(outcome, column))
        for statistic in _METHODS:
            corrected_by = correct(subject, gold, counted, statistic)
            entries.append(_number(outcome, statistic, corrected_by, resampling))
    unlabelled = np.isfinite(judged) & ~known
    training_set = training_set_of(judge, loaded.versions["judge"])
    labelled = loaded.ids.filter(pa.array(known)).to_pylist()
    learned = sum(training_set.has(id, "") for id in labelled)
    return CorrectedResults(
        labelled=int(known.sum()),
        learned_from=learned,
        words=(_LEARNED.format(learned),) * bool(learned),
        mean_rating_labelled=float(judged[known].mean()),
        mean_rating_unlabelled=float(judged[unlabelled].mean()) if unlabelled.any() else None,
        entries=tuple(entries),
    )


def _column(loaded: Loaded, readings: Sequence[JudgeReading]) -> Floats:
    """Gold of each model: the consensus of its readers."""
    said: dict[str, list[float]] = {}
    for reading in readings:
        if np.isfinite(reading.whole[0]):
            said.setdefault(reading.id, []).append(float(reading.whole[0]))
    gold = np.full(len(loaded.ids), np.nan)
    rows = IdIndex.of(loaded.ids).find(pa.array(list(said), pa.string()))
    for row, read in zip(rows.tolist(), said.values(), strict=True):
        if row >= 0:
            gold[row] = float(consensus(np.array(read)[:, None])[0])
    return gold


def _number(
    outcome: str,
    statistic: CorrectedStatistic,
    corrected: CorrectedEstimate,
    resampling: Resampling,
) -> CorrectedNumber:
    return CorrectedNumber(
        predictor="overall_expected",
        outcome=outcome,
        method=_METHODS[statistic].replace("log1p", scale_of(outcome)),
        call="cardiogram.stats.ppi.correct",
        n=corrected.labelled + corrected.unlabelled,
        estimate=corrected.corrected,
        cluster_interval=corrected.interval,
        seed=resampling.seed,
        statistic=statistic,
        labelled=corrected.labelled,
        unlabelled=corrected.unlabelled,
        raw=RawNumber(estimate=corrected.raw, cluster_interval=corrected.raw_interval),
        gold=RawNumber(estimate=corrected.gold, cluster_interval=corrected.gold_interval),
        weight=corrected.weight,
        gain=corrected.gain,
        reason=corrected.reason,
    )
