"""The operation of the SOAP partner service that nothing else offers: taking records back."""

from __future__ import annotations

from collections.abc import Mapping

from loaders.stand_in_org import acts_recycling
from loaders.stand_in_org.acts_records import Which
from loaders.stand_in_org.deploy_elements import children
from loaders.stand_in_org.errors import ApiError
from loaders.stand_in_org.record_ids import is_record_id, long_id
from loaders.stand_in_org.soap import PARTNER, refused
from loaders.stand_in_org.soap_service import Asked, Service

# The most that one call may name (contract 4.12).
_MOST_IDS = 200


def _undelete(asked: Asked) -> object:
    """Take records back, each for itself: one that is refused keeps no other in the bin."""
    ids = [(child.text or "").strip() for child in children(asked.operation, "ids")]
    if len(ids) > _MOST_IDS:
        raise refused("EXCEEDED_ID_LIMIT", f"record limit reached: {_MOST_IDS}")
    return [_taken_back(asked, given) for given in ids]


def _taken_back(asked: Asked, given: str) -> Mapping[str, object]:
    org = asked.site.org
    by_prefix = {sobject.key_prefix: sobject for sobject in org.sobjects()}
    sobject = by_prefix.get(given[:3]) if is_record_id(given) else None
    if sobject is None:
        return _refusal("MALFORMED_ID", f"bad id {given}")
    try:
        which = Which(sobject, "", (long_id(given),))
        (record_id,) = acts_recycling.undelete(org, which, user_id=asked.user_id)
    except ApiError as problem:
        return _refusal(problem.code, problem.message)
    return {"id": record_id, "success": True}


def _refusal(code: str, message: str) -> Mapping[str, object]:
    return {"errors": {"message": message, "statusCode": code}, "success": False}


SERVICE = Service("u", PARTNER, {"undelete": _undelete})
