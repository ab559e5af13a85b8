"""Print the packages of a dependency group, for installers that do not know groups yet."""

from __future__ import annotations

import re
import sys
from pathlib import Path


def read_group(name: str) -> list[str]:
    """Requirements of a `[dependency-groups]` entry of pyproject.toml.

    Reads the few lines it needs itself: Python 3.10 has no TOML reader.
    """
    text = (Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8")
    groups = text.partition("[dependency-groups]")[2]
    body = re.search(rf"^{name} = \[(.*?)^\]", groups, re.DOTALL | re.MULTILINE)
    if body is None:
        sys.exit(f"pyproject.toml has no dependency group {name!r}")
    return re.findall(r'"([^"]+)"', body[1])


if __name__ == "__main__":
    print(" ".join(read_group(sys.argv[1] if len(sys.argv) > 1 else "dev")))
