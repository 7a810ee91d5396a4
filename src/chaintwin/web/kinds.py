"""Kinds of bodies, shipped and one's own; lists of any kind; the validator of codes."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from chaintwin.kit.codes import check_code
from chaintwin.kit.problems import NotFoundProblem
from chaintwin.model.fact import Label
from chaintwin.model.kinds import Attribute, Kind, Kinds
from chaintwin.model.units import units_like
from chaintwin.twin.asked import Limit, Offset
from chaintwin.twin.authority import order_sources, withdraw_order
from chaintwin.twin.door import TheDoor, set_etag
from chaintwin.twin.withdrawing import rename, take_up, withdraw

router = APIRouter(prefix="/api/v1", tags=["twin"])

# What nearly every kind has: a name, and a place where it has one.
_USUAL = (
    Attribute("name", {"zh": "名称", "en": "Name"}, "text", own=True),
    Attribute("geometry", {"zh": "位置与边界", "en": "Geometry"}, "geometry", own=True),
)

KindName = Annotated[str, Path(max_length=600, description="种类名 name of a kind")]


class AttributeGiven(BaseModel):
    """An attribute to add to a kind."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=600, description="属性名,如 floor_area name, or an IRI")
    title_zh: str = Field(min_length=1, max_length=100, description="中文名称 Chinese title")
    title_en: str = Field(min_length=1, max_length=100, description="英文名称 English title")
    type: str = Field(
        "text", max_length=20,
        description="类型 text, number, ref, date, data, geometry, flag or any",
    )  # fmt: skip
    many: bool = Field(False, description="可有多个值 several values stand side by side")
    unit: str | None = Field(None, max_length=40, description="单位 unit")
    label: int = Field(0, ge=0, le=4, description="最低密级 least secrecy label of its values")
    check: str | None = Field(None, max_length=40, description="代码校验规则 rule a code must meet")

    def attribute(self) -> Attribute:
        """Return it as the twin knows attributes."""
        return Attribute(
            self.name, {"zh": self.title_zh, "en": self.title_en}, self.type,  # type: ignore[arg-type]
            self.many, self.unit or None, label=Label(self.label),
            check=self.check or None, own=True,  # type: ignore[arg-type]
        )  # fmt: skip


class AttributesGiven(BaseModel):
    """Attributes to add to a kind, shipped or one's own."""

    model_config = ConfigDict(extra="forbid")

    attributes: list[AttributeGiven] = Field(
        min_length=1, max_length=200, description="属性 attributes"
    )
    reason: str = Field(max_length=500, description="添加原因 why")


class KindGiven(BaseModel):
    """A kind to add."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=600, description="种类名,如 Warehouse name, or an IRI")
    body_class: str = Field(max_length=20, description="所属大类 one of the eight classes")
    title_zh: str = Field(min_length=1, max_length=100, description="中文名称 Chinese title")
    title_en: str = Field(min_length=1, max_length=100, description="英文名称 English title")
    attributes: list[AttributeGiven] = Field(
        default=[], max_length=200, description="属性;名称属性自动添加 attributes; name is added"
    )
    placed: bool = Field(False, description="有位置或边界:添加几何属性 adds a geometry")
    reason: str = Field(max_length=500, description="添加原因 why")


class RenamedGiven(BaseModel):
    """Another title for an own kind, or for one of its own attributes."""

    model_config = ConfigDict(extra="forbid")

    attribute: str | None = Field(
        None, max_length=600, description="属性名;不填则指种类本身 attribute; null: the kind itself"
    )
    title_zh: str = Field(min_length=1, max_length=100, description="中文名称 Chinese title")
    title_en: str = Field(min_length=1, max_length=100, description="英文名称 English title")
    reason: str = Field(max_length=500, description="理由 why")


class WithdrawnGiven(BaseModel):
    """An own kind, or one of its own attributes, that is withdrawn or taken up again."""

    model_config = ConfigDict(extra="forbid")

    attribute: str | None = Field(
        None, max_length=600, description="属性名;不填则指种类本身 attribute; null: the kind itself"
    )
    reason: str = Field(max_length=500, description="理由 why")


class OrderGiven(BaseModel):
    """One's own order of the sources of an attribute."""

    model_config = ConfigDict(extra="forbid")

    attribute: str = Field(max_length=600, description="属性名 attribute")
    sources: list[str] = Field(
        max_length=100,
        description="来源,最可信的在前;为空则恢复出厂次序 "
        "sources, the most trusted first; empty: the shipped order again",
    )
    reason: str = Field(max_length=500, description="理由 why")


class KindAttribute(BaseModel):
    """An attribute of a kind."""

    name: str
    title: dict[str, str]
    type: str
    many: bool
    unit: str | None
    units: list[str] = Field(description="填写时可用的单位 units that may be typed")
    label: int = Field(description="最低密级 least secrecy label of its values")
    check: str | None = Field(description="代码校验规则 rule a code must meet")
    authority: list[str] = Field(description="权威次序 sources, the most trusted first")
    authority_own: bool = Field(description="次序由本单位自定 whether the order is one's own")
    own: bool = Field(description="本单位自设 one's own")
    withdrawn: bool = Field(description="已停用,不再接受新值 takes no more values")


class KindRow(BaseModel):
    """A kind in a list."""

    name: str
    title: dict[str, str]
    body_class: str = Field(description="所属大类 class")
    own: bool = Field(description="本单位自设 one's own")
    open: bool = Field(description="开放种类 takes attributes as they come")
    withdrawn: bool = Field(description="已停用,不再接受新值 takes no more values")
    attributes: int = Field(description="属性数 number of attributes")
    has_geometry: bool = Field(description="有几何属性 has an attribute of type geometry")


class KindList(BaseModel):
    """Every kind this reader knows."""

    items: list[KindRow]


class KindOut(KindRow):
    """A kind with its attributes."""

    declared: list[KindAttribute] = Field(description="属性 attributes")


class BodyRow(BaseModel):
    """A body in a list of its kind."""

    code: str
    name: str
    region: str | None
    demo: bool


class BodyList(BaseModel):
    """A page of bodies of one kind."""

    items: list[BodyRow]
    total: int
    limit: int
    offset: int


class CodeOut(BaseModel):
    """What a code is and whether it is right."""

    code: str
    type: str | None = Field(description="种类 body_code, credit_code, registration_number, lei")
    right: bool = Field(description="正确 well formed")
    reason_zh: str | None
    reason_en: str | None


class CodeList(BaseModel):
    """Checked codes in the order given."""

    items: list[CodeOut]
    wrong: int = Field(description="有误的个数 how many are wrong")


@router.get("/kinds", operation_id="list_kinds")
def list_kinds(request: Request, response: Response, door: TheDoor) -> KindList:
    """List every kind of body: shipped, of the public data, and one's own."""
    door.asker.require("firm:read")
    set_etag(request, response, door.view)
    return KindList(items=[KindRow(**_row(kind)) for kind in door.view.kinds.by_name.values()])


@router.get("/kinds/{kind}", operation_id="read_kind")
def read_kind(request: Request, response: Response, door: TheDoor, kind: KindName) -> KindOut:
    """Read a kind with its attributes."""
    door.asker.require("firm:read")
    set_etag(request, response, door.view)
    return _shown(door.view.kinds, kind)


@router.post("/kinds", operation_id="add_kind", status_code=201)
def add_kind(door: TheDoor, given: KindGiven) -> KindOut:
    """Add a kind of one's own under one of the eight classes; no code is needed."""
    door.asker.require("system:write")
    usual = _USUAL if given.placed else _USUAL[:1]
    named = {one.name: one for one in usual}
    named |= {one.name: one.attribute() for one in given.attributes}
    title = {"zh": given.title_zh, "en": given.title_en}
    kind = Kind(given.name, given.body_class, title, attributes=named)  # type: ignore[arg-type]
    changes = door.change(given.reason)
    changes.kinds.check_new(kind.name)
    changes.declare(kind)
    door.audit("kind_added", detail={"kind": given.name})
    return _shown(changes.kinds, given.name)


@router.post("/kinds/{kind}/attributes", operation_id="add_attributes")
def add_attributes(door: TheDoor, kind: KindName, given: AttributesGiven) -> KindOut:
    """Add attributes to a shipped or own kind; titles, units and labels of own ones may change."""
    door.asker.require("system:write")
    changes = door.change(given.reason)
    there = _find(changes.kinds, kind)
    changes.declare(
        replace(there, attributes={one.name: one.attribute() for one in given.attributes})
    )
    door.audit(
        "attributes_added", detail={"kind": kind, "names": [a.name for a in given.attributes]}
    )
    return _shown(changes.kinds, kind)


@router.post("/kinds/{kind}/rename", operation_id="rename_kind")
def rename_kind(door: TheDoor, kind: KindName, given: RenamedGiven) -> KindOut:
    """Give an own kind or attribute another title; its name in the data stays, and so do facts."""
    door.asker.require("system:write")
    changes = door.change(given.reason)
    title = {"zh": given.title_zh, "en": given.title_en}
    rename(changes, _find(changes.kinds, kind), given.attribute, title)
    door.audit("kind_renamed", detail={"kind": kind, "attribute": given.attribute})
    return _shown(changes.kinds, kind)


@router.post("/kinds/{kind}/withdraw", operation_id="withdraw_kind")
def withdraw_kind(door: TheDoor, kind: KindName, given: WithdrawnGiven) -> KindOut:
    """Let an own kind or attribute take no more values; its history stays readable.

    Refused with 409 while values of it are held now, on the main line or in a branch.
    """
    door.asker.require("system:write")
    changes = door.change(given.reason)
    withdraw(changes, door.twin.names, _find(changes.kinds, kind), given.attribute)
    door.audit("kind_withdrawn", detail={"kind": kind, "attribute": given.attribute})
    return _shown(changes.kinds, kind)


@router.post("/kinds/{kind}/take-up", operation_id="take_up_kind")
def take_up_kind(door: TheDoor, kind: KindName, given: WithdrawnGiven) -> KindOut:
    """Let a withdrawn kind or attribute take values again."""
    door.asker.require("system:write")
    changes = door.change(given.reason)
    take_up(changes, _find(changes.kinds, kind), given.attribute)
    door.audit("kind_taken_up", detail={"kind": kind, "attribute": given.attribute})
    return _shown(changes.kinds, kind)


@router.put("/kinds/{kind}/authority", operation_id="order_sources")
def put_order(door: TheDoor, kind: KindName, given: OrderGiven) -> KindOut:
    """State one's own order of the sources of an attribute, shipped or own, or withdraw it.

    It holds for one's own place in every kind, from now on; views as of earlier known moments keep
    the order of then. Sources that are not named come after those that are.
    """
    door.asker.require("system:write")
    changes = door.change(given.reason)
    if given.sources:
        attribute = changes.kinds.attribute(_find(changes.kinds, kind).name, given.attribute)
        order_sources(changes, attribute, given.sources)
    else:
        withdraw_order(changes, given.attribute)
    door.settle()
    door.audit("sources_ordered", detail={"attribute": given.attribute, "sources": given.sources})
    return _shown(door.twin.own_kinds.of(door.connection, door.asker.tenant), kind)


@router.get("/kinds/{kind}/bodies", operation_id="list_bodies")
def list_bodies(
    request: Request,
    response: Response,
    door: TheDoor,
    kind: KindName,
    text: Annotated[
        str | None, Query(max_length=100, description="名称或代码的一部分 part of a name or code")
    ] = None,
    region: Annotated[
        str | None,
        Query(pattern=r"^[0-9]{2,6}$", description="区划代码或其前缀 division code or prefix"),
    ] = None,
    limit: Limit = 50,
    offset: Offset = 0,
) -> BodyList:
    """List the bodies of any kind by a part of their name or code and by division-code prefix."""
    door.asker.require("firm:read")
    set_etag(request, response, door.view)
    page = door.view.find(
        _find(door.view.kinds, kind).name, text=text, region=region, limit=limit, offset=offset
    )
    items = [
        BodyRow(
            code=state.code, name=state.name, demo=state.is_demo,
            region=state.one("region") or state.one("province"),
        )
        for state in page.states
    ]  # fmt: skip
    return BodyList(items=items, total=page.total, limit=limit, offset=offset)


@router.get("/codes", operation_id="check_codes")
def check_codes(
    request: Request,
    response: Response,
    door: TheDoor,
    code: Annotated[
        list[str], Query(max_length=200, description="要核对的代码,可重复 codes to check")
    ],
) -> CodeList:
    """Tell of each code what it is and whether its check character fits."""
    door.asker.require("firm:read")
    set_etag(request, response, door.view)
    found = [check_code(one) for one in code]
    items = [
        CodeOut(
            code=one.code, type=one.type, right=one.is_right, reason_zh=one.reason_zh,
            reason_en=one.reason_en,
        )
        for one in found
    ]  # fmt: skip
    return CodeList(items=items, wrong=sum(not one.is_right for one in found))


def _find(kinds: Kinds, name: str) -> Kind:
    found = kinds.by_name.get(name)
    if found is None:
        raise NotFoundProblem(
            f"没有“{name}”这种孪生体。请从种类列表中选择。",
            f"There is no kind “{name}”. Choose one from the list of kinds.",
        )
    return found


def _row(kind: Kind) -> dict[str, Any]:
    return {
        "name": kind.name,
        "title": dict(kind.title),
        "body_class": kind.body_class,
        "own": kind.own,
        "open": kind.is_open,
        "withdrawn": kind.withdrawn,
        "attributes": len(kind.attributes),
        "has_geometry": any(one.type == "geometry" for one in kind.attributes.values()),
    }


def _shown(kinds: Kinds, name: str) -> KindOut:
    kind = _find(kinds, name)
    declared = [
        KindAttribute(
            name=one.name, title=dict(one.title), type=one.type, many=one.many, unit=one.unit,
            units=units_like(one.unit) if one.unit else [],
            label=int(one.label), check=one.check, own=one.own, withdrawn=one.withdrawn,
            authority=list(kinds.authority.get(one.name, one.authority)),
            authority_own=one.name in kinds.authority,
        )
        for one in kind.attributes.values()
    ]  # fmt: skip
    return KindOut.model_validate(_row(kind) | {"declared": declared})
