"""What the org's row errors mean: sentences of our own, since its texts quote patient data."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RowError:
    """One class of row error: what it says, and what to do about it."""

    code: str
    template: str
    hint: str


# Words of capitals. What stands in a code's place and is none may be part of a record.
_CODE = "[A-Z]+(_[A-Z]+)+"
NO_CODE = "NO_CODE"
# The org is asked again: nothing is wrong with the row itself (contract 2.10).
RETRYABLE = (
    "UNABLE_TO_LOCK_ROW",
    "SERVER_UNAVAILABLE",
    "REQUEST_RUNNING_TOO_LONG",
    "UNKNOWN_EXCEPTION",
    "UNPROCESSED",
)
DUPLICATES = "DUPLICATES_DETECTED"
KEY_IS_THERE = "DUPLICATE_VALUE"
ALREADY_DELETED = "ENTITY_IS_DELETED"
# A row that went with its parent answers one or the other (contract 7.4).
ALREADY_GONE = (ALREADY_DELETED, "INVALID_CROSS_REFERENCE_KEY")

# Ours, beside the org's.
PARENT_FAILED = "parent_failed"
PARENT_HELD = "parent_held"
PARENT_NOT_FOUND = "parent_not_found"
# What a row has whose parent it is that is not there: its field is the lookup.
ORPHANED = (PARENT_FAILED, PARENT_HELD, PARENT_NOT_FOUND)
KEY_TAKEN = "key_taken"
CHANGED_SINCE = "changed_since"
FOREIGN_CHILDREN = "foreign_children"
LATER_PUSH = "later_push"
NOT_TAKEN_BACK = "not_taken_back"
UNDECIDED_DELETION = "deletion_undecided"
NOT_GIVEN_BACK = "not_given_back"
NOT_RESTORABLE = "not_restorable"
JOB_FAILED = "job_failed"

# What to do, said once where several errors have one way out.
_MART = "correct the value in the source or in the mart's SQL, dbt build, then plan again"
_SEED = "add it to the seed salesforce_picklists, then clinic-load schema deploy"
_PARENT = "clinic-load trace KEY shows the parent and its reason; mend that, then plan again"
_OTHER = "find the record that has the value in Salesforce, and merge or change one of the two"
_GRANT = "clinic-load schema deploy grants it; an audit field needs the org's permission"
_FULL = "clinic-load orgs shows the storage; free some or buy more, then clinic-load resume"
_DEPENDENT = "open the record in Salesforce, move or delete what hangs on it, then roll back again"

_ERRORS = (
    RowError("REQUIRED_FIELD_MISSING", "a required field is empty", _MART),
    RowError(KEY_IS_THERE, "the value <value> is there already", _OTHER),
    RowError("UNABLE_TO_LOCK_ROW", "the parent record was locked", "push again when it is quiet"),
    RowError("INVALID_CROSS_REFERENCE_KEY", "the record it points to is not there", _PARENT),
    RowError("INVALID_FIELD", "the record with key <value> is not there", _PARENT),
    RowError(
        DUPLICATES, "a duplicate rule found a similar record", "approve PLAN --allow-duplicates"
    ),
    RowError(
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "a validation rule of the org refused the row",
        "switch the rule off for the user who loads, or correct the mart",
    ),
    RowError(
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "the value <value> is not in the picklist",
        _SEED,
    ),
    RowError("FIELD_INTEGRITY_EXCEPTION", "the value fits no list of the org", _MART),
    RowError("INVALID_TYPE_ON_FIELD_IN_RECORD", "the value <value> has the wrong type", _MART),
    RowError("INVALID_FIELD_FOR_INSERT_UPDATE", "the field cannot be written", _GRANT),
    RowError("INVALID_EMAIL_ADDRESS", "the e-mail address <value> is not valid", _MART),
    RowError("STRING_TOO_LONG", "the text <value> is too long", _MART),
    RowError(ALREADY_DELETED, "the record was deleted", "restore it or plan anew"),
    RowError("DELETE_FAILED", "other records depend on this one", _DEPENDENT),
    RowError("STORAGE_LIMIT_EXCEEDED", "the org is full", _FULL),
    RowError("LICENSE_LIMIT_EXCEEDED", "no user licence is left", "buy one or deactivate a user"),
    RowError("DUPLICATE_USERNAME", "the user name <value> is taken", "set another suffix"),
    RowError("UNACCOUNTED", "the org gave no account of the row", "clinic-load resume"),
    RowError("UNPROCESSED", "the org did not get to the row", "clinic-load resume"),
    RowError("too_long", "the value is longer than the field", _MART),
    RowError("reserved_text", "the value is exactly #N/A, which means empty there", _MART),
    RowError("not_in_picklist", "the restricted picklist does not offer the value", _SEED),
    RowError(
        "not_in_record_type",
        "the record type of the row does not offer the value",
        "clinic-load schema deploy lets it; or Setup > Object Manager > Record Types",
    ),
    RowError("required_missing", "a required field is empty", _MART),
    RowError("number_too_big", "the number has more digits than the field", _MART),
    RowError(PARENT_NOT_FOUND, "the record it points to is not loaded", _PARENT),
    RowError("symbol_unknown", "the org does not know the name", "clinic-load schema deploy"),
    RowError("file_empty", "the file has no bytes", "see the document in the clinic system"),
    RowError("file_too_large", "the file is larger than the org takes", "store it elsewhere"),
    RowError("file_unreadable", "the file is not base64", _MART),
    RowError(
        "FILE_SIZE_LIMIT_EXCEEDED", "the file is larger than the org takes", "store it elsewhere"
    ),
    RowError(
        "FILE_EXTENSION_NOT_ALLOWED",
        "the org takes no files of this type",
        "allow it in File Upload and Download Security, or store the file elsewhere",
    ),
    RowError(
        "HTML_FILE_UPLOAD_NOT_ALLOWED",
        "the org takes no HTML files",
        "allow it in File Upload and Download Security, or store the file elsewhere",
    ),
    RowError(PARENT_FAILED, "the record it points to was not loaded", _PARENT),
    RowError(
        PARENT_HELD,
        "the record it points to is held until somebody decides",
        "answer the question about the parent (clinic-load trace KEY shows it), then plan again",
    ),
    RowError(KEY_TAKEN, "somebody made a record with this key since the plan", "plan again"),
    RowError(CHANGED_SINCE, "the record was changed in the org since", "--force OBJECT"),
    RowError(FOREIGN_CHILDREN, "records that stay belong to it", "--force OBJECT"),
    RowError(
        LATER_PUSH,
        "records of a later push may be this user's",
        "roll the later push back first, or leave the user there",
    ),
    RowError(
        NOT_TAKEN_BACK,
        "somebody worked on the record while it was deleted, and the org did not give it back",
        "restore it from the recycle bin in Salesforce, then roll back again",
    ),
    RowError(
        NOT_GIVEN_BACK,
        "the recycle bin did not give back what was deleted",
        "restore it in Salesforce, or load it anew once the source has it again",
    ),
    RowError(
        UNDECIDED_DELETION,
        "the source has the record no longer, and nobody decided",
        "decide in deletions.csv of the plan, then plan --delta --deletions FILE",
    ),
    RowError(
        NOT_RESTORABLE,
        "the org would not give the record back",
        "say keep in deletions.csv of the plan, or remove it in Salesforce",
    ),
    RowError(
        "match_undecided",
        "a record of the org may be this one, and nobody decided",
        "decide in matches.csv of the plan, then plan --matches FILE",
    ),
    RowError(
        "match_ambiguous",
        "rows and records of the org match more than once",
        "decide in matches.csv of the plan, then plan --matches FILE",
    ),
    RowError(
        "deleted_in_org",
        "somebody deleted the record that was loaded",
        "say new in matches.csv of the plan, then plan --matches FILE",
    ),
    RowError(JOB_FAILED, "the org refused the whole job", "clinic-load schema diff"),
)
_ANY = RowError("", "the org refused the row", "see the code in Salesforce's reference")


def code_of(said: object) -> str:
    """Let a code of the org through, and nothing else."""
    return said if isinstance(said, str) and re.fullmatch(_CODE, said) else NO_CODE


def code_sql(text: str) -> str:
    """Give the SQL of the code that an sf__Error begins with."""
    found = f"regexp_extract({text}, '^({_CODE}):', 1)"
    return f"coalesce(nullif({found}, ''), '{NO_CODE}')"


def row_error(code: str) -> RowError:
    """Explain a code; an unknown one keeps its name and gets the general sentence."""
    return next((error for error in _ERRORS if error.code == code), _ANY)


def template_sql(code: str) -> str:
    """Give the SQL of the sentence that belongs to the code in this column."""
    cases = " ".join(
        f"when '{error.code}' then '{error.template.replace(chr(39), chr(39) * 2)}'"
        for error in _ERRORS
    )
    return f"case {code} when '' then null {cases} else '{_ANY.template}' end"
