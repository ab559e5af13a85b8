"""How the providers of models are reached: the client library, imported when a model is asked."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager
from types import ModuleType
from typing import Any, TypeVar

from cardiogram.errors import JudgeError
from cardiogram.judge.llm.transport.messages import BatchClient, Client
from cardiogram.judge.llm.transport.providers import HOW_TO_GET, NEEDED, ModelName

T = TypeVar("T")


class ClientLibrary:
    """The transport of :mod:`.client`.

    Raises
    ------
    JudgeError
        The extra `llm` or a key is missing, or the provider has no batches.
    """

    def calls(self, name: ModelName) -> AbstractAsyncContextManager[Client]:
        """Open connections for calls."""
        client: AbstractAsyncContextManager[Client] = import_client().connect(name)
        return client

    def batches(self, name: ModelName) -> AbstractAsyncContextManager[BatchClient]:
        """Open connections for batches."""
        client: AbstractAsyncContextManager[BatchClient] = import_client().connect_batches(name)
        return client


connect: ClientLibrary = ClientLibrary()
"""Connects to the real providers."""


def import_client() -> ModuleType:
    """Import the module that knows the client library.

    Raises
    ------
    JudgeError
        The extra `llm` is not installed.
    """
    try:
        from cardiogram.judge.llm.transport import client
    except ImportError as error:
        raise JudgeError(f"language models need {NEEDED}", hint=HOW_TO_GET) from error
    return client


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end, also where an event loop runs already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    results: list[T] = []
    errors: list[BaseException] = []

    def run_in_thread() -> None:
        try:
            results.append(asyncio.run(work))
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run_in_thread)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]
    return results[0]
