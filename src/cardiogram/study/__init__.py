"""From ratings to findings: descriptions, associations with popularity, and their tables.

Numbers happen in :mod:`~cardiogram.study.associations` and :mod:`~cardiogram.study.describe`
(arrays in, a frozen dataclass out); :mod:`~cardiogram.study.analyze` loads, asks and writes.
"""
