"""Walk the Hub's list of models page by page, and turn what it says of a model into a row."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args
from urllib.parse import parse_qs, urlsplit

from cardiogram.errors import ConfigError, DataError, HubError
from cardiogram.hub.address import is_repo_id
from cardiogram.hub.session import Failure, HubSession
from cardiogram.lazy import regex

if TYPE_CHECKING:
    from cardiogram.store import Row

Sort = Literal["downloads", "likes", "trending", "created", "modified"]

EXPAND = (
    "author",
    "createdAt",
    "disabled",
    "downloads",
    "downloadsAllTime",
    "gated",
    "lastModified",
    "library_name",
    "likes",
    "pipeline_tag",
    "safetensors",
    "sha",
    "tags",
    "trendingScore",
)
"""What is asked of each model, by the Hub's names."""

EMPTY_PAGES = 5  # in a row; then the list is taken to have no end
PAGE = 1000  # the most that the Hub gives at once
LARGEST_COUNT = 10**15
YEARS = range(2000, 2101)  # a date outside is a mistake

_LIST = "/api/models"
_SORT_NAMES: dict[Sort, str] = {
    "downloads": "downloads",
    "likes": "likes",
    "trending": "trendingScore",
    "created": "createdAt",
    "modified": "lastModified",
}
_NEXT = regex(r'<([^<>]*)>\s*;[^,<>]*\brel="?next\b')
_GATED = {"False": "false", "auto": "auto", "manual": "manual"}
_START_ANEW = "Start the list anew, without the cursor."


@dataclass(frozen=True, slots=True)
class Query:
    """Which models, in which order.

    Parameters
    ----------
    limit
        Models kept in all; None is every one.
    author, task, library, search
        Only models of this user or organisation, with this task or library, with this in the id.
    since
        Only models created on or after this day (changed, with ``sort="modified"``), in UTC. A
        model without such a date is left out.

    Raises
    ------
    ConfigError
        A limit below 1, an order that does not exist, or a day with a time.
    """

    limit: int | None = None
    author: str | None = None
    task: str | None = None
    library: str | None = None
    search: str | None = None
    sort: Sort = "downloads"
    since: dt.date | None = None

    def __post_init__(self) -> None:
        if self.limit is not None and self.limit < 1:
            raise ConfigError(f"limit {self.limit!r} is not a count", hint="Use 1 or more.")
        if isinstance(self.since, dt.datetime):
            raise ConfigError(f"since {self.since} is not a day", hint="Use a date without a time.")
        if self.sort not in get_args(Sort):
            raise ConfigError(
                f"no order {self.sort!r}", hint=f"Use one of: {', '.join(get_args(Sort))}."
            )


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list.

    Attributes
    ----------
    rows
        Rows with the columns of :data:`cardiogram.store.LISTING`; none where `since` left none.
    next_cursor
        Where to go on, also in another process; None when the walk is complete.
    """

    rows: list[Row]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class _Place:
    """How far a walk is: the Hub's own cursor, and the rows kept before it."""

    cursor: str | None = None
    kept: int = 0


def list_pages(
    session: HubSession,
    query: Query,
    cursor: str | None = None,
    fields: Sequence[str] = EXPAND,
    as_row: Callable[[Mapping[str, object]], Row] | None = None,
) -> Iterator[Page]:
    """Walk the list; each page holds its place, so that a later walk can go on from there.

    Numbers move while the list is walked: a model may be met twice, or once too few.

    Parameters
    ----------
    cursor
        `next_cursor` of an earlier page of the same query; the limit counts the rows kept then.
    fields
        What to ask of each model, by the Hub's names; columns not asked for are null.
    as_row
        What makes a row of what the Hub says of a model; by default :func:`model_row`.

    Yields
    ------
    Page
        At most 1000 rows.

    Raises
    ------
    DataError
        The cursor is damaged, or belongs to another query.
    HubError
        The Hub did not answer, or not with a list.
    """
    place = _Place() if cursor is None else _read_cursor(cursor, query)
    empty = 0
    while query.limit is None or place.kept < query.limit:
        answer = session.get_json(_LIST, _params(query, place, fields))
        if not isinstance(answer.data, list):
            raise HubError(f"the Hub's answer to GET {_LIST!r} is not a list")
        empty = 0 if answer.data else empty + 1
        if empty == EMPTY_PAGES:
            raise HubError(
                f"the Hub gives one page without a model after another for GET {_LIST!r}",
                hint="Run the same command again later; it goes on where it stopped.",
            )
        models = (model if isinstance(model, Mapping) else {} for model in answer.data)
        rows = list(map(as_row or model_row, models))
        kept = [row for row in rows if _is_recent(row, query)]
        if query.limit is not None:
            kept = kept[: query.limit - place.kept]
        following = _next_place(answer.headers.get("link", ""), place.kept + len(kept))
        if following.cursor is not None and following.cursor == place.cursor:
            raise HubError(f"the Hub gives the same page of GET {_LIST!r} over and over")
        done = following.cursor is None or following.kept == query.limit or _is_past(rows, query)
        yield Page(kept, None if done else _write_cursor(following, query))
        if done:
            return
        place = following


def read_model(session: HubSession, repo_id: str) -> Row:
    """Ask for the row of one model; whatever is wrong with it is in its `problems`.

    Parameters
    ----------
    repo_id
        ``owner/name``, or one of the old names without an owner.

    Returns
    -------
    dict
        Columns of :data:`cardiogram.store.LISTING`. A renamed model has the numbers of its new
        name, the id that was asked, and the problem ``renamed: new/name``; a model that the Hub
        did not tell about has only its id and a problem.

    Raises
    ------
    AccessDenied
        The Hub refused the login itself.
    """
    if not is_repo_id(repo_id):
        return _without_data(repo_id, "not_found")
    data = ask_model(session, repo_id, EXPAND)
    if isinstance(data, str):
        return _without_data(repo_id, data)
    row = model_row(data)
    if row["id"] != repo_id and row["id"] is not None:
        row["problems"].append(f"renamed: {row['id']}")
        row["id"] = repo_id
    return row


def ask_model(
    session: HubSession, repo_id: str, fields: Sequence[str]
) -> Mapping[str, object] | str:
    """Fields of a model as the Hub gives them, or the problem because of which there are none."""
    answer = session.ask(f"{_LIST}/{repo_id}", [("expand", name) for name in fields], wanted="json")
    if isinstance(answer, Failure):
        return answer.problem
    if not isinstance(answer.data, Mapping):
        return "unreachable: an answer that is not a model"
    return answer.data


def model_row(data: Mapping[str, object]) -> Row:
    """One model as the Hub describes it, as a row of the listing. Never raises.

    Parameters
    ----------
    data
        The parsed JSON object. A field that is absent or of the wrong type is null; a count or
        a date that cannot be true is null and a problem.

    Examples
    --------
    >>> row = model_row({"id": "a/b", "likes": -1, "tags": ["license:mit"]})
    >>> row["author"], row["likes"], row["license"], row["problems"]
    ('a', None, 'mit', ['bad_count'])
    """
    problems: list[str] = []
    repo_id = _text(data.get("id"))
    owner = repo_id.split("/")[0] if repo_id and "/" in repo_id else None
    tags = data.get("tags")
    tags = [text for tag in tags if (text := _text(tag))] if isinstance(tags, list) else None
    weights = data.get("safetensors")
    if repo_id is None:
        problems.append("no_id")
    if data.get("disabled") is True:
        problems.append("disabled")
    return {
        "id": repo_id,
        "author": _text(data.get("author")) or owner,
        "sha": _text(data.get("sha")),
        "created_at": _date(data.get("createdAt"), problems),
        "last_modified": _date(data.get("lastModified"), problems),
        "downloads": _count(data.get("downloads"), problems),
        "downloads_all_time": _count(data.get("downloadsAllTime"), problems),
        "likes": _count(data.get("likes"), problems),
        "trending_score": _score(data.get("trendingScore"), problems),
        "tags": tags,
        "pipeline_tag": _text(data.get("pipeline_tag")),
        "library_name": _text(data.get("library_name")),
        "license": next(iter(_after("license:", tags or [])), None),
        "base_model": None if tags is None else base_models(tags),
        "gated": _GATED.get(str(data.get("gated"))),
        "parameters": (
            _count(weights.get("total"), problems) if isinstance(weights, Mapping) else None
        ),
        "stratum": None,
        "weight": None,
        "problems": list(dict.fromkeys(problems)),
    }


def _without_data(repo_id: str, problem: str) -> Row:
    return {**model_row({"id": repo_id}), "problems": [problem]}


def _text(value: object) -> str | None:
    """Make a text storable: lone surrogates, which JSON allows, become question marks."""
    if not isinstance(value, str):
        return None
    return value.encode("utf-8", "replace").decode() or None


def _count(value: object, problems: list[str]) -> int | None:
    number = _score(value, problems)
    if number is None:
        return None
    if number != int(number):
        problems.append("bad_count")
        return None
    return int(number)


def _score(value: object, problems: list[str]) -> float | None:
    """Accept a number from 0 to 1e15: in all of that range a float holds a count exactly."""
    if value is None:
        return None
    good = isinstance(value, (int, float)) and not isinstance(value, bool)
    if isinstance(value, (int, float)) and good and 0 <= value <= LARGEST_COUNT:
        return float(value)
    problems.append("bad_count")
    return None


def _date(value: object, problems: list[str]) -> dt.datetime | None:
    """Read an ISO date as UTC with milliseconds, as the study stores it."""
    if value is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(str(value).strip().replace("Z", "+00:00"))
        moment = moment.replace(tzinfo=moment.tzinfo or dt.timezone.utc).astimezone(dt.timezone.utc)
    except (ValueError, OverflowError):
        moment = None
    if moment is None or not isinstance(value, str) or moment.year not in YEARS:
        problems.append("bad_date")
        return None
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _after(prefix: str, tags: list[str]) -> list[str]:
    """List what follows the prefix in the tags that have it."""
    return [tag.removeprefix(prefix) for tag in tags if tag.startswith(prefix) and tag != prefix]


def base_models(tags: list[str]) -> list[str]:
    """List each base model once: the Hub has ``base_model:x`` and ``base_model:quantized:x``."""
    ids = (value.rpartition(":")[2] for value in _after("base_model:", tags))
    return list(dict.fromkeys(filter(None, ids)))


def _is_recent(row: Row, query: Query) -> bool:
    if query.since is None:
        return True
    day = _day(row, query)
    return day is not None and day >= query.since


def _is_past(rows: list[Row], query: Query) -> bool:
    """Whether the list, in the order of the date, has come to models before `since`."""
    if query.since is None or query.sort not in ("created", "modified"):
        return False
    days = (_day(row, query) for row in rows)
    return any(day is not None and day < query.since for day in days)


def _day(row: Row, query: Query) -> dt.date | None:
    moment = row["last_modified" if query.sort == "modified" else "created_at"]
    return moment.date() if isinstance(moment, dt.datetime) else None


def _params(query: Query, place: _Place, fields: Sequence[str]) -> list[tuple[str, str]]:
    size = PAGE
    if query.limit is not None and query.since is None:
        size = min(PAGE, query.limit - place.kept)
    asked = {
        "search": query.search,
        "author": query.author,
        "filter": query.library,
        "pipeline_tag": query.task,
        "sort": _SORT_NAMES[query.sort],
        "limit": str(size),
        "cursor": place.cursor,
    }
    params = [(name, value) for name, value in asked.items() if value]
    return params + [("expand", name) for name in fields]


def _next_place(link: str, count: int) -> _Place:
    """Only the cursor is taken from the Hub's link, so that it cannot send the login elsewhere."""
    following = _NEXT.search(link)
    if following is None:
        return _Place(None, count)
    try:
        parts = urlsplit(following[1])
        cursor = parse_qs(parts.query).get("cursor", [""])[0]
    except ValueError:
        cursor = ""
    if not cursor or not parts.path.endswith(_LIST):
        raise HubError(f"the Hub's link to the next page of GET {_LIST!r} cannot be followed")
    return _Place(cursor, count)


def _fingerprint(query: Query) -> str:
    """Sum up what must not change between two halves of a walk: the query but for its limit."""
    asked = [query.author, query.task, query.library, query.search, query.sort, str(query.since)]
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16]


def _write_cursor(place: _Place, query: Query) -> str:
    text = json.dumps([_LIST, _fingerprint(query), place.kept, place.cursor])
    return base64.urlsafe_b64encode(text.encode()).decode()


def _read_cursor(text: str, query: Query) -> _Place:
    """Read a place. It holds no address: the next call goes where the session goes."""
    try:
        path, asked, kept, cursor = json.loads(base64.b64decode(text, b"-_", validate=True))
    except (ValueError, TypeError, RecursionError):
        raise DataError("the list's cursor is damaged", hint=_START_ANEW) from None
    counted = isinstance(kept, int) and not isinstance(kept, bool) and kept >= 0
    if path != _LIST or not counted or not isinstance(cursor, str) or not cursor:
        raise DataError("the list's cursor is damaged", hint=_START_ANEW)
    if asked != _fingerprint(query):
        raise DataError("the list's cursor belongs to another query", hint=_START_ANEW)
    return _Place(cursor, kept)
