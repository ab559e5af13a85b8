"""The one door to the Hub: list models, read their cards, publish studies, open pull requests.

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
    from cardiogram.hub.address import (
        HOSTS,
        HubAddress,
        HubFiles,
        is_repo_id,
        read_address,
        say_no_file,
    )
    from cardiogram.hub.contents import (
        HubRepoType,
        ask_children,
        ask_commits,
        ask_field,
        ask_file,
        ask_info,
        ask_part,
        ask_places,
        downloaded_file,
        downloaded_snapshot,
        is_content,
        is_offline,
    )
    from cardiogram.hub.counters import (
        Discussed,
        ask_discussed,
        counter_row,
        list_counters,
        read_counters,
    )
    from cardiogram.hub.disk_cache import ANONYMOUS, DiskCache
    from cardiogram.hub.hub_writer import Upload
    from cardiogram.hub.listing import (
        Page,
        Query,
        Sort,
        base_models,
        list_pages,
        model_row,
        read_model,
    )
    from cardiogram.hub.publishing import (
        History,
        Published,
        PublishedType,
        check_published_id,
        read_file,
        read_published,
        send_files,
        tag_dataset,
    )
    from cardiogram.hub.pull_requests import (
        MARK,
        Account,
        NewDiscussion,
        NewPullRequest,
        PullRequest,
        PutDiscussion,
        ask_account,
        ask_pull_request,
        ask_pull_requests,
        open_pull_request,
        put_discussion,
    )
    from cardiogram.hub.readme import Readme, read_readme, read_readmes
    from cardiogram.hub.revisions import (
        PastFile,
        ask_all_commits,
        ask_last_change,
        ask_paper_day,
        ask_past_file,
        ask_past_files,
        ask_tags,
    )
    from cardiogram.hub.session import Failure, HubAnswer, HubSession, Login

attach(__name__)
