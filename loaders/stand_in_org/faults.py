"""Trouble on demand: what `/_stand_in/fault` switched on, until it has happened."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import Meta, Struct

from loaders.stand_in_org.acts_vocabulary import read_act
from loaders.stand_in_org.errors import ApiError

Count = Annotated[int, Meta(ge=0)]
Often = Annotated[int, Meta(ge=1)]


class DropResults(Struct, forbid_unknown_fields=True):
    """That many rows vanish from the next job's successfulResults (T29)."""

    rows: Count = 1


class RepeatResults(Struct, forbid_unknown_fields=True):
    """That many rows come twice in the next job's successfulResults (T7)."""

    rows: Count = 1


class FailDeploy(Struct, forbid_unknown_fields=True):
    """The next deploy fails as a whole, and nothing of it is kept (5.2)."""

    message: str = "UNKNOWN_EXCEPTION: An unexpected error occurred"


class Unavailable(Struct, forbid_unknown_fields=True):
    """That many requests whose path holds the text are answered 503 (1.4)."""

    times: Count = 1
    path: str = ""


class FailJob(Struct, forbid_unknown_fields=True):
    """The next job fails, or the server dies, after so many rows, null: half; they stay (2.3)."""

    after_rows: Count | None = None
    message: str = "InternalServerError : stopped half-way"
    kill: bool = False


class HoldJobs(Struct, forbid_unknown_fields=True):
    """Jobs, and query jobs unless that is false, stay InProgress until it is switched off."""

    queries: bool = True


class SlowBatches(Struct, forbid_unknown_fields=True):
    """The next batch takes over five minutes that often, and is tried again (2.4)."""

    times: Count = 1


class RequestFault(Struct, forbid_unknown_fields=True):
    """At the nth request that fits, what `do` says happens."""

    do: Literal["cut", "kill", "refuse", "wait", "expire", "act"]
    when: Literal["before", "after", "middle"] = "before"
    method: str = ""
    path: str = ""
    nth: Often = 1
    times: Count = 1
    status: Annotated[int, Meta(ge=400, le=599)] = 500
    code: str = "UNKNOWN_EXCEPTION"
    message: str = "An unexpected error occurred. Please include this ErrorId"
    seconds: Annotated[float, Meta(ge=0)] = 0.0
    act: dict[str, Any] | None = None


class JobAct(Struct, forbid_unknown_fields=True):
    """Somebody acts while the next ingest job (of the object) is InProgress, or at its end."""

    act: dict[str, Any]
    moment: Literal["during", "after"] = "during"
    object: str = ""


class LoseRows(Struct, forbid_unknown_fields=True):
    """That share of the records that the next job (of the object) makes is gone at its end."""

    share: Annotated[float, Meta(gt=0, le=1)] = 0.03
    object: str = ""


Fault = (
    DropResults
    | RepeatResults
    | FailDeploy
    | Unavailable
    | FailJob
    | HoldJobs
    | RequestFault
    | SlowBatches
    | JobAct
    | LoseRows
)
KINDS: Mapping[str, type[Fault]] = {
    "drop_results": DropResults,
    "fail_deploy": FailDeploy,
    "fail_job": FailJob,
    "hold_jobs": HoldJobs,
    "job_act": JobAct,
    "lose_rows": LoseRows,
    "repeat_results": RepeatResults,
    "request": RequestFault,
    "slow_batches": SlowBatches,
    "unavailable": Unavailable,
}
T = TypeVar("T", DropResults, FailJob, FailDeploy, RepeatResults, SlowBatches)


class Faults:
    """
    The faults that are switched on; each is consumed by the act that it spoils.

    `kill` ends this process; without it no fault may, for the server lives in another's process.
    """

    def __init__(self, *, kill: Callable[[], None] | None = None) -> None:
        self._lock = threading.Lock()
        self._pending: dict[str, list[Fault]] = {}
        self.kill = kill
        self.running = threading.Event()
        self.running.set()
        # Query jobs alone may go on while the others are held.
        self.querying = threading.Event()
        self.querying.set()

    def switch(self, wanted: Mapping[str, object]) -> None:
        """
        Switch faults on (an object, a list of them, true for the defaults) or off (false, null).

        Raises:
            ApiError: 400 for a fault that does not exist, or is described wrongly.

        """
        unknown = sorted(set(wanted) - set(KINDS))
        if unknown:
            raise _invalid(f"no such fault: {', '.join(unknown)}")
        read = {name: self._read(name, value) for name, value in wanted.items()}
        with self._lock:
            for name, found in read.items():
                self._pending[name] = found
            holds = [
                each for each in self._pending.get("hold_jobs", []) if isinstance(each, HoldJobs)
            ]
            _let(self.running, not holds)
            _let(self.querying, not any(each.queries for each in holds))

    def _read(self, name: str, value: object) -> list[Fault]:
        if value is None or value is False:
            return []
        described = value if isinstance(value, list) else [value]
        found = [_fault(KINDS[name], {} if one is True else one) for one in described]
        for fault in found:
            if self.kill is None and _kills(fault):
                raise _invalid("this server runs inside another process and cannot be killed")
        return [fault for fault in found if getattr(fault, "times", 1)]

    def pending(self) -> dict[str, object]:
        """Show what has not happened yet."""
        with self._lock:
            return {
                name: [msgspec.to_builtins(fault) for fault in faults]
                for name, faults in sorted(self._pending.items())
                if faults
            }

    def take(self, kind: type[T]) -> T | None:
        """Take the next pending fault of a kind; it happens now."""
        with self._lock:
            for faults in self._pending.values():
                for fault in faults:
                    if isinstance(fault, kind):
                        faults.remove(fault)
                        return fault
        return None

    def job_acts(self, sobject: str, moment: str) -> list[dict[str, Any]]:
        """Take the acts that wait for this moment of a job."""
        due = []
        with self._lock:
            for fault in list(self._pending.get("job_act", ())):
                if not isinstance(fault, JobAct) or fault.moment != moment:
                    continue
                if fault.object.lower() in ("", sobject.lower()):
                    self._pending["job_act"].remove(fault)
                    due.append(fault.act)
        return due

    def loss(self, sobject: str) -> LoseRows | None:
        """Take the loss that waits for a job of this object."""
        with self._lock:
            waiting = self._pending.get("lose_rows", [])
            for fault in waiting:
                if isinstance(fault, LoseRows) and fault.object.lower() in ("", sobject.lower()):
                    waiting.remove(fault)
                    return fault
        return None

    def strike(self, method: str, path: str) -> list[RequestFault]:
        """Give what happens to this request, and count it for the faults that wait for a later."""
        struck = []
        with self._lock:
            for faults in self._pending.values():
                for fault in list(faults):
                    aimed = _aimed(fault)
                    if aimed is None or not _fits(aimed, method, path):
                        continue
                    if aimed.nth > 1:
                        aimed.nth -= 1
                        continue
                    struck.append(aimed)
                    _use_up(fault, faults)
        return struck


def _fault(kind: type[Fault], described: object) -> Fault:
    try:
        found = msgspec.convert(described, kind)
    except msgspec.ValidationError as problem:
        raise _invalid(str(problem)) from problem
    if isinstance(found, RequestFault) and (found.do, found.when) == ("refuse", "middle"):
        raise _invalid("an answer that has begun cannot become a refusal")
    if isinstance(found, RequestFault | Unavailable):
        try:
            re.compile(found.path)
        except re.error as problem:
            raise _invalid(f"the path is no regular expression: {problem}") from problem
    _check_act(found)
    return found


def _check_act(fault: Fault) -> None:
    """Refuse an act that is none now, not when its time comes."""
    if isinstance(fault, RequestFault) and (fault.do == "act") != (fault.act is not None):
        raise _invalid("`act` says what is done by `do` act, and by nothing else")
    if isinstance(fault, RequestFault | JobAct) and fault.act is not None:
        read_act(fault.act)


def _kills(fault: Fault) -> bool:
    return (isinstance(fault, RequestFault) and fault.do == "kill") or (
        isinstance(fault, FailJob) and fault.kill
    )


def _aimed(fault: Fault) -> RequestFault | None:
    if isinstance(fault, Unavailable):
        return RequestFault(
            do="refuse",
            path=fault.path,
            status=503,
            code="SERVER_UNAVAILABLE",
            message="Server is too busy; try again",
        )
    return fault if isinstance(fault, RequestFault) else None


def _fits(aimed: RequestFault, method: str, path: str) -> bool:
    return aimed.method in ("", method) and re.search(aimed.path, path) is not None


def _use_up(fault: Fault, faults: list[Fault]) -> None:
    if isinstance(fault, RequestFault | Unavailable):
        fault.times -= 1
        if fault.times == 0:
            faults.remove(fault)


def _let(gate: threading.Event, go: bool) -> None:
    if go:
        gate.set()
    else:
        gate.clear()


def _invalid(message: str) -> ApiError:
    return ApiError(400, "INVALID_FAULT", message)
