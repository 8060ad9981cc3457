"""The addresses where a client of SMART Backend Services finds out how to get in, and gets in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from extract.demo_clinic.answers import outcome
from extract.demo_clinic.clinic import Clinic
from extract.demo_clinic.token_desk import ALGORITHMS, SCOPES, NotLent, Registration

Handler = Callable[[Request], Awaitable[Response]]
CONFIGURATION = "/.well-known/smart-configuration"
TOKEN = "/auth/token"  # noqa: S105 - an address


def _configuration(clinic: Clinic) -> Handler:
    async def handle(_: Request) -> Response:
        return JSONResponse(
            {
                "token_endpoint": clinic.base + TOKEN,
                "token_endpoint_auth_methods_supported": ["private_key_jwt"],
                "token_endpoint_auth_signing_alg_values_supported": list(ALGORITHMS),
                "grant_types_supported": ["client_credentials"],
                "scopes_supported": list(SCOPES),
                "capabilities": ["client-confidential-asymmetric", "permission-v1"],
            }
        )

    return handle


def _token(clinic: Clinic) -> Handler:
    async def handle(request: Request) -> Response:
        form = {name: str(value) for name, value in (await request.form()).items()}
        try:
            lent = clinic.desk.lend(form, audience=clinic.base + TOKEN)
        except NotLent as refused:
            return JSONResponse({"error": str(refused)}, status_code=400)
        return JSONResponse(lent, headers={"Cache-Control": "no-store"})

    return handle


def _clients(clinic: Clinic) -> Handler:
    async def handle(request: Request) -> Response:
        try:
            client = msgspec.json.decode(await request.body(), type=Registration)
        except msgspec.MsgspecError as refused:
            return outcome(400, code="invalid", text=str(refused))
        clinic.desk.register(client)
        return JSONResponse({"client_id": client.client_id})

    return handle


def smart_routes(clinic: Clinic) -> list[tuple[str, str, Handler]]:
    """List the addresses; clients are registered by a hook for tests."""
    return [
        (CONFIGURATION, "GET", _configuration(clinic)),
        (TOKEN, "POST", _token(clinic)),
        ("/_demo/clients", "POST", _clients(clinic)),
    ]
