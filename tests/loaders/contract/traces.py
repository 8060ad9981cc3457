"""Everything that a run of the suite leaves in an org, so that it can be taken out again."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass, field

import httpx

from tests.loaders.stand_in_org.front_org import OrgClient

_AT_ONCE = 200


@dataclass(slots=True)
class Traces:
    """Which jobs and single records came into being, read off the answers as they pass by."""

    jobs: list[str] = field(default_factory=list)
    records: list[str] = field(default_factory=list)

    def follow(self, answer: httpx.Response) -> None:
        """Note what an answer says was made."""
        request = answer.request
        if request.method != "POST" or not answer.is_success:
            return
        path = [part for part in request.url.path.split("/") if part][3:]
        if path[:1] == ["jobs"] and len(path) == 2:
            self.jobs.append(f"jobs/{path[1]}/{json.loads(answer.read())['id']}")
        elif path[:1] == ["sobjects"] and path[1] != "PermissionSetAssignment":
            self.records.append(str(json.loads(answer.read())["id"]))

    def remove(self, org: OrgClient) -> None:
        """Delete every record, children before their parents, and then every job."""
        made = [*self.records, *(one for job in self.jobs for one in _created(org, job))]
        for prefix in sorted({one[:3] for one in made}, key=_turn):
            _delete(org, [one for one in made if one.startswith(prefix)])
        for job in self.jobs:
            org.data("PATCH", job, json={"state": "Aborted"})
            org.data("DELETE", job)


def _turn(prefix: str) -> int:
    """Accounts go last: others go with them, and could then not be deleted themselves."""
    return {"00T": 0, "06A": 1, "001": 9}.get(prefix, 5)


def _delete(org: OrgClient, made: list[str]) -> None:
    for start in range(0, len(made), _AT_ONCE):
        some = made[start : start + _AT_ONCE]
        if some[0].startswith("068"):
            some = _documents(org, some)
        answer = org.data("DELETE", "composite/sobjects", params={"ids": ",".join(some)})
        assert answer.status_code == 200, answer.text


def _documents(org: OrgClient, versions: list[str]) -> list[str]:
    """Give the files of these versions: versions cannot be deleted by themselves."""
    quoted = ", ".join(f"'{one}'" for one in versions)
    found = org.records(f"SELECT ContentDocumentId FROM ContentVersion WHERE Id IN ({quoted})")
    return sorted({str(one["ContentDocumentId"]) for one in found})


def _created(org: OrgClient, job: str) -> list[str]:
    if not job.startswith("jobs/ingest/"):
        return []
    answer = org.data("GET", f"{job}/successfulResults")
    if answer.status_code != 200:
        return []
    mark = {"COMMA": ",", "TAB": "\t", "SEMICOLON": ";", "PIPE": "|", "CARET": "^",
            "BACKQUOTE": "`"}[org.data("GET", job).json()["columnDelimiter"]]  # fmt: skip
    rows = csv.DictReader(io.StringIO(answer.text, newline=""), delimiter=mark)
    return [row["sf__Id"] for row in rows if row["sf__Created"] == "true"]


def connected(base_url: str, token: str, *, verify: object = True) -> tuple[httpx.Client, Traces]:
    """Open a client that notes what it makes."""
    traces = Traces()
    client = httpx.Client(
        base_url=base_url,
        headers={"Authorization": f"Bearer {token}"},
        timeout=60,
        verify=verify,  # type: ignore[arg-type]
        event_hooks={"response": [traces.follow]},
    )
    return client, traces


def user_id(client: httpx.Client) -> str:
    """Ask whose token it is."""
    answer = client.get("/services/oauth2/userinfo")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["user_id"])
