"""Ids made by the thousand are those that are made one by one, and none is made twice."""

from __future__ import annotations

import duckdb
import pytest

from loaders.stand_in_org import ids

BLOCK = 62**4


def made(connection: duckdb.DuckDBPyConnection, *, first: int, count: int) -> list[str]:
    one = ids.numbered("a0B", "n", first=first)
    rows = connection.execute(f"select {one} from range(?) as numbers(n)", [count]).fetchall()
    return [row[0] for row in rows]


@pytest.mark.parametrize("first", [1, 60, 62**3 - 100, 5 * 62**5 + 9, 36 * 62**4])
def test_many_ids_are_those_of_the_counter(first: int) -> None:
    with duckdb.connect() as connection:
        found = made(connection, first=first, count=5_000)
    assert found == [ids.counted_id("a0B", n) for n in range(first, first + 5_000)]


def test_ids_made_together_never_cross_a_block_and_never_come_twice() -> None:
    with duckdb.connect() as connection:
        connection.execute('create table "_counter" (key varchar, next bigint)')
        ids.reserve(connection, "a0B", count=BLOCK - 5)
        first = ids.reserve_ids(connection, "a0B", count=3)
        second = ids.reserve_ids(connection, "a0B", count=3)
        third = ids.reserve_ids(connection, "a0B", count=3)
    assert (first, second, third) == (BLOCK - 4, BLOCK, BLOCK + 3)
