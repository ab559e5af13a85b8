"""The app on a real port, in a thread of the test."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from cardiogram.app import App, Workspace, make_asgi
from cardiogram.judge.embedded import embedded_judge


@contextmanager
def running_app(folder: Path, *, is_public: bool = False) -> Iterator[str]:
    """Serve a workspace; gives the address, with a slash at its end."""
    app = App(Workspace.at(folder), embedded_judge(), is_public)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(make_asgi(app), log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        while not server.started and thread.is_alive():
            time.sleep(0.01)
        yield f"http://127.0.0.1:{port}/"
        server.should_exit = True
        thread.join()
