"""Several composite requests in one, each kept or rolled back by itself (contract 4.5)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from starlette.responses import Response

from loaders.stand_in_org.call import Call, answer
from loaders.stand_in_org.composite_steps import Step, all_or_none, halted, read_steps, shown
from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.subrequests import Subanswer, subrequest_list

MAX_GRAPHS = 75
MAX_NODES = 500
MAX_KINDS = 15
MAX_FAILURES = 14
_NAME = re.compile(r"[A-Za-z0-9].{0,39}")
# A node is a record of an object: nothing else is asked for in a graph.
_NODE = re.compile(r"/services/data/(v\d+\.\d)/sobjects/(\w+)(?:/[^/?]+){0,2}/?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Graph:
    name: str
    steps: list[Step]


def graph(call: Call) -> Response:
    """
    Carry out up to 75 graphs of together up to 500 nodes, each in a transaction of its own.

    After 14 failed graphs those that are left are not carried out.

    Raises:
        ApiError: 400 for a request that is refused before anything is done.

    """
    graphs = _read(call.json_object())
    _check(graphs)
    failures = 0
    answered: list[dict[str, object]] = []
    for one in graphs:
        stopped = failures >= MAX_FAILURES
        results = halted(one.steps) if stopped else all_or_none(call, one.steps)
        good = not any(result.failed for result in results)
        failures += not good
        answered.append(_shown(one, results, good=good))
    return answer({"graphs": answered})


def _read(body: Mapping[str, object]) -> list[_Graph]:
    graphs = [
        _Graph(
            str(given.get("graphId", "")),
            read_steps(subrequest_list(given, "compositeRequest", most=MAX_NODES)),
        )
        for given in subrequest_list(body, "graphs", most=MAX_GRAPHS)
    ]
    names = [one.name for one in graphs]
    if len(set(names)) < len(names) or not all(map(_NAME.fullmatch, names)):
        raise ApiError(400, "INVALID_INPUT", "Each graph needs a graphId of its own")
    return graphs


def _check(graphs: Sequence[_Graph]) -> None:
    nodes = [step.request for one in graphs for step in one.steps]
    if len(nodes) > MAX_NODES:
        raise ApiError(400, "LIMIT_EXCEEDED", f"A request holds at most {MAX_NODES} nodes")
    kinds = set()
    for node in nodes:
        found = _NODE.fullmatch(node.url.partition("?")[0])
        if found is None:
            raise ApiError(400, "INVALID_INPUT", "A node of a graph is a record of an object")
        kinds.add((node.method, found[1].lower(), found[2].lower()))
    if len(kinds) > MAX_KINDS:
        raise ApiError(400, "LIMIT_EXCEEDED", f"A request holds at most {MAX_KINDS} kinds of nodes")


def _shown(one: _Graph, results: Sequence[Subanswer], *, good: bool) -> dict[str, object]:
    return {
        "graphId": one.name,
        "graphResponse": {"compositeResponse": shown(one.steps, results)},
        "isSuccessful": good,
    }
