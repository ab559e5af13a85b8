"""A runner of composite actions: the steps of an action.yml by bash, as GitHub runs them.

Of GitHub's expressions it knows names with dots, which is all that an action may need here.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
_STAND_INS = {"python": {"python-path": sys.executable}, "install": {}}
"""Outputs of the steps that load something: they are not run."""


@dataclass
class Job:
    """What an action did."""

    code: int = 0
    log: str = ""
    errors: str = ""
    summary: str = ""
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)


def run_action(
    work: Path,
    inputs: Mapping[str, str],
    event: Mapping[str, str] | None = None,
    environment: Mapping[str, str] | None = None,
    bin: Path | None = None,
) -> Job:
    """Run the steps of the repository's action in a folder, until one fails.

    Parameters
    ----------
    work
        The checkout; what a runner keeps lies beside it.
    event
        Values of the `github` context, such as "base_ref".
    bin
        Programs of an installation; those of this source tree unless given.
    """
    action = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
    defaults = {name: each.get("default", "") for name, each in action["inputs"].items()}
    assert set(inputs) <= set(defaults)
    kept = work.parent / f"{work.name}-runner"
    kept.mkdir(exist_ok=True)
    known = {
        f"github.{name}": value for name, value in ({"token": "t0ken"} | {**(event or {})}).items()
    }
    known |= {f"inputs.{k}": _fill(v, known) for k, v in (defaults | {**inputs}).items()}
    job = Job()
    for step in action["runs"]["steps"]:
        name = step.get("id", "")
        if name in _STAND_INS:
            outputs = _STAND_INS[name] or {"bin": str(bin or _make_bin(kept))}
        else:
            assert step["shell"] == "bash"
            outputs = _run_step(step, work, kept, known, environment or {}, job)
        job.outputs[name] = outputs
        known |= {f"steps.{name}.outputs.{key}": value for key, value in outputs.items()}
        if job.code:
            break
    return job


def _run_step(
    step: Mapping[str, Any],
    work: Path,
    kept: Path,
    known: Mapping[str, str],
    environment: Mapping[str, str],
    job: Job,
) -> dict[str, str]:
    output, summary = kept / "output", kept / "summary"
    output.write_text("")
    summary.touch()
    clean = {
        name: value
        for name, value in os.environ.items()
        if "CARDIOGRAM" not in name and not name.startswith("GIT")
    }
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        cwd=work,
        env={
            **clean,
            "HF_ENDPOINT": "http://127.0.0.1:1",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
            "RUNNER_TEMP": str(kept),
            **environment,
            **{name: _fill(value, known) for name, value in step.get("env", {}).items()},
        },
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    job.code, job.summary = done.returncode, summary.read_text("utf-8")
    job.log += done.stdout
    job.errors += done.stderr
    return dict(line.split("=", 1) for line in output.read_text("utf-8").splitlines())


def _fill(text: str, known: Mapping[str, str]) -> str:
    """A value with its expressions: what has no value is empty."""
    return re.sub(r"\$\{\{ ([\w.-]+) \}\}", lambda found: known.get(found[1], ""), text)


def _make_bin(kept: Path) -> Path:
    """What an installation has: the program, and a Python that knows the standard library."""
    folder = kept / "bin"
    folder.mkdir(exist_ok=True)
    place = f"import sys\nsys.path[0] = {str(ROOT / 'src')!r}"
    for name, text in (
        (
            "cardiogram",
            f"#!{sys.executable}\n{place}\nfrom cardiogram.__main__ import run\nrun()\n",
        ),
        ("python", f'#!/bin/sh\nexec {shlex.quote(sys.executable)} "$@"\n'),
    ):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    return folder
