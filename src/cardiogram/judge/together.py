"""Rate a study with several judges, and write what they make together: a panel or a cascade."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cardiogram.errors import ConfigError
from cardiogram.judge.cascade import TOLERANCE, CascadeJudge, unsure_cards, write_cascade
from cardiogram.judge.derive import apply_calibration
from cardiogram.judge.panel import Consensus, write_panel
from cardiogram.judge.rate import Coverage, rate_all
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


def rate_together(
    study: Study, judges: Sequence[Judge], how: Together, **asking: Any
) -> list[Coverage]:
    """Rate with every judge as :func:`~cardiogram.judge.rate.rate_all` does, and combine.

    Returns
    -------
    list of Coverage
        One a judge; of a cascade also that of the two together.

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
    cascade = CascadeJudge(cheap, strong, how.tolerance)
    answered = write_cascade(study, cascade)
    nobody = answered.pop("nobody")
    whole = Coverage(
        judge=cascade.id,
        version=cascade.version,
        ends={"rated": sum(answered.values()), **({"failed": nobody} if nobody else {})},
        failures={},
        calls=second[0].calls,
        cost_usd=second[0].cost_usd,
    )
    return [*first, *second, whole]
