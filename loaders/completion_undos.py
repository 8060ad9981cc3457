"""What the completion report says of rollbacks, of a part or of all, in words and as work left."""

from __future__ import annotations

from extract.page.wording import counted, number, verb
from loaders.completion import Completion


def taken_back_words(told: Completion) -> str:
    """Say what rollbacks took back of the run, and by which; empty where there was none."""
    if not told.undos:
        return ""
    names = " and ".join(
        f"{each.run}{'' if each.is_finished else ' (not finished)'}" for each in told.undos
    )
    held = f", which held {number(told.held_back)}" if told.held_back else ""
    rows = told.status.taken_back
    return (
        f"{counted(rows, 'row')} {verb(rows, 'was', 'were')} taken back by rollback {names}{held}"
    )


def undo_remedies(told: Completion) -> list[tuple[str, str, str, str]]:
    """List what rollbacks have left to do: where, what, how many, and how."""
    listed = [
        ("rollback", "Not finished", "", f"clinic-load resume {each.run} --org {told.run.alias}")
        for each in told.undos
        if not each.is_finished
    ]
    if told.held_back:
        of = told.undos[-1].of_run
        how = f"clinic-load rollback {of} --org {told.run.alias} --plan"
        listed.append(("rollback", "Held, or refused by the org", number(told.held_back), how))
    return listed
