"""Deploys from their request to their end, the same for REST and SOAP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from loaders.stand_in_org.faults import FailDeploy
from loaders.stand_in_org.metadata_jobs import Deploy, new_deploy_id
from loaders.stand_in_org.model import DeployResult
from loaders.stand_in_org.record_ids import long_id
from loaders.stand_in_org.site import Site

# Polls wait this long for the end: most deploys are over when they are first asked for.
_PATIENCE_SECONDS = 2.0


class NotDeployable(Exception):
    """Why a deploy cannot be begun or canceled: the API's code and words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


def read_options(given: Mapping[str, object]) -> dict[str, object]:
    """Read options as clients send them: one sends its booleans as text."""
    truths = {"true": True, "false": False}
    return {
        name: truths.get(value.lower(), value) if isinstance(value, str) else value
        for name, value in given.items()
    }


def begin(site: Site, *, user_id: str, options: Mapping[str, object], package: bytes) -> Deploy:
    """Queue a deploy; it happens in its turn."""
    deploy = Deploy(
        id=new_deploy_id(),
        user_id=user_id,
        created=site.clock(),
        options=options,
    )
    site.deploys.add(deploy, package)
    _submit(site, deploy.id)
    return deploy


def take_up(site: Site) -> None:
    """Go on with what the last stop, or kill, left unfinished; twice is as good as once."""
    for deploy in site.deploys.unfinished():
        if deploy.status == "Canceling":
            site.deploys.change(
                deploy.id, lambda held: replace(held, status="Canceled", completed=site.clock())
            )
        else:
            _submit(site, deploy.id)


def _submit(site: Site, deploy_id: str) -> None:
    site.worker.submit(partial(_run, site, deploy_id), broken=partial(_break, site, deploy_id))


def begin_validated(site: Site, deploy_id: str, *, user_id: str) -> Deploy:
    """
    Deploy what an earlier check found good, without sending it again.

    Raises:
        NotDeployable: the id names no successful check.

    """
    found = site.deploys.find(deploy_id)
    checked = found is not None and bool(found.options.get("checkOnly"))
    if found is None or not checked or found.result is None or not found.result.success:
        raise NotDeployable("INVALID_ID_FIELD", f"Invalid id supplied: {deploy_id}")
    options = {**found.options, "checkOnly": False}
    package = site.deploys.package(found.id)
    return begin(site, user_id=user_id, options=options, package=package)


def cancel(site: Site, deploy_id: str, *, user_id: str) -> Deploy:
    """
    Cancel a deploy: at once while it waits, before it is kept while it runs.

    Raises:
        NotDeployable: there is no such deploy, or it has ended.

    """

    def canceled(held: Deploy) -> Deploy:
        if held.status == "Pending":
            return replace(held, status="Canceled", canceled_by=user_id, completed=site.clock())
        if held.status == "InProgress":
            return replace(held, status="Canceling", canceled_by=user_id)
        return held

    found = site.deploys.find(deploy_id)
    if found is None:
        raise NotDeployable("INVALID_ID_FIELD", f"Invalid id supplied: {deploy_id}")
    if found.completed is not None:
        raise NotDeployable("INVALID_ID_FIELD", f"Deployment already completed: {found.id}")
    return site.deploys.change(deploy_id, canceled)


def _run(site: Site, deploy_id: str) -> None:
    def begun(held: Deploy) -> Deploy:
        return replace(held, status="InProgress") if held.status == "Pending" else held

    deploy = site.deploys.change(deploy_id, begun)
    if deploy.completed is not None:
        return
    site.faults.running.wait()
    site.pace.wait(
        deploy_id,
        share=1.0,
        stop=lambda: site.worker.stopping.is_set() or site.deploys.status(deploy_id) == "Canceling",
    )
    failure = site.faults.take(FailDeploy)
    result = _carried_out(site, deploy) if failure is None else _failed(deploy, failure)

    def ended(held: Deploy) -> Deploy:
        return replace(held, status=result.status, completed=site.clock(), result=result)

    site.deploys.change(deploy_id, ended)


def _carried_out(site: Site, deploy: Deploy) -> DeployResult:
    return site.org.deploy(
        site.deploys.package(deploy.id),
        options=deploy.options,
        user_id=deploy.user_id,
        canceled=lambda: site.deploys.status(deploy.id) == "Canceling",
    )


def _failed(deploy: Deploy, failure: FailDeploy) -> DeployResult:
    """Give the result of a deploy that the org itself could not carry through."""
    options = deploy.options
    check_only, rollback = bool(options.get("checkOnly")), bool(options.get("rollbackOnError"))
    return DeployResult(
        "Failed", False, check_only, rollback, (), "UNKNOWN_EXCEPTION", failure.message
    )


def patience(site: Site, deploy_id: str) -> float:
    """Say how long a poll waits for the end: not at all while the deploy is held back."""
    return 0.0 if site.pace.asked(long_id(deploy_id)) else _PATIENCE_SECONDS


def _break(site: Site, deploy_id: str) -> None:
    site.deploys.change(
        deploy_id, lambda held: replace(held, status="Failed", completed=site.clock())
    )
