"""A copy of the project that a test may write models into, and its working data."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import BIN, ROOT

PARTS = ("dbt_project.yml", "profiles.yml", "models", "macros", "seeds", "tests/dbt")


@dataclass(frozen=True, slots=True)
class Project:
    """A copy of the project, and its working data."""

    folder: Path
    data: Path

    def run(self, *command: str, **settings: str) -> subprocess.CompletedProcess[str]:
        """Run a command of the project."""
        environment = os.environ | {
            "CLINIC_DATA_DIR": str(self.data),
            "DBT_TARGET_PATH": str(self.data / "target"),
            "DBT_LOG_PATH": str(self.data / "logs"),
        }
        return subprocess.run(
            [str(BIN / command[0]), *command[1:]],
            cwd=self.folder,
            env=environment | settings,
            check=False,
            capture_output=True,
            text=True,
        )


def project_copy(folder: Path) -> Project:
    """Copy what dbt reads, beside an empty data folder."""
    project = Project(folder / "project", folder / "data")
    for path in PARTS:
        place = project.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / path).is_dir() else shutil.copy)(ROOT / path, place)
    return project
