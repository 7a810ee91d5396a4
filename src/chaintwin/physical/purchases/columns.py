"""The columns of a purchase list: what is bought, for how much a year, from whom and where."""

from __future__ import annotations

from chaintwin.model.fact import Label
from chaintwin.physical.imports.columns import Column, Layout

# A purchase list is a secret of the firm that hands it over.
LABEL = Label.BUSINESS

LAYOUT = Layout(
    "采购清单",
    (
        Column(
            "采购品类", "Item", "item", "text", 200, "必填，物料或服务的通用名称", "动力电池铝壳",
            "required; what is bought, as in trade", other_heads=("物料名称", "品名", "采购物料"),
        ),
        Column(
            "规格型号", "Specification", "specification", "text", 200, "可空", "3003 铝合金",
            "may be empty", other_heads=("规格", "型号"),
        ),
        Column(
            "年采购额(万元)", "Yearly amount (10 000 yuan)", "amount", "number", 20,
            "万元；不清楚请留空，不要填 0", "1200",
            "in 10 000 yuan; leave it empty when it is not known, do not write 0",
            other_heads=("年采购金额(万元)",),
        ),
        Column(
            "现供应商", "Present supplier", "supplier", "text", 200, "全称；不清楚可空",
            "样例精密制造有限公司", "full name; may be empty", other_heads=("供应商", "供应商名称"),
        ),
        Column(
            "供应商信用代码", "Supplier's credit code", "credit_code", "code", 18,
            "18 位，可空", "", "18 characters, may be empty",
        ),
        Column(
            "供应商所在地", "Supplier's place", "region", "place", 60,
            "地名全称或 6 位代码；国外写“境外”", "吉林省长春市",
            "full name or six digits; 境外 for abroad", other_heads=("供应商所在地区",),
        ),
        Column("备注", "Note", "note", "text", 1000, "可空", "", "may be empty"),
    ),
    "item",
    "missing_item",
    (
        (
            "一行一项采购；同一品类有几家供应商就写几行。",
            "One purchase a row; an item from several suppliers takes several rows.",
        ),
        (
            "空白单元格表示“未知”，不会当作 0。",
            "An empty cell means unknown; it never counts as 0.",
        ),
        (
            "上传后先检查，不会写入；确认后才一次写入全部合格行。",
            "Uploading only checks; confirming writes all good rows at once.",
        ),
        (
            "不合格的行可下载，改正后直接再次上传，已有内容不会重复。",
            "Rows with errors can be downloaded, corrected and uploaded again.",
        ),
        (
            "采购清单按商业秘密保存，只有本单位有权限的人员能看到。",
            "A purchase list is kept as a business secret of your own unit.",
        ),
    ),
)  # fmt: skip
