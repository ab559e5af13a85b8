"""A study as a dataset on the Hub: typed tables, a card that describes them, dated revisions.

::

    study folder -> tables.py (Parquet, one folder a configuration; rights.py says which texts go)
                    changes.py (what differs from the revision that is published)
                    card.py (README.md: metadata and words, from plain values)
                    publish.py (plan: every file, before anything is sent; send)
"""

from __future__ import annotations

from cardiogram.report.dataset.publish import Options, Plan, plan_dataset, publish

__all__ = ["Options", "Plan", "plan_dataset", "publish"]
