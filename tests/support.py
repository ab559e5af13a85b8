"""What several tests need: the shared folder of fixtures, and a skip where it is missing."""

from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared fixtures are not here")
