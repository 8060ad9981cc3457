"""Change existing records: only after their values are kept, and never over a user's work."""

from __future__ import annotations

from loaders.bench import scratch_name
from loaders.bulk_query import count
from loaders.deliver import Delivery
from loaders.images import keep_before_images
from loaders.push_rows import Turn
from loaders.session import Session
from loaders.shipment import ID, Shipment
from loaders.three_way import leave_users_work


def changes(session: Session, turn: Turn, shipment: Shipment, *, forced: bool) -> Delivery:
    """
    Keep before-images of the records, take out what somebody else worked on; what is left may go.

    The same after an interruption: what was written until then is as it should be by now.
    """
    if count(session.bench.db, shipment.table):
        ids = scratch_name("ids")
        session.bench.db.execute(
            f"create temp table {ids} as select {ID} as id from {shipment.table}"  # noqa: S608 - ours
        )
        present = keep_before_images(session, turn.each, ids=ids)
        leave_users_work(session, turn, shipment, present, forced=forced)
        session.bench.db.execute(f"drop table {present}")
    return Delivery(shipment)
