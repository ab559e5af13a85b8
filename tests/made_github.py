"""The comments of a pull request on a GitHub of our own."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

BOT = {"login": "github-actions[bot]", "type": "Bot"}


@dataclass
class MadeGitHub:
    """What a server was asked, and the comments that it holds.

    Attributes
    ----------
    login
        Of a person's token; a job's may not ask whose it is.
    refuses
        The status with which it answers whoever writes.
    instead
        What it answers, and with which status, where a path starts so; a text is cut short.
    turns
        Tokens in the order in which they are answered; those that are in none wait for none.
    """

    url: str = ""
    comments: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    login: str = ""
    refuses: int = 0
    instead: tuple[str, int, object] = ("no path", 0, None)
    turns: list[str] = field(default_factory=list)
    turn: threading.Condition = field(default_factory=threading.Condition)

    @property
    def environment(self) -> dict[str, str]:
        """What a step is told of it."""
        return {
            "GITHUB_API_URL": self.url,
            "GITHUB_REPOSITORY": "me/parrots",
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_RUN_ID": "7",
        }

    def add(self, body: str, user: dict[str, str] | None = None) -> dict[str, Any]:
        """Add a comment; the bot's unless another user is named."""
        number = len(self.asked) + len(self.comments) + 1
        address = f"https://github.com/me/parrots/pull/3#issuecomment-{number}"
        comment = {"id": number, "body": body, "user": user or BOT, "html_url": address}
        self.comments.append(comment)
        return comment

    def leave(self, token: str) -> None:
        """Wait no more for the questions of a token."""
        with self.turn:
            self.turns = [each for each in self.turns if each != token]
            self.turn.notify_all()

    def answer_in_turn(self, token: str, method: str, path: str, body: str) -> tuple[int, Any]:
        """Answer when it is the token's turn."""
        with self.turn:
            self.turn.wait_for(lambda: token not in self.turns or self.turns[0] == token, 20)
            if self.turns[:1] == [token]:
                self.turns.pop(0)
            found = self.answer(method, path, body)
            self.turn.notify_all()
            return found

    def answer(self, method: str, path: str, body: str) -> tuple[int, Any]:
        """Answer as the API does."""
        self.asked.append(f"{method} {path}")
        start, status, instead = self.instead
        if path.startswith(start):
            return status, instead
        if path == "/user":
            return (200, {"login": self.login}) if self.login else (403, {"message": "no"})
        if method != "GET" and self.refuses:
            return self.refuses, {"message": "Resource not accessible by integration"}
        if listed := re.fullmatch(r"/repos/me/parrots/issues/3/comments(?:\?(.*))?", path):
            if method == "POST":
                return 201, self.add(body)
            asked = dict(part.split("=") for part in (listed[1] or "").split("&"))
            size, page = int(asked["per_page"]), int(asked["page"])
            return 200, self.comments[(page - 1) * size : page * size]
        number = int(path.removeprefix("/repos/me/parrots/issues/comments/"))
        comment = next((each for each in self.comments if each["id"] == number), None)
        if comment is None:
            return 404, {"message": "Not Found"}
        if method == "DELETE":
            self.comments.remove(comment)
            return 204, None
        assert method == "PATCH"
        comment["body"] = body
        return 200, comment


@contextmanager
def made_github() -> Iterator[MadeGitHub]:
    """Serve one pull request, number 3 of me/parrots."""
    github = MadeGitHub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            scheme, token = self.headers["Authorization"].split()
            assert (scheme, token[:5]) == ("Bearer", "t0ken")
            body = json.loads(data)["body"] if data else ""
            status, answer = github.answer_in_turn(token, self.command, self.path, body)
            text = b"" if answer is None else json.dumps(answer).encode()
            self.send_response_only(status)
            self.send_header("Content-Length", str(len(text) + isinstance(answer, str)))
            if "rate limit" in str(answer):
                self.send_header("Retry-After", "60")
            self.end_headers()
            self.wfile.write(text)

        do_POST = do_PATCH = do_DELETE = do_GET

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    github.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield github
    finally:
        server.shutdown()
        server.server_close()
