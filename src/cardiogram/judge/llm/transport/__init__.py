"""Calls to language models: the one door, limits and prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.llm.transport.connect import (
        connect as connect,
        run_async as run_async,
    )
    from cardiogram.judge.llm.transport.limiter import (
        Limiter as Limiter,
        Slot as Slot,
        delay_before as delay_before,
    )
    from cardiogram.judge.llm.transport.messages import (
        BatchClient as BatchClient,
        Call as Call,
        CallError as CallError,
        CallSettings as CallSettings,
        CallsStopped as CallsStopped,
        Client as Client,
        Overloaded as Overloaded,
        Reply as Reply,
        Token as Token,
        TransientError as TransientError,
        Transport as Transport,
        TypedQuestion as TypedQuestion,
    )
    from cardiogram.judge.llm.transport.prices import (
        Price as Price,
        price_list as price_list,
        price_of as price_of,
    )
    from cardiogram.judge.llm.transport.providers import (
        HOW_TO_GET as HOW_TO_GET,
        NEEDED as NEEDED,
        OLD_PYTHON as OLD_PYTHON,
        PROVIDERS as PROVIDERS,
        ModelName as ModelName,
        file_name as file_name,
        is_installed as is_installed,
    )

attach(__name__)
