"""The app's addresses: pages, the front end's files, and the API."""

from __future__ import annotations

import asyncio
import json
import sys
import time
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import TypeAlias

import anyio
from anyio import to_thread
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from cardiogram.app.api import (
    Endpoint,
    all_endpoints,
    answer_question,
    describe_api,
    read_question,
)
from cardiogram.app.application import App
from cardiogram.app.guard import SECONDS, write_error
from cardiogram.app.refusals import status_of
from cardiogram.app.shell import bar_links, render_shell, served_page, static_files
from cardiogram.app.study_pages import ServedStudy, StudyPages
from cardiogram.app.worker import KillableWorkers, WorkRefused
from cardiogram.errors import CardiogramError
from cardiogram.report.document import SERVED_POLICY
from cardiogram.report.markup import el, join
from cardiogram.report.page import render_page

_Work: TypeAlias = tuple[Endpoint, bytes, dict[str, str]]
_FOREVER = "public, max-age=31536000, immutable"  # their names hold their hash
_AT_ONCE, _LONG_AT_ONCE = 4, 2
"""Questions that are answered in this process, and among them those that are long."""

_LONG = 32_000
"""Bytes of a question that may take longer than others."""

_TURN = 0.25
"""Seconds that a question is answered alone: threads of one interpreter only hinder each other, so
the next waits; but none that takes longer holds up the others."""


def make_asgi(app: App, workers: KillableWorkers | None = None) -> Starlette:
    """Make the ASGI application, which whatever serves it must guard.

    Parameters
    ----------
    workers
        Who do heavy work; without them it is done here.
    """
    pages = _Pages(app)
    api = _Api(app, workers)
    routes = [
        Route("/", pages.shell),
        Route("/static/{name}", pages.static),
        Route("/studies/{name}", pages.to_study),
        Route("/studies/{name}/", pages.study),
        Route("/studies/{name}/{block:path}", pages.block),
        Route("/api/openapi.json", api.describe),
        *(
            Route(endpoint.path, api.answer(endpoint), methods=[endpoint.method])
            for endpoint in api.endpoints
        ),
    ]
    return Starlette(
        routes=routes,
        exception_handlers={
            CardiogramError: api.refuse,
            HTTPException: _refuse_address,
            Exception: _admit_fault,
        },
    )


class _Pages:
    """What a browser opens."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._studies = StudyPages(app.is_public)
        self._shell = render_shell(app.is_public).encode()
        framed_by = "https://huggingface.co" if app.is_public else "'none'"  # a Space is in a frame
        policy = f"{SERVED_POLICY}; frame-ancestors {framed_by}"
        self._headers = {"Content-Security-Policy": policy}

    async def shell(self, request: Request) -> Response:
        return self._page(self._shell)

    async def static(self, request: Request) -> Response:
        file = static_files().get(request.path_params["name"])
        if file is None:
            raise HTTPException(404)
        zipped = "gzip" in request.headers.get("accept-encoding", "")
        headers = {"Cache-Control": _FOREVER, "Vary": "Accept-Encoding"}
        if zipped:
            headers["Content-Encoding"] = "gzip"
        body = file.gzipped if zipped else file.body
        return Response(body, media_type=file.kind, headers=headers)

    async def to_study(self, request: Request) -> Response:
        return RedirectResponse(f"./{request.path_params['name']}/")  # whatever it is called

    async def study(self, request: Request) -> Response:
        try:
            served = await self._serve(request)
        except CardiogramError as error:
            words = join(
                el("h1", "The study cannot be shown"),
                el("p", self._app.workspace.shorten(error.message)),
                el("p", self._app.workspace.shorten(error.hint), class_="quiet"),
            )
            home = served_page(bar_links(self._app.is_public))
            page = render_page("The study cannot be shown", {}, words, home=home)
            return self._page(page.encode("utf-8", "replace"), HTTPStatus.SERVICE_UNAVAILABLE)
        return self._page(served.page)

    async def block(self, request: Request) -> Response:
        served = await self._serve(request)
        block = await to_thread.run_sync(served.find, request.path_params["block"])
        if block is None:
            raise HTTPException(404)
        return Response(block, media_type="application/gzip")

    def _page(self, body: bytes, status: HTTPStatus = HTTPStatus.OK) -> Response:
        return Response(body, status, media_type="text/html", headers=self._headers)

    async def _serve(self, request: Request) -> ServedStudy:
        study = self._app.workspace.studies().get(request.path_params["name"])
        if study is None:
            raise HTTPException(404)
        return await to_thread.run_sync(self._studies.of, study)


class _Api:
    """What programs ask, the front end among them."""

    def __init__(self, app: App, workers: KillableWorkers | None) -> None:
        self._app = app
        self._workers = workers
        self._places = anyio.CapacityLimiter(_AT_ONCE)
        self._turn = asyncio.Semaphore(1)
        self._long_places = anyio.CapacityLimiter(_LONG_AT_ONCE)
        self.endpoints = tuple(each for each in all_endpoints() if each.public or not app.is_public)
        self._described = json.dumps(describe_api(self.endpoints))

    async def describe(self, request: Request) -> Response:
        """Say what may be asked."""
        return Response(self._described, media_type="application/json")

    async def refuse(self, request: Request, error: Exception) -> Response:
        """Say why a question is not answered."""
        assert isinstance(error, CardiogramError)
        status = 503 if isinstance(error, WorkRefused) else status_of(error)
        shorten = self._app.workspace.shorten
        return _refuse(status, shorten(error.message), shorten(error.hint))

    def answer(self, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
        """Make what answers at an address."""

        async def handle(request: Request) -> Response:
            body = await request.body()
            fields = dict(request.path_params)
            if endpoint.method == "GET":
                fields |= request.query_params
            work = endpoint, body, fields
            if endpoint.heavy and self._workers is not None:
                answer: bytes = await to_thread.run_sync(self._workers.run, _work, work)
            else:
                answer, request.scope[SECONDS] = await self._work_here(work)
            return Response(answer, media_type="application/json")

        return handle

    async def _work_here(self, work: _Work) -> tuple[bytes, float]:
        """Answer a question in this process: the long ones beside the others, which take turns."""
        if len(work[1]) > _LONG:
            return await to_thread.run_sync(_time, self._app, work, limiter=self._long_places)
        async with self._take_turn():
            return await to_thread.run_sync(_time, self._app, work, limiter=self._places)

    @asynccontextmanager
    async def _take_turn(self) -> AsyncIterator[None]:
        await self._turn.acquire()
        is_over = False

        def end() -> None:
            nonlocal is_over
            if not is_over:
                is_over = True
                self._turn.release()

        timer = asyncio.get_running_loop().call_later(_TURN, end)
        try:
            yield
        finally:
            timer.cancel()
            end()


def _work(app: App, work: _Work) -> bytes:
    """Answer a question."""
    endpoint, body, fields = work
    return answer_question(endpoint, app, read_question(endpoint, body, fields))


def _time(app: App, work: _Work) -> tuple[bytes, float]:
    """Answer a question, and say how many seconds of a processor that took."""
    began = time.thread_time()
    answer = _work(app, work)
    return answer, time.thread_time() - began


async def _refuse_address(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    words = HTTPStatus(error.status_code).phrase.lower()
    refused = _refuse(error.status_code, f"{request.method} {request.scope['path']}: {words}")
    refused.headers.update(error.headers or {})
    return refused


async def _admit_fault(request: Request, error: Exception) -> Response:
    if not isinstance(error, ClientDisconnect):
        traceback.print_exception(error, file=sys.stderr)
    return _refuse(500, "this is a fault of cardiogram itself", "Its terminal says more.")


def _refuse(status: int, words: str, hint: str = "") -> Response:
    return Response(write_error(words, hint), status, media_type="application/json")
