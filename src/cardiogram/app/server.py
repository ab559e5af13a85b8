"""The app on a port."""

from __future__ import annotations

import logging
import socket
from functools import partial
from pathlib import Path

import uvicorn

from cardiogram.app.api import all_endpoints
from cardiogram.app.application import App
from cardiogram.app.guard import PRIVATE, PUBLIC, Guard, Limits, guard_connections
from cardiogram.app.routes import make_asgi
from cardiogram.app.worker import PRIVATE_WORK, PUBLIC_WORK, KillableWorkers, WorkLimits
from cardiogram.app.workspace import Workspace
from cardiogram.errors import ConfigError
from cardiogram.judge.embedded import embedded_judge

HOST = "127.0.0.1"
_GRACE = 2  # seconds in which what is being answered may end when the app is told to

logging.getLogger("uvicorn").addHandler(logging.NullHandler())  # a log would hold what one looks at
logging.getLogger("uvicorn").propagate = False


class AppServer:
    """The app on a port of this machine; `run` serves it.

    Parameters
    ----------
    port
        0 takes any free one.
    host
        Address to listen on; another than this machine's own only where the app is public.
    limits, work
        How much it takes on.

    Raises
    ------
    ConfigError
        The port is taken or may not be used, or an app that is not public would be open to others.

    Examples
    --------
    >>> server = AppServer(App(Workspace.at(Path()), embedded_judge()))
    >>> server.address.startswith("http://127.0.0.1:")
    True
    >>> server.close()
    """

    def __init__(
        self,
        app: App,
        port: int = 0,
        host: str = HOST,
        *,
        limits: Limits | None = None,
        work: WorkLimits | None = None,
    ) -> None:
        if host != HOST and not app.is_public:
            raise ConfigError(
                f"only a public app listens on {host}",
                hint=f"cardiogram serve --public --host {host}",
            )
        limits = limits or (PUBLIC if app.is_public else PRIVATE)
        self._socket = _listen(host, port, limits.connections)
        self.port: int = self._socket.getsockname()[1]
        self.address: str = f"http://{f'[{host}]' if ':' in host else host}:{self.port}/"
        self._workers = KillableWorkers(
            partial(_open_app, app.workspace.root, app.is_public),
            work or (PUBLIC_WORK if app.is_public else PRIVATE_WORK),
        )
        hosts = None if app.is_public else _own_names(self.port)
        heavy = frozenset(each.path for each in all_endpoints() if each.heavy)
        self._server = _Uvicorn(
            uvicorn.Config(
                Guard(make_asgi(app, self._workers), hosts, limits, heavy),
                http=guard_connections(limits, same_user=not app.is_public),
                loop="asyncio",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                timeout_graceful_shutdown=_GRACE,
            ),
            self._workers,
        )

    def warm(self) -> None:
        """Start a worker meanwhile, so that the first card that is opened need not wait for it."""
        self._workers.warm()

    @property
    def is_running(self) -> bool:
        """Whether it answers."""
        return self._server.started

    @property
    def connections(self) -> int:
        """How many are open."""
        return len(self._server.server_state.connections)

    @property
    def is_at_work(self) -> bool:
        """Whether a worker works."""
        return self._workers.are_busy

    def run(self) -> None:
        """Serve until told to stop, by `stop` or by Ctrl-C."""
        try:
            self._server.run([self._socket])
        finally:
            self.close()

    def stop(self) -> None:
        """Have `run` end, from another thread."""
        self._server.should_exit = True

    def close(self) -> None:
        """Let go of the port, and end the workers."""
        self._workers.close()
        self._socket.close()


class _Uvicorn(uvicorn.Server):
    """Ends with its workers: what waits for one is answered at once."""

    def __init__(self, config: uvicorn.Config, workers: KillableWorkers) -> None:
        super().__init__(config)
        self._workers = workers

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._workers.close()
        await super().shutdown(sockets)


def _own_names(port: int) -> frozenset[str]:
    return frozenset(f"{name}:{port}" for name in (HOST, "localhost"))


def _listen(host: str, port: int, backlog: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=backlog)
    except OSError as error:
        raise ConfigError(
            f"cannot listen on {host}:{port}: {error.strerror}",
            hint="Choose another port: cardiogram serve --port 0",
        ) from error


def _open_app(root: Path, is_public: bool) -> App:
    """What a worker works with; what answers is imported ahead, too."""
    all_endpoints()
    return App(Workspace.at(root), embedded_judge(), is_public)
