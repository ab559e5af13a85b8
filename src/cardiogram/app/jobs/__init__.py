"""Work that takes longer than a page waits: studies, panels, portfolios, snapshots.

::

    job_request.py (what is wanted) -> job_terms.py (who rates what; what is refused)
                                    -> job_estimate.py (what it will take)
                                    -> job_list.py (start, stop, resume, remove)
    job_folder.py (jobs/ID: request.json, state.json, a lock)
                    <- job_worker.py (a process) -> job_run.py (how far it is) -> job_work.py

A job is a folder, and its worker a process that holds the folder's lock for as long as it lives:
whatever is killed, the folder says how far it came, and the lock whether it goes on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cardiogram.lazy import attach

if TYPE_CHECKING:
    from cardiogram.app.jobs.job_estimate import JobEstimate, JudgeCost, estimate_job
    from cardiogram.app.jobs.job_folder import JobFolder, JobState, JobStatus
    from cardiogram.app.jobs.job_list import MOST_RUNNING, JobList
    from cardiogram.app.jobs.job_request import JobRequest
    from cardiogram.app.jobs.job_work import KeptDraft, read_drafts

attach(__name__)
