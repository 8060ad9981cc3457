"""Every reason why something was not landed is explained."""

from __future__ import annotations

from extract.explain import MEANINGS
from extract.incoming import NO_CLINIC_ENTITY, NOT_LISTED, REFUSED_BY_SERVER
from extract.quarantine import Reason
from extract.sources.fhir_attachments import FILE_ELSEWHERE
from extract.sources.files import OTHER_KIND
from extract.sources.rest_reader import DELETED_IN_SOURCE


def test_each_reason_has_a_meaning_and_each_meaning_a_reason() -> None:
    others = {
        NO_CLINIC_ENTITY,
        NOT_LISTED,
        REFUSED_BY_SERVER,
        OTHER_KIND,
        DELETED_IN_SOURCE,
        FILE_ELSEWHERE,
    }
    assert set(MEANINGS) == {*Reason, *others}
