"""The app: cards, drafts, studies and jobs in a browser on this machine.

::

    server.py (a port) -> guard/ (who may ask, how much) -> routes.py (addresses)
    api/ (a module a view) · worker.py (heavy work) · shell.py (the page) · study_pages.py (the
    report's own pages)
    application.py (workspace, judge, what may be done) · workspace.py (the folder)

The front end's views ask by one typed interface (frontend/src/app/answers.ts).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.app.application import App
    from cardiogram.app.routes import make_asgi
    from cardiogram.app.server import AppServer
    from cardiogram.app.workspace import Workspace

attach(__name__)
