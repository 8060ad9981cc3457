"""Killed between any two acts: the next command goes on without a gap and without a double."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from loaders.errors import DONE
from loaders.ledger_chain import Chain
from loaders.session import Sending
from tests.loaders.loading import Loading, deployed_org, loading
from tests.loaders.mini_clinic import mini_clinic

MARTS = ("sf_account", "sf_contact", "sf_content_version", "sf_content_document_link")
# Every part is a job of its own, so that there are many places to be killed at.
PARTS = Sending(bulk_from=0, part_bytes=1, first_pause=0.0)


class Killed(BaseException):
    """The power went."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Loading]:
    folder = tmp_path_factory.mktemp("killed")
    template = deployed_org(folder / "template", mini_clinic(folder / "first", only=MARTS))
    with loading(template, folder / "org", mini_clinic(folder / "clinic", only=MARTS)) as found:
        yield found


@contextmanager
def killed_after(acts: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Cut the power before the given act can be written, with whatever is half done."""
    left = acts
    write: Callable[..., int] = Chain.act

    def act(chain: Chain, kind: str, body: Mapping[str, Any]) -> int:
        nonlocal left
        left -= 1
        if left < 0:
            raise Killed
        return write(chain, kind, body)

    with monkeypatch.context() as patch:
        patch.setattr(Chain, "act", act)
        with pytest.raises(Killed):
            yield


@pytest.mark.parametrize("acts", [3, 5, 14, 33])
def test_a_push_and_its_rollback_survive_a_kill_at_any_act(
    desk: Loading, monkeypatch: pytest.MonkeyPatch, acts: int
) -> None:
    plan = desk.plan()
    with killed_after(acts, monkeypatch):
        desk.push(plan, sending=PARTS)
    assert desk.push(plan, sending=PARTS) == DONE
    assert desk.status(plan).is_complete
    assert desk.verify(plan).differences == 0
    with killed_after(acts // 2, monkeypatch):
        desk.rollback(plan, sending=PARTS)
    assert desk.rollback(plan, sending=PARTS)[0] == DONE
    for sobject in ("Account", "Contact", "ContentVersion"):
        assert desk.soql(f"SELECT Id FROM {sobject} WHERE Clinic_Id__c != null") == []
    assert [path for path in desk.data.outbox.rglob("*") if path.is_file()] == []
