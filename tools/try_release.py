"""Build the release and use it from empty environments, as strangers will; CI runs it.

python tools/try_release.py              every path of `PATHS`, on wheel and sdist built here
python tools/try_release.py bare app     these paths only
python tools/try_release.py --dist dist  of the wheel in that folder, as the release's jobs do

An environment has the wheel and the extras of its path, a home of its own with nothing in it,
and no way to the Hub. Paths with the same extras share one. What a path returns is its line in
the table; what it asserts fails the run.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from try_agents import ask_tools, follow_skill
from try_gates import answer_webhook, run_action_steps, run_hooks
from try_hf_extension import install_extension, time_extension, use_extension
from try_python import check_types, run_notebook

ROOT = Path(__file__).parents[1]
CARD = ROOT / "examples" / "sample" / "mergewright" / "Ember-Stew-8B" / "README.md"
LARGEST_BASE = 45.0
"""MB of the base install, without the bytecode that some installers write."""
SLOWEST_ANSWER = 10.0
"""Seconds of `uvx` until the first answer, its cache warm."""
PLACES = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "COMSPEC", "PATHEXT", "SSL_CERT_FILE")
"""What an empty environment keeps of the one around it."""


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment with the wheel in it, and a folder to work in."""

    bin: Path
    work: Path
    wheel: Path
    environ: Mapping[str, str] = field(repr=False)

    @property
    def python(self) -> Path:
        """The interpreter, for `-c` and `-m`."""
        return self.program("python")

    def program(self, name: str) -> Path:
        """A script of the environment, such as `cardiogram`."""
        return self.bin / f"{name}{'.exe' if os.name == 'nt' else ''}"

    def cardiogram(self, *arguments: object, code: int = 0) -> str:
        """Run a command of cardiogram, and return what it printed."""
        return self.run(self.program("cardiogram"), *arguments, code=code)

    def run(self, *command: object, code: int = 0) -> str:
        """Run a program in the folder to work in; fail unless it ends with `code`."""
        words = [str(part) for part in command]
        done = subprocess.run(
            words,
            cwd=self.work,
            env=dict(self.environ),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        shown = " ".join([Path(words[0]).name, *words[1:]])
        ended = f"{shown} ended with {done.returncode}, not {code}\n{done.stdout}{done.stderr}"
        assert done.returncode == code, ended
        return done.stdout


# -- paths ---------------------------------------------------------------------------------------


def use_bare(here: Installed) -> str:
    """`check`, `verify` and `improve` of a folder, on the base install."""
    version = here.cardiogram("--version").split()[1]
    assert here.wheel.name.startswith(f"cardiogram-{version}-"), version
    model = write_model(here.work / "ticket-router")
    before = _rating(here, model / "README.md")
    here.cardiogram("improve", model, "--id", "me/ticket-router", "--write")
    assert "config.json" in here.cardiogram("verify", model, "-v")
    after = _rating(here, model / "README.md")
    assert after > before
    return f"version {version}; rated {before}, improved {after}"


def write_model(folder: Path) -> Path:
    """The folder of docs/your-card.md: a configuration, and a card that says little."""
    page = (ROOT / "docs" / "your-card.md").read_text("utf-8")
    folder.mkdir()
    for name in ("config.json", "README.md"):
        text = page.partition(f"cat > {name} <<'END'\n")[2].partition("END\n")[0]
        (folder / name).write_text(text, "utf-8")
    return folder


def _rating(here: Installed, card: Path) -> float:
    (checked,) = json.loads(here.cardiogram("check", card, "--json"))
    return float(checked["scores"]["overall"]["expected"])


def measure_bare(here: Installed) -> str:
    """What the base install puts on a disk, its five largest packages named."""
    (packages,) = [*here.bin.parent.rglob("site-packages")]
    sizes = sorted(((_megabytes(path), path.name) for path in packages.iterdir()), reverse=True)
    whole = sum(size for size, _ in sizes)
    assert whole < LARGEST_BASE, f"the base install has {whole:.1f} MB"
    return f"{whole:.1f} MB: " + ", ".join(f"{name} {size:.1f}" for size, name in sizes[:5])


def _megabytes(path: Path) -> float:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(f.stat().st_size for f in files if f.is_file() and f.suffix != ".pyc") / 1e6


def use_uvx(here: Installed) -> str:
    """`uvx` of the wheel: the first answer to somebody who installed nothing."""
    within = ["--python", sys.executable, *within_lock("--constraints")]
    command = [find_uv(), "tool", "run", *within, "--from", here.wheel]
    seconds = []
    for _ in range(2):
        started = time.perf_counter()
        assert "of 5" in here.run(*command, "cardiogram", "check", CARD)
        seconds.append(time.perf_counter() - started)
    assert seconds[1] < SLOWEST_ANSWER, f"the first answer takes {seconds[1]:.1f} s"
    return f"{seconds[0]:.1f} s the first time, {seconds[1]:.1f} s after"


def use_study(here: Installed) -> str:
    """`study` of the bundled sample, to its report."""
    sample = ROOT / "examples" / "sample"
    here.cardiogram("study", "sample-study", "--from", sample)
    results = json.loads((here.work / "sample-study" / "results.json").read_text("utf-8"))
    listed = (sample / "models.jsonl").read_text("utf-8").splitlines()
    assert results["coverage"]["models"] == len(listed), results["coverage"]
    page = here.work / "sample-study" / "report.html"
    return f"report of {page.stat().st_size / 1e6:.1f} MB"


def use_app(here: Installed) -> str:
    """`serve`: the app says where it is, and answers there."""
    started = time.perf_counter()
    command = [str(here.program("cardiogram")), "serve", "--port", "0"]
    with subprocess.Popen(
        command,
        cwd=here.work,
        env=dict(here.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        encoding="utf-8",
    ) as app:
        try:
            assert app.stdout is not None
            address = next(part for line in app.stdout for part in line.split() if "://" in part)
            with urllib.request.urlopen(address, timeout=20) as answer:
                page = answer.read().decode()
        finally:
            app.terminate()
    assert "<title>" in page
    return f"answers after {time.perf_counter() - started:.1f} s"


def use_hf(here: Installed) -> str:
    """`hf cardiogram`: installed by `hf` into an empty home, and used."""
    there = install_extension(here, find_uv())
    use_extension(there, write_model(here.work / "parrot"))
    return time_extension(there, CARD)


def use_gates(here: Installed) -> str:
    """The pre-commit hooks and the steps of the Action, in a git repository with two cards."""
    hooks = run_hooks(here)
    return f"{hooks} hooks; {run_action_steps(here) if os.name != 'nt' else 'no Action'}"


def use_webhook(here: Installed) -> str:
    """The webhook of the Hub, served as its Space does."""
    started = time.perf_counter()
    said = answer_webhook(here, ROOT / "deploy" / "webhook" / "webhook.py")
    return f"answered after {time.perf_counter() - started:.1f} s: {said}"


def use_skill(here: Installed) -> str:
    """The skill: who has it alone, and a model, ends with a better, verified card."""
    return follow_skill(here, write_model(here.work / "skilled"))


def use_mcp(here: Installed) -> str:
    """The server for agents without a shell."""
    return ask_tools(here, write_model(here.work / "tools"))


PATHS: dict[str, tuple[str, tuple[Callable[[Installed], str], ...]]] = {
    "bare": ("", (use_bare, measure_bare)),
    "skill": ("", (use_skill,)),
    "mcp": ("mcp", (use_mcp,)),
    "uvx": ("", (use_uvx,)),
    "gates": ("", (use_gates,)),
    "hf": ("", (use_hf,)),
    "study": ("study,map", (use_study,)),
    "python": ("study,map", (run_notebook, check_types)),
    "app": ("app", (use_app,)),
    "webhook": ("app", (use_webhook,)),
}
"""Each path with the extras of its environment and what is done there, in order."""


# -- environments --------------------------------------------------------------------------------


def find_uv() -> str:
    """The installer, which has its own cache and needs no pip in an environment."""
    beside = shutil.which("uv", path=str(Path(sys.executable).parent))
    return beside or shutil.which("uv") or sys.exit("uv is not here: pip install uv")


def within_lock(option: str) -> list[str]:
    """The versions of this Python's lock, where it has one: those that the tests ran with."""
    lock = ROOT / "tools" / f"lock-{sys.version_info.major}.{sys.version_info.minor}.txt"
    return [option, str(lock)] if lock.exists() else []


def build(folder: Path) -> None:
    """Make the sdist, and the wheel from that."""
    subprocess.run([find_uv(), "build", "--quiet", "--out-dir", folder, ROOT], check=True)


def install(wheel: Path, extras: str, folder: Path) -> Installed:
    """An empty environment with the wheel and its extras, in the versions of the lock."""
    home = folder / "home"
    home.mkdir(parents=True)
    (folder / "work").mkdir()
    environ = {name: os.environ[name] for name in PLACES if name in os.environ}
    environ |= {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "HF_HOME": str(home / "hf"),
        "HF_ENDPOINT": "http://127.0.0.1:9",  # nobody answers there
        "UV_CACHE_DIR": _read([find_uv(), "cache", "dir"]),
        "UV_OFFLINE": "1",
        "OMP_NUM_THREADS": "1",
    }
    place = folder / "environment"
    subprocess.run(
        [find_uv(), "venv", "--quiet", "--no-project", "--python", sys.executable, place],
        check=True,
    )
    bin = place / ("Scripts" if os.name == "nt" else "bin")
    wanted = f"cardiogram[{extras}] @ {wheel.as_uri()}" if extras else str(wheel)
    here = Installed(bin, folder / "work", wheel, environ)
    command = [find_uv(), "pip", "install", "--quiet", "--python", str(here.python)]
    subprocess.run([*command, *within_lock("--constraint"), wanted], check=True)
    return here


def _read(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@contextmanager
def built_wheel(dist: Path | None) -> Iterator[Path]:
    """The wheel of a folder, or one that is built for now."""
    with tempfile.TemporaryDirectory() as folder:
        if dist is None:
            dist = Path(folder)
            build(dist)
        wheels = [*dist.glob("cardiogram-*.whl")]
        if len(wheels) != 1:
            sys.exit(f"{dist} has {len(wheels)} wheels of cardiogram, not one")
        for file in sorted(dist.glob("cardiogram-*")):
            print(f"{file.name}  {file.stat().st_size / 1e6:.1f} MB")
        yield wheels[0].resolve()


def main() -> None:
    """Walk the paths that are asked for, and print a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="*", metavar="PATH", help=", ".join(PATHS))
    parser.add_argument("--dist", type=Path, help="a folder with the wheel to use")
    asked = parser.parse_args()
    if unknown := set(asked.paths) - PATHS.keys():
        parser.error(f"no such path: {', '.join(sorted(unknown))}")
    # Windows deletes no program that is just ending
    place = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    with built_wheel(asked.dist) as wheel, place as folder:
        made: dict[str, Installed] = {}
        for name in asked.paths or PATHS:
            extras, uses = PATHS[name]
            started = time.perf_counter()
            if extras not in made:
                made[extras] = install(wheel, extras, Path(folder) / f"environment-{len(made)}")
            print(f"{name:6} [{extras}] installed in {time.perf_counter() - started:.1f} s")
            for use in uses:
                started = time.perf_counter()
                said = use(made[extras])
                print(f"{use.__name__:14} {time.perf_counter() - started:5.1f} s  {said}")


if __name__ == "__main__":
    main()
