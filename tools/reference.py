"""Writes docs/reference/data-model.md from content/kinds: `python tools/reference.py`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from chaintwin.model.kinds import Attribute, BodyClass, Kind, load_kinds

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "data-model.md"
CLASSES: dict[BodyClass, str] = {
    "person": "自然人 person",
    "organisation": "法人 organisation",
    "natural": "自然实体 natural entity",
    "managed": "管理实体 managed entity",
    "construction": "建筑与人工构筑物 construction",
    "item": "物品与设备 item",
    "vehicle": "运载工具 vehicle",
    "other": "其他 other",
}
TYPES = {
    "text": "文字 text", "number": "数字 number", "ref": "指向 reference", "date": "日期 date",
    "data": "结构 data", "geometry": "几何 geometry", "flag": "是否 flag", "any": "任意 any",
}  # fmt: skip
LABELS = {0: "", 1: "内部 internal", 2: "工作秘密 work", 3: "商业秘密 business", 4: "个人 personal"}
HEAD = """# 数据模型 · Data model

由 `content/kinds` 生成(`python tools/reference.py`),请勿手改。
Generated from `content/kinds`; do not edit.

每个孪生体属于八大类之一,其下为种类;种类有属性,属性的值是事实,各有来源与两种时间。地方可在“数据 →
孪生体 → 种类”中添加种类与属性,不改代码。日期写作 2025、2025-03 或 2025-03-01;几何为 GeoJSON(WGS 84
经纬度);“密级”为该属性值的最低密级;“校验”为写入时核对的代码规则,见 [body-codes.md](body-codes.md)。

Each body is of one of eight classes and of a kind below it. A kind has attributes; their values are
facts, each with its source and two clocks. A place adds kinds and attributes under Data → Twin
bodies → Kinds. Dates read 2025, 2025-03 or 2025-03-01; geometries are GeoJSON in WGS 84. Label: the
least secrecy of a value. Check: the rule a code must meet, see [body-codes.md](body-codes.md).
"""


def main() -> None:
    """Write the page."""
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), "utf-8")


def page() -> str:
    """Return the page: the kinds of each class, each with a table of its attributes."""
    kinds = load_kinds(ROOT / "content").by_name.values()
    parts = [HEAD]
    for body_class, title in CLASSES.items():
        parts.append(f"## {title}\n")
        of_class = [kind for kind in kinds if kind.body_class == body_class]
        parts += ["\n".join(_section(kind)) for kind in sorted(of_class, key=lambda k: k.name)]
    return "\n".join(parts)


def _section(kind: Kind) -> Iterator[str]:
    yield f"### {kind.name} · {kind.title['zh']} · {kind.title['en']}\n"
    yield f"识别码 keys: {', '.join(f'`{key}`' for key in kind.keys) or '—'}\n"
    yield "| 属性 attribute | 名称 title | 类型 type | 单位 unit | 密级 label | 校验 check |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for attribute in kind.attributes.values():
        yield _row(attribute)
    yield ""


def _row(one: Attribute) -> str:
    title = f"{one.title['zh']} · {one.title['en']}"
    kind = TYPES[one.type] + (" ×n" if one.many else "")
    check = f"`{one.check}`" if one.check else ""
    return f"| `{one.name}` | {title} | {kind} | {one.unit or ''} | {LABELS[one.label]} | {check} |"


if __name__ == "__main__":
    main()
