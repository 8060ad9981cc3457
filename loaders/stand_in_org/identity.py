"""Who is logged in, and where things are: identity, userinfo, versions, resources."""

from __future__ import annotations

from starlette.responses import Response

from loaders.stand_in_org.call import Call, answer
from loaders.stand_in_org.errors import not_found
from loaders.stand_in_org.site import Site
from loaders.stand_in_org.store import quoted

_USER_FIELDS = (
    "Username", "FirstName", "LastName", "Name", "Email", "Alias", "TimeZoneSidKey",
    "LocaleSidKey", "LanguageLocaleKey", "UserType", "IsActive",
)  # fmt: skip
_RESOURCES = ("sobjects", "query", "queryAll", "limits", "jobs", "composite", "metadata")


def identity_url(base: str, *, site: Site, user_id: str) -> str:
    """Give the address under which a user's identity is found."""
    return f"{base}/id/{site.org.org_id}/{user_id}"


def read_user(site: Site, user_id: str) -> dict[str, object]:
    """Read the user's own record."""
    users = site.org.sobject("User")
    if users is None:
        raise not_found()
    shown = [name for name in _USER_FIELDS if name.lower() in users.fields]
    columns = ", ".join(f'"{name}"' for name in shown)
    found = (
        site.org.cursor()
        .execute(f'select {columns} from {quoted(users.table)} where "Id" = ?', [user_id])  # noqa: S608 catalogue names
        .fetchone()
    )
    if found is None:
        raise not_found()
    return dict(zip(shown, found, strict=True))


def _urls(base: str, *, org_id: str) -> dict[str, str]:
    data = f"{base}/services/data/v{{version}}/"
    return {
        "custom_domain": base,
        "enterprise": f"{base}/services/Soap/c/{{version}}/{org_id}",
        "metadata": f"{base}/services/Soap/m/{{version}}/{org_id}",
        "partner": f"{base}/services/Soap/u/{{version}}/{org_id}",
        "rest": data,
        "sobjects": f"{data}sobjects/",
        "search": f"{data}search/",
        "query": f"{data}query/",
        "recent": f"{data}recent/",
        "tooling_rest": f"{data}tooling/",
        "profile": f"{base}/{{user_id}}",
    }


def userinfo(call: Call) -> Response:
    """Answer the OpenID form of who is logged in."""
    site, base = call.site, call.base_url
    user = read_user(site, call.user_id)
    return answer(
        {
            "sub": identity_url(base, site=site, user_id=call.user_id),
            "user_id": call.user_id,
            "organization_id": site.org.org_id,
            "preferred_username": user.get("Username"),
            "nickname": user.get("Alias"),
            "name": user.get("Name"),
            "email": user.get("Email"),
            "email_verified": True,
            "given_name": user.get("FirstName"),
            "family_name": user.get("LastName"),
            "zoneinfo": user.get("TimeZoneSidKey"),
            "photos": {},
            "profile": f"{base}/{call.user_id}",
            "urls": _urls(base, org_id=site.org.org_id),
            "active": user.get("IsActive"),
            "user_type": "STANDARD",
            "language": user.get("LanguageLocaleKey"),
            "locale": user.get("LocaleSidKey"),
            "utcOffset": 0,
            "updated_at": site.clock().strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    )


def identity(call: Call) -> Response:
    """Answer Salesforce's own form of who is logged in."""
    site, base = call.site, call.base_url
    if call.params["org"][:15] != site.org.org_id[:15]:
        raise not_found()
    user = read_user(site, call.params["user"])
    return answer(
        {
            "id": identity_url(base, site=site, user_id=call.params["user"]),
            "asserted_user": True,
            "user_id": call.params["user"],
            "organization_id": site.org.org_id,
            "username": user.get("Username"),
            "nick_name": user.get("Alias"),
            "display_name": user.get("Name"),
            "email": user.get("Email"),
            "email_verified": True,
            "first_name": user.get("FirstName"),
            "last_name": user.get("LastName"),
            "timezone": user.get("TimeZoneSidKey"),
            "active": user.get("IsActive"),
            "user_type": "STANDARD",
            "language": user.get("LanguageLocaleKey"),
            "locale": user.get("LocaleSidKey"),
            "utcOffset": 0,
            "urls": _urls(base, org_id=site.org.org_id),
            "last_modified_date": site.clock().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "is_app_installed": True,
        }
    )


def resources(call: Call) -> Response:
    """List this version's resources; `identity` is among them for one client's sake."""
    shown = {name: f"{call.data_path}/{name}" for name in _RESOURCES}
    shown["identity"] = identity_url(call.base_url, site=call.site, user_id=call.user_id)
    return answer(shown)
