"""Bodies as GeoJSON features, kinds as collections. Pure but for what a view reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from chaintwin.kit.problems import Language
from chaintwin.model.kinds import Kind, Kinds
from chaintwin.twin.spatial import Shaped
from chaintwin.twin.state import Held
from chaintwin.twin.view import TwinView

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
GEOJSON = "application/geo+json"
JSON = "application/json"


def link(href: str, rel: str, media_type: str, title: str = "") -> dict[str, str]:
    """Return a link as the standard writes it."""
    found = {"href": href, "rel": rel, "type": media_type}
    return found | {"title": title} if title else found


def collection_id(kind: str) -> str:
    """Return the name of a kind as one segment of a path; a slash of an IRI becomes a bar."""
    return kind.replace("/", "|")


def spatial_kinds(kinds: Kinds) -> list[Kind]:
    """Return the kinds that have or may have geometries: declared so, or open."""
    return [
        kind
        for kind in kinds.by_name.values()
        if kind.is_open or any(one.type == "geometry" for one in kind.attributes.values())
    ]


def collection(view: TwinView, kind: Kind, base: str, language: Language) -> dict[str, Any]:
    """Return the description of a kind as a collection."""
    name = collection_id(kind.name)
    place = f"{base}/collections/{quote(name, safe='')}"
    box = view.extent(kind.name)
    extent: dict[str, Any] = {} if box is None else {"spatial": {"bbox": [box], "crs": CRS84}}
    return {
        "id": name,
        "title": kind.title.get(language) or kind.name,
        "description": f"{kind.title.get('zh', kind.name)} · {kind.title.get('en', kind.name)}",
        "itemType": "feature",
        "crs": [CRS84],
        "extent": extent,
        "links": [link(place, "self", JSON), link(f"{place}/items", "items", GEOJSON)],
    }


def feature(shaped: Shaped, names: Mapping[int, str], links: Sequence[Any] = ()) -> dict[str, Any]:
    """Return a body as a feature; what refers to another body shows its name."""
    state = shaped.state
    properties: dict[str, Any] = {"name": state.name, "kind": state.kind, "code_uri": state.code}
    for attribute, values in state.attributes.items():
        shown = [_plain(held, names) for held in values if held.data is not shaped.geometry]
        shown = [value for value in shown if value is not None]
        if shown:
            properties[attribute] = shown if len(values) > 1 else shown[0]
    found = {
        "type": "Feature",
        "id": state.code,
        "geometry": dict(shaped.geometry),
        "properties": properties,
    }
    return found | {"links": list(links)} if links else found


def _plain(held: Held, names: Mapping[int, str]) -> Any:
    if held.ref is not None:
        return names.get(held.ref)
    return held.value if isinstance(held.value, str | int | float | bool) else _number(held)


def _number(held: Held) -> Any:
    return None if held.data is not None or held.value is None else float(held.value)
