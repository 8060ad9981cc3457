"""The sources that are read by a vendor's REST API, by the name that the operator gives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from extract.narration import Narrator
from extract.sources.cliniko import cliniko_api
from extract.sources.patience import Clock
from extract.sources.rest_api import RestApi


class Declare(Protocol):
    """Declares an API as it is configured; `look_up` finds settings."""

    def __call__(
        self,
        look_up: Callable[[str], str | None],
        *,
        url: str | None,
        clock: Clock,
        narrator: Narrator,
    ) -> RestApi:
        """Return the API; settings that are missing or contradict each other raise WrongUsage."""


REST_APIS: dict[str, Declare] = {
    "cliniko": cliniko_api,
}
