"""From ratings to findings: descriptions, associations with popularity, and their tables.

Numbers happen in :mod:`~cardiogram.stats.ranks.associations` and :mod:`~cardiogram.stats.describe`
(arrays in, a frozen dataclass out); :mod:`~cardiogram.analysis.analyze` loads, asks and writes.
"""
