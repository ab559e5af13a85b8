"""Put a report on a pull request of GitHub: one comment, which later runs update.

The Action runs it with the standard library alone, and in a job that it must not fail: where no
comment can be written, a line of the log says why.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

ROOM = 65_000
"""Characters of a report: GitHub takes 65,536 in a comment."""
_PAGES = 30
_REFUSED = (
    "this token may not write there. In a pull request from a fork it never may; in others the job "
    "needs permissions: pull-requests: write. The summary of the job says the same"
)

_NO_ANSWER = (OSError, http.client.HTTPException, ValueError, LookupError, TypeError)
"""No connection, an answer cut short, no JSON, or JSON of something else."""


class Comments:
    """The comments of one pull request.

    Parameters
    ----------
    environment
        That of a step of GitHub Actions, with a token and the number of the pull request.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._api = environment["GITHUB_API_URL"]
        self._repository = f"/repos/{environment['GITHUB_REPOSITORY']}/issues"
        self._all = f"{self._repository}/{int(environment['PULL_REQUEST'])}/comments"
        self._token = environment["GITHUB_TOKEN"]

    def put(self, text: str, marker: str) -> str:
        """Write the one comment with a marker, and say what was done."""
        body, what = f"{marker}\n{text}", "updated comment"
        login = self._ask_login()
        ours = list(self._with(marker, login))
        if not ours:
            ours, what = [self._ask("POST", self._all, body)], "new comment"
            with suppress(*_NO_ANSWER):  # another run may have found none, too
                ours = list(self._with(marker, login)) or ours
        first, *others = ours
        if _run_of(first["body"]) > _run_of(body):
            what = "comment of a later run"
        elif first["body"].split() != body.split():  # spaces may come back otherwise
            self._ask("PATCH", f"{self._repository}/comments/{first['id']}", body)
        for each in others:
            with suppress(*_NO_ANSWER):  # the other run has done it
                self._ask("DELETE", f"{self._repository}/comments/{each['id']}")
        return f"{what}: {first['html_url']}"

    def _with(self, marker: str, login: str) -> Iterator[dict[str, Any]]:
        """Our comments: a marker in somebody else's means nothing."""
        for page in range(1, _PAGES + 1):
            comments = self._ask("GET", f"{self._all}?per_page=100&page={page}")
            for comment in comments:
                user = comment["user"] or {}
                is_ours = user.get("login") == login if login else user.get("type") == "Bot"
                if is_ours and str(comment["body"]).startswith(marker):
                    yield comment
            if len(comments) < 100:
                return

    def _ask_login(self) -> str:
        """Whose token it is; "" for that of a job, which may not ask."""
        try:
            return str(self._ask("GET", "/user")["login"])
        except urllib.error.HTTPError as error:
            if error.code != 403 or _is_limited(error):  # else a person's would be made again
                raise
            return ""

    def _ask(self, method: str, path: str, body: str | None = None) -> Any:
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {self._token}",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        data = None if body is None else json.dumps({"body": body}).encode()
        request = urllib.request.Request(self._api + path, data, headers, method=method)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read() or b"null")


def _run_of(body: str) -> int:
    """The number of the run that wrote a comment, which its last line says."""
    found = re.search(r"/actions/runs/([0-9]{1,18})\)\.\*\s*\Z", body[-500:])
    return int(found[1]) if found else 0


def _is_limited(error: urllib.error.HTTPError) -> bool:
    """Whether it is a limit on requests, for which GitHub has the status of a refusal, too."""
    return "retry-after" in error.headers or error.headers.get("x-ratelimit-remaining") == "0"


def write_text(report: str, environment: Mapping[str, str]) -> str:
    """What the comment says: as much of the report as there is room for, and where it is from."""
    if len(report) > ROOM - 1000:
        report = report[: ROOM - 1000].rpartition("\n")[0]
        report += "\n\nThe summary of the job says more.\n"
    report = report or "No card could be checked; the log of the job says why.\n"
    job = "{GITHUB_SERVER_URL}/{GITHUB_REPOSITORY}/actions/runs/{GITHUB_RUN_ID}"
    return f"{report}\n*At {environment['COMMIT'][:9]}; [job]({job.format_map(environment)}).*\n"


def main(report: Path, environment: Mapping[str, str]) -> str:
    """Write the comment; gives what the log is to say."""
    asked = hashlib.sha256(" ".join(environment["PATHS"].split()).encode()).hexdigest()
    marker = f"<!-- cardiogram:check {asked[:16]} -->"  # jobs with other paths have their own
    text = write_text(report.read_text("utf-8"), environment)
    try:
        return Comments(environment).put(text, marker)
    except urllib.error.HTTPError as error:
        refuses = error.code in (401, 403, 404) and not _is_limited(error)
        why = _REFUSED if refuses else f"GitHub answers {error.code}"
    except _NO_ANSWER as error:
        why = f"GitHub does not answer ({type(error).__name__})"
    return f"::notice title=comment not written::{why}."


if __name__ == "__main__":
    print(main(Path(sys.argv[1]), os.environ))  # noqa: T201
