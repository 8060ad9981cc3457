"""Every reason why something was not landed is explained."""

from __future__ import annotations

from extract.explain import MEANINGS
from extract.incoming import NO_CLINIC_ENTITY, REFUSED_BY_SERVER
from extract.quarantine import Reason
from extract.sources.files import OTHER_KIND


def test_each_reason_has_a_meaning_and_each_meaning_a_reason() -> None:
    assert set(MEANINGS) == {*Reason, NO_CLINIC_ENTITY, REFUSED_BY_SERVER, OTHER_KIND}
