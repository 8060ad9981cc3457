"""Contacts, leads and users: their full names, and what only users obey."""

# ruff: noqa: S608 - names come from the catalogue and are quoted, so are the values
from __future__ import annotations

from loaders.stand_in_org.change import IMAGE, Change
from loaders.stand_in_org.store import literal, quoted

_PARTS = ("FirstName", "MiddleName", "LastName", "Suffix")


def fill_name(change: Change) -> None:
    """Put the full name together from its parts."""
    parts = [quoted(name) for name in _PARTS if name.lower() in change.sobject.fields]
    change.fill("Name", f"concat_ws(' ', {', '.join(parts)})")


def fill_user(change: Change) -> None:
    """Give a user the nickname that the org makes up."""
    fill_name(change)
    nickname = "'User' || substr(Id, 8, 8)"
    change.fill("CommunityNickname", nickname, where="_new AND CommunityNickname IS NULL")


def check_user(change: Change) -> None:
    """Refuse user names that are no addresses, and more active users than there are licences."""
    change.fail(
        "NOT contains(Username, '@')",
        code="INVALID_EMAIL_ADDRESS",
        message=literal("Username: invalid email address: ") + " || Username",
        fields=("Username",),
    )
    _check_licences(change)


def _check_licences(change: Change) -> None:
    """Count the users that would be active; the rows beyond the licences fail in their order."""
    taken = change.world.one(
        "SELECT count(*) FROM \"User\" WHERE IsActive AND UserType = 'Standard'"
        f" AND Id NOT IN (SELECT Id FROM {IMAGE} WHERE _e IS NULL)"
    )
    left = change.world.settings.user_licences - int(taken or 0)
    active = f"SELECT _n, row_number() OVER (ORDER BY _new, _n) AS place FROM {IMAGE}"
    change.fail(
        f"_n IN (SELECT _n FROM ({active} WHERE _e IS NULL AND IsActive) WHERE place > {left})",
        code="LICENSE_LIMIT_EXCEEDED",
        message=literal("license limit exceeded"),
        fields=(),
    )


def after_user(change: Change) -> None:
    """Count the licences that are taken now."""
    taken = "SELECT count(*) FROM \"User\" WHERE IsActive AND UserType = 'Standard'"
    change.run(f'UPDATE "UserLicense" SET UsedLicenses = ({taken})')
