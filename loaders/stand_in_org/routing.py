"""The table of all addresses that answer to a logged-in client."""

from __future__ import annotations

from loaders.stand_in_org import (
    admin,
    bulk_create,
    bulk_ingest,
    bulk_listing,
    bulk_query,
    composite,
    composite_batch,
    composite_graph,
    composite_tree,
    files,
    identity,
    metadata_rest,
    metadata_tooling,
    query,
)
from loaders.stand_in_org.data_routes import DATA, DATA_ROUTES, OBJECT, Routes, router

_INGEST = f"{DATA}/jobs/ingest"
_QUERY_JOB = f"{DATA}/jobs/query"
_DEPLOY = f"{DATA}/metadata/deployRequest"
_TOOLING_FIELD = f"{DATA}/tooling/sobjects/CustomField"

_TABLE: Routes = (
    ("GET", "services/oauth2/userinfo", identity.userinfo),
    ("GET", "id/{org}/{user}", identity.identity),
    ("GET", DATA, identity.resources),
    # Before the record by external id, whose pattern it fits too.
    ("GET", f"{OBJECT}/{{id}}/VersionData", files.download_version),
    *DATA_ROUTES,
    ("POST", f"{DATA}/composite", composite.composite),
    ("POST", f"{DATA}/composite/batch", composite_batch.batch),
    ("POST", f"{DATA}/composite/graph", composite_graph.graph),
    ("POST", f"{DATA}/composite/tree/{{sobject}}", composite_tree.tree),
    ("POST", _INGEST, bulk_create.create),
    ("GET", _INGEST, bulk_listing.list_jobs),
    ("GET", f"{_INGEST}/{{job}}", bulk_ingest.get),
    ("PATCH", f"{_INGEST}/{{job}}", bulk_ingest.patch),
    ("DELETE", f"{_INGEST}/{{job}}", bulk_ingest.delete),
    ("PUT", f"{_INGEST}/{{job}}/batches", bulk_ingest.upload),
    ("GET", f"{_INGEST}/{{job}}/{{results}}", bulk_ingest.results),
    ("POST", _QUERY_JOB, bulk_query.create),
    ("GET", _QUERY_JOB, bulk_listing.list_jobs),
    ("GET", f"{_QUERY_JOB}/{{job}}", bulk_query.get),
    ("PATCH", f"{_QUERY_JOB}/{{job}}", bulk_query.patch),
    ("DELETE", f"{_QUERY_JOB}/{{job}}", bulk_query.delete),
    ("GET", f"{_QUERY_JOB}/{{job}}/results", bulk_query.results),
    ("GET", f"{_QUERY_JOB}/{{job}}/resultPages", bulk_query.result_pages),
    ("POST", _DEPLOY, metadata_rest.create),
    ("GET", f"{_DEPLOY}/{{deploy}}", metadata_rest.get),
    ("PATCH", f"{_DEPLOY}/{{deploy}}", metadata_rest.cancel),
    ("GET", f"{DATA}/tooling/query", query.query),
    ("POST", _TOOLING_FIELD, metadata_tooling.create_field),
    ("GET", f"{_TOOLING_FIELD}/{{id}}", metadata_tooling.get_field),
    ("PATCH", f"{_TOOLING_FIELD}/{{id}}", metadata_tooling.change_field),
    ("DELETE", f"{_TOOLING_FIELD}/{{id}}", metadata_tooling.delete_field),
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

ROUTER = router(_TABLE)
