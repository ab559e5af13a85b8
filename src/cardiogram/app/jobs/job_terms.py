"""What a job's request comes to: who rates what; and what is refused before anything is begun."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cardiogram.app.jobs.job_request import JobKind, JobRequest
from cardiogram.collect import Source
from cardiogram.errors import ConfigError
from cardiogram.hub import Query, is_repo_id
from cardiogram.judge import Judge, load_judge
from cardiogram.judge.ensemble import Ensemble
from cardiogram.judge.llm import LLMJudge, ModelOptions, is_model
from cardiogram.judge.llm.transport import PROVIDERS
from cardiogram.store import Study

if TYPE_CHECKING:
    from cardiogram.app.workspace import Workspace

MOST_MODELS, MOST_JUDGES, LONGEST_TEXT = 100_000, 6, 200
_OWN_FOLDERS = ("jobs", "readings")
_ASKING = ("judges", "combine", "server", "price_in", "price_out", "max_cost", "max_calls")
_FIELDS: dict[JobKind, tuple[str, ...]] = {
    "study": ("folder", "source", "owner", "task", "library", "search", "limit", *_ASKING),
    "panel": ("folder", *_ASKING),
    "portfolio": ("owner",),
    "snapshot": ("folder",),
}


def study_of(request: JobRequest, workspace: Workspace) -> Study:
    """The study that is made or rated."""
    return Study(workspace.inside(request.folder))


def source_of(request: JobRequest, workspace: Workspace) -> Source:
    """Where a new study's models come from."""
    if request.source:
        return Source(workspace.inside(request.source), Query(request.limit))
    query = Query(
        request.limit,
        author=request.owner or None,
        task=request.task or None,
        library=request.library or None,
        search=request.search or None,
    )
    return Source(query=query)


def load_judges(request: JobRequest) -> list[Judge]:
    """Who rates; nobody where no cards are rated."""
    if request.kind not in ("study", "panel"):
        return []
    servers = (request.server,) if request.server else ()
    options = ModelOptions(servers, price_in=request.price_in, price_out=request.price_out)
    return [load_judge(name, options) for name in request.judges]


def models_of(judges: list[Judge]) -> list[LLMJudge]:
    """The language models among judges."""
    return [judge for judge in judges if isinstance(judge, LLMJudge)]


def ensemble_of(request: JobRequest) -> Ensemble:
    """How the judges' ratings are combined."""
    if request.combine == "cascade":
        return Ensemble(cascaded=True)
    return Ensemble(consensus=None if request.combine == "apart" else request.combine)


def check_request(request: JobRequest, workspace: Workspace) -> None:
    """Refuse what cannot be done.

    Raises
    ------
    ConfigError
        Something is wrong with the request itself.
    CardiogramError
        What it names is not there, or cannot be used.
    """
    _check_fields(request)
    if request.kind in ("study", "panel"):
        _check_asking(request)
    if request.kind == "study":
        _check_new(request, workspace)
    elif request.kind == "panel":
        Study.open(workspace.inside(request.folder))
    elif request.kind == "portfolio":
        if "/" in request.owner or not is_repo_id(request.owner):
            raise ConfigError(f"{request.owner!r} is no owner", hint="A user or an organisation.")
    else:
        from cardiogram.track.ledger import ModelLedger

        ModelLedger.open(workspace.inside(request.folder))


def _check_fields(request: JobRequest) -> None:
    for name in _set_fields(request):
        if name not in _FIELDS[request.kind]:
            raise ConfigError(f"a {request.kind} has no {name!r}")
    texts = (getattr(request, field.name) for field in fields(request))
    for text in (*(text for text in texts if isinstance(text, str)), *request.judges):
        if len(text) > LONGEST_TEXT or not text.isprintable():
            raise ConfigError(f"{text[:40]!r} is too long, or no text")
    for name in ("limit", "max_calls", "max_cost", "price_in", "price_out"):
        number = getattr(request, name)
        if number is not None and not 0 <= number < 1e9:
            raise ConfigError(f"{name} {number!r} is no such number")


def _set_fields(request: JobRequest) -> Iterator[str]:
    """Names of the fields that differ from what they are when nothing is said."""
    for field in fields(request)[1:]:
        if getattr(request, field.name) != field.default:
            yield field.name


def _check_asking(request: JobRequest) -> None:
    """Refuse judges that cannot rate, and language models without an end to what they cost."""
    if not 1 <= len(set(request.judges)) == len(request.judges) <= MOST_JUDGES:
        raise ConfigError(f"name 1 to {MOST_JUDGES} judges, each once")
    for name in request.judges:
        if name not in ("embedded", "dataset-rules") and not is_model(name):
            raise ConfigError(f"no judge {name!r}", hint="embedded, or PROVIDER/MODEL")
    if request.combine == "cascade" and len(request.judges) != 2:
        raise ConfigError("a cascade is of two judges", hint="embedded and a language model")
    if request.combine in ("median", "severity") and len(request.judges) < 2:
        raise ConfigError("a consensus needs two judges or more")
    _check_server(request)
    models = models_of(load_judges(request))
    if models and request.max_cost is None and request.max_calls is None:
        raise ConfigError(
            "language models need a limit", hint="Say what they may cost, or how many calls."
        )
    for judge in models:
        if request.max_cost is not None and judge.price is None:
            raise ConfigError(
                f"the price of {judge.id} is not in the list",
                hint="Say its price, or limit the calls instead.",
            )


def _check_server(request: JobRequest) -> None:
    """Keep the keys of providers from any other server: only one's own may be named."""
    if not request.server:
        return
    for name in filter(is_model, request.judges):
        if not PROVIDERS[name.partition("/")[0]].keyless:
            raise ConfigError(f"{name} is asked at its provider, not at another server")
    if urlsplit(request.server).username is not None:
        raise ConfigError("the address of the server must hold no login")


def _check_new(request: JobRequest, workspace: Workspace) -> None:
    """Refuse a study in a folder that holds something, or without an end."""
    folder = workspace.inside(request.folder)
    if folder.parent != workspace.root or folder.name in _OWN_FOLDERS or folder.name[:1] == ".":
        raise ConfigError(f"{request.folder!r} is no folder for a study", hint="Name a new one.")
    if Study(workspace.root).manifest_path.exists():
        raise ConfigError(
            "the app shows one study, and another cannot lie in it",
            hint="Serve the folder that this one is in.",
        )
    if _holds_something(folder):
        raise ConfigError(f"{request.folder!r} holds something already", hint="Name a new folder.")
    if request.source:
        if not workspace.inside(request.source).exists():
            raise ConfigError(f"no file or folder {request.source!r} in the workspace")
        if request.owner or request.task or request.library or request.search:
            raise ConfigError("cards from a folder are studied as they are, not searched")
    elif request.limit is None and not request.owner:
        raise ConfigError("how many models?", hint="Say a number, or whose models.")
    if request.limit is not None and not 1 <= request.limit <= MOST_MODELS:
        raise ConfigError(f"a study from here has 1 to {MOST_MODELS:,} models")


def _holds_something(folder: Path) -> bool:
    if not folder.exists():
        return False
    return not folder.is_dir() or any(folder.iterdir())
