"""Send what is planned when the user says so, under the user's own name unless another is given."""

from __future__ import annotations

from cardiogram.errors import AccessDenied
from cardiogram.hub import HubSession, Upload, ask_account, send_files, tag_dataset
from cardiogram.publish.planned import Plan


def name_repo(name: str, session: HubSession | None = None) -> str:
    """``OWNER/NAME`` below the login's own name.

    Raises
    ------
    AccessDenied
        There is no login.
    """
    try:
        return f"{ask_account(session or HubSession()).name}/{name}"
    except AccessDenied as error:
        hint = f"{error.hint}, or say where it goes: --repo OWNER/NAME"
        raise AccessDenied(error.message, hint=hint) from None


def publish(plan: Plan, *, session: HubSession | None = None) -> str:
    """Send what is planned as one commit, of a dataset with a tag, and give its address.

    Nothing is sent where nothing has changed; a tag that an interrupted run left out is added.

    Raises
    ------
    AccessDenied
        The login may not write there.
    HubError
        The Hub did not take it; what is published is untouched.
    """
    if plan.unseen is not None:
        raise plan.unseen
    session = session or HubSession(plan.endpoint)
    if not plan.changed:
        if plan.untagged and plan.before:
            tag_dataset(session, plan.repo_id, plan.untagged, plan.before.sha)
        return plan.address
    uploads = [Upload(file.path, file.local) for file in plan.uploads]
    sha = send_files(
        session,
        plan.repo_id,
        uploads,
        plan.removed,
        before=plan.before,
        title=plan.title,
        private=plan.private,
        of=plan.of,
    )
    if plan.revision is not None:
        tag_dataset(session, plan.repo_id, plan.revision.name, sha)
    return plan.address
