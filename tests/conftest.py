"""Settings of every test."""

import socketserver

from hypothesis import HealthCheck, settings

# Two processes share the machine: how long an example takes says nothing of the code.
settings.register_profile(
    "shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("shared machine")

# A server's answer goes out in two parts; without this the second waits 40 ms for the client.
socketserver.StreamRequestHandler.disable_nagle_algorithm = True
