"""Settings of every test."""

from hypothesis import HealthCheck, settings

# Two processes share the machine: how long an example takes says nothing of the code.
settings.register_profile(
    "shared machine", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("shared machine")
