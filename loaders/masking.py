"""Masks: what is sent in place of patient data wherever the org is a sandbox."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from pathlib import Path

import duckdb

from loaders.canonical import BASE64, BOOLEAN, DATE, DATETIME, NUMBER, literal, quoted
from loaders.contract import EXTERNAL_ID, KEYED_MATCHES
from loaders.paths import DataFolder, write_private
from loaders.plan_store import PlanColumn

_DEFINITION = Path(__file__).with_name("mask.sql")
_SECRET_BYTES = 32
# A value of a list names nobody, and only values of the list are taken.
_LISTS = frozenset({"picklist", "multipicklist"})
_FILE_NAME = "PathOnClient"
_BY_ORG_TYPE = {"email": "mask_email", "phone": "mask_phone"}
_BY_TYPE = {DATE: "mask_date", DATETIME: "mask_date", NUMBER: "mask_digits"}
_PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF\n"
)
_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)
_JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")
# How a file of a type begins; whatever else there is begins with text.
_BEGINNINGS = {"pdf": _PDF, "png": _PNG, "jpg": _JPEG, "jpeg": _JPEG, "gif": b"GIF89a"}


def load_masks(db: duckdb.DuckDBPyConnection, data: DataFolder) -> None:
    """Make the masks known to a connection; the secret they hang on is made when first needed."""
    db.execute(f"set variable mask_secret = {literal(_secret(data.mask_secret))}")
    db.execute(_DEFINITION.read_text(encoding="utf-8"))


def masked_key(data: DataFolder, key: str) -> str:
    """Give what stands for a key in a masked plan."""
    with duckdb.connect() as db:
        load_masks(db, data)
        found: str = db.execute("select mask_whole_key($key)", {"key": key}).fetchall()[0][0]
        return found


def pseudonym(data: DataFolder, key: str) -> str:
    """Name a key where it must not be told: only who has the secret can try which one it is."""
    secret = _secret(data.mask_secret)
    return hmac.new(secret.encode(), key.encode(), hashlib.sha256).hexdigest()[:12]


def _secret(path: Path) -> str:
    """Read the project's secret: whoever has it can find out whose mask one is."""
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        write_private(path, secrets.token_hex(_SECRET_BYTES).encode("ascii"))
    return path.read_text(encoding="ascii")


def masked_cell(column: PlanColumn) -> str:
    """
    Give the SQL of what is sent for a column of canonical cells.

    Keys are masked wherever they stand, so that joins survive; of the rest, what the mart's YAML
    calls PHI. Owners, users and values of lists stay as they are.
    """
    cell = quoted(column.name)
    if column.name == EXTERNAL_ID or column.match in KEYED_MATCHES:
        return f"mask_key({cell})"
    if not column.phi or column.match or column.type == BOOLEAN or column.org_type in _LISTS:
        return cell
    if column.type == BASE64:
        return f"mask_body({cell}, {_beginning()})"
    if column.name == _FILE_NAME:
        return f"mask_file_name({cell})"
    of_type = _BY_ORG_TYPE.get(column.org_type) or _BY_TYPE.get(column.type, "mask_text")
    return f"{of_type}({cell})"


def is_masked(column: PlanColumn) -> bool:
    """Tell whether a mask is sent in place of a column's values."""
    return masked_cell(column) != quoted(column.name)


def _beginning() -> str:
    cases = " ".join(
        f"when {literal(ending)} then {literal(_whole_base64(content))}"
        for ending, content in _BEGINNINGS.items()
    )
    ending = f"lower(regexp_extract({quoted(_FILE_NAME)}, '\\.([A-Za-z0-9]+)$', 1))"
    return f"(case {ending} {cases} else '' end)"


def _whole_base64(content: bytes) -> str:
    """Encode to text that more can be added to: without padding at its end."""
    return base64.b64encode(content.ljust(-(-len(content) // 3) * 3)).decode("ascii")
