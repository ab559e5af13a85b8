"""Calls to language models: the one door, limits and prices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.judge.llm.transport.limiter import (
        Limiter as Limiter,
        Ticket as Ticket,
        delay_before as delay_before,
    )
    from cardiogram.judge.llm.transport.messages import (
        Broken as Broken,
        Busy as Busy,
        Call as Call,
        CallError as CallError,
        Client as Client,
        Closed as Closed,
        Question as Question,
        Reply as Reply,
        Settings as Settings,
        Token as Token,
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
