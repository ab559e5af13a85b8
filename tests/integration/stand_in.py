"""A stand-in for the Hub in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest

from support import SHARED

REAL_MODELS = (
    "--data",
    str(SHARED / "hubserver" / "data" / "hub-758.jsonl.gz"),
    "--page-size",
    "200",
    "--rate-limit",
    "api=100000,resolvers=100000,pages=100000",
)
"""Options of a stand-in that serves the 473 real models alone."""


_AT_ONCE = (
    "import runpy, socketserver\n"
    "socketserver.StreamRequestHandler.disable_nagle_algorithm = True\n"
    "runpy.run_module('hubserver', run_name='__main__', alter_sys=True)\n"
)
"""Starts it so that an answer does not wait 40 ms for the client to confirm its first part."""


@dataclass(frozen=True, slots=True)
class StandIn:
    """A running stand-in: its address, and its control page."""

    url: str

    def set_faults(self, *rules: dict[str, Any]) -> None:
        """Break on request: see "Faults" in the stand-in's README."""
        self._call("PUT", "faults", list(rules))

    def requests(self) -> list[dict[str, Any]]:
        """Give the log: method, path, status, fault, user, whether a token was sent, agent."""
        return self._call("GET", "requests")

    def patch(self, repo_id: str, **metadata: Any) -> None:
        """Set the metadata of a model."""
        self._call("PATCH", f"repos/models/{repo_id}", metadata)

    def inside(self, repo_id: str, kind: str = "models") -> dict[str, Any]:
        """Give everything in a repository: metadata, refs, files at each ref, commits."""
        return self._call("GET", f"repos/{kind}/{repo_id}")

    def add(self, row: dict[str, Any]) -> None:
        """Add a repository, or replace one."""
        self._call("POST", "repos", row)

    def reset(self) -> None:
        """Forget pushes, faults and the log."""
        self._call("POST", "reset")

    def _call(self, method: str, page: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/_test/{page}", data, method=method)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


def edit(hub: StandIn, repo_id: str, path: str, data: bytes) -> None:
    """Change a file of a Space as a person does on the Hub's pages."""
    from huggingface_hub import HfApi  # slow to import

    from cardiogram.hub.hub_writer import quiet_client

    with quiet_client():
        HfApi(hub.url, token="hf_test_token").upload_file(
            path_or_fileobj=data, path_in_repo=path, repo_id=repo_id, repo_type="space"
        )


@contextmanager
def running_stand_in(*options: str) -> Iterator[StandIn]:
    """Start a stand-in with options of its own (page size, quotas) for one `with` block."""
    if not SHARED.is_dir():
        pytest.skip("the shared fixtures are not here")
    command = [sys.executable, "-c", _AT_ONCE, "--port", "0", *options]
    with subprocess.Popen(command, cwd=SHARED, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield StandIn(process.stdout.readline().split()[-1])
        finally:
            process.terminate()
