"""A stand-in org in a process of its own, and what the system says that process took."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

VERSION = "67.0"


@dataclass(frozen=True, slots=True)
class Served:
    """The org's process, and a client that is logged in to it."""

    process: subprocess.Popen[bytes]
    http: httpx.Client

    def call(self, method: str, path: str, **arguments: object) -> httpx.Response:
        """Send one request below the version's root; it must succeed."""
        answer = self.http.request(method, f"/services/data/v{VERSION}/{path}", **arguments)  # type: ignore[arg-type]
        assert answer.is_success, answer.text
        return answer

    def kill(self) -> None:
        """End the process as a power cut does."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def cpu_seconds(self) -> float:
        """Tell how long the process has computed."""
        stat = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii")
        user, system = stat.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def peak_megabytes(self) -> int:
        """Tell the most memory that the process has held (what getrusage calls ru_maxrss)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmHWM:\s+(\d+) kB", status)
        assert found is not None
        return int(found[1]) // 1024


@contextmanager
def served(data: Path) -> Iterator[Served]:
    """Serve the org in a folder until the block ends."""
    command = [sys.executable, "-m", "loaders.stand_in_org", "serve", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        # Compressing the results would be measured with them.
        token = {"Authorization": f"Bearer {ready['token']}"}
        headers = {**token, "Accept-Encoding": "identity"}
        with httpx.Client(base_url=ready["http"], headers=headers, timeout=120) as client:
            try:
                yield Served(process, client)
            finally:
                process.terminate()
