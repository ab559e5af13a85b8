"""The wire formats of the stand-in for providers: what its answers look like."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Faults:
    """What goes wrong. Shares are of calls; each call of a card draws anew, by seed.

    `malformed`, `refusal`, `truncated`, `empty` and `misquote` strike a card's first answer only
    when `once` is set, so that asking again helps.
    """

    latency: float = 0.0
    cap: int = 0
    retry_after: str = ""
    busy: float = 0.0
    error: float = 0.0
    reset: float = 0.0
    malformed: float = 0.0
    refusal: float = 0.0
    truncated: float = 0.0
    empty: float = 0.0
    misquote: float = 0.0
    slow: float = 0.0
    once: bool = True
    status: int = 0
    batch_polls: int = 2
    seed: int = 0


@dataclass
class Log:
    """What the server saw and said.

    `answers` counts completed answers by what was asked; `paid` those whose last byte went out;
    `received` has those that the client surely has, as it sent its next request on the same
    connection; `again` counts answers to what had been received before.
    """

    calls: int = 0
    busy: int = 0
    errors: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    paid: Counter[str] = field(default_factory=Counter)
    received: set[str] = field(default_factory=set)
    again: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    input_tokens: int = 0
    cached_tokens: int = 0
    output_tokens: int = 0
    keys: set[str] = field(default_factory=set)
    bodies: list[dict[str, Any]] = field(default_factory=list)


STATS = (
    "calls",
    "busy",
    "errors",
    "most_in_flight",
    "input_tokens",
    "cached_tokens",
    "output_tokens",
    "again",
)
KINDS = {401: "authentication_error", 404: "not_found_error", 400: "invalid_request_error"}


def texts(path: str, request: dict[str, Any]) -> list[str]:
    """All that is said in a prompt, the system's words first."""
    if "contents" in request:
        first = request.get("systemInstruction") or {"parts": []}
        return [plain(item["parts"]) for item in (first, *request["contents"])]
    said = request.get("messages") or request.get("input") or ""
    system = request.get("system") or request.get("instructions") or ""
    parts = [*([system] if system else []), *([said] if isinstance(said, str) else said)]
    return [plain(part.get("content", "") if isinstance(part, dict) else part) for part in parts]


def plain(content: Any) -> str:
    if isinstance(content, list):
        return "\n".join(plain(part.get("text", "")) for part in content)
    return str(content or "")


def schema_of(request: dict[str, Any]) -> dict[str, Any] | None:
    form = request.get("response_format") or request.get("output_config") or {}
    schema = form.get("json_schema", form.get("format", form))
    found = schema.get("schema") if isinstance(schema, dict) else None
    return found if isinstance(found, dict) else None


def fill_schema(schema: dict[str, Any]) -> Any:
    """The least that a schema allows, for questions that are not about cards."""
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {name: fill_schema(part) for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [fill_schema(schema.get("items", {"type": "string"}))]
    return {"integer": 1, "number": 1.0, "boolean": True}.get(str(kind), "words")


def message(
    number: str, request: dict[str, Any], text: str, finish: str, used: tuple[int, int, int]
) -> dict[str, Any]:
    stop = {"stop": "end_turn", "length": "max_tokens", "refusal": "refusal"}[finish]
    return {
        "id": f"msg_{number}",
        "type": "message",
        "role": "assistant",
        "model": request["model"],
        "content": [{"type": "text", "text": text}] if text and finish != "refusal" else [],
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": {
            "input_tokens": used[0] - used[1],
            "cache_read_input_tokens": used[1],
            "cache_creation_input_tokens": 0,
            "output_tokens": used[2],
        },
    }


def google(text: str, finish: str, used: tuple[int, int, int]) -> dict[str, Any]:
    reason = {"stop": "STOP", "length": "MAX_TOKENS", "refusal": "SAFETY"}[finish]
    parts = [{"text": text}] if text and finish != "refusal" else []
    return {
        "candidates": [
            {"content": {"role": "model", "parts": parts}, "finishReason": reason, "index": 0}
        ],
        "modelVersion": "stand-in",
        "usageMetadata": {
            "promptTokenCount": used[0],
            "cachedContentTokenCount": used[1],
            "candidatesTokenCount": used[2],
            "totalTokenCount": used[0] + used[2],
        },
    }


def response(
    number: str, request: dict[str, Any], text: str, finish: str, used: tuple[int, int, int]
) -> dict[str, Any]:
    kind = "refusal" if finish == "refusal" else "output_text"
    part = {"type": kind, "refusal" if kind == "refusal" else "text": text, "annotations": []}
    cut = finish == "length"
    return {
        "id": f"resp_{number}",
        "object": "response",
        "created_at": int(time.time()),
        "model": f"{request['model']}-2026-11-01",
        "status": "incomplete" if cut else "completed",
        "incomplete_details": {"reason": "max_output_tokens"} if cut else None,
        "error": None,
        "output": [
            {
                "id": f"msg_{number}",
                "type": "message",
                "role": "assistant",
                "status": "completed",
                "content": [part],
            }
        ],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": used[0],
            "input_tokens_details": {"cached_tokens": used[1], "cache_write_tokens": 0},
            "output_tokens": used[2],
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": used[0] + used[2],
        },
    }


def file(name: str, data: bytes) -> dict[str, Any]:
    return {
        "id": name,
        "object": "file",
        "bytes": len(data),
        "created_at": int(time.time()),
        "filename": "batch.jsonl",
        "purpose": "batch",
        "status": "processed",
    }


def error(path: str, status: int, kind: str, said: str = "") -> bytes:
    words = {"type": kind, "message": f"stand-in says {status}: {said}", "code": None}
    found = {"type": "error", "error": words} if path == "/messages" else {"error": words}
    return json.dumps(found).encode()


async def send(
    writer: asyncio.StreamWriter,
    status: int,
    data: bytes,
    extra: dict[str, str] | None = None,
    *,
    slowly: bool = False,
) -> None:
    head = [f"HTTP/1.1 {status} X", "content-type: application/json"]
    head += [f"content-length: {len(data)}", *(f"{k}: {v}" for k, v in (extra or {}).items())]
    writer.write(("\r\n".join(head) + "\r\n\r\n").encode())
    pieces = [data[n : n + 200] for n in range(0, len(data), 200)] if slowly else [data]
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
        if slowly:
            await asyncio.sleep(0.02)


async def send_stream(writer: asyncio.StreamWriter, reply: dict[str, Any]) -> None:
    """A chat completion in pieces, as server-sent events."""
    text = reply["choices"][0]["message"]["content"] or ""
    writer.write(b"HTTP/1.1 200 X\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
    for start in range(0, len(text), 100):
        part = {"index": 0, "delta": {"content": text[start : start + 100]}, "finish_reason": None}
        event = {**reply, "object": "chat.completion.chunk", "choices": [part], "usage": None}
        writer.write(f"data: {json.dumps(event)}\n\n".encode())
        await writer.drain()
    last = {"index": 0, "delta": {}, "finish_reason": "stop"}
    event = {**reply, "object": "chat.completion.chunk", "choices": [last]}
    writer.write(f"data: {json.dumps(event)}\n\ndata: [DONE]\n\n".encode())
    await writer.drain()
    writer.close()
