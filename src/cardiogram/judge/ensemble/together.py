"""Rate a study with several judges, and write what they make together: a panel or a cascade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cardiogram.errors import ConfigError
from cardiogram.judge.ensemble.cascade import (
    TOLERANCE,
    CascadeJudge,
    cascade_id,
    unsure_cards,
    write_cascade,
)
from cardiogram.judge.ensemble.derived import apply_calibration
from cardiogram.judge.ensemble.panel import Consensus, panel_id, write_panel
from cardiogram.judge.rate import Coverage, rate_all, read_coverage
from cardiogram.judge.rating import Judge
from cardiogram.store import Study


@dataclass(frozen=True, slots=True)
class Together:
    """What several judges make together.

    Attributes
    ----------
    cascaded
        The second of two judges is asked only where the first's doubt is above `tolerance`.
    consensus
        Of a panel; None writes none.
    calibration
        File of a calibration whose judge's ratings are mapped, too.
    """

    cascaded: bool = False
    tolerance: float = TOLERANCE
    consensus: Consensus | None = None
    calibration: Path | None = None

    def judge(self, judges: Sequence[Judge]) -> str:
        """Name of what the judges make together; of the first, where they stand for themselves."""
        ids = [judge.id for judge in judges]
        if self.cascaded:
            return cascade_id(*ids[:2])
        return panel_id(ids, self.consensus) if self.consensus else ids[0]


def rate_together(
    study: Study, judges: Sequence[Judge], how: Together, **asking: Any
) -> list[Coverage]:
    """Rate with every judge as :func:`~cardiogram.judge.rate.rate_all` does, and combine.

    Returns
    -------
    list of Coverage
        One a judge, and one of what they make together.

    Raises
    ------
    ConfigError
        A cascade of other than two judges, or a consensus of one.
    """
    if how.consensus is not None and (len(judges) < 2 or how.cascaded):
        raise ConfigError(
            "a consensus needs a panel", hint="--judge A --judge B --consensus median"
        )
    if how.cascaded:
        found = _cascade(study, judges, how, asking)
    else:
        found = rate_all(study, judges, **asking)
        if how.consensus is not None:
            write_panel(study, [judge.id for judge in judges], how.consensus)
            found = [*found, _derived(study, how.judge(judges))]
    if how.calibration is not None:
        apply_calibration(study, how.calibration)
    return found


def _cascade(
    study: Study, judges: Sequence[Judge], how: Together, asking: dict[str, Any]
) -> list[Coverage]:
    if len(judges) != 2:
        raise ConfigError(
            f"a cascade is of two judges, not {len(judges)}",
            hint="--cascade --judge embedded --judge PROVIDER/MODEL",
        )
    cheap, strong = judges
    first = rate_all(study, [cheap], **asking)
    unsure = unsure_cards(study, cheap.id, how.tolerance)
    second = rate_all(study, [strong], only=unsure, **asking)
    write_cascade(study, CascadeJudge(cheap, strong, how.tolerance))
    return [*first, *second, _derived(study, how.judge(judges))]


def _derived(study: Study, judge: str) -> Coverage:
    """Coverage of what was made of other ratings; why these failed is told beside them."""
    return replace(read_coverage(study, judge), failures={})
