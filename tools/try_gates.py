"""What runs cardiogram for others, used from an installation: hooks, the Action, the webhook."""

from __future__ import annotations

import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from try_release import Installed

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "examples" / "sample"
CARDS = ("mergewright/Ember-Stew-8B", "mossy-bit/vit-tomato-leaf")
SECRET = "s3cret"
PUSH = (
    b'{"event": {"action": "update", "scope": "repo.content"},'
    b' "repo": {"type": "model", "name": "me/parrot"}}'
)


def run_hooks(here: Installed) -> int:
    """Run each hook as pre-commit does, with the files that it asks for; gives how many."""
    work = _write_cards(here.work / "hooked")
    (work / "left-pad.md").write_text("# left-pad\n", "utf-8")
    names = [path.relative_to(work).as_posix() for path in sorted(work.rglob("*.*"))]
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    for hook in hooks:
        program, *words = shlex.split(hook["entry"])
        files = [name for name in names if re.search(hook["files"], name)]
        assert files
        assert "left-pad.md" not in files
        given = files if hook.get("pass_filenames", True) else []
        command = [str(here.program(program)), *words, *given]
        done = subprocess.run(command, cwd=work, env=dict(here.environ), capture_output=True)
        assert done.returncode == 0, done.stderr
    return len(hooks)


def run_action_steps(here: Installed) -> str:
    """Run the steps of the Action for a pull request that changes one of two cards."""
    sys.path.append(str(ROOT / "tests"))
    from composite import run_action
    from made_github import made_github

    origin = _write_cards(here.work / "origin")
    _git(origin, "init", "--quiet", "--initial-branch", "main")
    _commit(origin)
    _git(origin, "checkout", "--quiet", "-b", "better")
    card = origin / CARDS[0] / "README.md"
    card.write_text(card.read_text("utf-8") + "\n## Limitations\n\nEnglish only.\n", "utf-8")
    _commit(origin)
    work = here.work / "checkout"
    _git(here.work, "clone", "--quiet", "--depth=1", "--branch=better", origin.as_uri(), str(work))
    event = {"base_ref": "main", "event.pull_request.number": "3"}
    with made_github() as github:
        environ = {**here.environ, **github.environment}
        job = run_action(work, {"paths": ".", "comment": "true"}, event, environ, here.bin)
    assert job.code == 0, job.log
    assert "<summary>1 card is as it was</summary>" in job.summary
    (comment,) = github.comments
    assert job.summary in comment["body"]
    return f"summary of {len(job.summary)} characters, one comment"


def answer_webhook(here: Installed, webhook: Path) -> str:
    """Serve the webhook, ask it with and without its secret, and give what its log says."""
    shutil.copy(webhook, here.work)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    served = [str(here.program("uvicorn")), "--factory", "webhook:make_app", "--port", str(port)]
    with subprocess.Popen(
        [*served, "--no-access-log", "--log-level", "critical"],
        cwd=here.work,
        env={**here.environ, "WEBHOOK_SECRET": SECRET},
        stdout=subprocess.PIPE,
        text=True,
    ) as app:
        try:
            address = f"http://127.0.0.1:{port}/"
            _wait_for(address)
            assert _ask(address, "wrong") == 401
            assert _ask(address, SECRET) == 202
            assert app.stdout is not None
            said = app.stdout.readline().strip()
        finally:
            app.terminate()
    assert re.search("me/parrot: .*the Hub did not answer", said), said
    assert said.endswith("nothing is written"), said
    return said


def _write_cards(folder: Path) -> Path:
    for name in CARDS:
        shutil.copytree(SAMPLE / name, folder / name)
    return folder


def _commit(folder: Path) -> None:
    _git(folder, "add", ".")
    _git(folder, "commit", "--quiet", "--message", "cards")


def _git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *words], cwd=folder, check=True)


def _wait_for(address: str, seconds: float = 60.0) -> None:
    until = time.monotonic() + seconds
    while True:
        try:
            urllib.request.urlopen(address, timeout=20).close()
        except OSError:
            assert time.monotonic() < until, f"nobody answers at {address}"
            time.sleep(0.05)
        else:
            return


def _ask(address: str, secret: str) -> int:
    request = urllib.request.Request(address, PUSH, {"X-Webhook-Secret": secret})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
