"""The app: a study's report, and "rate this card", in a browser on this machine.

::

    server.py (HTTP: who may ask, and how much) -> pages.py (address -> answer)
                                                   rating.py (a pasted card -> its rating, as JSON)

The pages and their viewer are the report's own: in the report they read blocks of data that stand
in the file, here they ask for the same blocks. Nothing leaves the machine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.app.server import make_server

attach(__name__)
