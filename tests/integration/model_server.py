"""A local stand-in for providers of language models: a real HTTP server with their wire formats.

It speaks OpenAI's chat completions, responses, decisions, files and batches and Anthropic's
messages and message batches; it counts tokens and calls, and it can be slow, busy and broken.
Run by hand it replays labels as a judge:

    python tests/integration/model_server.py --cards CARDS --labels LABELS --pass second --port 8123
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import re
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from model_answers import (
    Asked,
    Replay,
    answer,
    count,
    count_constant,
    read_prompt,
    tokens_of,
)
from model_wires import (
    KINDS,
    STATS,
    Faults,
    Log,
    error,
    file,
    fill_schema,
    google,
    message,
    response,
    schema_of,
    send,
    send_stream,
    texts as said_in,
)


class ModelServer:
    """The server; `with ModelServer().running() as url` runs it in a thread of its own."""

    def __init__(self, replay: Replay | None = None, faults: Faults | None = None) -> None:
        self.replay = replay or Replay()
        self.faults = faults or Faults()
        self.log = Log()
        self.keep_bodies = False
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self._draw = random.Random(self.faults.seed)
        self._prefixes: set[int] = set()
        self._sent: dict[asyncio.StreamWriter, str] = {}

    @contextlib.contextmanager
    def running(self, port: int = 0) -> Iterator[str]:
        """Serve on 127.0.0.1; the URL without a path."""
        loop = asyncio.new_event_loop()
        server = loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", port))
        thread = threading.Thread(target=loop.run_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            asyncio.run_coroutine_threadsafe(_stop(server), loop).result(10)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
            loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        gone = (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError)
        with contextlib.suppress(*gone), contextlib.closing(writer):
            while head := await reader.readuntil(b"\r\n\r\n"):
                if before := self._sent.pop(writer, ""):
                    self.log.received.add(before)
                first, *rest = head.decode("latin-1").split("\r\n")
                method, path, _ = first.split(" ", 2)
                headers = {
                    name.lower(): value.strip()
                    for name, _, value in (line.partition(":") for line in rest if line)
                }
                body = await reader.readexactly(int(headers.get("content-length") or 0))
                for name in ("authorization", "x-api-key", "x-goog-api-key"):
                    if name in headers:
                        self.log.keys.add(headers[name].removeprefix("Bearer "))
                if not await self._answer(method, path.split("?")[0], headers, body, writer):
                    break

    async def _answer(
        self,
        method: str,
        path: str,
        headers: dict[str, str],
        body: bytes,
        writer: asyncio.StreamWriter,
    ) -> bool:
        """Answer one request; False where the connection is to be dropped."""
        path = path.removeprefix("/v1")
        if path.endswith(":generateContent"):
            return await self._model_call("/google", json.loads(body), writer)
        if path in ("/chat/completions", "/responses", "/messages", "/decisions"):
            return await self._model_call(path, json.loads(body), writer)
        status, found = self._housekeeping(method, path, headers, body)
        data = found if isinstance(found, bytes) else json.dumps(found).encode()
        await send(writer, status, data)
        return True

    async def _model_call(
        self, path: str, request: dict[str, Any], writer: asyncio.StreamWriter
    ) -> bool:
        log, faults = self.log, self.faults
        log.calls += 1
        if self.keep_bodies:
            log.bodies.append(request)
        log.in_flight += 1
        log.most_in_flight = max(log.most_in_flight, log.in_flight)
        try:
            fault = self._fault()
            if (faults.cap and log.in_flight > faults.cap) or fault == "busy":
                log.busy += 1
                extra = {"retry-after": faults.retry_after} if faults.retry_after else {}
                await send(writer, 429, error(path, 429, "rate_limit_error"), extra)
                return True
            if faults.latency:
                await asyncio.sleep(faults.latency)
            if fault == "reset":
                log.errors += 1
                writer.transport.abort()
                return False
            if fault == "error" or faults.status:
                log.errors += 1
                status = faults.status or 500
                said = " ".join(log.keys)  # as careless as a provider can be
                kind = KINDS.get(status, "api_error")
                await send(writer, status, error(path, status, kind, said))
                return True
            asked, name = self._understand(path, request)
            reply, kind = self._reply(path, request, asked, name)
            if request.get("stream"):
                await send_stream(writer, reply)
            else:
                data = json.dumps(reply).encode()
                await send(writer, 200, data, slowly=fault == "slow")
            log.paid[name] += 1
            log.again += name in log.received
            self._sent[writer] = name
            return kind != "drop"
        finally:
            log.in_flight -= 1

    def _fault(self) -> str:
        """The transport fault that strikes this call, if any."""
        drawn = self._draw.random()
        for name in ("busy", "error", "reset", "slow"):
            share = getattr(self.faults, name)
            if drawn < share:
                return name
            drawn -= share
        return ""

    def _understand(self, path: str, request: dict[str, Any]) -> tuple[Asked | None, str]:
        """The card of a request, and a name for what was asked: the same when asked again."""
        texts = said_in(path, request)
        said = next((text for text in texts if "begins]\nMetadata:" in text), texts[-1])
        asked = read_prompt(said)
        if asked is None:
            names = tuple(item["name"] for item in request.get("questions", ()))
            return (Asked("", said, names) if names else None), said[:80]
        card = self.replay.find(asked) or str(hash((asked.metadata, asked.body)))
        turn = sum(text.startswith(("Your answer could", "These quotes")) for text in texts)
        return asked, f"{card}|{','.join(asked.names)}|{turn}|{request.get('model')}"

    def _reply(
        self, path: str, request: dict[str, Any], asked: Asked | None, name: str
    ) -> tuple[dict[str, Any], str]:
        """An answer in the wire format of `path`."""
        self.log.answers[name] += 1
        if path == "/decisions":
            return self._decision(request, asked), ""
        text, finish = "plain text", "stop"
        if asked is not None:
            found = self.answer(asked, name)
            kind = self._spoil(name)
            if kind == "misquote":
                found[asked.names[0]] |= {
                    "quote": "words that stand nowhere on this card",
                    "score": 3,
                }
            text = json.dumps(found, ensure_ascii=False)
            if kind == "malformed":
                text = self._draw.choice(
                    [text[: len(text) // 2], text.replace('"score": ', '"score": 7'), "Fine card."]
                )
            elif kind == "truncated":
                text, finish = text[: len(text) // 3], "length"
            elif kind == "empty":
                text = ""
            elif kind == "refusal":
                text, finish = "I cannot help with that.", "refusal"
        elif schema := schema_of(request):
            text = json.dumps(fill_schema(schema))
        wanted = bool(request.get("logprobs"))
        return self._wire(path, request, text, finish, logprobs=wanted), ""

    def answer(self, asked: Asked, name: str) -> dict[str, Any]:
        """What is said of a card; a planted judge says something else."""
        return answer(asked, self.replay)

    def _spoil(self, name: str) -> str:
        """The fault of an answer's text: drawn by what was asked, and by seed."""
        if self.faults.once and (self.log.answers[name] > 1 or "|0|" not in name):
            return ""
        drawn = random.Random(f"{self.faults.seed}:{name}:{self.log.answers[name]}").random()
        for kind in ("malformed", "refusal", "truncated", "empty", "misquote"):
            share = getattr(self.faults, kind)
            if drawn < share:
                return kind
            drawn -= share
        return ""

    def _wire(
        self, path: str, request: dict[str, Any], text: str, finish: str, logprobs: bool
    ) -> dict[str, Any]:
        tokens_in, cached = self._count_input(path, request)
        tokens_out = count(text)
        self.log.input_tokens += tokens_in
        self.log.cached_tokens += cached
        self.log.output_tokens += tokens_out
        number = f"{self.log.calls:08d}"
        if path == "/google":
            return google(text, finish, (tokens_in, cached, tokens_out))
        if path == "/messages":
            return message(number, request, text, finish, (tokens_in, cached, tokens_out))
        if path == "/responses":
            return response(number, request, text, finish, (tokens_in, cached, tokens_out))
        refused = finish == "refusal"
        words = {
            "role": "assistant",
            "content": None if refused else text,
            "refusal": text if refused else None,
        }
        choice = {
            "index": 0,
            "message": words,
            "finish_reason": "stop" if refused else finish,
            "logprobs": {"content": tokens_of(text, logprobs=True)} if logprobs else None,
        }
        return {
            "id": f"chatcmpl-{number}",
            "object": "chat.completion",
            "created": int(time.time()),
            "model": f"{request['model']}-2026-11-01",
            "choices": [choice],
            "usage": {
                "prompt_tokens": tokens_in,
                "completion_tokens": tokens_out,
                "total_tokens": tokens_in + tokens_out,
                "prompt_tokens_details": {"cached_tokens": cached},
            },
        }

    def _count_input(self, path: str, request: dict[str, Any]) -> tuple[int, int]:
        """Tokens of a prompt, and those of its beginning that came before."""
        texts = said_in(path, request)
        total = sum(
            count_constant(text) if len(text) < 12_000 and place == 0 else count(text)
            for place, text in enumerate(texts)
        )
        first = hash(texts[0])
        size = count_constant(texts[0])
        cached = size if first in self._prefixes and size >= 1024 else 0
        self._prefixes.add(first)
        return total + 3 * len(texts), cached

    def _decision(self, request: dict[str, Any], asked: Asked | None) -> dict[str, Any]:
        text = asked.body if asked else ""
        key = self.replay.find(Asked("", text, ())) if text else None
        numbers = self.replay.labels.get(key or "", {})
        answers = []
        for item in request["questions"]:
            level = numbers.get(item["name"], 2) - 1
            spread = {n: 0.05 for n in range(5)} | {level: 0.8}
            mean = sum(n * p for n, p in spread.items())
            answers.append(
                {
                    "type": "score",
                    "name": item["name"],
                    "score": round(mean, 4),
                    "confidence": 0.8,
                    "probabilities": [
                        {"value": n, "label": str(n), "probability": p} for n, p in spread.items()
                    ],
                }
            )
        used = count(json.dumps(request["questions"])) + count(str(request["input"]))
        self.log.input_tokens += used
        return {
            "model": request["model"],
            "answers": answers,
            "usage": {
                "input_tokens": used,
                "output_tokens": 0,
                "total_tokens": used,
                "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
                "output_tokens_details": {"reasoning_tokens": 0},
            },
        }

    def _housekeeping(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, Any]:
        """Files, batches and what the server saw."""
        if path.startswith("/files"):
            return self._file_request(method, path, body)
        if path == "/batches" and method == "POST":
            return 200, self._start_batch(json.loads(body))
        if path == "/batches":
            rows = list(self.batches.values())[::-1]
            return 200, {"object": "list", "data": rows, "has_more": False}
        if match := re.fullmatch(r"/batches/([\w-]+)", path):
            return 200, self._poll_batch(match[1])
        if path == "/messages/batches" and method == "POST":
            return 200, self._start_messages(json.loads(body))
        if match := re.fullmatch(r"/messages/batches/([\w-]+)", path):
            return 200, self._poll_messages(match[1])
        if match := re.fullmatch(r"/messages/batches/([\w-]+)/results", path):
            return 200, self._message_results(match[1])
        if path == "/stats":
            log = self.log
            found = {name: getattr(log, name) for name in STATS}
            found["answers"] = sum(log.paid.values())
            found["received"] = len(log.received)
            found["cpu_seconds"] = time.process_time()
            found["twice"] = sum(times - 1 for times in log.paid.values())
            return 200, found
        return 404, {"error": {"message": f"no {method} {path}", "type": "not_found_error"}}

    def _file_request(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        if method == "POST":
            found = re.search(rb"\r\n\r\n(\{.*?\})\r\n--", body, re.DOTALL)
            name = f"file-{len(self.files):06d}"
            self.files[name] = found[1] if found else b""
            return 200, file(name, self.files[name])
        name = path.split("/")[2]
        if name not in self.files:
            return 404, {"error": {"message": "no such file", "type": "not_found_error"}}
        if path.endswith("/content"):
            return 200, self.files[name]
        if method == "DELETE":
            del self.files[name]
            return 200, {"id": name, "object": "file", "deleted": True}
        return 200, file(name, self.files[name])

    def _start_batch(self, asked: dict[str, Any]) -> dict[str, Any]:
        name = f"batch_{len(self.batches):06d}"
        total = self.files[asked["input_file_id"]].count(b"\n") + 1
        self.batches[name] = {
            "id": name,
            "object": "batch",
            "endpoint": asked["endpoint"],
            "input_file_id": asked["input_file_id"],
            "completion_window": "24h",
            "status": "in_progress",
            "created_at": int(time.time()),
            "output_file_id": None,
            "error_file_id": None,
            "polls": 0,
            "request_counts": {"total": total, "completed": 0, "failed": 0},
        }
        return self.batches[name]

    def _poll_batch(self, name: str) -> dict[str, Any]:
        batch = self.batches[name]
        batch["polls"] += 1
        if batch["status"] == "in_progress" and batch["polls"] >= self.faults.batch_polls:
            path = batch["endpoint"].removeprefix("/v1")
            lines = []
            for line in self.files[batch["input_file_id"]].splitlines():
                row = json.loads(line)
                asked, what = self._understand(path, row["body"])
                reply, _ = self._reply(path, row["body"], asked, what)
                self.log.paid[what] += 1
                response = {"status_code": 200, "request_id": "r", "body": reply}
                lines.append({"id": "l", "custom_id": row["custom_id"], "response": response})
            output = f"file-{len(self.files):06d}"
            self.files[output] = "\n".join(map(json.dumps, lines)).encode()
            batch |= {"status": "completed", "output_file_id": output}
            batch["request_counts"]["completed"] = len(lines)
        return batch

    def _start_messages(self, asked: dict[str, Any]) -> dict[str, Any]:
        name = f"msgbatch_{len(self.batches):06d}"
        self.batches[name] = {"polls": 0, "requests": asked["requests"], "results": b""}
        return self._message_batch(name)

    def _poll_messages(self, name: str) -> dict[str, Any]:
        batch = self.batches[name]
        batch["polls"] += 1
        if not batch["results"] and batch["polls"] >= self.faults.batch_polls:
            lines = []
            for row in batch["requests"]:
                asked, what = self._understand("/messages", row["params"])
                brought, _ = self._reply("/messages", row["params"], asked, what)
                self.log.paid[what] += 1
                result = {"type": "succeeded", "message": brought}
                lines.append({"custom_id": row["custom_id"], "result": result})
            batch["results"] = "\n".join(map(json.dumps, lines)).encode()
        return self._message_batch(name)

    def _message_batch(self, name: str) -> dict[str, Any]:
        batch = self.batches[name]
        ended, total = bool(batch["results"]), len(batch["requests"])
        return {
            "id": name,
            "type": "message_batch",
            "processing_status": "ended" if ended else "in_progress",
            "created_at": "2026-11-25T00:00:00Z",
            "expires_at": "2026-11-26T00:00:00Z",
            "ended_at": "2026-11-25T01:00:00Z" if ended else None,
            "archived_at": None,
            "cancel_initiated_at": None,
            "results_url": f"/v1/messages/batches/{name}/results" if ended else None,
            "request_counts": {
                "processing": 0 if ended else total,
                "succeeded": total if ended else 0,
                "errored": 0,
                "canceled": 0,
                "expired": 0,
            },
        }

    def _message_results(self, name: str) -> bytes:
        return bytes(self.batches[name]["results"])


async def _stop(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0.02)  # closed connections are let go in the next turns of the loop


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cards", type=Path)
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--pass", dest="reading", choices=["first", "second"], default="first")
    parser.add_argument("--port", type=int, default=8123)
    for name in (
        "latency",
        "busy",
        "error",
        "reset",
        "malformed",
        "refusal",
        "truncated",
        "empty",
        "misquote",
        "slow",
    ):
        parser.add_argument(f"--{name}", type=float, default=0.0)
    parser.add_argument("--cap", type=int, default=0)
    parser.add_argument("--retry-after", default="")
    asked = vars(parser.parse_args())
    port, cards, labels = asked.pop("port"), asked.pop("cards"), asked.pop("labels")
    reading = asked.pop("reading")
    replay = Replay.load(cards, labels, reading) if cards and labels else Replay()
    server = ModelServer(replay, Faults(**asked))
    with server.running(port) as url:
        sys.stderr.write(f"{url}/v1 replays {len(replay.labels)} labels; Ctrl-C ends it\n")
        sys.stderr.flush()
        with contextlib.suppress(KeyboardInterrupt):
            while True:
                time.sleep(3600)


if __name__ == "__main__":
    main()
