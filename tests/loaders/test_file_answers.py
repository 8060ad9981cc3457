"""What becomes of a file whose request is refused, cut off, or answered with nonsense."""

from __future__ import annotations

from typing import Any

import pytest

from loaders.file_bodies import Body
from loaders.file_requests import Sent, Upload, send_group
from loaders.shipment import Shipment
from tests.loaders.canned_org import Answer, canned

FILES = Shipment("ContentVersion", "insert", None, 1, "rows", ("Title",), ("Title",), {})
REFUSED = Answer([{"errorCode": "NOT_TOGETHER"}], 400)
UNKNOWN = ("unknown", "UNACCOUNTED")


def refusal(code: str) -> Answer:
    return Answer([{"errorCode": code}], 400)


def sent(alone: Answer, *, together: Answer = REFUSED) -> Sent:
    """Send two files to an org that does not take them together."""
    body = Body(5, "", b"Hello")
    uploads = [Upload(key, {"Title": key}, f"{key}.txt", body) for key in ("k1", "k2")]
    answers = {"POST composite/sobjects": together, "POST sobjects/ContentVersion": alone}
    with canned(answers) as line:
        return send_group(line, FILES, uploads, known=frozenset({"Title"}))


def states(found: Sent) -> list[tuple[Any, Any]]:
    return [(each["state"], each.get("code")) for each in found.outcomes]


@pytest.mark.parametrize(
    ("code", "state"), [("STORAGE_LIMIT_EXCEEDED", "failed"), ("UNABLE_TO_LOCK_ROW", "retry")]
)
def test_a_file_that_is_refused_by_itself_has_its_own_reason(code: str, state: str) -> None:
    found = sent(refusal(code))
    assert (states(found), found.trouble) == ([(state, code)] * 2, None)


@pytest.mark.parametrize(
    "answer",
    [
        Answer([{"errorCode": "SERVER_UNAVAILABLE"}], 503),
        Answer("<html>Created</html>", 201),
        Answer({"success": True}, 201),
        Answer([], 201),
    ],
    ids=["busy", "not JSON", "no id", "no record"],
)
def test_an_answer_that_names_no_record_leaves_its_file_and_the_rest_unknown(
    answer: Answer,
) -> None:
    found = sent(answer)
    assert states(found) == [UNKNOWN] * 2
    assert found.trouble is not None


def test_files_whose_common_answer_cannot_be_read_are_not_sent_again() -> None:
    found = sent(refusal("NOBODY_ASKS"), together=Answer("<html>Done</html>", 200))
    assert states(found) == [UNKNOWN] * 2
    assert found.trouble is not None
