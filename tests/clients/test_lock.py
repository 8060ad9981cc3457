"""The lock of the npm clients: what they are is pinned, where they come from is not said."""

from __future__ import annotations

import json

from tests.clients.installed import FOLDER


def test_every_package_is_pinned_by_its_hash_and_names_no_registry() -> None:
    lock = json.loads((FOLDER / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert len(packages) > 500
    # What is bundled into another package comes within that package's hash.
    loose = {name: one for name, one in packages.items() if not one.get("inBundle")}
    assert [name for name, one in loose.items() if "integrity" not in one] == []
    assert [name for name, one in packages.items() if "resolved" in one] == []
