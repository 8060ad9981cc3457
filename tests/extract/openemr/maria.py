"""A real MariaDB server on loopback, in a directory of its own, and OpenEMR's schema in it."""

from __future__ import annotations

import gzip
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql
import pytest

from tests.extract.conftest import real_data

READER = "reader"
PASSWORD = "-".join(["an", "invented", "password"])
DATABASE = "openemr"
ROWS = Path(__file__).with_name("rows.sql")
# Nothing here outlives the test: neither power cuts nor replicas are to be survived.
CARELESS = (
    "--skip-log-bin",
    "--skip-name-resolve",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-doublewrite=0",
    "--innodb-buffer-pool-size=64M",
)


@dataclass(frozen=True, slots=True)
class Maria:
    """A running server."""

    socket: Path
    port: int

    @property
    def url(self) -> str:
        """The address under which the extract reads it."""
        return f"mysql://{READER}@127.0.0.1:{self.port}/{DATABASE}"

    def execute(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements as root, and return the last one's rows."""
        with pymysql.connect(
            unix_socket=str(self.socket), user="root", database=DATABASE, autocommit=True
        ) as connection:
            cursor = connection.cursor()
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall())

    def load(self, script: bytes, *options: str) -> None:
        """Run a script of statements."""
        client = ["mariadb", "--no-defaults", "-uroot", "-S", str(self.socket), *options]
        done = subprocess.run(client, input=script, check=False, capture_output=True)
        assert done.returncode == 0 or "--force" in options, done.stderr.decode()


def official_scripts() -> list[bytes]:
    """Return OpenEMR's own schema, its users and its example patients."""
    folder = real_data() / "openemr"
    if not folder.is_dir():
        pytest.skip(f"{folder} is absent; set CLINIC_TEST_DATA")
    names = ("official_additional_users", "example_patient_users", "example_patient_data")
    return [
        gzip.decompress((folder / "database.sql.gz").read_bytes()),
        *((folder / f"{name}.sql").read_bytes() for name in names),
    ]


@contextmanager
def running(folder: Path) -> Iterator[Maria]:
    """Start a server whose data lie in a folder, and stop it in the end."""
    if shutil.which("mariadbd") is None:
        pytest.skip("no mariadbd: apt-get install mariadb-server")
    data, place = folder / "data", folder / "socket"
    subprocess.run(
        [
            "mariadb-install-db",
            "--no-defaults",
            "--user=root",
            f"--datadir={data}",
            "--auth-root-authentication-method=normal",
            "--skip-test-db",
        ],
        check=True,
        capture_output=True,
    )
    port = free_port()
    command = [
        "mariadbd",
        "--no-defaults",
        "--user=root",
        f"--datadir={data}",
        f"--socket={place}",
        f"--port={port}",
        "--bind-address=127.0.0.1",
        f"--log-error={folder / 'errors'}",
        *CARELESS,
    ]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            wait_for(place, server)
            yield Maria(place, port)
        finally:
            server.terminate()


def wait_for(place: Path, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers."""
    for _ in range(600):
        assert server.poll() is None, "mariadbd ended"
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(place)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("mariadbd does not answer")


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def fill(maria: Maria) -> None:
    """Create OpenEMR's database with everything in it, and the user who may only read."""
    scripts = official_scripts()
    maria.load(f"create database {DATABASE} character set utf8mb4".encode())
    for script in scripts:
        # One of them fills tables that only the installer knows.
        maria.load(script, "--force", DATABASE)
    maria.load(ROWS.read_bytes(), DATABASE)
    maria.execute(
        f"create user {READER}@'127.0.0.1' identified by '{PASSWORD}'",
        f"grant select on {DATABASE}.* to {READER}@'127.0.0.1'",
    )
