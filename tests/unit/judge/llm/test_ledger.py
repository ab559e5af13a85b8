import json
import resource
from dataclasses import replace
from pathlib import Path

import pytest

from cardiogram.errors import DataError
from cardiogram.judge.llm.judge import LLMJudge
from cardiogram.judge.llm.ledger import Key, Ledger, hash_options
from cardiogram.judge.llm.options import ModelOptions
from cardiogram.judge.llm.transport.messages import Reply, Token
from cardiogram.judge.llm.transport.providers import ModelName

REPLY = Reply(
    "text \u2028 ü",
    "stop",
    "m-2026",
    10,
    4,
    5,
    0.5,
    (Token("score", ()), Token("4", (("4", -0.1), ("5", -2.5)))),
    0.01,
)


def test_what_is_put_comes_back_also_after_reopening(tmp_path: Path) -> None:
    path = tmp_path / "answers/a.jsonl"
    keys = [Key("c", "q", repeat, part) for repeat in range(3) for part in ("", "data")]
    with Ledger(path) as ledger:
        for place, key in enumerate(keys):
            ledger.put(key, replace(REPLY, text=str(place)))
        ledger.put(keys[0], replace(REPLY, text="later"))
    with Ledger(path) as ledger:
        assert len(ledger) == 6
        found = [ledger.get(key) for key in keys]
        assert [reply.text for reply in found if reply] == list("012345")
        assert found[0] == replace(REPLY, text="0")
        assert ledger.get(Key("c", "other")) is None
        assert [reply.text for reply in ledger.recent("q", 2)] == ["5", "4"]


def test_half_a_line_is_set_aside_and_the_next_one_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with Ledger(path) as ledger:
        ledger.put(Key("a", "q"), REPLY)
        ledger.put(Key("b", "q"), REPLY)
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    for cut in (first + 1, len(whole) - 1, first + 40):
        path.write_bytes(whole[:cut])
        with Ledger(path) as ledger:
            assert ledger.damaged == 1
            assert (Key("a", "q") in ledger, Key("b", "q") in ledger) == (True, False)
            ledger.put(Key("c", "q"), REPLY)
        with Ledger(path) as ledger:
            assert ledger.damaged == 0
            assert ledger.get(Key("c", "q")) == REPLY
            assert len(ledger) == 2


def test_a_damaged_line_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    with Ledger(path) as ledger:
        ledger.put(Key("a", "q"), REPLY)
    path.write_bytes(b'\xff\x00rubbish\n[1, 2]\n{"no": "key"}\n' + path.read_bytes())
    with Ledger(path) as ledger:
        assert (len(ledger), ledger.damaged) == (1, 3)
        assert ledger.get(Key("a", "q")) == REPLY


def test_an_answer_is_in_the_file_before_put_returns(tmp_path: Path) -> None:
    with Ledger(tmp_path / "a.jsonl") as ledger:
        ledger.put(Key("a", "q"), REPLY)
        assert json.loads(ledger.path.read_bytes())["reply"]["text"] == REPLY.text


def test_a_full_disk_is_said_and_leaves_no_half_line(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with Ledger(tmp_path / "a.jsonl") as ledger:
        ledger.put(Key("a", "q"), REPLY)
        size = ledger.path.stat().st_size
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, hard))
        try:
            with pytest.raises(DataError, match="cannot keep answers") as caught:
                ledger.put(Key("b", "q"), REPLY)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert "answers that came are kept" in str(caught.value.hint)
        assert ledger.path.stat().st_size == size
        ledger.put(Key("b", "q"), REPLY)
    with Ledger(tmp_path / "a.jsonl") as ledger:
        assert (len(ledger), ledger.damaged) == (2, 0)


def test_every_parameter_that_changes_an_answer_changes_the_key() -> None:
    judge = LLMJudge(ModelName.parse("vllm/a"))
    others = [
        LLMJudge(ModelName.parse("vllm/b")),
        replace(judge, settings=replace(judge.settings, temperature=0.7)),
        replace(judge, settings=replace(judge.settings, logprobs=5)),
        replace(judge, settings=replace(judge.settings, thinking="low")),
        replace(judge, asking="each"),
        replace(judge, seed=1),
        replace(judge, max_chars=100),
    ]
    asked = [hash_options(item._options()) for item in (judge, *others)]
    assert len(set(asked)) == len(asked)
    assert len({item.version for item in (judge, *others, replace(judge, samples=2))}) == 9
    same = replace(judge, concurrency=1, settings=replace(judge.settings, timeout=1))
    assert hash_options(same._options()) == asked[0]
    assert Key("c", "q", 1, "data", 2).short != Key("c", "q", 1, "data", 1).short
    assert len(Key("c", "q").short) == 40
    assert ModelOptions().samples == 1
