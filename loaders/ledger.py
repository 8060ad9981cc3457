"""The ledger: every act is written here before it is done, so that it can be finished or undone."""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from loaders.errors import LedgerBusy, RunNotFound
from loaders.ledger_acts import Approval, Image, Job, NewJob, NewRun, Run
from loaders.ledger_chain import Chain
from loaders.ledger_outcomes import OUTCOMES, write_parquet
from loaders.paths import PRIVATE_FILE, make_private_folder

LATEST = "latest"
# So many rows are compressed at once.
_BATCH_ROWS = 100_000
_NOT_DONE = pa.array(["failed", "held"])
_SCHEMA = Path(__file__).with_name("ledger.sql")
_JOB_COLUMNS = (
    "job, run, sobject, operation, pass, channel, part_rows, part, org_job, state, outcomes"
)


def utc_now() -> datetime:
    """Give the present time; passed in wherever a test wants another one."""
    return datetime.now(tz=UTC)


class Ledger:
    """Acts in SQLite, row outcomes in parquet files beside it."""

    def __init__(self, folder: Path, chain: Chain) -> None:
        self.folder = folder
        self.chain = chain
        self._db = chain.db

    @classmethod
    def open(cls, folder: Path, *, clock: Callable[[], datetime] = utc_now) -> Ledger:
        """Open the ledger of a data folder, or begin it."""
        make_private_folder(folder)
        path = folder / "ledger.sqlite"
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, PRIVATE_FILE))
        connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on"):
            connection.execute(f"pragma {pragma}").close()
        connection.executescript(_SCHEMA.read_text(encoding="utf-8"))
        return cls(folder, Chain(connection, clock))

    def close(self) -> None:
        """Close the database."""
        self._db.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """
        Keep every other writer out for the length of a command.

        Raises:
            LedgerBusy: somebody else is writing.

        """
        descriptor = os.open(self.folder / "writer.lock", os.O_RDWR | os.O_CREAT, PRIVATE_FILE)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as taken:
                raise LedgerBusy(
                    "another push or rollback is at work on this ledger",
                    hint="clinic-load status latest",
                ) from taken
            yield
        finally:
            os.close(descriptor)

    # Approvals

    def record_approval(self, approval: Approval) -> None:
        """Write down who confirmed which parts of the map."""
        self.chain.record("map_approved", asdict(approval))

    def approvals(self) -> list[Approval]:
        """List all approvals, oldest first."""
        return [Approval(**body) for body in self.chain.acts("map_approved")]

    # Runs

    def start_run(self, new: NewRun) -> Run:
        """Begin a run; its id sorts by time."""
        with self.chain.transaction():
            number = self._db.execute("select count(*) from runs").fetchone()[0] + 1
            name = f"{self.chain.clock().strftime('%Y%m%dT%H%M%SZ')}-{new.kind}-{number:04d}"
            self.chain.act("run_started", {"run": name, **asdict(new)})
            self._db.execute(
                "insert into runs values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'running', null, ?, null)",
                (
                    name, new.kind, new.plan, new.of_run, new.alias, new.org_id,
                    int(new.is_sandbox), new.map_hash, new.data_hash, self.chain.now(),
                ),
            )  # fmt: skip
        return self.run(name)

    def finish_run(self, run: str, *, state: str, exit_code: int) -> None:
        """Write down how a run ended; a rollback marks the push that it undid."""
        with self.chain.transaction():
            self.chain.act("run_finished", {"run": run, "state": state, "exit_code": exit_code})
            self._db.execute(
                "update runs set state = ?, exit_code = ?, finished_at = ? where run = ?",
                (state, exit_code, self.chain.now(), run),
            )

    def mark_run(self, run: str, *, state: str) -> None:
        """Write down what became of a run after it had ended."""
        with self.chain.transaction():
            self.chain.act("run_marked", {"run": run, "state": state})
            self._db.execute("update runs set state = ? where run = ?", (state, run))

    def runs(self, *, kind: str | None = None) -> list[Run]:
        """List the runs, oldest first."""
        found = self._db.execute(
            "select * from runs where kind = coalesce(?, kind) order by rowid", (kind,)
        )
        return [_run(row) for row in found]

    def run(self, name: str, *, kind: str | None = None) -> Run:
        """
        Find a run by its id, or the newest one as `latest`.

        Raises:
            RunNotFound: there is no such run.

        """
        runs = self.runs(kind=kind)
        named = runs[-1:] if name == LATEST else [run for run in runs if run.run == name]
        if not named:
            raise RunNotFound(
                f"there is no {kind or ''} run {name}".replace("  ", " "),
                hint="clinic-load push latest --org ALIAS",
            )
        return named[0]

    # Jobs

    def plan_job(self, new: NewJob) -> int:
        """Write down what is about to be sent, before the org hears of it."""
        with self.chain.transaction():
            number = self._db.execute("select coalesce(max(job), 0) + 1 from jobs").fetchone()[0]
            self.chain.act("job_planned", {"job": number, **asdict(new)})
            self._db.execute(
                "insert into jobs (job, run, sobject, operation, pass, channel, part_rows, "
                "part_sha256, part, state, opened_at) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    number, new.run, new.sobject, new.operation, new.pass_number, new.channel,
                    new.rows, new.sha256, new.part, "planned", self.chain.now(),
                ),
            )  # fmt: skip
        return int(number)

    def open_job(self, job: int, *, org_job: str) -> None:
        """Write down the org's id of a job, before anything is uploaded."""
        with self.chain.transaction():
            self.chain.act("job_opened", {"job": job, "org_job": org_job})
            self._db.execute(
                "update jobs set state = 'open', org_job = ? where job = ?", (org_job, job)
            )

    def advance_job(self, job: int, *, state: str) -> None:
        """Write down the next step of a job: uploaded, closed or abandoned."""
        with self.chain.transaction():
            self.chain.act(f"job_{state}", {"job": job})
            self._db.execute("update jobs set state = ? where job = ?", (state, job))

    def settle_job(self, job: int, outcomes: pa.Table, *, unprocessed: int = 0) -> None:
        """
        Keep what became of every row of a job, then call the job settled.

        The file is complete on disk before the act names it; a file without an act is left over
        from a kill and is ignored.
        """
        found = self.job(job)
        outcomes = _as_outcomes(found, outcomes)
        relative = f"runs/{found.run}/{job:06d}.parquet"
        sha256, _ = write_parquet(self.folder / relative, outcomes.to_reader(_BATCH_ROWS))
        failed = pc.sum(pc.is_in(outcomes["state"], _NOT_DONE)).as_py() or 0
        counts = (outcomes.num_rows - failed, failed, unprocessed)
        with self.chain.transaction():
            self.chain.act(
                "job_settled",
                {"job": job, "outcomes": relative, "sha256": sha256, "counts": counts},
            )
            self._db.execute(
                "update jobs set state = 'settled', outcomes = ?, outcomes_sha256 = ?, "
                "succeeded = ?, failed = ?, unprocessed = ?, settled_at = ? where job = ?",
                (relative, sha256, *counts, self.chain.now(), job),
            )

    def job(self, job: int) -> Job:
        """Find a job by number."""
        row = self._db.execute(
            f"select {_JOB_COLUMNS} from jobs where job = ?",  # noqa: S608 - a constant
            (job,),
        ).fetchone()
        return _job(row)

    def jobs(self, run: str) -> list[Job]:
        """List a run's jobs in the order they were sent."""
        found = self._db.execute(
            f"select {_JOB_COLUMNS} from jobs where run = ? order by job",  # noqa: S608
            (run,),
        )
        return [_job(row) for row in found]

    def unsettled_jobs(self, run: str) -> list[Job]:
        """List the jobs of a run of which the end is not known."""
        return [job for job in self.jobs(run) if job.state not in {"settled", "abandoned"}]

    def outcome_files(self, run: str) -> list[Path]:
        """List the outcome files of a run."""
        return [self.folder / job.outcomes for job in self.jobs(run) if job.outcomes]

    # Images

    def add_image(self, image: Image, values: pa.RecordBatchReader) -> Path:
        """Keep values before a change, or hashes after the last pass."""
        path = self.folder / image.file
        sha256, rows = write_parquet(path, values)
        with self.chain.transaction():
            self.chain.act("image_kept", {**asdict(image), "sha256": sha256, "rows": rows})
            self._db.execute(
                "insert or replace into images values (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    image.run, image.sobject, image.kind, image.file, sha256, rows,
                    json.dumps(image.fields, sort_keys=True), self.chain.now(),
                ),
            )  # fmt: skip
        return path

    def images(self, run: str, *, kind: str) -> list[Image]:
        """List a run's images of one kind."""
        found = self._db.execute(
            "select * from images where run = ? and kind = ? order by rowid", (run, kind)
        )
        return [
            Image(
                run=row["run"],
                sobject=row["sobject"],
                kind=row["kind"],
                file=row["file"],
                fields=json.loads(row["fields"]),
            )
            for row in found
        ]


def _as_outcomes(job: Job, rows: pa.Table) -> pa.Table:
    count = rows.num_rows
    columns: dict[str, pa.Array | pa.ChunkedArray] = {
        "job": pa.repeat(pa.scalar(job.job, pa.int64()), count),
        "sobject": pa.repeat(job.sobject, count),
        "pass": pa.repeat(pa.scalar(job.pass_number, pa.int32()), count),
    }
    for name in OUTCOMES.names[len(columns) :]:
        given = name in rows.column_names
        columns[name] = rows[name].cast(pa.string()) if given else pa.nulls(count, pa.string())
    return pa.table(columns, schema=OUTCOMES)


def _run(row: sqlite3.Row) -> Run:
    values = {name: row[name] for name in row.keys()}  # noqa: SIM118 - iterating a Row gives values
    return Run(**{**values, "is_sandbox": bool(values["is_sandbox"])})


def _job(row: sqlite3.Row) -> Job:
    return Job(
        job=row["job"],
        run=row["run"],
        sobject=row["sobject"],
        operation=row["operation"],
        pass_number=row["pass"],
        channel=row["channel"],
        rows=row["part_rows"],
        part=row["part"],
        org_job=row["org_job"],
        state=row["state"],
        outcomes=row["outcomes"],
    )
