"""What a file may hold and no output may: logins, e-mail addresses, places on somebody's disk."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar, cast

from cardiogram.lazy import regex

T = TypeVar("T")

LOGIN, ADDRESS, PLACE = "[token]", "[e-mail address]", "[local path]"
"""What stands in their place."""

_ROOTS = (
    "home|Users|root|mnt|media|scratch|gpfs|lustre|fsx|nfs|storage|shared|cluster|projects?|work|"
    "workspace|content|kaggle|data|datasets|tmp|var|private|Volumes|srv|opt|export|dbfs|beegfs"
)
_REST = r"(?:[^\s\"'`<>|,;()\[\]{}]|[ ](?=[^\s/\\\"'`]{1,40}[/\\]))*"
"""The rest of a path: also a blank, where a name goes on to a further folder."""

_LOGIN = r"""
    -----BEGIN[ ][A-Z ]*PRIVATE[ ]KEY-----(?:[\s\S]*?-----END[ ][A-Z ]*PRIVATE[ ]KEY-----|[\s\S]*)
  | (?:hf|api_org)_[A-Za-z0-9]{30,}
  | \b(?:hf|api_org)_[A-Za-z0-9]{16,}
  | \bsk-(?=[a-z_-]{0,64}[A-Z0-9])[A-Za-z0-9_-]{16,}  # not the classes of scikit-learn's pages
  | \b(?:gh[pousr]_|github_pat_|glpat-|npm_|pypi-|dop_v1_|xox[abprs]-|wandb_v\d_|r8_|nvapi-|gsk_)
    [A-Za-z0-9_-]{16,}
  | \b(?:AKIA|ASIA)[0-9A-Z]{16}\b
  | \bAIza[0-9A-Za-z_-]{30,}
  | \beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*)?
  | \b(?:Bearer|Basic)\s+[A-Za-z0-9._~+/-]{16,}=*
  | (?<=://)[^\s/@:]+:[^\s/@]+(?=@)
  | (?<=[?&])(?:X-Amz-[A-Za-z]+|[Ss]ignature|sig|[Pp]olicy|Key-Pair-Id|token|access_token)=[^&\s"']+
"""
_NAMED = regex(
    r"""((?:api|access|secret|private|wandb|auth)[_-]?(?:key|token)s?|hf[_-]?token|password|passwd
    |client[_-]?secret)(["']?\s*[=:]\s*["']?)([A-Za-z0-9_+/=.-]{12,})""",
    re.IGNORECASE | re.VERBOSE,
)
_ANY = regex(
    rf"""(?P<login>{_LOGIN})
  | (?P<address>(?<![\w.+-])[\w.+-]{{1,64}}@(?:[\w-]{{1,63}}\.)+[A-Za-z]{{2,24}}\b(?!:))
  | (?P<place>
        \bfile://{_REST}
      | (?:[A-Za-z]:)?\\{{1,2}}Users\\{_REST}
      | [A-Za-z]:/Users/{_REST}
      | (?<![\w])[A-Za-z]:\\{_REST}
      | (?<![\w\\])\\{{2,4}}[\w.-]+\\{{1,2}}[\w.$-]+\\{_REST}
      | (?<![\w.~/*-])/(?:{_ROOTS})/+{_REST}
    )""",
    re.VERBOSE,
)
_SIGN = regex(r"[@/\\:=_-]|AKIA|ASIA|AIza|eyJ|Bearer|Basic")


def withhold(value: T) -> T:
    r"""A value, its texts without logins, e-mail addresses and local paths.

    Parameters
    ----------
    value
        A text; or a list or map, whose texts and keys are all looked at.

    Examples
    --------
    >>> withhold("trained on /home/anna/corpus.txt by anna@example.org")
    'trained on [local path] by [e-mail address]'
    """
    if isinstance(value, str):
        return cast(T, _text(value))
    if isinstance(value, dict):
        return cast(T, {withhold(key): withhold(inner) for key, inner in value.items()})
    if isinstance(value, list | tuple):
        return cast(T, type(value)(withhold(inner) for inner in value))
    return value


def withhold_logins(text: str) -> str:
    """A card's own words without logins: its addresses and places are there for all to read.

    Examples
    --------
    >>> withhold_logins("Write to anna@example.org, not with hf_abcdefghijklmnopqrstuvwxyz012345")
    'Write to anna@example.org, not with [token]'
    """
    return _text(text, _stand_in_for_logins)


def _text(text: str, stand_in: Callable[[re.Match[str]], str] | None = None) -> str:
    if len(text) < 5 or not _SIGN.search(text):
        return text
    text = _NAMED.sub(rf"\1\2{LOGIN}", text) if "=" in text or ":" in text else text
    return _ANY.sub(stand_in or _stand_in, text)


def _stand_in_for_logins(match: re.Match[str]) -> str:
    return LOGIN if match["login"] else match[0]


def _stand_in(match: re.Match[str]) -> str:
    if match["login"]:
        return LOGIN
    return ADDRESS if match["address"] else PLACE
