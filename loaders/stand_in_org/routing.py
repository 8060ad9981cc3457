"""The table of all addresses that answer to a logged-in client."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from loaders.stand_in_org import (
    admin,
    bulk_ingest,
    bulk_query,
    collections,
    describe_json,
    files,
    identity,
    limits,
    metadata_rest,
    query,
    rows,
)
from loaders.stand_in_org.call import Call
from loaders.stand_in_org.routes import Route, Router

Handler = Callable[[Call], Response]
_DATA = "services/data/{version}"
_OBJECT = f"{_DATA}/sobjects/{{sobject}}"
_INGEST = f"{_DATA}/jobs/ingest"
_QUERY_JOB = f"{_DATA}/jobs/query"
_MANY = f"{_DATA}/composite/sobjects"
_DEPLOY = f"{_DATA}/metadata/deployRequest"

_TABLE: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "services/oauth2/userinfo", identity.userinfo),
    ("GET", "id/{org}/{user}", identity.identity),
    ("GET", _DATA, identity.resources),
    ("GET", f"{_DATA}/limits", limits.get_limits),
    ("GET", f"{_DATA}/limits/recordCount", limits.record_count),
    ("GET", f"{_DATA}/query", query.query),
    ("GET", f"{_DATA}/queryAll", query.query_all),
    ("GET", f"{_DATA}/query/{{locator}}", query.more),
    ("GET", f"{_DATA}/queryAll/{{locator}}", query.more),
    ("GET", f"{_DATA}/sobjects", describe_json.describe_global),
    ("GET", _OBJECT, describe_json.describe_brief),
    ("GET", f"{_OBJECT}/describe", describe_json.describe),
    ("POST", _OBJECT, rows.create),
    ("POST", f"{_OBJECT}/Id", rows.create),
    ("GET", f"{_OBJECT}/{{id}}", rows.get),
    ("PATCH", f"{_OBJECT}/{{id}}", rows.update),
    ("DELETE", f"{_OBJECT}/{{id}}", rows.delete),
    ("GET", f"{_OBJECT}/{{id}}/VersionData", files.download_version),
    ("GET", f"{_OBJECT}/{{key}}/{{value}}", rows.get_by_key),
    ("PATCH", f"{_OBJECT}/{{key}}/{{value}}", rows.upsert),
    ("DELETE", f"{_OBJECT}/{{key}}/{{value}}", rows.delete_by_key),
    ("POST", _MANY, collections.create),
    ("PATCH", _MANY, collections.update),
    ("DELETE", _MANY, collections.delete),
    ("GET", f"{_MANY}/{{sobject}}", collections.fetch_many),
    ("POST", f"{_MANY}/{{sobject}}", collections.fetch_many),
    ("PATCH", f"{_MANY}/{{sobject}}/{{key}}", collections.upsert),
    ("POST", _INGEST, bulk_ingest.create),
    ("GET", _INGEST, bulk_ingest.list_jobs),
    ("GET", f"{_INGEST}/{{job}}", bulk_ingest.get),
    ("PATCH", f"{_INGEST}/{{job}}", bulk_ingest.patch),
    ("DELETE", f"{_INGEST}/{{job}}", bulk_ingest.delete),
    ("PUT", f"{_INGEST}/{{job}}/batches", bulk_ingest.upload),
    ("GET", f"{_INGEST}/{{job}}/{{results}}", bulk_ingest.results),
    ("POST", _QUERY_JOB, bulk_query.create),
    ("GET", _QUERY_JOB, bulk_ingest.list_jobs),
    ("GET", f"{_QUERY_JOB}/{{job}}", bulk_query.get),
    ("PATCH", f"{_QUERY_JOB}/{{job}}", bulk_query.patch),
    ("DELETE", f"{_QUERY_JOB}/{{job}}", bulk_query.delete),
    ("GET", f"{_QUERY_JOB}/{{job}}/results", bulk_query.results),
    ("GET", f"{_QUERY_JOB}/{{job}}/resultPages", bulk_query.result_pages),
    ("POST", _DEPLOY, metadata_rest.create),
    ("GET", f"{_DEPLOY}/{{deploy}}", metadata_rest.get),
    ("PATCH", f"{_DEPLOY}/{{deploy}}", metadata_rest.cancel),
    ("POST", "_stand_in/act", admin.act),
    ("GET", "_stand_in/acts", admin.acts),
    ("POST", "_stand_in/archive", admin.archive),
    ("POST", "_stand_in/fault", admin.fault),
    ("GET", "_stand_in/faults", admin.faults),
    ("GET", "_stand_in/requests", admin.requests),
    ("GET", "_stand_in/settings", admin.settings),
    ("POST", "_stand_in/settings", admin.change_settings),
    ("GET", "_stand_in/dump", admin.dump),
)

ROUTER: Router[Handler] = Router(Route(method, path, handler) for method, path, handler in _TABLE)
