"""A webhook of the Hub: each push is checked and verified, and one discussion says what is wrong.

docs/how-to/check-on-the-hub.md says how to set it up. Until `SEND` is 1 it says in its log what it
would write, and writes nothing.
"""

from __future__ import annotations

import hmac
import json
import os
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import Literal, NamedTuple

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from cardiogram import hub
from cardiogram.check import (
    Checked,
    Earlier,
    Lint,
    check,
    is_refused,
    rate_alone,
    verify,
)
from cardiogram.collect import read_card
from cardiogram.errors import CardiogramError, HubError
from cardiogram.report.terminal import Look, one_line, render_checked, render_verified

MARKER = "<!-- cardiogram:webhook -->"
TITLE = "Check of the card"
MOST_BYTES = 64 << 10
"""Of a question: the Hub's have about 2,000."""
MOST_WAITING = 1000
_RATING = re.compile(r"[1-4](\.\d+)?|5(\.0+)?", re.ASCII)
_ABOUT = (
    "This comment is written anew after each push to the repository. Close the discussion, and "
    "nothing more is written here."
)


class Settings(NamedTuple):
    """What the variables and secrets of the Space say."""

    secret: str
    sends: bool = False
    minimum: float | None = None
    select: str = "CG1"

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Settings:
        """Read `WEBHOOK_SECRET`, `SEND`, `MIN` and `SELECT`."""
        minimum = environment.get("MIN", "")
        if minimum and not _RATING.fullmatch(minimum):
            raise SystemExit(f"MIN is {minimum!r}, and no rating from 1 to 5")
        return cls(
            environment.get("WEBHOOK_SECRET", ""),
            environment.get("SEND") == "1",
            float(minimum) if minimum else None,
            environment.get("SELECT", "CG1"),
        )


class Push(NamedTuple):
    """A push to a repository, with the commit before it."""

    repo_id: str
    of: Literal["model", "dataset"]
    before: str = ""


def read_push(body: bytes) -> Push | None:
    """The push to the main branch that a question of the Hub tells of; None for all else.

    Raises
    ------
    ValueError
        It is no question of the Hub.
    """
    asked = json.loads(body)
    try:
        event, repo = asked["event"], asked["repo"]
        if event["action"] != "update" or not event["scope"].startswith("repo.content"):
            return None
        if repo["type"] not in ("model", "dataset"):
            return None
        if not hub.is_repo_id(repo["name"]):
            raise ValueError("no repository")
        for change in asked.get("updatedRefs") or [{"ref": "refs/heads/main"}]:
            if change["ref"] == "refs/heads/main":
                return Push(repo["name"], repo["type"], str(change.get("oldSha") or ""))
    except (KeyError, TypeError, AttributeError):
        raise ValueError("no question of the Hub") from None
    return None


def look_at(push: Push, settings: Settings, session: hub.HubSession) -> str:
    """Check and verify what was pushed to, and write the discussion; gives what the log says."""
    account = hub.ask_account(session) if settings.sends else None
    if account and not account.owns(push.repo_id):
        return f"{push.repo_id}: not a repository of {account.name}; nothing is written"
    rules = Lint.of(settings.select, "CG5")  # what files contradict is said once, by verify
    checked = check(push.repo_id, session=session, rules=rules, of=push.of)
    checked = _compare(checked, push, session)
    verified = verify(push.repo_id, session=session, of=push.of)
    contradicted = len(verified.verification.of("contradicted"))
    opens = contradicted > 0 or is_refused([checked], settings.minimum, rules)
    look = Look(minimum=settings.minimum)
    parts = [
        MARKER,
        render_verified([verified], "markdown"),
        render_checked([checked], "markdown", look=look),
        f"*{_ABOUT}*",
    ]
    new = hub.NewDiscussion(push.repo_id, TITLE, "\n".join(parts), MARKER, push.of)
    rating = checked.rating.scores["overall"].expected
    said = f"{push.repo_id}: {rating:.1f} of 5, {contradicted} contradicted"
    if account is None:
        would = "one discussion would say so" if opens else "nothing to say"
        return f"{said}: {would}; SEND is not 1"
    put = hub.put_discussion(session, new, account, opens=opens)
    return f"{said}: {f'{put.what} {put.address}' if put else 'nothing to say'}"


def _compare(checked: Checked, push: Push, session: hub.HubSession) -> Checked:
    """Rate what the card was before the push, where the Hub still has it."""
    if not push.before.strip("0"):
        return checked
    try:
        card = read_card(push.repo_id, session, push.of, push.before)
    except HubError:  # there was no card, or its commit is gone
        return checked
    edited = card.sha256 != checked.card.sha256
    scores = rate_alone(card, push.of).scores
    return replace(checked, earlier=Earlier("the commit before", scores, edited))


class Line:
    """Pushes that wait: one is looked at, and a repository waits once."""

    def __init__(self, settings: Settings, session: hub.HubSession) -> None:
        self._settings, self._session = settings, session
        self._waiting: OrderedDict[tuple[str, str], Push] = OrderedDict()
        self._turn = threading.Lock()

    def add(self, push: Push) -> bool:
        """Have a push wait; False where too many do."""
        key = push.repo_id, push.of
        if key not in self._waiting and len(self._waiting) >= MOST_WAITING:
            return False
        self._waiting.setdefault(key, push)  # the earlier of two has the older commit before
        return True

    def work(self) -> None:
        """Look at all that wait, one after another."""
        with self._turn:
            while self._waiting:
                _, push = self._waiting.popitem(last=False)
                try:
                    said = look_at(push, self._settings, self._session)
                except CardiogramError as error:
                    name = "" if push.repo_id in error.message else f"{push.repo_id}: "
                    said = f"{name}{error.message}; nothing is written"
                except Exception as error:  # a fault here: those that wait are looked at
                    said = f"{push.repo_id}: {type(error).__name__}: {error}"
                print(one_line(said), flush=True)  # noqa: T201


class Webhook:
    """Answers the Hub, and people who open its page."""

    def __init__(self, settings: Settings, line: Line) -> None:
        self._secret, self._line = settings.secret.encode(), line
        writes = "writes" if settings.sends else "would write, were SEND 1,"
        self._about = f"cardiogram looks at each push of its owner, and {writes} one discussion.\n"
        if not settings.secret:
            self._about = "There is no secret: set WEBHOOK_SECRET here and at the webhook.\n"

    async def say(self, request: Request) -> Response:
        """Say what this does."""
        return PlainTextResponse(self._about)

    async def take(self, request: Request) -> Response:
        """Take a question of the Hub; its answer does not wait for the work."""
        given = request.headers.get("x-webhook-secret", "").encode("latin-1", "replace")
        if not self._secret:
            return PlainTextResponse(self._about, 503)
        if not hmac.compare_digest(given, self._secret):
            return PlainTextResponse("not the secret of this webhook\n", 401)
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                return PlainTextResponse("more than a question of the Hub has\n", 413)
        try:
            push = read_push(body)
        except (ValueError, RecursionError):  # no JSON, no text, no question
            return PlainTextResponse("no question of the Hub\n", 400)
        if push is None:
            return PlainTextResponse("no push to a main branch: nothing to do\n")
        if not self._line.add(push):
            return PlainTextResponse("too many wait\n", 503)
        return PlainTextResponse("taken\n", 202, background=BackgroundTask(self._line.work))


def make_app(settings: Settings | None = None, session: hub.HubSession | None = None) -> Starlette:
    """Make the ASGI application: the Hub asks `POST /`, people `GET /`."""
    settings = settings or Settings.of(os.environ)
    webhook = Webhook(settings, Line(settings, session or hub.HubSession(tries=3)))
    return Starlette(routes=[Route("/", webhook.say), Route("/", webhook.take, methods=["POST"])])
