"""Refusals of the REST and Bulk interfaces, in the envelope Salesforce uses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


class ApiError(Exception):
    """A refused request: HTTP status plus the one-element error array of contract 4.1."""

    def __init__(
        self, status: int, code: str, message: str, *, fields: Sequence[str] | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.fields = fields

    def body(self) -> list[dict[str, object]]:
        """Render the error array; `fields` appears for data errors only."""
        entry: dict[str, object] = {"message": self.message, "errorCode": self.code}
        if self.fields is not None:
            entry["fields"] = list(self.fields)
        return [entry]


class OAuthError(Exception):
    """A refused token request: `{"error", "error_description"}` (contract 1.1)."""

    def __init__(self, error: str, description: str, *, status: int = 400) -> None:
        super().__init__(f"{error}: {description}")
        self.status = status
        self.error = error
        self.description = description

    def body(self) -> Mapping[str, str]:
        """Render the OAuth error object."""
        return {"error": self.error, "error_description": self.description}


def not_found() -> ApiError:
    """Say that nothing lives at this address."""
    return ApiError(404, "NOT_FOUND", "The requested resource does not exist")


def session_expired() -> ApiError:
    """Say that the bearer token is missing, unknown or expired."""
    return ApiError(401, "INVALID_SESSION_ID", "Session expired or invalid")


def broken_json(detail: str) -> ApiError:
    """Say that the request's body is not the JSON that was expected."""
    return ApiError(400, "JSON_PARSER_ERROR", detail)


def unsupported_sobject(name: str) -> ApiError:
    """Say that SOQL or a row request names an object this user cannot see."""
    return ApiError(
        400,
        "INVALID_TYPE",
        f"sObject type '{name}' is not supported. If you are attempting to use a custom object, "
        "be sure to append the '__c' after the entity name. Please reference your WSDL or the "
        "describe call for the appropriate names.",
    )
