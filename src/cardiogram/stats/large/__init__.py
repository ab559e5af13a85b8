"""The same statistics of very many models: intervals from sums of influence by author."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.stats.large.author_draws import draw_many
    from cardiogram.stats.large.choices import choices, robustness_of
    from cardiogram.stats.large.lines import odds_of_any, robust_line
    from cardiogram.stats.large.many_gold import draw_many_parts
    from cardiogram.stats.large.many_groups import compare_many_means, max_t_many
    from cardiogram.stats.large.many_traits import (
        ManyPopular,
        bound_many_odds,
        find_many_popular,
        odds_of_many,
    )
    from cardiogram.stats.large.relations import (
        RankedColumn,
        influence_of,
        leave_most_influential_out,
        relate_many,
    )
    from cardiogram.stats.large.within import permute_many, within_many

attach(__name__)
