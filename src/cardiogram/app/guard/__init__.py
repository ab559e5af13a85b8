"""Who may ask the app, and how much.

::

    connections.py   sockets: a request that comes slowly, an answer that is read slowly, too many
    peers.py         whose program is at the other end, on a machine of several people
    requests.py      a request's head, and what every answer forbids a page
    allowance.py     how much a client may ask
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.app.guard.allowance import Allowance, identify_client
    from cardiogram.app.guard.connections import guard_connections
    from cardiogram.app.guard.limits import PRIVATE, PUBLIC, Limits
    from cardiogram.app.guard.peers import is_same_user
    from cardiogram.app.guard.requests import SECONDS, Guard, write_error

attach(__name__)
