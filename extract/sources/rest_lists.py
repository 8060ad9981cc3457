"""Reads the lists of one kind of record until none can have slipped from between two pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from extract.checkpoint import Landings
from extract.quarantine import Broken, Reason
from extract.sources.fhir_lists import READINGS
from extract.sources.fhir_resources import Columns, Cut
from extract.sources.rest_api import RestApi
from extract.sources.rest_pages import PageKeeper
from extract.sources.rest_session import ListRefused

CHUNK = 100
MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"
# Vendors write moments in whole seconds: `2026-01-01T00:00:00`.
SECONDS = 19


@dataclass(slots=True)
class ListsReader:
    """
    Reads the lists of one kind, all of them or what changed since a moment.

    `ids` are those of all readings, and what was put aside once is not put aside again. `begun_at`
    is when the first reading began: by the vendor's time, or by ours where it does not say.
    """

    api: RestApi
    landings: Landings
    name: str
    cursor: str | None
    begun_at: datetime
    ids: set[str] = field(default_factory=set)
    put_aside: set[bytes] = field(default_factory=set, repr=False)

    def read_whole(self) -> int:
        """
        Read until nothing can have slipped; return how many records were never given.

        One reading is enough where nothing moved. Else the next one shows whether a record slipped
        from this one: it is there, though nobody changed it since.

        Raises:
            SourceUnavailable: the lists cannot be read, or never keep still.
            ListRefused: the server does not show them.

        """
        for number in range(READINGS):
            keeper, above = PageKeeper(self.name), PageKeeper(self.parent or self.name)
            slipped, broken = self.read(keeper, above)
            missing = max(0, (keeper.stated or 0) - len(self.ids) - broken)
            if number == 0:
                self.begun_at = keeper.begun_at or self.begun_at
                is_settled = not missing and self.kept_still(keeper, above)
            else:
                is_settled = not slipped
            if is_settled:
                return missing
            self.api.session.narrator.say(f"{self.name}: the list changed while it was read")
        raise self.api.session.answers_badly(
            f"changes its list of {self.name} faster than it can be read"
        )

    @property
    def parent(self) -> str | None:
        """Return the kind whose every record has a list of these."""
        return self.api.tables[self.name].parent

    def read(self, keeper: PageKeeper, above: PageKeeper) -> tuple[int, int]:
        """
        Read the lists once, and land them.

        Return how many records an earlier reading should have given, and how many are none.

        Raises:
            SourceUnavailable: the server cannot be read, or not to the end.
            ListRefused: the server does not show a list.

        """
        api, begun = self.api, self.moment()[:SECONDS]
        if self.parent:
            rows = api.rows_below(self.name, self.parent, keeper, above)
        else:
            parameters = {} if self.cursor is None else api.since(self.cursor)
            rows = api.rows(api.tables[self.name].lists(self.name), keeper, parameters)
        slipped, broken = 0, list[bytes]()
        while chunk := list(islice(rows, CHUNK)):
            cut = cut_of(chunk, name=self.name, first_position=len(self.put_aside) + len(broken))
            broken += [one.payload for one in cut.broken]
            new = [one for one in cut.broken if one.payload not in self.put_aside]
            self.landings.take(Cut(cut.by_type, new), origin=self.name)
            sound = {row["id"]: row["updated_at"] or "" for row in chunk if not row["reason"]}
            slipped += sum(sound[one] < begun for one in sound.keys() - self.ids)
            self.ids.update(sound)
            api.session.narrator.advance(len(chunk))
        self.put_aside.update(broken)
        return slipped, len(broken)

    def kept_still(self, keeper: PageKeeper, above: PageKeeper) -> bool:
        """
        Tell whether nothing moved while the lists were read for the first time.

        That each page states the same length is not enough: where one record goes and another one
        comes, it stays the same. One that comes was changed just then.

        Raises:
            SourceUnavailable: the server cannot be asked.

        """
        if not (keeper.kept_still and above.kept_still) or (self.parent and keeper.is_paged):
            return False
        asked = above if self.parent else keeper
        if len(asked.totals) == 1 and not asked.is_paged:
            return True
        kind = self.parent or self.name
        return all(self.is_quiet(kind, path) for path in self.api.tables[kind].lists(kind).values())

    def is_quiet(self, kind: str, path: str) -> bool:
        """Tell whether nothing of a list was changed since the first reading began."""
        keeper = PageKeeper(kind)
        try:
            changed = next(self.api.rows({kind: path}, keeper, self.api.since(self.moment())), None)
        except ListRefused:
            # It cannot be asked for what has changed.
            return False
        return changed is None

    def moment(self) -> str:
        """Return since when a change may have moved the pages of the first reading."""
        return (self.begun_at - timedelta(seconds=1)).astimezone(UTC).strftime(MOMENT)


def cut_of(rows: list[dict[str, Any]], *, name: str, first_position: int) -> Cut:
    """Sort records, and put aside those that are none."""
    columns = Columns()
    broken: list[Broken] = []
    for row in rows:
        payload = row["doc"].encode()
        if row["reason"]:
            position = first_position + len(broken)
            reason = Reason(row["reason"])
            broken.append(Broken(name, position, name, reason, "no readable record", payload))
            continue
        columns.ids.append(row["id"])
        columns.stamps.append(row["updated_at"])
        columns.docs.append(payload)
    return Cut({name: columns} if columns.ids else {}, broken)
