"""The app over HTTP: pages, the front end's files, and the API."""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from cardiogram.app.api import Endpoint, all_endpoints
from cardiogram.app.application import App
from cardiogram.app.shell import render_shell, static_files
from cardiogram.app.study_pages import StudyPages
from cardiogram.errors import AccessDenied, CardiogramError, CardNotFound, HubError, RateLimited

_STATUS: tuple[tuple[type[CardiogramError], int], ...] = (
    (CardNotFound, 404),
    (AccessDenied, 403),
    (RateLimited, 429),
    (HubError, 502),
    (CardiogramError, 400),
)
_FOREVER = "public, max-age=31536000, immutable"  # their names hold their hash


def make_asgi(app: App) -> Starlette:
    """Make the ASGI application."""
    pages = _Pages(app)
    routes = [
        Route("/", pages.shell),
        Route("/static/{name}", pages.static),
        Route("/studies/{name}", pages.to_study),
        Route("/studies/{name}/", pages.study),
        Route("/studies/{name}/{block:path}", pages.block),
        *(
            Route(endpoint.path, _handler(app, endpoint), methods=[endpoint.method])
            for endpoint in all_endpoints()
            if endpoint.public or not app.is_public
        ),
    ]
    return Starlette(routes=routes)


class _Pages:
    """What a browser opens."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._studies = StudyPages(app.is_public)
        self._shell = render_shell(app.is_public).encode()

    async def shell(self, request: Request) -> Response:
        return Response(self._shell, media_type="text/html")

    async def static(self, request: Request) -> Response:
        file = static_files().get(request.path_params["name"])
        if file is None:
            return refuse(404, "There is no such file.")
        zipped = "gzip" in request.headers.get("accept-encoding", "")
        headers = {"Cache-Control": _FOREVER, "Vary": "Accept-Encoding"}
        if zipped:
            headers["Content-Encoding"] = "gzip"
        body = file.gzipped if zipped else file.body
        return Response(body, media_type=file.kind, headers=headers)

    async def to_study(self, request: Request) -> Response:
        return RedirectResponse(f"{request.url.path}/")

    async def study(self, request: Request) -> Response:
        study = self._app.workspace.studies().get(request.path_params["name"])
        if study is None:
            return refuse(404, "There is no such study.")
        try:
            served = await run_in_threadpool(self._studies.of, study)
        except CardiogramError as error:
            return refuse(503, error.message, error.hint)
        return Response(served.page, media_type="text/html")

    async def block(self, request: Request) -> Response:
        study = self._app.workspace.studies().get(request.path_params["name"])
        if study is None:
            return refuse(404, "There is no such study.")
        served = await run_in_threadpool(self._studies.of, study)
        block = served.blocks.get(request.path_params["block"])
        if block is None:
            return refuse(404, "There is no such page.")
        return Response(block, media_type="application/gzip")


def _handler(app: App, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        try:
            body = await request.body()
            fields = {**request.query_params, **request.path_params}
            question = endpoint.read(body, fields)
            answer = await run_in_threadpool(endpoint.ask, app, question)
        except CardiogramError as error:
            status = next(status for kind, status in _STATUS if isinstance(error, kind))
            return refuse(status, error.message, error.hint)
        except Exception:
            traceback.print_exc(file=sys.stderr)
            return refuse(500, "Something went wrong in the app; its terminal says what.")
        return Response(answer, media_type="application/json")

    return handle


def refuse(status: int, words: str, hint: str = "") -> Response:
    """Say what went wrong, as JSON."""
    body = json.dumps({"error": words, "hint": hint})
    return Response(body, HTTPStatus(status), media_type="application/json")


def serve(app: App, port: int = 0) -> None:
    """Run the app on a port of this machine until it is told to end."""
    uvicorn.run(make_asgi(app), host="127.0.0.1", port=port, log_level="warning")
