"""What a reader expects of a card, which of it is missing, and what it would gain."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.expectations.contributions import (
        measure_contributions as measure_contributions,
    )
    from cardiogram.judge.expectations.expectations import CLAIMS as CLAIMS, Claim as Claim
    from cardiogram.judge.expectations.gaps import (
        Gap as Gap,
        explain as explain,
        find_gaps as find_gaps,
    )

attach(__name__)
