"""The resources that a client asks for one by one, or several of within a composite request."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from loaders.stand_in_org import (
    collections,
    describe_json,
    limits,
    object_info,
    query,
    replication,
    rows,
)
from loaders.stand_in_org.call import Call
from loaders.stand_in_org.routes import Route, Router

Handler = Callable[[Call], Response]
Routes = tuple[tuple[str, str, Handler], ...]
DATA = "services/data/{version}"
OBJECT = f"{DATA}/sobjects/{{sobject}}"
_INFO = f"{DATA}/ui-api/object-info/{{sobject}}"
MANY = f"{DATA}/composite/sobjects"

DATA_ROUTES: Routes = (
    ("GET", f"{DATA}/limits", limits.get_limits),
    ("GET", f"{DATA}/limits/recordCount", limits.record_count),
    ("GET", f"{DATA}/query", query.query),
    ("GET", f"{DATA}/queryAll", query.query_all),
    ("GET", f"{DATA}/query/{{locator}}", query.more),
    ("GET", f"{DATA}/queryAll/{{locator}}", query.more),
    ("GET", f"{DATA}/sobjects", describe_json.describe_global),
    ("GET", OBJECT, describe_json.describe_brief),
    ("GET", f"{OBJECT}/describe", describe_json.describe),
    ("GET", f"{OBJECT}/deleted", replication.deleted),
    ("GET", f"{OBJECT}/updated", replication.updated),
    ("GET", _INFO, object_info.object_info),
    ("GET", f"{_INFO}/picklist-values/{{record_type}}", object_info.picklist_values),
    ("GET", f"{_INFO}/picklist-values/{{record_type}}/{{field}}", object_info.field_values),
    ("POST", OBJECT, rows.create),
    ("POST", f"{OBJECT}/Id", rows.create),
    ("GET", f"{OBJECT}/{{id}}", rows.get),
    ("PATCH", f"{OBJECT}/{{id}}", rows.update),
    ("DELETE", f"{OBJECT}/{{id}}", rows.delete),
    ("GET", f"{OBJECT}/{{key}}/{{value}}", rows.get_by_key),
    ("PATCH", f"{OBJECT}/{{key}}/{{value}}", rows.upsert),
    ("DELETE", f"{OBJECT}/{{key}}/{{value}}", rows.delete_by_key),
    ("POST", MANY, collections.create),
    ("PATCH", MANY, collections.update),
    ("DELETE", MANY, collections.delete),
    ("GET", f"{MANY}/{{sobject}}", collections.fetch_many),
    ("POST", f"{MANY}/{{sobject}}", collections.fetch_many),
    ("PATCH", f"{MANY}/{{sobject}}/{{key}}", collections.upsert),
)


def router(routes: Routes) -> Router[Handler]:
    """Make a table of routes searchable; the first that fits wins."""
    return Router(Route(method, path, handler) for method, path, handler in routes)
