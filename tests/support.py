"""What several tests need: the shared folder of fixtures, and a skip where it is missing."""

import sys
from pathlib import Path

import pytest

SHARED = Path(__file__).parents[2] / "shared"
needs_llm = pytest.mark.skipif(
    sys.version_info < (3, 11), reason="the client of language models needs Python 3.11"
)
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared fixtures are not here")
