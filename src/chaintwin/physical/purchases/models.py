"""What the routes of purchase lists answer."""

from __future__ import annotations

from pydantic import BaseModel, Field

from chaintwin.physical.imports.models import ImportRow, RowErrorShown


class PurchaseDifferences(BaseModel):
    """What the list would change, or did change."""

    new_lines: int = Field(description="新增采购项 purchases not known before")
    changed_lines: int = Field(description="有变化的采购项 purchases that change")
    same_lines: int = Field(description="没有变化的采购项 purchases that stay")
    ended_lines: int = Field(description="整份清单不再列出的采购项 purchases a whole list drops")
    known_suppliers: int = Field(description="供应商已在库的行 rows whose supplier is on record")
    facts_added: int = Field(description="新增事实 facts to be opened")
    facts_closed: int = Field(description="停用事实 facts to be closed")


class PurchaseListRow(ImportRow):
    """One purchase list in the list of lists."""

    buyer: str = Field(description="采购方企业编码 body code of the buyer")
    buyer_name: str
    whole: bool = Field(description="整份清单：未列出的视为不再采购 what it leaves out has ended")


class PurchaseListShown(PurchaseListRow):
    """A purchase list with its errors and differences."""

    size: int
    errors: list[RowErrorShown] = Field(description="前 1000 条错误 the first 1000 errors")
    differences: PurchaseDifferences
    can_confirm: bool = Field(description="可确认写入 may be confirmed")


class PurchaseListPage(BaseModel):
    """One page of purchase lists, latest first."""

    items: list[PurchaseListRow]
    total: int
    limit: int
    offset: int
