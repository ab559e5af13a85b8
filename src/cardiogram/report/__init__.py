"""The report: a study as one HTML file that people can read, keep and send.

::

    study folder -> payload.py (what is shown, JSON-able) -> html.py (one file, no network)
                                      sections.py (what stands on the page, in a reader's order)
                                      explore.py (map and table, which the script fills)
                                      charts.py (SVG)  markup.py (escapes everything by default)
                                      blocks.py (the payload for the script, compressed)

The page is a pure function of its payload. Sections are made here, in Python; what moves is an
island, a placeholder with `data-island` that a component of frontend/ fills (static/report.js).
"""
