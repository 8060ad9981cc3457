"""simple-salesforce, unmodified, logged in to an org over https with the authority it names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import requests
from simple_salesforce import Salesforce

from tests.loaders.stand_in_org.front_org import VERSION, OrgClient


@contextmanager
def logged_in(org: OrgClient) -> Iterator[Salesforce]:
    """Log in by the org's token, until the block ends."""
    with requests.Session() as session:
        # Else a REQUESTS_CA_BUNDLE of the environment would win over the org's authority.
        session.trust_env = False
        session.verify = str(org.running.authority)
        yield Salesforce(
            session_id=org.running.token,
            instance_url=org.running.https,
            version=VERSION,
            session=session,
        )
