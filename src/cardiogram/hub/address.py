"""What an id or a pasted address names."""

from __future__ import annotations

import os
from urllib.parse import unquote, urlsplit

from cardiogram.errors import ConfigError, HubError
from cardiogram.lazy import regex
from cardiogram.names import CardType
from cardiogram.records import NamedTuple

HOSTS = ("huggingface.co", "www.huggingface.co", "hf.co")
_NAME = regex(r"[A-Za-z0-9._-]{1,96}")
_RESERVED = frozenset({"api", "datasets", "spaces", "models", "buckets", "kernels"})
_FILES = regex(
    r"hf:/{1,2}datasets/(?P<id>[^/@]+/[^/@]+)(?:@(?P<revision>refs/\w+/\w+|[^/]+))?(?:/(?P<path>.*))?"
)
_ID = regex(r"(?:datasets/)?[A-Za-z0-9][\w.-]*/[\w.-]+|[A-Za-z0-9][\w.-]*")


class HubAddress(NamedTuple):
    """An id on the Hub, or an owner's name, as it was written or pasted."""

    id: str
    of: CardType
    revision: str = "main"


def read_address(target: str, of: CardType = "model") -> HubAddress | None:
    """An id or a pasted address; None for what is neither.

    Raises
    ------
    ConfigError
        It is the address of a Space.

    Examples
    --------
    >>> read_address("https://huggingface.co/datasets/a/b/tree/main", "model")
    HubAddress(id='a/b', of='dataset', revision='main')
    """
    if "://" not in target and not target.startswith(HOSTS):
        if not _ID.fullmatch(target) or target.endswith(".md"):
            return None
        bare = target.removeprefix("datasets/")
        return HubAddress(bare, of if bare == target else "dataset")
    try:
        parts = urlsplit(target if "://" in target else f"https://{target}")
    except ValueError:
        return None
    own = urlsplit(os.environ.get("HF_ENDPOINT", ""))
    if parts.scheme not in ("http", "https") or parts.netloc not in {*HOSTS, own.netloc} - {""}:
        return None
    return _address_of([unquote(part) for part in parts.path.split("/") if part], of)


def is_repo_id(text: str) -> bool:
    """Whether a text can name a model, and so go into an address.

    Examples
    --------
    >>> is_repo_id("openai-community/gpt2"), is_repo_id("../whoami-v2")
    (True, False)
    """
    parts = text.split("/")
    return (
        len(parts) in (1, 2)
        and all(_NAME.fullmatch(part) and part != "." and ".." not in part for part in parts)
        and parts[0] not in _RESERVED
    )


def _address_of(parts: list[str], of: CardType) -> HubAddress | None:
    """What the path of a page on the Hub names: OWNER/NAME/blob/REVISION/README.md and others."""
    kind = parts.pop(0) if parts and parts[0] in ("models", "datasets", "spaces") else "models"
    if kind == "spaces":
        raise ConfigError("a Space has no model card", hint="Give the address of a model.")
    name, view = "/".join(parts[:2]), parts[2:]
    if len(parts) > 1 and parts[1] in ("blob", "tree", "resolve", "raw", "commit", "discussions"):
        name, view = parts[0], parts[1:]  # one of the old names without an owner
    if not _ID.fullmatch(name):
        return None
    whose: CardType = "dataset" if kind == "datasets" else of
    if len(view) > 1 and view[0] in ("blob", "tree", "resolve", "raw", "commit"):
        return HubAddress(name, whose, view[1])
    return HubAddress(name, whose)


class HubFiles(NamedTuple):
    """Files of a dataset, as `hf://datasets/OWNER/NAME[@REVISION]/PATH` names them."""

    id: str
    revision: str
    path: str

    @classmethod
    def of(cls, text: str) -> HubFiles | None:
        """What a text names; None where it is no such address.

        Examples
        --------
        >>> HubFiles.of("hf://datasets/a/b@refs/convert/parquet/models/train")
        HubFiles(id='a/b', revision='refs/convert/parquet', path='models/train')
        """
        named = _FILES.fullmatch(text)
        if named is None or not is_repo_id(named["id"]):
            return None
        return cls(named["id"], named["revision"] or "main", named["path"] or "")

    def __str__(self) -> str:
        revision = "" if self.revision == "main" else f"@{self.revision}"
        return f"hf://datasets/{self.id}{revision}/{self.path}"


def say_no_file(target: str, error: HubError) -> HubError:
    """Why the Hub gave nothing, for a target that may be a folder which is not there."""
    if type(error) is not HubError or "://" in target or target.startswith(HOSTS):
        return error
    why = error.message.removeprefix(f"{target}: ")
    return HubError(f"{target}: no file or folder here; {why}", hint=error.hint)
