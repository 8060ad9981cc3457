"""
Run a command to its end, and say on stdout's last line what the system says that it took.

A process of its own: what a child is said to have held includes what its parent held when it was
forked, and this one holds next to nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys


def main() -> None:
    """Run the command of the arguments."""
    with subprocess.Popen(sys.argv[1:]) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    said = {
        "code": process.returncode,
        "peak_megabytes": used.ru_maxrss // 1024,
        "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
    }
    sys.stdout.write(f"{json.dumps(said)}\n")


if __name__ == "__main__":
    main()
