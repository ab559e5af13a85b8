"""A study's report as a static Space: one page, and a README with the Space's metadata."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from string import Template

import yaml

from cardiogram.hub import History, HubSession
from cardiogram.publish.about import About, describe_study
from cardiogram.publish.card import escape
from cardiogram.publish.judge_page import LIST, REPORT, published_list
from cardiogram.publish.planned import (
    PRIVATE_MODELS,
    Options,
    Plan,
    check_request,
    check_space,
    check_visibility,
    look,
    note_state,
    plan_file,
)
from cardiogram.store import Study, write_atomically

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

    In a Space of the judge's page, the report is put beside it; each links to the other.

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
        The id or licence is none, the Space is another's, of another kind or public already, or
        was edited on the Hub.
    DataError
        The study has no results yet.
    """
    options = options or Options()
    check_request(study, repo_id, folder, options, "space")
    session = session or HubSession()
    before, unseen = look(session, repo_id, "space")
    judge = published_list(session, before)
    over: list[History] = ["sent", "edited"] if judge else ["sent"]
    check_space(before, options, over)
    check_visibility(before, options)
    about = describe_study(study)
    folder.mkdir(parents=True, exist_ok=True)
    name = study.root.resolve().name
    page, words = (REPORT, LIST) if judge else (PAGE, "README.md")
    write_page(study, folder / page, texts=options.texts, judge_at=PAGE if judge else "")
    made = replace(judge, report=name).write() if judge else _render(name, about, options).encode()
    write_atomically(folder / words, made)
    rated = sum(use.rated for use in about.judges)
    return Plan(
        of="space",
        repo_id=repo_id,
        endpoint=session.endpoint,
        private=before.private if before else options.visibility == "private",
        files=tuple(plan_file(before, path, folder / path) for path in (words, page)),
        title=f"Report: {about.models:,} models, {rated:,} ratings",
        before=before,
        notes=(
            *note_state(options, before, unseen, "space"),
            *([f"{page} goes beside the judge's page, which links to it."] if judge else []),
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
