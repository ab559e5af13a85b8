"""Every column of a study's tables, once."""

from __future__ import annotations

import pyarrow as pa

from cardiogram.names import SCORES, SCORES_OF, CardType

_UTC = pa.timestamp("ms", tz="UTC")

LISTING = pa.schema(
    [
        ("id", pa.string()),
        ("author", pa.string()),
        ("sha", pa.string()),
        ("created_at", _UTC),
        ("last_modified", _UTC),
        ("downloads", pa.int64()),
        ("downloads_all_time", pa.int64()),
        ("likes", pa.int64()),
        ("trending_score", pa.float64()),
        ("tags", pa.list_(pa.string())),
        ("pipeline_tag", pa.string()),
        ("library_name", pa.string()),
        ("license", pa.string()),
        ("base_model", pa.list_(pa.string())),
        ("gated", pa.string()),
        ("parameters", pa.int64()),
        ("stratum", pa.string()),
        ("weight", pa.float64()),
        ("problems", pa.list_(pa.string())),
    ]
)
"""One row a model as it was listed, before its card is read."""

MODELS = pa.schema([*LISTING, ("card_sha256", pa.string()), ("fetched_at", _UTC)])
"""One row a model. `downloads` are those of the last 30 days, `weight` models it stands for."""

CARDS = pa.schema(
    [
        ("card_sha256", pa.string()),
        ("front_matter", pa.string()),
        ("body", pa.large_string()),
        ("body_line", pa.int32()),
        ("bytes", pa.int64()),
        ("problems", pa.list_(pa.string())),
    ]
)
"""One row a card text; `bytes` is the size of README.md as it came."""

_FACETS = ("known", "labs", "formats", "families", "tasks", "libraries", "languages", "domains")
FEATURES = pa.schema(
    [
        ("id", pa.string()),
        ("card_sha256", pa.string()),
        ("input_sha256", pa.string()),
        ("key", pa.string()),
        ("problems", pa.list_(pa.string())),
        ("vector", pa.list_(pa.float32())),
        ("traits", pa.list_(pa.bool_())),
        ("pieces", pa.large_string()),
        ("fields", pa.list_(pa.string())),
        ("facets", pa.struct([(name, pa.list_(pa.string())) for name in _FACETS])),
    ]
)
"""One row a model with a card: what is counted in it.

`key` is the hash of all that the row depends on. `vector` and `traits` are in the order of
:data:`cardiogram.cards.features.FEATURE_NAMES` and `TRAITS`; `pieces` and `fields` are the words
and the terms that a map is made from, `facets` what rules know of the model.
"""

EVIDENCE = pa.struct(
    [
        ("criterion", pa.string()),
        ("fact", pa.string()),
        ("first_line", pa.int32()),
        ("last_line", pa.int32()),
        ("effect", pa.float64()),
    ]
)

QUOTE = pa.struct(
    [
        ("criterion", pa.string()),
        ("text", pa.string()),
        ("found", pa.bool_()),
        ("first_line", pa.int32()),
        ("last_line", pa.int32()),
    ]
)
ANSWER = pa.struct(
    [
        ("repeat", pa.int16()),
        ("order", pa.list_(pa.string())),
        ("status", pa.string()),
        ("scores", pa.list_(pa.int8())),
    ]
)

RATINGS = pa.schema(
    [
        ("id", pa.string()),
        ("card_sha256", pa.string()),
        ("input_sha256", pa.string()),
        ("judge", pa.string()),
        ("judge_version", pa.string()),
        ("rubric_version", pa.string()),
        ("status", pa.string()),
        *(
            field
            for name in SCORES
            for field in (
                (name, pa.int8()),
                (f"{name}_expected", pa.float64()),
                (f"{name}_low", pa.float64()),
                (f"{name}_high", pa.float64()),
            )
        ),
        ("evidence", pa.list_(EVIDENCE)),
        ("cost_usd", pa.float64()),
        ("problems", pa.list_(pa.string())),
        ("reason", pa.string()),
        ("quotes", pa.list_(QUOTE)),
        *((f"{name}_levels", pa.list_(pa.float64())) for name in SCORES),
        ("answers", pa.list_(ANSWER)),
        ("model", pa.string()),
        ("calls", pa.int32()),
        ("input_tokens", pa.int64()),
        ("cached_tokens", pa.int64()),
        ("output_tokens", pa.int64()),
        ("seconds", pa.float64()),
        ("answered_by", pa.string()),
        ("missed", pa.list_(pa.string())),
    ]
)
"""One row a model and judge: for each of the nine numbers the score, its expectation, interval.

`evidence` is null where the card says it to whoever reads it again; `missed` are then the keys of
the expectations that it misses.
"""

MAP = pa.schema(
    [
        ("id", pa.string()),
        ("card_sha256", pa.string()),
        ("x", pa.float64()),
        ("y", pa.float64()),
        ("cluster", pa.int32()),
        ("segment", pa.string()),
        ("strength", pa.float64()),
        ("outlier", pa.bool_()),
        ("known", pa.list_(pa.string())),
    ]
)
"""One row a model with a card: its place, and its segment (null and cluster -1: an outlier)."""

SNAPSHOTS = pa.schema(
    [
        ("hub_id", pa.string()),
        ("id", pa.string()),
        ("day", pa.date32()),
        ("taken_at", _UTC),
        ("downloads", pa.int64()),
        ("downloads_all_time", pa.int64()),
        ("likes", pa.int64()),
        ("new_downloads", pa.int64()),
        ("trending_score", pa.float64()),
        ("discussions", pa.int64()),
        ("pull_requests", pa.int64()),
        ("derived", pa.int64()),
        ("spaces", pa.int64()),
        ("sha", pa.string()),
        ("readme_blob", pa.string()),
        ("library_name", pa.string()),
        ("tags", pa.list_(pa.string())),
        ("created_at", _UTC),
        ("pipeline_tag", pa.string()),
        ("problems", pa.list_(pa.string())),
        ("source", pa.string()),
    ]
)
"""One row a model and day: its counters when somebody read them off, null where not known.

`hub_id` is the Hub's own id of the repository, which stays when its name changes. `downloads` are
those of the last 30 days; `new_downloads` happened on `day` itself, and only sources that tell days
have them. `readme_blob` is git's id of README.md, "" where there is none. `source` is null where
cardiogram asked the Hub.
"""

SCHEMAS = {
    "listing": LISTING,
    "models": MODELS,
    "cards": CARDS,
    "features": FEATURES,
    "ratings": RATINGS,
    "map": MAP,
    "snapshots": SNAPSHOTS,
}
"""Columns of a study's tables by the names of their folders."""

_FIRST_SNAPSHOTS = ("id", "downloads", "downloads_all_time", "likes", "taken_at", "problems")
ADDED_LATER = {
    "ratings": frozenset(RATINGS.names[RATINGS.get_field_index("reason") :]),
    "snapshots": frozenset(SNAPSHOTS.names).difference(_FIRST_SNAPSHOTS),
}
"""Columns that shards of the first release lack, by folder: they are read as null."""


def ratings_schema(of: CardType) -> pa.Schema:
    """Columns of `ratings/`, with the nine numbers named as the rubric of that type of card does.

    Examples
    --------
    >>> "rights_low" in ratings_schema("dataset").names
    True
    """
    score_names = dict(zip(SCORES, SCORES_OF[of], strict=True))
    renamed = []
    for field in RATINGS:
        name, mark, suffix = field.name.partition("_")
        renamed.append(
            field.with_name(f"{score_names[name]}{mark}{suffix}") if name in score_names else field
        )
    return pa.schema(renamed)
