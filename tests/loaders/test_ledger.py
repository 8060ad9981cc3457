"""The ledger: written before the act, chained, one writer, and complete or not there at all."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from loaders import cli
from loaders.audit_log import require_whole
from loaders.errors import DONE, REFUSED, LedgerBroken, LedgerBusy, RunNotFound
from loaders.ledger import Ledger
from loaders.ledger_acts import Approval, NewJob, NewRun
from loaders.ledger_outcomes import view_outcomes
from loaders.resume import Asked, asked_for, keep_asked, require_resumable, unfinished_run
from loaders.runs import standing_push

RUN = NewRun("push", "plan-1", None, "UAT", "00D", True, "map", "data")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    found = Ledger.open(tmp_path / "ledger", clock=lambda: datetime(2026, 1, 1, tzinfo=UTC))
    yield found
    found.close()


def job(ledger: Ledger, run: str, *, rows: int = 2, pass_number: int = 1) -> int:
    return ledger.plan_job(NewJob(run, "Account", "upsert", pass_number, "bulk", rows, "sha"))


def outcomes(*rows: tuple[str, str]) -> pa.Table:
    return pa.table({"key": [key for key, _ in rows], "state": [state for _, state in rows]})


def finals(ledger: Ledger, run: str) -> list[tuple[object, ...]]:
    with duckdb.connect() as db:
        view_outcomes(db, ledger.outcome_files(run))
        return db.execute("select key, first_state, state from finals order by key").fetchall()


def test_a_job_goes_from_planned_to_settled_and_its_files_are_private(ledger: Ledger) -> None:
    run = ledger.start_run(RUN).run
    number = job(ledger, run)
    assert [each.state for each in ledger.unsettled_jobs(run)] == ["planned"]
    ledger.open_job(number, org_job="750A")
    assert ledger.job(number).org_job == "750A"
    ledger.settle_job(number, outcomes(("k1", "created"), ("k2", "failed")))
    assert ledger.unsettled_jobs(run) == []
    (file,) = ledger.outcome_files(run)
    assert file.stat().st_mode & 0o777 == 0o600
    assert (ledger.folder / "ledger.sqlite").stat().st_mode & 0o777 == 0o600
    assert ledger.folder.stat().st_mode & 0o777 == 0o700
    settled = ledger.chain.acts("job_settled")[0]
    assert settled["counts"] == [1, 1, 0]


def test_the_last_word_on_a_row_counts_and_a_second_pass_does_not_undo_the_first(
    ledger: Ledger,
) -> None:
    run = ledger.start_run(RUN).run
    ledger.settle_job(job(ledger, run), outcomes(("k1", "retry"), ("k2", "created")))
    ledger.settle_job(job(ledger, run), outcomes(("k1", "created")))
    ledger.settle_job(job(ledger, run, pass_number=2), outcomes(("k2", "failed")))
    assert finals(ledger, run) == [("k1", "created", "created"), ("k2", "created", "failed")]


def test_a_run_may_do_what_it_was_asked_for_last_and_nothing_before_it_was(ledger: Ledger) -> None:
    run = ledger.start_run(RUN)
    assert asked_for(ledger, run) == Asked()
    keep_asked(ledger, run, Asked(frozenset({"Account"}), hard=True))
    keep_asked(ledger, run, Asked(frozenset({"Contact"}), frozenset({"Lead"})))
    assert asked_for(ledger, run) == Asked(frozenset({"Contact"}), frozenset({"Lead"}), hard=False)
    assert asked_for(ledger, ledger.start_run(RUN)) == Asked()


def test_a_file_that_no_act_names_is_ignored(ledger: Ledger) -> None:
    run = ledger.start_run(RUN).run
    ledger.settle_job(job(ledger, run), outcomes(("k1", "created")))
    (ledger.folder / "runs" / run / "000099.parquet").write_bytes(b"cut off")
    assert finals(ledger, run) == [("k1", "created", "created")]


def test_an_act_cannot_be_changed_or_removed_and_a_forged_one_breaks_the_chain(
    ledger: Ledger,
) -> None:
    ledger.start_run(RUN)
    ledger.start_run(RUN)
    assert ledger.chain.broken_link() is None
    db = sqlite3.connect(ledger.folder / "ledger.sqlite")
    for forgery in ("update acts set body = '{}'", "delete from acts"):
        with pytest.raises(sqlite3.IntegrityError):
            db.execute(forgery)
    db.rollback()
    db.execute("drop trigger acts_are_never_changed")
    db.execute("update acts set body = '{}' where seq = 1")
    db.commit()
    db.close()
    assert ledger.chain.broken_link() == 1


def test_what_fails_in_the_middle_leaves_neither_act_nor_change(ledger: Ledger) -> None:
    run = ledger.start_run(RUN).run
    unknown = NewJob("no such run", "Account", "upsert", 1, "bulk", 2, "sha")
    with pytest.raises(sqlite3.IntegrityError):
        ledger.plan_job(unknown)
    assert (ledger.chain.acts("job_planned"), ledger.jobs("no such run")) == ([], [])
    assert job(ledger, run) == 1
    assert ledger.chain.broken_link() is None


def test_resume_goes_on_with_what_has_not_ended_and_takes_no_other_for_it(ledger: Ledger) -> None:
    first, second = ledger.start_run(RUN), ledger.start_run(RUN)
    ledger.finish_run(second.run, state="finished", exit_code=DONE)
    assert unfinished_run(ledger, "latest").run == first.run
    ledger.finish_run(first.run, state="finished", exit_code=DONE)
    with pytest.raises(RunNotFound, match="no run is unfinished"):
        unfinished_run(ledger, "latest")
    assert unfinished_run(ledger, second.run).run == second.run
    assert require_resumable(second) == second
    ledger.mark_run(second.run, state="rolled_back")
    for refuse in (require_resumable, lambda run: standing_push(ledger, run.run)):
        with pytest.raises(RunNotFound, match="was rolled back"):
            refuse(ledger.run(second.run))
    assert standing_push(ledger, first.run).run == first.run


def test_a_file_that_was_cut_off_or_taken_away_is_noticed(ledger: Ledger) -> None:
    run = ledger.start_run(RUN).run
    for _ in range(2):
        ledger.settle_job(job(ledger, run), outcomes(("k1", "created")))
    require_whole(ledger)
    first, second = ledger.outcome_files(run)
    first.write_bytes(first.read_bytes()[:-1])
    second.unlink()
    with pytest.raises(LedgerBroken, match=r"000001.*was changed.*000002.*is missing"):
        require_whole(ledger)


def test_the_audit_log_is_exported_and_a_forged_act_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLINIC_DATA_DIR", str(tmp_path))
    ledger = Ledger.open(tmp_path / "ledger")
    run = ledger.start_run(RUN).run
    ledger.close()
    assert cli.run(["audit-log", "verify"]) == DONE
    assert cli.run(["audit-log", "export"]) == DONE
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "1 acts and 0 files are as they were written"
    assert [json.loads(line)["body"]["run"] for line in said[1:]] == [run]
    db = sqlite3.connect(tmp_path / "ledger" / "ledger.sqlite")
    db.execute("drop trigger acts_are_never_changed")
    db.execute("update acts set body = '{}'")
    db.commit()
    db.close()
    assert cli.run(["audit-log", "verify"]) == REFUSED
    assert "act 1 does not follow" in capsys.readouterr().err


def test_two_writers_are_one_too_many_and_readers_are_welcome(ledger: Ledger) -> None:
    run = ledger.start_run(RUN).run
    other = Ledger.open(ledger.folder)
    with ledger.writing():
        with pytest.raises(LedgerBusy), other.writing():
            raise AssertionError("two writers")
        assert other.run("latest").run == run
    with other.writing():
        pass
    other.close()


def test_an_approval_stands_in_the_chain(ledger: Ledger) -> None:
    parts = {"objects": "one hash", "rules": "another"}
    given = Approval("plan-1", "map", parts, "Ada", False, True, "now")
    ledger.record_approval(given)
    assert ledger.approvals() == [given]
    assert given.scopes == ("objects", "rules")
    assert ledger.chain.broken_link() is None


def test_a_run_that_is_not_there_is_said_so(ledger: Ledger) -> None:
    with pytest.raises(RunNotFound):
        ledger.run("latest")
