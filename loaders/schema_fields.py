"""Custom fields: what a column's YAML becomes in metadata, and what Salesforce would not take."""

from __future__ import annotations

import hashlib
import re

from loaders.contract import EXTERNAL_ID, EXTERNAL_ID_LENGTH, Column, Mart
from loaders.schema_xml import Pair, flag, sorted_pairs

ACTIVITY = "Activity"
ACTIVITY_OBJECTS = frozenset({"Event", "Task"})
TEXT_LENGTH = 255
LONG_TEXT_LENGTH = 131_072
SHORTEST_LONG_TEXT = 256
LABEL_LENGTH = 40
LONG_TEXT_TYPES = frozenset({"LongTextArea", "Html"})
NUMBER_TYPES = frozenset({"Number", "Currency", "Percent"})
PICKLIST_TYPES = frozenset({"Picklist", "MultiselectPicklist"})
PLAIN_TYPES = frozenset({"Text", "TextArea", "Email", "Phone", "Url", "Date", "DateTime"})
HELP_LENGTH = 510
NOT_ENCRYPTED = "None"
PROBABILISTIC = "ProbabilisticEncryption"
ENCRYPTION_SCHEMES = frozenset(
    {
        NOT_ENCRYPTED,
        PROBABILISTIC,
        "CaseSensitiveDeterministicEncryption",
        "CaseInsensitiveDeterministicEncryption",
    }
)
# What Shield encrypts field by field (contract 5.5).
ENCRYPTABLE_TYPES = PLAIN_TYPES | LONG_TEXT_TYPES
KNOWN_TYPES = PLAIN_TYPES | LONG_TEXT_TYPES | NUMBER_TYPES | PICKLIST_TYPES | {"Checkbox", "Lookup"}
# 40 characters before the ending, single underscores, a letter first, none last.
_NAME = re.compile(r"[A-Za-z](?:_?[A-Za-z0-9])*")
_NAME_LENGTH = 40
_LONG_TEXT_LINES = 10
_PICKLIST_LINES = 4


def metadata_object(sobject: str) -> str:
    """Name the object that a field belongs to in metadata: Activity for Event and Task."""
    return ACTIVITY if sobject in ACTIVITY_OBJECTS else sobject


def is_required_field(mart: Mart, column: Column) -> bool:
    """
    Tell whether the field is required for everybody who works in the org.

    Only where a record of ours means nothing without its parent: a required key would keep people
    from adding records of their own.
    """
    restricts = column.lookup is not None and column.lookup.on_delete == "Restrict"
    return mart.is_custom and column.custom and column.required and restricts


def custom_field(mart: Mart, column: Column) -> list[Pair]:
    """Give the properties of a custom field, without its element around them."""
    pairs: list[Pair] = [
        ("fullName", column.name),
        ("label", column.label),
        ("type", column.sf_type),
    ]
    if column.description:
        pairs.append(("description", _one_line(column.description)))
    if help_text := _help(column):
        pairs.append(("inlineHelpText", help_text))
    if scheme := encryption_scheme(mart, column):
        pairs.append(("encryptionScheme", scheme))
    if category := _compliance(mart, column):
        pairs.append(("complianceGroup", category))
    if mart.is_custom:
        pairs.append(("trackHistory", flag(column.track_history)))
    return sorted_pairs(pairs + _by_type(mart, column))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _compliance(mart: Mart, column: Column) -> str | None:
    return column.compliance or (mart.compliance if column.phi else None)


def _help(column: Column) -> str:
    """Give what stands beside the field on the screen, where no mark-up is shown."""
    return _one_line(column.help or column.description).replace("`", "")


def encryption_scheme(mart: Mart, column: Column) -> str | None:
    """Give a field's scheme: its own, or its mart's for PHI of a type that can have it."""
    if column.encryption:
        return None if column.encryption == NOT_ENCRYPTED else column.encryption
    takes = column.sf_type in ENCRYPTABLE_TYPES and not is_key(mart, column)
    return mart.encryption if column.phi and column.custom and takes else None


def is_key(mart: Mart, column: Column) -> bool:
    """Tell whether records are found by this field, ours or those that the org already had."""
    return column.unique or column.name in {*mart.key, *mart.matched_by}


def _by_type(mart: Mart, column: Column) -> list[Pair]:
    if column.lookup:
        return _lookup(mart, column)
    if column.name == EXTERNAL_ID:
        return _key(unique=column.unique)
    if column.sf_type == "Checkbox":
        return [("defaultValue", "false")]
    pairs: list[Pair] = [("required", "false")]
    if column.sf_type == "Text":
        pairs.append(("length", str(column.length or TEXT_LENGTH)))
    if column.sf_type in LONG_TEXT_TYPES:
        pairs.append(("length", str(column.length or LONG_TEXT_LENGTH)))
        pairs.append(("visibleLines", str(_LONG_TEXT_LINES)))
    if column.sf_type in NUMBER_TYPES:
        pairs.append(("precision", str(column.precision)))
        pairs.append(("scale", str(column.scale)))
    if column.sf_type in PICKLIST_TYPES:
        pairs += _value_set(column)
    return pairs


def _key(*, unique: bool) -> list[Pair]:
    pairs: list[Pair] = [
        ("externalId", "true"),
        ("length", str(EXTERNAL_ID_LENGTH)),
        ("required", "false"),
        ("unique", flag(unique)),
    ]
    # Source ids that differ only in letter case are different people.
    return [*pairs, ("caseSensitive", "true")] if unique else pairs


def _value_set(column: Column) -> list[Pair]:
    value_set: list[Pair] = [("restricted", "true"), ("valueSetName", column.picklist or "")]
    pairs: list[Pair] = [("valueSet", value_set)]
    if column.sf_type == "MultiselectPicklist":
        pairs.append(("visibleLines", str(_PICKLIST_LINES)))
    return pairs


def _lookup(mart: Mart, column: Column) -> list[Pair]:
    lookup = column.lookup
    if lookup is None:
        return []
    return [
        ("deleteConstraint", lookup.on_delete or "SetNull"),
        ("referenceTo", lookup.objects[0]),
        ("relationshipLabel", mart.plural_label),
        ("relationshipName", child_relationship(mart, column)),
        ("required", flag(is_required_field(mart, column))),
    ]


def child_relationship(mart: Mart, column: Column) -> str:
    """Name what a parent calls these children: one name per object and field, at most 40 long."""
    owner = metadata_object(mart.sobject).removesuffix("__c")
    name = f"{owner}_{column.name.removesuffix('__c')}"
    if len(name) <= _NAME_LENGTH:
        return name
    tail = hashlib.sha256(name.encode("utf-8")).hexdigest()[:6]
    return f"{name[: _NAME_LENGTH - 7].rstrip('_')}_{tail}"


def field_problems(mart: Mart, column: Column) -> list[str]:
    """List why Salesforce would not take this field; nothing when it would."""
    where = f"{mart.sobject}.{column.name}"
    name = column.name.removesuffix("__c")
    checks = (
        (not _NAME.fullmatch(name) or len(name) > _NAME_LENGTH, "is not a field name"),
        (len(column.label) > LABEL_LENGTH, f"label is longer than {LABEL_LENGTH}"),
        (
            len(_help(column)) > HELP_LENGTH,
            f"help text is longer than {HELP_LENGTH}: give it a shorter help",
        ),
        (
            column.track_history and not mart.is_custom,
            f"whether {mart.sobject} keeps a history is the customer's to decide",
        ),
        (
            column.phi and not _compliance(mart, column),
            "PHI needs a compliance category: give its mart compliance: HIPAA",
        ),
        (column.sf_type not in KNOWN_TYPES, f"type {column.sf_type} is unknown"),
        (
            column.lookup is not None and len(column.lookup.objects) != 1,
            "a custom lookup points to exactly one object",
        ),
        (
            column.sf_type in PICKLIST_TYPES and not column.picklist,
            "a picklist needs picklist: <value set>",
        ),
        (
            column.picklist is not None and column.data_type != "string",
            f"a picklist holds text, not {column.data_type}",
        ),
        *_length_checks(mart, column),
        *_encryption_checks(mart, column),
    )
    return [f"{where}: {problem}" for failed, problem in checks if failed]


def _length_checks(mart: Mart, column: Column) -> tuple[tuple[bool, str], ...]:
    on_activity = mart.sobject in ACTIVITY_OBJECTS
    is_long = column.sf_type in LONG_TEXT_TYPES
    length = column.length or (LONG_TEXT_LENGTH if is_long else TEXT_LENGTH)
    digits = column.precision or 0
    return (
        (on_activity and is_long, "Activity takes no long text"),
        (
            is_long and not SHORTEST_LONG_TEXT <= length <= LONG_TEXT_LENGTH,
            f"long text is {SHORTEST_LONG_TEXT} to {LONG_TEXT_LENGTH:,} characters",
        ),
        (
            column.sf_type == "Text" and not 1 <= length <= TEXT_LENGTH,
            f"text is 1 to {TEXT_LENGTH} characters",
        ),
        (
            column.sf_type in NUMBER_TYPES and not (column.scale or 0) <= digits <= 18,  # noqa: PLR2004 - Salesforce's most digits
            "a number has at most 18 digits",
        ),
    )


def _encryption_checks(mart: Mart, column: Column) -> tuple[tuple[bool, str], ...]:
    scheme = column.encryption
    if scheme is None or scheme == NOT_ENCRYPTED:
        return ()
    return (
        (scheme not in ENCRYPTION_SCHEMES, f"encryption {scheme} is unknown"),
        (
            column.sf_type not in ENCRYPTABLE_TYPES,
            f"type {column.sf_type} cannot be encrypted field by field",
        ),
        (
            is_key(mart, column) and scheme == PROBABILISTIC,
            "a key cannot have probabilistic encryption: no record would be found by it",
        ),
    )
