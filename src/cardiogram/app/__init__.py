"""The app: cards, drafts, studies and jobs in a browser on this machine.

::

    server.py (HTTP) -> guard/ (who may ask, how much) -> api/ (a module a view) -> the house
                        shell.py (the page) · study_pages.py (the report's own pages)
    application.py (workspace, judge, what may be done) · workspace.py (the folder)

The front end's views ask by one typed interface (frontend/src/app/answers.ts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.app.application import App
    from cardiogram.app.server import make_asgi, serve
    from cardiogram.app.workspace import Workspace

attach(__name__)
