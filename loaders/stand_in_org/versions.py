"""The API versions this org speaks, and their release names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from loaders.stand_in_org.errors import ApiError, not_found

FIRST_LISTED = 50
LATEST = 67
_FIRST_SUPPORTED = 31
_FIRST_RETIRED = 7
_SEASONS = ("Summer", "Spring", "Winter")


def listed_versions() -> list[dict[str, str]]:
    """List the versions, oldest first: one client takes the last, others the greatest."""
    return [
        {
            "label": f"{_SEASONS[(LATEST - n) % 3]} '{26 - (LATEST - n) // 3}",
            "url": f"/services/data/v{n}.0",
            "version": f"{n}.0",
        }
        for n in range(FIRST_LISTED, LATEST + 1)
    ]


def is_spoken(version: str) -> bool:
    """Tell whether SOAP's "67.0" is a version that this org answers in."""
    found = re.fullmatch(r"(\d{1,3})\.0", version)
    return found is not None and _FIRST_SUPPORTED <= int(found[1]) <= LATEST


def deprecation(segments: Sequence[str], *, before: int) -> str | None:
    """Give the warning for a data path of a version that is still answered, but not for long."""
    if [segment.lower() for segment in segments[:2]] != ["services", "data"]:
        return None
    found = re.fullmatch(r"v(\d{1,3})\.0", "".join(segments[2:3]), re.IGNORECASE)
    if found is None or not _FIRST_SUPPORTED <= int(found[1]) < before:
        return None
    return f'299 - "This API is deprecated: use v{before}.0 or later"'


def check_version(segment: str) -> str:
    """
    Read the version out of a path's `v67.0`.

    Raises:
        ApiError: 404 for what is no version, 410 for a retired one (contract 1.3).

    """
    found = re.fullmatch(r"[vV](\d{1,3})\.0", segment)
    if found is None or int(found[1]) > LATEST or int(found[1]) < _FIRST_RETIRED:
        raise not_found()
    if int(found[1]) < _FIRST_SUPPORTED:
        raise ApiError(410, "UNSUPPORTED_API_VERSION", "The requested API version is retired")
    return f"{found[1]}.0"
