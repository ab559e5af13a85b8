"""A study on the Hub, as a dataset or its report as a static Space; the judge's page as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.publish.judge_page import is_judge_page, plan_judge
    from cardiogram.publish.licensed_texts import LicensedTexts
    from cardiogram.publish.planned import Options, Plan, SharedTexts, format_bytes
    from cardiogram.publish.publish import name_repo, publish
    from cardiogram.publish.published_columns import OWN_WORDS
    from cardiogram.publish.published_dataset import plan_dataset
    from cardiogram.publish.space import plan_space

attach(__name__)
