"""
The org's own lists of states and countries, where they are on.

The texts of an address must then be names of the lists, and a state needs its country. The code
beside each follows from the text. From general knowledge: the contract says nothing of it.
"""

from __future__ import annotations

from loaders.stand_in_org.change import Change
from loaders.stand_in_org.store import literal, quoted

_ADDRESSES = {"Account": "Billing", "Contact": "Mailing"}
_NOT_LISTED = (
    "There's a problem with this {what}, even though it may appear correct."
    " Please select a {what} from the list of valid {plural}."
)
_ALONE = "A country/territory must be specified before specifying a state value for field: {field}"


def check(change: Change) -> None:
    """Refuse places that no list names, and write the codes of those that one does."""
    if not change.world.settings.place_lists:
        return
    address = _ADDRESSES[change.sobject.name]
    state, country = f"{address}State", f"{address}Country"
    _refuse(change, country, _NOT_LISTED.format(what="country/territory", plural="countries"))
    change.fail(
        f"{quoted(state)} is not null and {quoted(country)} is null",
        code="FIELD_INTEGRITY_EXCEPTION",
        message=literal(_ALONE.format(field=state)),
        fields=(state,),
    )
    _refuse(change, state, _NOT_LISTED.format(what="state", plural="states"))
    change.fill_all({f"{name}Code": _code(change, name) for name in (state, country)})


def _refuse(change: Change, name: str, message: str) -> None:
    change.fail(
        f"{quoted(name)} is not null and {_code(change, name)} is null",
        code="FIELD_INTEGRITY_EXCEPTION",
        message=literal(message),
        fields=(name,),
    )


def _code(change: Change, name: str) -> str:
    """Give the SQL of the code that belongs to the text of a field."""
    labels = change.sobject.fields[f"{name}Code".lower()].picklist_labels
    cases = (f"when {literal(label)} then {literal(code)}" for code, label in labels.items())
    return f"case {quoted(name)} {' '.join(cases)} end"
