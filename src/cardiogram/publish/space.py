"""A study's report as a static Space: one page, and a README with the Space's metadata."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from string import Template

import yaml

from cardiogram.errors import ConfigError
from cardiogram.hub import HubSession, Published, read_file
from cardiogram.publish.about import About, describe_study
from cardiogram.publish.card import escape
from cardiogram.publish.planned import (
    PRIVATE_MODELS,
    Options,
    Plan,
    check_request,
    check_visibility,
    content_ids,
    look,
    note_state,
    plan_file,
)
from cardiogram.store import Study, write_atomically
from cardiogram.text import sha256

PAGE = "index.html"

_README = Template("""\
---
$metadata---

# $title

The report of a study of model cards on the Hugging Face Hub: $models models by $authors accounts, \
$rated of their cards rated from 1 to 5, read $when. The page is one file that asks no other host \
for anything.

$findings
An association is no effect: well known models get both better cards and more users. A rating \
speaks of one text on one day; it says nothing of the model, nor of a person. $texts

Made with cardiogram $version.
""")
_TEXTS = {
    "none": "No card's text is on the page.",
    "licensed": "Only the texts of cards whose licence allows passing them on are on the page.",
}
_SEAL = re.compile(rb"<!-- cardiogram ([0-9a-f]{64}) ([0-9a-f]{64}) ([0-9a-f]{40}) -->\n")


def plan_space(
    study: Study,
    repo_id: str,
    folder: Path,
    write_page: Callable[..., object],
    options: Options | None = None,
    *,
    session: HubSession | None = None,
) -> Plan:
    """Write a Space's two files into a folder and say what sending them would change.

    Parameters
    ----------
    repo_id
        ``OWNER/NAME`` of the Space.
    folder
        Where the files are written; not the study's.
    write_page
        :func:`cardiogram.report.write_report`, which is above this package.

    Raises
    ------
    ConfigError
        The id or licence is none, the Space is another's or public already, or a file of it was
        edited on the Hub.
    DataError
        The study has no results yet.
    """
    options = options or Options()
    check_request(study, repo_id, folder, options, "space")
    session = session or HubSession()
    before, unseen = look(session, repo_id, "space")
    check_visibility(before, options)
    if before is not None and options.card == "keep":
        _check_ours(session, before)
    about = describe_study(study)
    page, readme = folder / PAGE, folder / "README.md"
    folder.mkdir(parents=True, exist_ok=True)
    write_page(study, page, texts=options.texts)
    name = study.root.resolve().name
    write_atomically(readme, _sealed(_render(name, about, options), page))
    rated = sum(judge.rated for judge in about.judges)
    return Plan(
        of="space",
        repo_id=repo_id,
        endpoint=session.endpoint,
        private=before.private if before else options.visibility == "private",
        files=(plan_file(before, "README.md", readme), plan_file(before, PAGE, page)),
        title=f"Report: {about.models:,} models, {rated:,} ratings",
        before=before,
        notes=(
            *note_state(options, before, unseen, "space"),
            PRIVATE_MODELS.format(place="the page"),
        ),
        unseen=unseen,
    )


def _render(name: str, about: About, options: Options) -> str:
    first, last = about.days
    title = f"{name}: a study of model cards"
    metadata = {
        "title": title,
        "sdk": "static",
        "app_file": PAGE,
        "license": options.license,
        "short_description": "How well model cards document their models",
        "tags": ["model-cards", "documentation", "cardiogram"],
    }
    return _README.substitute(
        metadata=yaml.safe_dump(metadata, sort_keys=False, allow_unicode=True, width=100),
        title=escape(title),
        models=f"{about.models:,}",
        authors=f"{about.authors:,}",
        rated=f"{sum(judge.rated for judge in about.judges):,}",
        when=f"on {first}" if first == last else f"between {first} and {last}",
        findings="".join(f"- {escape(sentence)}\n" for sentence in about.findings),
        texts=_TEXTS[options.texts],
        version=version("cardiogram"),
    )


def _sealed(text: str, page: Path) -> bytes:
    """The README with what tells, later, whether anybody has edited it or the page."""
    data = text.encode()
    return data + f"<!-- cardiogram {sha256(data)} {' '.join(content_ids(page))} -->\n".encode()


def _check_ours(session: HubSession, before: Published) -> None:
    """Refuse to overwrite what is not as this package sent it."""
    if before.is_new or before.files.keys() <= {".gitattributes"}:
        return
    ours = {"README.md", PAGE} <= before.files.keys()
    readme = read_file(session, before.id, "README.md", before.sha, "space") if ours else b""
    seal = _SEAL.search(readme)
    sent = [part.decode() for part in seal.groups()] if seal else []
    if (
        seal
        and sha256(readme[: seal.start()]) == sent[0]
        and seal.end() == len(readme)
        and before.files[PAGE] in sent[1:]
    ):
        return
    what = "it was edited on the Hub" if seal else "it holds something else"
    raise ConfigError(
        f"{before.id!r} would be overwritten: {what}",
        hint="Choose another name, or add --replace-card.",
    )
