"""Print what pyproject.toml requires: a group of packages, or the lowest versions of all.

python tools/requirements.py dev      packages of a dependency group, for installers without groups
python tools/requirements.py lowest   constraints that hold every package at its lower bound

The few lines are read here: Python 3.10 has no TOML reader.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"
_REQUIREMENT = re.compile(r'"([A-Za-z][\w.-]*)(?:\[[\w,]*\])?>=([\w.]+),<([\w.]+)(?:;[^"]*)?"')
_ANY = re.compile(r'"((?!cardiogram\[)[A-Za-z][\w.-]*(?:\[[\w,]*\])?(?:[<>=!~][^"]*)?)"')


def read_group(name: str) -> list[str]:
    """Requirements of a `[dependency-groups]` entry."""
    groups = PROJECT.read_text("utf-8").partition("[dependency-groups]")[2]
    body = re.search(rf"^{name} = \[(.*?)^\]", groups, re.DOTALL | re.MULTILINE)
    if body is None:
        sys.exit(f"pyproject.toml has no dependency group {name!r}")
    return re.findall(r'"([^"]+)"', body[1])


def read_bounds() -> dict[str, tuple[str, str]]:
    """Lower and upper bound of every package that is required, by name."""
    text = PROJECT.read_text("utf-8")
    build, _, project = text.partition("[project]")
    required = project.partition("\ndependencies = ")[2]
    lists = [required.partition("\n]")[0]]
    lists += [build.partition("build-backend")[0]]
    lists += [project.partition(f"[{name}]")[2].partition("\n[")[0] for name in _SECTIONS]
    bounds = {}
    for found in _ANY.findall("\n".join(lists)):
        bounded = _REQUIREMENT.fullmatch(f'"{found}"')
        if bounded is None:
            sys.exit(f"{found!r} has no lower and upper bound")
        bounds[bounded[1]] = (bounded[2], bounded[3])
    return bounds


_SECTIONS = ("project.optional-dependencies", "dependency-groups")

if __name__ == "__main__":
    wanted = sys.argv[1] if len(sys.argv) > 1 else "dev"
    if wanted == "lowest":
        print("\n".join(f"{name}=={lowest}" for name, (lowest, _) in read_bounds().items()))
    else:
        print(" ".join(read_group(wanted)))
