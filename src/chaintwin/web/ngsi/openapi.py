"""The OpenAPI document of the NGSI-LD door, told by its table of routes."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any

import chaintwin
from chaintwin.web.ngsi.asked import GEO_JSON, JSON, LD_JSON, MERGE_JSON
from chaintwin.web.ngsi.routes import ROUTES, Route

_FORM = ("options", "format", "lang")
_PART = ("attrs", "pick", "omit", "datasetId")
_LINKED = ("join", "joinLevel", "containedBy")
_SELECTING = ("type", "id", "idPattern", "q", "scopeQ", "georel", "geometry", "coordinates",
              "geoproperty", "local")  # fmt: skip
_PAGING = ("limit", "offset", "count")
_TIMES = ("timerel", "timeAt", "endTimeAt", "timeproperty", "lastN", "aggrMethods",
          "aggrPeriodDuration")  # fmt: skip
_CLOCKS = ("knownAt", "validAt")

# What each handler reads from the query string.
_PARAMETERS: Mapping[str, Sequence[str]] = {
    "retrieve_entity": (*_FORM, *_PART, *_LINKED, "geometryProperty", "type", *_CLOCKS),
    "query_entities": (
        *_SELECTING, *_PART, *_FORM, *_LINKED, "geometryProperty", *_PAGING, *_CLOCKS
    ),
    "query_by_document": (*_FORM, *_PAGING, *_CLOCKS),
    "purge_entities": (*_SELECTING, "attrs", "drop", "keep"),
    "merge_entity": ("options", "format", "observedAt", "lang"),
    "append_attributes": ("options",),
    "delete_attribute": ("datasetId", "deleteAll"),
    "upsert_batch": ("options",),
    "update_batch": ("options",),
    "merge_batch": ("options", "observedAt", "lang"),
    "retrieve_evolution": (*_TIMES, *_PART, *_FORM, *_CLOCKS),
    "query_evolutions": (*_SELECTING, *_TIMES, *_PART, *_FORM, *_PAGING, *_CLOCKS),
    "query_evolutions_by_document": (*_FORM, *_PAGING, *_CLOCKS),
    "delete_series": ("datasetId", "deleteAll"),
    "list_subscriptions": _PAGING,
    "list_types": ("details",),
    "list_attributes": ("details",),
    "list_contexts": ("details", "kind"),
    "serve_context": ("details",),
    "delete_context": ("reload",),
}  # fmt: skip
_TOLD: Mapping[str, str] = {
    "options": "形式与选项 normalized, concise, keyValues, sysAttrs, noOverwrite, update…",
    "format": "表示形式 form of the answer, as in options",
    "lang": "语言,按优先次序 languages, such as zh,en;q=0.8",
    "attrs": "只要这些属性 attributes wanted, parted by commas",
    "pick": "只要这些成员 members wanted, id and type included",
    "omit": "不要这些成员 members left out",
    "datasetId": "取值的 datasetId(@none 为默认) datasets of instances; @none is the default one",
    "join": "关联实体 flat, inline or @none",
    "joinLevel": "关联层数 how many levels of linked entities (1 to 5)",
    "containedBy": "已取得的实体 entities that need not be given again",
    "type": "类型选择 types: “,” or, “;” and, parentheses",
    "id": "实体标识 entity ids, parted by commas",
    "idPattern": "标识的正则 a regular expression (RE2) that the whole id matches",
    "q": "属性条件 conditions on attributes, such as speed>50;brand==\"x\"",
    "scopeQ": "范围条件 conditions on scopes, such as /a/#",
    "georel": "空间关系 near;maxDistance==m, within, contains, intersects, equals, disjoint…",
    "geometry": "几何类型 type of the reference geometry",
    "coordinates": "坐标 its GeoJSON coordinates",
    "geoproperty": "所用的几何属性 the GeoProperty compared (default location)",
    "geometryProperty": "GeoJSON 的几何属性 the GeoProperty told as geometry",
    "local": "仅本系统 this system only; allows a query without other conditions",
    "limit": "每页数量(至多 1000) entities of a page, at most 1000",
    "offset": "跳过数量 entities left out before",
    "count": "是否给出总数 whether NGSILD-Results-Count is told",
    "drop": "删除这些属性 attributes to delete instead of the entities",
    "keep": "只保留这些属性 attributes to keep; the others are deleted",
    "observedAt": "观测时刻 when the merged values were observed",
    "deleteAll": "删除全部取值 delete every instance",
    "timerel": "时间关系 before, after or between",
    "timeAt": "时刻 the instant compared with",
    "endTimeAt": "结束时刻 the end, for between",
    "timeproperty": "所用的时间 observedAt, createdAt, modifiedAt or deletedAt",
    "lastN": "每个属性最近 N 次 the latest N instances of each attribute",
    "aggrMethods": "聚合方法 totalCount, distinctCount, sum, avg, min, max, stddev, sumsq",
    "aggrPeriodDuration": "聚合时段 ISO 8601 duration of a period (PT0S: the whole span)",
    "knownAt": "当时所知 as of known time; our own parameter",
    "validAt": "当时的事实 as of valid time; our own parameter",
    "details": "是否详细 whether details are told",
    "kind": "种类 Hosted, Cached or ImplicitlyCreated",
    "reload": "重新加载 load a cached context anew instead of deleting it",
    "entity": "实体标识 entity id (URI)",
    "attribute": "属性名称 attribute name or IRI",
    "instance": "取值标识 instanceId",
    "snapshot": "快照标识 snapshot id: a branch of the twin",
    "subscription": "订阅标识 subscription id",
    "context": "上下文标识 local id or address of a context",
}  # fmt: skip
_MERGING = frozenset({"merge_entity", "update_attributes", "update_attribute", "replace_attribute",
                      "update_instance"})  # fmt: skip


def describe() -> dict[str, Any]:
    """Return the document."""
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        paths.setdefault(f"/ngsi-ld/v1{route.path}", {})[route.method.lower()] = _operation(route)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "chaintwin 链孪 NGSI-LD",
            "version": chaintwin.__version__,
            "description": "ETSI GS CIM 009 v1.8.1 · 孪生体的开放接口",
        },
        "paths": paths,
        "components": {"schemas": {"ProblemDetails": _PROBLEM}},
    }


_PROBLEM = {
    "type": "object",
    "description": "错误 an error of clause 5.5.2",
    "properties": {
        "type": {"type": "string", "description": "错误类型 type, a URI of the standard"},
        "title": {"type": "string", "description": "错误名称 what kind of error it is"},
        "detail": {"type": "string", "description": "说明 what, where, way out"},
        "status": {"type": "integer", "description": "HTTP 状态 HTTP status"},
    },
}


def _operation(route: Route) -> dict[str, Any]:
    name = route.handler.__name__
    told: dict[str, Any] = {
        "operationId": f"ngsi_{name}",
        "description": inspect.getdoc(route.handler) or "",
        "tags": [route.segments[0]],
        "parameters": [
            *(_parameter(part[1:-1], "path") for part in route.segments if part.startswith("{")),
            *(_parameter(one, "query") for one in _PARAMETERS.get(name, ())),
            *_HEADERS,
        ],
        "responses": _responses(route),
    }
    if route.method in {"POST", "PUT", "PATCH"}:
        media = (JSON, LD_JSON, MERGE_JSON) if name in _MERGING else (JSON, LD_JSON)
        told["requestBody"] = {"required": True, "content": {one: {"schema": {}} for one in media}}
    return told


def _parameter(name: str, where: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": where,
        "required": where == "path",
        "description": _TOLD[name],
        "schema": {"type": "string"},
    }


_HEADERS = (
    {
        "name": "Link", "in": "header", "required": False, "schema": {"type": "string"},
        "description": "@context 的地址 the address of a @context (rel json-ld#context)",
    },
    {
        "name": "NGSILD-Tenant", "in": "header", "required": False, "schema": {"type": "string"},
        "description": "租户 the tenant; never one beyond the caller's own",
    },
    {
        "name": "NGSILD-Snapshot", "in": "header", "required": False,
        "schema": {"type": "string"},
        "description": "快照 the snapshot to read from or write to, instead of the main line",
    },
)  # fmt: skip


def _responses(route: Route) -> dict[str, Any]:
    problem = {JSON: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    wrong = {"default": {"description": "错误 a problem", "content": problem}}
    if route.method == "GET" or route.path.endswith("/query"):
        content: dict[str, Any] = {one: {"schema": {}} for one in (JSON, LD_JSON, GEO_JSON)}
        return {"200": {"description": "答复 the answer", "content": content}, **wrong}
    done = "201" if route.makes else "204"
    return {done: {"description": "已完成 done"}, **wrong}
