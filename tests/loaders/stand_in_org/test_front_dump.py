"""The commands: serve prints one line and stops cleanly, dump compares two orgs."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import httpx

from loaders.stand_in_org.dump import dump_lines
from tests.loaders.stand_in_org.front_org import OrgClient, give_keys, serving

COMMAND = [sys.executable, "-m", "loaders.stand_in_org"]


def dumped(data: Path, *options: str) -> list[dict[str, object]]:
    done = subprocess.run(
        [*COMMAND, "dump", "--data", str(data), *options], capture_output=True, check=True
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def portable(org: OrgClient) -> list[bytes]:
    return list(dump_lines(org.running.site.org, portable=True))


def load(org: OrgClient, people: Sequence[str], *, noise: bool) -> None:
    """Load the same content; `noise` makes other ids, dates and leftovers on the way."""
    give_keys(org, "Account", "Contact")
    if noise:
        made = org.job("Account", "insert", "Name\nNoise 1\nNoise 2\n").successful
        org.job("Account", "delete", "Id\n" + "".join(f"{row['sf__Id']}\n" for row in made))
    key = {"externalIdFieldName": "Clinic_Id__c"}
    assert not org.job(
        "Account", "upsert", "Clinic_Id__c,Name\nh:1,House\nh:2,Home\n", **key
    ).failed
    rows = "".join(f"{person}\n" for person in people)
    done = org.job(
        "Contact", "upsert", "Clinic_Id__c,LastName,Account.Clinic_Id__c\n" + rows, **key
    )
    assert not done.failed
    task = {"Subject": "Call", "WhatId": account_id(org, "h:1"), "Priority": "Normal"}
    assert org.data("POST", "sobjects/Task", json=task).status_code == 201


def account_id(org: OrgClient, key: str) -> object:
    return org.data("GET", f"sobjects/Account/Clinic_Id__c/{key}").json()["Id"]


def test_orgs_with_the_same_content_dump_alike_whatever_the_order(tmp_path: Path) -> None:
    people = ["p:1,One,h:1", "p:2,Two,h:1", "p:3,Three,h:2"]
    with serving(tmp_path / "a") as org:
        load(org, people, noise=False)
        first = portable(org)
    with serving(tmp_path / "b") as org:
        load(org, people[::-1], noise=True)
        second = portable(org)
        assert first == second
        # The guard itself: one letter of one field of one record must show.
        contact = org.data("PATCH", "sobjects/Contact/Clinic_Id__c/p:2", json={"LastName": "Tvo"})
        assert contact.status_code == 200
        changed = portable(org)
    assert changed != first
    assert len(set(changed) ^ set(first)) == 2


def test_a_portable_dump_names_parents_by_key(tmp_path: Path) -> None:
    with serving(tmp_path) as org:
        load(org, ["p:1,One,h:2"], noise=False)
        records = [json.loads(line) for line in portable(org)]
    contact = next(record for record in records if record["sobject"] == "Contact")
    assert contact["AccountId"] == "Account:h:2"
    assert contact["OwnerId"] == "User:admin@stand-in.invalid"
    assert (contact["CreatedDate"], contact["SystemModstamp"]) == ("*", "*")
    task = next(record for record in records if record["sobject"] == "Task")
    assert task["WhatId"] == "Account:h:1"


def test_serve_prints_one_line_dump_works_beside_it_and_term_stops_it(tmp_path: Path) -> None:
    command = [*COMMAND, "serve", "--data", str(tmp_path), "--port", "0", "--sandbox"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as served:
        assert served.stdout is not None
        ready = json.loads(served.stdout.readline())
        assert sorted(ready) == ["ca", "http", "https", "org_id", "token"]
        headers = {"Authorization": f"Bearer {ready['token']}"}
        made = httpx.post(
            f"{ready['http']}/services/data/v67.0/sobjects/Account",
            json={"Name": "Beside"},
            headers=headers,
        )
        assert made.status_code == 201
        live = dumped(tmp_path)
        live_portable = dumped(tmp_path, "--portable")
        served.send_signal(signal.SIGTERM)
        assert served.wait(timeout=30) == 0
        assert served.stdout.read() == b""
    kinds = {record["sobject"] for record in live}
    assert {"Account", "User", "Profile", "Pricebook2", "Organization"} <= kinds
    organization = next(record for record in live if record["sobject"] == "Organization")
    assert organization["IsSandbox"] is True
    assert organization["Id"] == ready["org_id"]
    assert dumped(tmp_path) == live
    assert dumped(tmp_path, "--portable") == live_portable


def test_a_dump_of_nothing_says_what_is_wrong(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "dump", "--data", str(tmp_path / "nowhere")], capture_output=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith(b"Error: there is no org in ")
