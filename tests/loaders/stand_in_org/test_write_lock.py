"""What is remembered between two writers, and what never is."""

from __future__ import annotations

import threading

from loaders.stand_in_org.write_lock import WriteLock


def test_an_answer_is_kept_until_somebody_writes() -> None:
    lock, answers = WriteLock(), iter("abc")
    assert [lock.remembered("fields", lambda: next(answers)) for _ in range(2)] == ["a", "a"]
    with lock:
        pass
    assert lock.remembered("fields", lambda: next(answers)) == "b"
    assert lock.remembered("rights", lambda: next(answers)) == "c"


def test_what_a_writer_sees_of_its_own_work_is_not_kept() -> None:
    lock, answers = WriteLock(), iter("abc")
    with lock, lock:
        assert lock.remembered("fields", lambda: next(answers)) == "a"
        assert lock.remembered("fields", lambda: next(answers)) == "b"
    assert lock.remembered("fields", lambda: next(answers)) == "c"


def test_an_answer_that_a_writer_came_into_is_not_kept() -> None:
    lock = WriteLock()

    def write() -> None:
        with lock:
            pass

    def ask() -> str:
        writer = threading.Thread(target=write)
        writer.start()
        writer.join()
        return "half"

    write()
    assert lock.remembered("fields", ask) == "half"
    assert lock.remembered("fields", lambda: "whole") == "whole"
