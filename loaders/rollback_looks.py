"""How records were when a push last looked at them: what a user's edit is told by."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from loaders.bench import scratch_name
from loaders.bulk_query import count
from loaders.canonical import literal
from loaders.images import (
    AFTER,
    Fields,
    fields_of,
    image_files,
    standing_images,
    updateable_fields,
)
from loaders.ledger_acts import Run
from loaders.session import Session

# The image of a record that nobody kept one of: its push was cut off before.
_NO_IMAGE = "select null as id, null as hash, null as steady_hash, [] as marks where false"


@dataclass(frozen=True, slots=True)
class Look:
    """How some records were when a push last looked at them."""

    fields: Fields
    # The query of their images.
    images: str = _NO_IMAGE


# Gives the looks at an object, by its name.
Looks = Callable[[str], tuple[Look, ...]]


def look_of(session: Session, pushed: Run, sobject: str) -> tuple[Look, ...]:
    """Give the one look that a push took at an object, or what there is instead of it."""
    kept = [
        image for image in session.ledger.images(pushed.run, kind=AFTER) if image.sobject == sobject
    ]
    if not kept:
        return (Look(updateable_fields(session, sobject)),)
    files = ", ".join(image_files(session, pushed, sobject, kind=AFTER))
    query = f"select * from read_parquet([{files}], union_by_name = true)"  # noqa: S608 - ours
    return (Look(fields_of(kept[0]), query),)


def last_looks(session: Session, sobject: str) -> tuple[Look, ...]:
    """Give a look for each push that wrote records of an object last, and one for all others."""
    images = standing_images(session, sobject)
    last = scratch_name("last_written")
    none = "select null::varchar as run, null::varchar as id where false"
    every = " union all ".join([none, *(f"select run, id from {query}" for _, query in images)])  # noqa: S608 - ours
    session.bench.db.execute(
        # Run ids sort by time.
        f"create temp table {last} as select id, max(run) as run from ({every}) group by id"  # noqa: S608
    )
    looks = []
    for run, fields in {image.run: fields_of(image) for image, _ in images}.items():
        of_run = " union all by name ".join(
            f"select * from {query}"  # noqa: S608 - ours
            for image, query in images
            if image.run == run
        )
        written = f"select id from {last} where run = {literal(run)}"  # noqa: S608 - ours
        looks.append(Look(fields, f"select * from ({of_run}) where id in ({written})"))  # noqa: S608
    return (*looks, Look(updateable_fields(session, sobject)))


def by_look(session: Session, looks: tuple[Look, ...], rows: str) -> Iterator[tuple[Look, str]]:
    """Cut a table into those of its rows that each look knows; the last one takes what is left."""
    if len(looks) == 1:
        yield looks[0], rows
        return
    db, left = session.bench.db, scratch_name("left")
    db.execute(f"create temp table {left} as select key, id from {rows}")  # noqa: S608 - ours
    for look in looks[:-1]:
        part = scratch_name("part")
        db.execute(
            f"create temp table {part} as select * from {left} "  # noqa: S608 - ours
            f"where id in (select id from ({look.images}))"
        )
        if count(db, part):
            db.execute(f"delete from {left} where id in (select id from {part})")  # noqa: S608
            yield look, part
    yield looks[-1], left
