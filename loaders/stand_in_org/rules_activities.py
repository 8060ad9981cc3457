"""Events and tasks: who and what they concern, when they are, and how they are archived."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from loaders.stand_in_org.change import BEFORE, Change, World
from loaders.stand_in_org.store import literal, quoted

_MINUTES = "date_diff('minute', StartDateTime, EndDateTime)"
_LONGEST = 14 * 24 * 60


def archive(world: World) -> int:
    """Archive events, and closed tasks, of more than 365 days ago (contract 11)."""
    limit = f"DATE '{world.now.date().isoformat()}' - INTERVAL 365 DAY"
    moved = 0
    for table, old in (
        ("Event", f"coalesce(EndDateTime, CAST(ActivityDate AS TIMESTAMP)) < {limit}"),
        ("Task", f"IsClosed AND coalesce(ActivityDate, CAST(CreatedDate AS DATE)) < {limit}"),
    ):
        rows = world.run(
            f'UPDATE "{table}" SET IsArchived = true'
            f" WHERE NOT coalesce(IsArchived, false) AND NOT IsDeleted AND {old}"
        ).fetchone()
        moved += 0 if rows is None else int(rows[0])
    return moved


def _accounts_of(change: Change) -> str:
    """Give the query (what, account) of the records whose account an activity takes over."""
    selects = [
        'SELECT Id AS what, Id AS account FROM "Account"',
        'SELECT Id AS what, AccountId AS account FROM "Opportunity"',
    ]
    for sobject in change.world.catalogue.values():
        for field in sobject.fields.values():
            child = field.custom and field.delete_constraint == "Cascade"
            if child and field.reference_to == ("Account",):
                selects.append(
                    f"SELECT Id AS what, {quoted(field.name)} AS account"
                    f" FROM {quoted(sobject.table)}"
                )
    return " UNION ALL ".join(selects)


def fill_account(change: Change) -> None:
    """Derive AccountId: from what the activity is about, else from the contact (contract 11)."""
    if not (change.sends("WhoId") or change.sends("WhatId")):
        return
    change.fill("AccountId", "NULL")
    change.fill_from(
        {"AccountId": "c.AccountId"},
        source='(SELECT Id, AccountId FROM "Contact" WHERE AccountId IS NOT NULL) AS c',
        on="c.Id = WhoId",
    )
    change.fill_from(
        {"AccountId": "w.account"}, source=f"({_accounts_of(change)}) AS w", on="w.what = WhatId"
    )


def fill_task(change: Change) -> None:
    """Derive what a task's status and priority imply."""
    fill_account(change)
    closed = 'SELECT ApiName FROM "TaskStatus" WHERE IsClosed'
    urgent = 'SELECT ApiName FROM "TaskPriority" WHERE IsHighPriority'
    change.fill("IsClosed", f"coalesce(Status IN ({closed}), false)")
    change.fill("IsHighPriority", f"coalesce(Priority IN ({urgent}), false)")
    now = change.world.moment()
    change.fill("CompletedDateTime", "NULL", where="NOT IsClosed")
    change.fill("CompletedDateTime", now, where="IsClosed AND CompletedDateTime IS NULL")
    if change.key is not None and change.sends("Status"):
        moved = f"SELECT i.Id FROM _image AS i JOIN {BEFORE} AS b ON b.Id = i.Id"
        change.fill(
            "CompletedDateTime",
            now,
            where=f"IsClosed AND Id IN ({moved} WHERE b.Status != i.Status)",
        )


def fill_event(change: Change) -> None:
    """Bring an event's start, end, day and duration into step."""
    fill_account(change)
    if change.sends("ActivityDateTime") and not change.sends("StartDateTime"):
        change.fill("StartDateTime", "ActivityDateTime", where=change.sent("ActivityDateTime"))
    change.fill(
        "StartDateTime",
        "CAST(ActivityDate AS TIMESTAMP)",
        where="IsAllDayEvent AND ActivityDate IS NOT NULL"
        f" AND (StartDateTime IS NULL OR NOT {change.sent('StartDateTime')})",
    )
    change.fill("StartDateTime", "date_trunc('day', StartDateTime)", where="IsAllDayEvent")
    _fill_end(change)
    change.fill("ActivityDateTime", "CASE WHEN NOT IsAllDayEvent THEN StartDateTime END")
    change.fill("ActivityDate", "CAST(StartDateTime AS DATE)", where="StartDateTime IS NOT NULL")
    change.fill("EndDate", "CAST(EndDateTime AS DATE)")


def _fill_end(change: Change) -> None:
    duration = "StartDateTime + to_minutes(DurationInMinutes)"
    lasts, ends = change.sent("DurationInMinutes"), change.sent("EndDateTime")
    change.fail(
        f"{lasts} AND {ends} AND DurationInMinutes IS NOT NULL AND {duration} != EndDateTime"
        " AND NOT IsAllDayEvent",
        code="FIELD_INTEGRITY_EXCEPTION",
        message=literal("The duration and the end of the event do not add up"),
        fields=("DurationInMinutes", "EndDateTime"),
    )
    change.fill(
        "EndDateTime",
        duration,
        where=f"NOT {ends} AND DurationInMinutes IS NOT NULL"
        " AND (_new OR EndDateTime IS NULL OR " + lasts + ")",
    )
    change.fill(
        "EndDateTime",
        "StartDateTime",
        where="IsAllDayEvent AND EndDateTime IS NULL",
    )
    change.fill(
        "DurationInMinutes",
        f"CASE WHEN IsAllDayEvent THEN ({_MINUTES} // 1440 + 1) * 1440 ELSE {_MINUTES} END",
        where="EndDateTime IS NOT NULL",
    )


def check_event(change: Change) -> None:
    """Refuse events without time, that end before they start or last over 14 days."""
    _check_lead(change)
    for condition, name in (
        ("StartDateTime IS NULL", "StartDateTime"),
        ("EndDateTime IS NULL", "EndDateTime"),
    ):
        change.fail(
            condition,
            code="REQUIRED_FIELD_MISSING",
            message=literal(f"Required fields are missing: [{name}]"),
            fields=(name,),
        )
    change.fail(
        "EndDateTime < StartDateTime",
        code="FIELD_INTEGRITY_EXCEPTION",
        message=literal("End Date Time: an event cannot end before it starts"),
        fields=("EndDateTime",),
    )
    change.fail(
        f"NOT IsAllDayEvent AND {_MINUTES} > {_LONGEST}",
        code="FIELD_INTEGRITY_EXCEPTION",
        message=literal("An event cannot last longer than 14 days"),
        fields=("DurationInMinutes",),
    )
    _check_reminder(change)


def check_task(change: Change) -> None:
    """Refuse tasks of a lead that are also about something else."""
    _check_lead(change)
    _check_reminder(change)


def _check_lead(change: Change) -> None:
    change.fail(
        "substr(WhoId, 1, 3) = '00Q' AND WhatId IS NOT NULL",
        code="FIELD_INTEGRITY_EXCEPTION",
        message=literal("Related To ID: an activity of a lead cannot be related to anything else"),
        fields=("WhatId",),
    )


def _check_reminder(change: Change) -> None:
    change.fail(
        "IsReminderSet AND ReminderDateTime IS NULL",
        code="REQUIRED_FIELD_MISSING",
        message=literal("Required fields are missing: [ReminderDateTime]"),
        fields=("ReminderDateTime",),
    )
