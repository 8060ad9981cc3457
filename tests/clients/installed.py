"""Salesforce's own Node clients, installed from the lock beside this file."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
_MODULES = FOLDER / "node_modules"
_LOCK = FOLDER / "package-lock.json"
_STAMP = _MODULES / ".installed-from"
_OLDEST_NODE = 22


class NoNode(Exception):
    """Neither npm nor a Node that is new enough can be had on this machine."""


def search_path() -> str:
    """
    Give the search path that finds `node` and `sf`.

    The first call after a change of the lock installs everything (half a minute, 490 MB); the
    stamp makes every further one instant.

    Raises:
        NoNode: with the reason for which the tests are skipped.

    """
    wanted = hashlib.sha256(_LOCK.read_bytes()).hexdigest()
    if not _STAMP.exists() or _STAMP.read_text(encoding="utf-8") != wanted:
        npm = shutil.which("npm")
        if npm is None:
            raise NoNode("npm is not installed (Debian: apt-get install npm)")
        subprocess.run([npm, "ci", "--loglevel=error"], cwd=FOLDER, check=True)
        _STAMP.write_text(wanted, encoding="utf-8")
    return os.pathsep.join((str(_node().parent), str(_MODULES / ".bin"), "/usr/bin", "/bin"))


def _node() -> Path:
    """The lock brings Node for Linux; elsewhere the machine's own has to be new enough."""
    locked = next(_MODULES.glob("node-*/bin/node"), None)
    if locked is not None:
        return locked
    own = shutil.which("node")
    if own is None:
        raise NoNode("the lock has no Node for this platform, and none is installed")
    said = subprocess.run([own, "--version"], capture_output=True, text=True, check=True).stdout
    if int(said.lstrip("v").split(".")[0]) < _OLDEST_NODE:
        raise NoNode(f"the clients need Node {_OLDEST_NODE} or newer; this is {said.strip()}")
    return Path(own)


def locked_version(package: str) -> str:
    """Tell which version of a client the lock holds."""
    packages = json.loads(_LOCK.read_text(encoding="utf-8"))["packages"]
    return str(packages[f"node_modules/{package}"]["version"])
