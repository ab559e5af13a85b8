"""Calls to language models: the one door, limits and prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.llm.transport.connect import connect, run_async
    from cardiogram.judge.llm.transport.limiter import Limiter, Slot, delay_before
    from cardiogram.judge.llm.transport.messages import (
        BatchClient,
        Call,
        CallError,
        CallSettings,
        CallsStopped,
        Client,
        Overloaded,
        Reply,
        Token,
        TransientError,
        Transport,
        TypedQuestion,
    )
    from cardiogram.judge.llm.transport.prices import Price, price_list, price_of
    from cardiogram.judge.llm.transport.providers import (
        HOW_TO_GET,
        NEEDED,
        OLD_PYTHON,
        PROVIDERS,
        ModelName,
        file_name,
        is_installed,
    )

attach(__name__)
