"""The one door to the Hub: list models, read their cards, publish datasets.

Every call goes through a :class:`HubSession`, which waits for quotas and tries again what the
Hub could not answer at once. A repository that cannot be read is a result with a `problem`.

::

    session = HubSession()
    for page in list_pages(session, Query(limit=100, task="text-classification")):
        for readme in read_readmes(session, [row["id"] for row in page.rows]):
            ...
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.hub.datasets import (
        Published as Published,
        Upload as Upload,
        check_dataset_id as check_dataset_id,
        read_dataset as read_dataset,
        read_file as read_file,
        send_dataset as send_dataset,
        tag_dataset as tag_dataset,
    )
    from cardiogram.hub.listing import (
        COUNTS as COUNTS,
        Page as Page,
        Query as Query,
        Sort as Sort,
        is_repo_id as is_repo_id,
        list_pages as list_pages,
        model_row as model_row,
        read_model as read_model,
    )
    from cardiogram.hub.readme import (
        Readme as Readme,
        read_readme as read_readme,
        read_readmes as read_readmes,
    )
    from cardiogram.hub.session import (
        Failure as Failure,
        HubAnswer as HubAnswer,
        HubSession as HubSession,
    )

attach(__name__)
