"""What the tests of push, verify and rollback share: a desk beside an org with a schema."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import duckdb
import httpx

from loaders.approve import Confirmation, approve
from loaders.ledger import Ledger
from loaders.ledger_acts import Run
from loaders.ledger_outcomes import view_outcomes
from loaders.map_changes import read_parts
from loaders.map_parts import CORE
from loaders.org_line import OrgLine
from loaders.plan_store import Plan, map_file, read_plan
from loaders.push import Push, push
from loaders.rollback import Rollback, Undone, finish, rollback, undone
from loaders.rollback_choice import choose_part
from loaders.rollback_part import Wanted, part_file
from loaders.runs import Desk as OpenDesk
from loaders.runs import open_desk, push_run, rollback_run
from loaders.session import Sending
from loaders.status import RunStatus, run_status
from loaders.verify import Verdict, verify
from tests.conftest import serving
from tests.loaders.mini_clinic import MiniClinic
from tests.loaders.planning import ALIAS, Desk, clock

WHOLE = Wanted()
# Without a pause that a test would wait for, and without a first record that goes alone: what a
# push sends is plain to see then (test_canary.py looks at the first ones).
SMALL = Sending(first_pause=0.0, canary_from=1_000)
# The same, by jobs alone.
BULK = replace(SMALL, bulk_from=0)


@dataclass(frozen=True, slots=True)
class Loading(Desk):
    """A desk whose pushes and rollbacks run in this process, with settings of the test's own."""

    api: httpx.Client = field(default_factory=httpx.Client)

    def approve(self, plan: Plan, *, scopes: tuple[str, ...] = CORE) -> None:
        ledger = Ledger.open(self.data.ledger)
        said = Confirmation("Ada Example", scopes, allow_duplicates=True)
        parts = read_parts(map_file(self.folder(plan)))
        approve(ledger, plan, said, parts=parts, clock=clock)
        ledger.close()

    @contextmanager
    def open(self, **line: Any) -> Iterator[OpenDesk]:
        environ = {**self.clinic.environ, **self.org.environment(ALIAS)}
        with open_desk(ALIAS, environ, writes=True) as found:
            quick = OrgLine(found.org.http, found.org.api_version, first_pause=0.01, **line)
            yield OpenDesk(
                found.data, environ, found.ledger, found.org, quick, found.bench, found.progress
            )

    def push(
        self,
        plan: Plan,
        *,
        sending: Sending = SMALL,
        duplicates: bool = True,
        forced: frozenset[str] = frozenset(),
        arriving: frozenset[str] = frozenset(),
        **line: Any,
    ) -> int:
        with self.open(**line) as desk:
            run = push_run(desk.ledger, plan, org=desk.org, reason=None)
            session = desk.session(run, sending=sending)
            return push(Push(session, plan, self.folder(plan), duplicates, forced, arriving)).code

    def verify(self, plan: Plan) -> Verdict:
        with self.open() as desk:
            run = desk.ledger.run("latest", kind="push")
            return verify(desk.session(run), plan, self.folder(plan), reports=self.data.reports)

    def rollback(
        self,
        plan: Plan,
        *,
        sending: Sending = SMALL,
        forced: frozenset[str] = frozenset(),
        wanted: Wanted = WHOLE,
        **line: Any,
    ) -> tuple[int, dict[str, Undone]]:
        with self.open(**line) as desk:
            pushed = desk.ledger.run("latest", kind="push")
            folder, part = self.folder(plan), None
            if wanted != WHOLE:
                part = choose_part(desk, pushed, plan, folder, wanted)
            run = rollback_run(desk.ledger, pushed, plan, org=desk.org, part=part)
            session = desk.session(run, sending=sending)
            file = part_file(desk.ledger, run)
            work = Rollback(session, pushed, plan, folder, forced, hard=False, part=file)
            code = rollback(work)
            finish(work, code)
            return code, {each.sobject: each for each in undone(session)}

    def status(self, plan: Plan) -> RunStatus:
        ledger = Ledger.open(self.data.ledger)
        try:
            return run_status(ledger, self.run(), plan, self.folder(plan))
        finally:
            ledger.close()

    def run(self, kind: str = "push") -> Run:
        ledger = Ledger.open(self.data.ledger)
        try:
            return ledger.run("latest", kind=kind)
        finally:
            ledger.close()

    def acts(self, kind: str) -> list[dict[str, Any]]:
        ledger = Ledger.open(self.data.ledger)
        try:
            return ledger.chain.acts(kind)
        finally:
            ledger.close()

    def fault(self, **wanted: object) -> None:
        self.admin("fault", **wanted)

    def admin(self, act: str, **body: object) -> None:
        """Do something that only the owner of a stand-in can do."""
        answer = self.api.post(
            f"{self.org.http}/_stand_in/{act}",
            json=body,
            headers={"Authorization": f"Bearer {self.org.token}"},
        )
        assert answer.is_success, answer.text

    def all_acts(self) -> list[tuple[str, dict[str, Any]]]:
        """List every act on the ledger, with its kind."""
        with sqlite3.connect(self.data.ledger / "ledger.sqlite") as db:
            found = db.execute("select kind, body from acts order by seq").fetchall()
        db.close()
        return [(kind, json.loads(body)) for kind, body in found]

    def outcomes(self, kind: str) -> list[tuple[str, ...]]:
        """Read what became of each row in the newest run of a kind, attempt by attempt."""
        ledger = Ledger.open(self.data.ledger)
        files = ledger.outcome_files(ledger.run("latest", kind=kind).run)
        ledger.close()
        with duckdb.connect() as db:
            view_outcomes(db, files)
            return db.execute(
                "select sobject, key, state, code, field from outcomes order by job, key"
            ).fetchall()

    def forget(self, job: int) -> None:
        """Lose what became of a job's rows, as a careless hand might."""
        with sqlite3.connect(self.data.ledger / "ledger.sqlite") as db:
            db.execute("update jobs set outcomes = null where job = ?", (job,))
        db.close()

    def plan_pushed(self) -> Plan:
        """Read the plan of the newest push."""
        return read_plan(self.data.plans, self.run().plan)

    def soql(self, query: str, *, everything: bool = False) -> list[dict[str, Any]]:
        resource = "queryAll" if everything else "query"
        answer = self._ask("GET", resource, params={"q": query}).json()
        return [dict(record) for record in answer["records"]]

    def record_id(self, sobject: str, key: str) -> str:
        found = self.soql(f"SELECT Id FROM {sobject} WHERE Clinic_Id__c = '{key}'")
        return str(found[0]["Id"])

    def change(self, sobject: str, key: str, **values: object) -> None:
        """Change a record as a user of the org would."""
        self.patch(f"sobjects/{sobject}/{self.record_id(sobject, key)}", **values)

    def patch(self, path: str, **values: object) -> None:
        self._ask("PATCH", path, json=values)

    def get(self, path: str) -> dict[str, Any]:
        return dict(self._ask("GET", path).json())

    def create(self, sobject: str, **values: object) -> str:
        return str(self._ask("POST", f"sobjects/{sobject}", json=values).json()["id"])

    def delete(self, sobject: str, key: str) -> None:
        self._ask("DELETE", f"sobjects/{sobject}/{self.record_id(sobject, key)}")

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = self.api.request(
            method,
            f"{self.org.http}/services/data/v67.0/{path}",
            headers={"Authorization": f"Bearer {self.org.token}"},
            **more,
        )
        assert answer.is_success, answer.text
        return answer

    def objects(self) -> list[dict[str, Any]]:
        """Every live record, ids replaced by keys."""
        return self.org.dump()


def deployed_org(folder: Path, clinic: MiniClinic) -> Path:
    """Make an org with the schema of a clinic, and leave it lying there."""
    with serving(folder, "--sandbox") as served:
        Desk(clinic, served).deploy()
    return folder


@contextmanager
def loading(template: Path, folder: Path, clinic: MiniClinic) -> Iterator[Loading]:
    """Serve a copy of an org beside a clinic."""
    shutil.copytree(template, folder)
    with serving(folder, "--sandbox") as served, httpx.Client() as api:
        yield Loading(clinic, served, api)
