"""A README becomes a card: text, metadata and document, with every fault named."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cardiogram.cards.front_matter import parse_metadata
from cardiogram.cards.markdown import Document, parse_document
from cardiogram.cards.metadata import Metadata, metadata_from_tags
from cardiogram.records import dataclass, replace
from cardiogram.text import decode, sha256, split_front_matter

if TYPE_CHECKING:
    from cardiogram.store import Row


MAX_BLOCKS = 5_000
"""Blocks, and links, that are read of a card: what it costs is bounded, whatever stands in it."""


@dataclass(frozen=True, slots=True)
class Card:
    """A parsed model card.

    Attributes
    ----------
    id
        The model's id on the Hub, or "" for a card that is not there yet.
    text
        The card as text with LF line ends; every line number refers to it.
    sha256
        Hash of the README as it came, before any normalisation.
    input_sha256
        Hash of all that a judge sees: the text and, where tags stand in for the metadata, these.
    problems
        Codes of :mod:`cardiogram.cards.problems`.
    """

    id: str
    text: str
    front_matter: str | None
    body: str
    body_line: int
    metadata: Metadata
    document: Document
    sha256: str
    input_sha256: str
    problems: tuple[str, ...] = ()


def parse_card(
    data: bytes | str,
    *,
    id: str = "",
    tags: Sequence[str] = (),
    pipeline_tag: str | None = None,
    library_name: str | None = None,
    sha: str | None = None,
    in_lfs: bool = False,
) -> Card:
    r"""Parse a README; never raises, whatever the bytes.

    Parameters
    ----------
    data
        The file's bytes, or its text.
    tags, pipeline_tag, library_name
        What the Hub says of the model. Used as metadata only where the text has no front
        matter, as in the public dumps, whose texts have lost it.
    sha
        Hash of the file as it came, where `data` is its normalised text.
    in_lfs
        Whether Git LFS holds the file: the Hub then reads no metadata of it, and nor do we.

    Examples
    --------
    >>> parse_card("---\nlicense: mit\n---\n# A model").metadata.values
    {'license': 'mit'}
    """
    decoded = decode(data)
    parts = split_front_matter(decoded.text)
    if in_lfs:
        metadata = Metadata(problems=("in_lfs",))
    elif parts.front_matter is None:
        metadata = metadata_from_tags(tags, pipeline_tag, library_name)
    else:
        above = parts.body_line - parts.front_matter.count("\n") - 1
        metadata = parse_metadata(parts.front_matter, above)
    document = parse_document(parts.body, parts.body_line)
    problems = [*decoded.problems, *parts.problems, *metadata.problems]
    if max(len(document.blocks), len(document.links)) > MAX_BLOCKS:
        problems.append(f"too_many_blocks: over {MAX_BLOCKS:,}")
        document = _first_blocks(document)
    if document.unclosed_fence:
        problems.append(f"unclosed_fence: line {document.unclosed_fence}")
    if not document.blocks and not document.links:
        problems.append("front_matter_only" if parts.front_matter else "empty")
    elif (
        document.html_tags
        and parts.body.lstrip().startswith("<")
        and _only_html(document, parts.body)
    ):
        problems.append("html_only")
    raw = sha or sha256(data)
    return Card(
        id=id,
        text=decoded.text,
        front_matter=parts.front_matter,
        body=parts.body,
        body_line=parts.body_line,
        metadata=metadata,
        document=document,
        sha256=raw,
        input_sha256=_hash_input(raw, metadata),
        problems=tuple(problems),
    )


def _hash_input(raw: str, metadata: Metadata) -> str:
    """Hash of all that was read: the file, and what decides apart from it which metadata count."""
    if metadata.source == "tags":
        return sha256("\n".join([raw, *sorted([f"{k}={v}" for k, v in metadata.values.items()])]))
    return sha256(f"{raw}\nin_lfs") if "in_lfs" in metadata.problems else raw


def parse_row(row: Row, data: bytes | str | None, sha: str | None = None) -> Card:
    """Parse the README of a model as a row of a study or of a source lists it."""
    return parse_card(
        data or b"",
        id=row["id"] or "",
        tags=row.get("tags") or (),
        pipeline_tag=row.get("pipeline_tag"),
        library_name=row.get("library_name"),
        sha=sha,
        in_lfs="in_lfs" in (row.get("problems") or ()),
    )


def _first_blocks(document: Document) -> Document:
    blocks, links = document.blocks[:MAX_BLOCKS], document.links[:MAX_BLOCKS]
    return replace(document, blocks=blocks, links=links)


def _only_html(document: Document, body: str) -> bool:
    """Whether no Markdown construct was used at all."""
    if any(
        block.kind in ("item", "code", "table")
        or (block.kind == "heading" and block.style == "markdown")
        for block in document.blocks
    ):
        return False
    chunks = filter(None, map(str.strip, re.split(r"\n[ \t]*\n", body)))
    return all(chunk.startswith("<") for chunk in chunks)
