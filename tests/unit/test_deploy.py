"""The files that host the app: their command is one that there is, and they agree on the port."""

from __future__ import annotations

import json
import re
from pathlib import Path

import yaml

from cardiogram.cli.studies.serve import command

DEPLOY = Path(__file__).parents[2] / "deploy" / "app"


def test_the_image_runs_a_public_app_on_the_port_that_the_space_shows() -> None:
    dockerfile = (DEPLOY / "Dockerfile").read_text("utf-8")
    (words,) = re.findall(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)
    program, name, *arguments = json.loads(words)
    assert (program, name) == ("cardiogram", "serve")
    asked = command.make_context("serve", arguments).params
    assert (asked["is_public"], asked["host"]) == (True, "0.0.0.0")
    metadata = yaml.safe_load((DEPLOY / "README.md").read_text("utf-8").split("---\n")[1])
    assert metadata["sdk"] == "docker"
    assert metadata["app_port"] == asked["port"]
    assert f"EXPOSE {asked['port']}\n" in dockerfile
    assert "USER user\n" in dockerfile.partition("pip install")[0]
