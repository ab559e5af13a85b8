"""Parquet files of a dataset on the Hub, read by range."""

from __future__ import annotations

import base64
import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import Result
from stand_in import StandIn

from cardiogram.collect import Source, collect
from cardiogram.collect.bulk import dump_files
from cardiogram.engine import Workers
from cardiogram.errors import HubError
from cardiogram.hub import HubSession, Query
from cardiogram.store import Study

ALONE = Workers(count=1)
DUMP = Path("hf://datasets/dumps/cards/data")


@pytest.fixture
def size(hub: StandIn, tmp_path: Path) -> int:
    """A dataset with cards in four row groups, and a listing; bytes of the cards."""
    dump_files._read_end.cache_clear()
    lot = random.Random(0)
    rows = [
        {
            "modelId": f"o/m{n}",
            "card": f"# {n}\n{lot.randbytes(6000).hex()}",
            "last_modified": dt.datetime(2026, 3, 1 + n // 10, tzinfo=dt.timezone.utc),
        }
        for n in range(40)
    ]
    listed = [{"id": f"o/m{n}", "downloads": n} for n in range(40)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "c.parquet", row_group_size=10)
    pq.write_table(pa.Table.from_pylist(listed), tmp_path / "m.parquet")
    files = {
        f"{folder}/{name}.parquet": {
            "base64": base64.b64encode((tmp_path / f"{name}.parquet").read_bytes()).decode()
        }
        for folder, name in (("data", "c"), ("other", "m"))
    }
    hub.add({"type": "dataset", "id": "dumps/cards", "readme": "# Cards", "files": files})
    return (tmp_path / "c.parquet").stat().st_size


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sizes of the parts that the Hub was asked for."""
    sizes: list[int] = []
    ask_part = dump_files.ask_part

    def spy(*question: object) -> object:
        answer = ask_part(*question)
        sizes.append(len(getattr(answer, "body", b"")))
        return answer

    monkeypatch.setattr(dump_files, "ask_part", spy)
    return sizes


def test_what_is_not_wanted_is_not_downloaded(
    hub: StandIn, size: int, asked: list[int], tmp_path: Path
) -> None:
    hub.set_faults({"match": "_cdn", "every": 5, "status": 503})
    session = HubSession(hub.url)
    source = Source(DUMP, Query(since=dt.date(2026, 3, 4)), also=(DUMP.parent / "other/m.parquet",))
    study = Study(tmp_path / "study")
    assert collect(study, source, session=session, executor=ALONE) == 10
    assert sum(asked) < size / 2
    rows = {row["id"]: row for row in study.models.rows()}
    assert rows["o/m35"]["downloads"] == 35
    manifest = study.manifest()
    assert manifest["source"]["path"] == "hf://datasets/dumps/cards/data"
    assert Source.of(manifest) == source
    asked.clear()
    hub.add({"type": "dataset", "id": "dumps/cards", "readme": "# Later, without the files"})
    assert collect(study, source, session=session, executor=ALONE) == 10
    assert asked == []


def test_a_hub_that_refuses_sets_nothing_aside(hub: StandIn, size: int, tmp_path: Path) -> None:
    hub.set_faults({"match": "_cdn", "after": 1, "status": 404})
    session, study = HubSession(hub.url), Study(tmp_path / "study")
    with pytest.raises(HubError):
        collect(study, Source(DUMP), session=session, executor=ALONE)
    hub.set_faults()
    assert collect(study, Source(DUMP), session=session, executor=ALONE) == 40


def test_the_command(command: Callable[..., Result], size: int) -> None:
    done = command("collect", "s", "--from", f"{DUMP}@main".replace("/data@main", "@main/data"))
    assert (done.exit_code, done.stdout) == (0, "40 models in s\n")
    nothing = command("collect", "t", "--from", "hf://datasets/dumps/cards/nothing")
    assert (nothing.exit_code, "no .parquet file in" in nothing.stderr) == (2, True)
