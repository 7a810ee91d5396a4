"""Makes a noisy copy of real registrations, from a seed. Frozen: written before any tuning.

Half the copies lose credit code and registration number. Every copy bears one to three kinds of
edit of those listed in EDITS, drawn by weight; a copy that an edit cannot change draws again.
Nothing of the product is used here, so that the judge does not share its tools.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from random import Random

from pypinyin import lazy_pinyin

Row = dict[str, str]
Edit = Callable[[Row, Random], Row]

TRADITIONAL = dict(
    zip(
        "国东车电业贸实环发产华龙岭兴广农药门马贵阳庆创营网络设计动艺术园丰华长风云书飞鱼鸟"
        "汇达远万亿顺义宝凤银铁钢钟锦绿红纺织纸线经济运输语说讯谷丽圣爱双开关头买卖医疗乐学",
        "國東車電業貿實環發產華龍嶺興廣農藥門馬貴陽慶創營網絡設計動藝術園豐華長風雲書飛魚鳥"
        "匯達遠萬億順義寶鳳銀鐵鋼鐘錦綠紅紡織紙線經濟運輸語說訊穀麗聖愛雙開關頭買賣醫療樂學",
        strict=True,
    )
)
SHORTER = {
    "电子商务": "电商",
    "信息技术": "信息",
    "网络科技": "网络",
    "供应链管理": "供应链",
    "企业管理": "企管",
    "进出口贸易": "进出口",
    "文化传播": "文化",
    "文化传媒": "传媒",
    "建筑工程": "建工",
    "装饰工程": "装饰",
    "房地产开发": "地产",
    "人力资源": "人力",
    "物业管理": "物业",
    "汽车服务": "汽服",
    "医疗器械": "医械",
    "农业科技": "农业",
    "生物科技": "生物",
    "投资管理": "投资",
    "信息咨询": "咨询",
    "商务信息": "商务",
    "农民专业合作社": "合作社",
    "种植专业合作社": "种植合作社",
    "大药房": "药房",
    "便利店": "便利",
}
_FORM = re.compile(r"(股份有限公司|有限责任公司|有限公司|公司)$")
_PLACE = re.compile(r"^((?:[\u4e00-\u9fff]{2,3}省)?(?:[\u4e00-\u9fff]{2,4}[市县区州])?)")
_DIGITS = "零一二三四五六七八九"


def make_noisy(rows: Sequence[Row], seed: int) -> list[Row]:
    """Return one noisy copy of each row, in the same order."""
    chance = Random(seed)
    sounds = _sounds(rows)
    edits = [(name, edit(sounds) if name == "homophone" else edit) for name, edit in _LISTED]
    weights = [EDITS[name] for name, _ in edits]
    return [_noisy(row, chance, [edit for _, edit in edits], weights) for row in rows]


def _noisy(row: Row, chance: Random, edits: Sequence[Edit], weights: Sequence[int]) -> Row:
    made = dict(row)
    if chance.random() < 0.5:
        made["CreditCode"] = made["No"] = ""
    for _ in range(chance.choices((1, 2, 3), (40, 40, 20))[0]):
        for _ in range(4):
            edited = chance.choices(edits, weights)[0](made, chance)
            if edited != made:
                made = edited
                break
    return made


def _sounds(rows: Sequence[Row]) -> Mapping[str, str]:
    """Return for each character of the names those that sound alike."""
    by_sound: dict[str, set[str]] = defaultdict(set)
    for character in sorted({one for row in rows for one in row["Name"]}):
        by_sound["".join(lazy_pinyin(character))].add(character)
    return {one: "".join(sorted(alike - {one})) for alike in by_sound.values() for one in alike}


def _homophone(sounds: Mapping[str, str]) -> Edit:
    def edit(row: Row, chance: Random) -> Row:
        at = _inside(row["Name"], chance)
        alike = sounds.get(row["Name"][at], "")
        if not alike:
            return row
        return row | {"Name": _put(row["Name"], at, chance.choice(alike))}

    return edit


def _wrong_character(row: Row, chance: Random) -> Row:
    name = row["Name"]
    return row | {"Name": _put(name, _inside(name, chance), chance.choice("人大天口木王田日目白"))}


def _lost_character(row: Row, chance: Random) -> Row:
    return row | {"Name": _put(row["Name"], _inside(row["Name"], chance), "")}


def _swapped_characters(row: Row, chance: Random) -> Row:
    name, at = row["Name"], _inside(row["Name"], chance)
    return row | {"Name": name[:at] + name[at : at + 2][::-1] + name[at + 2 :]}


def _brackets_and_width(row: Row, chance: Random) -> Row:
    name = row["Name"]
    if "（" in name or "(" in name:
        open_, close = chance.choice(["()", "（）", "【】", ("", "")])
        name = re.sub("[（(]", open_, re.sub("[）)]", close, name))
    else:
        name = chance.choice([f" {name}", f"{name[:4]} {name[4:]}", f"{name}.", f"“{name}”"])
    wide = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
    return row | {"Name": name, "Address": row["Address"].translate(wide)}


def _traditional(row: Row, chance: Random) -> Row:
    del chance
    table = str.maketrans(TRADITIONAL)
    return row | {"Name": row["Name"].translate(table), "Address": row["Address"].translate(table)}


def _legal_form(row: Row, chance: Random) -> Row:
    form = chance.choice(["有限责任公司", "有限公司", "公司", "股份有限公司", ""])
    return row | {"Name": _FORM.sub(form, row["Name"])}


def _place_dropped(row: Row, chance: Random) -> Row:
    del chance
    rest = _PLACE.sub("", row["Name"])
    return row | {"Name": rest} if len(rest) >= 6 else row


def _place_moved(row: Row, chance: Random) -> Row:
    del chance
    found, form = _PLACE.match(row["Name"]), _FORM.search(row["Name"])
    place = re.sub(r"^.*省|[市县]$", "", found[0]) if found else ""
    if not place or not form or not found or len(row["Name"]) < 10:
        return row
    return row | {"Name": f"{row['Name'][found.end() : form.start()]}（{place}）{form[0]}"}


def _trade_shortened(row: Row, chance: Random) -> Row:
    del chance
    for long, short in SHORTER.items():
        if long in row["Name"]:
            return row | {"Name": row["Name"].replace(long, short)}
    return row


def _address_without_place(row: Row, chance: Random) -> Row:
    del chance
    return row | {"Address": re.sub(r"^.{2,5}?省?.{2,6}?[市州]", "", row["Address"])}


def _address_numbers(row: Row, chance: Random) -> Row:
    if chance.random() < 0.5:
        said = re.sub(r"[栋幢]", chance.choice("座栋幢#"), row["Address"])
        return row | {"Address": re.sub(r"号(?=\d)", "-", said)}
    table = str.maketrans("0123456789", _DIGITS)
    return row | {"Address": row["Address"].translate(table)}


def _address_cut(row: Row, chance: Random) -> Row:
    address = re.sub(r"[(（\[].*$", "", row["Address"])
    if len(address) < 12:
        return row
    return row | {"Address": address[: chance.randint(len(address) // 2, len(address))]}


def _address_lost(row: Row, chance: Random) -> Row:
    del chance
    return row | {"Address": "", "AreaCode": ""}


def _date_written(row: Row, chance: Random) -> Row:
    year, month, day = row["StartDate"].split("-")[:3] if "-" in row["StartDate"] else ("",) * 3
    if not year:
        return row
    forms = (
        f"{year}/{int(month)}/{int(day[:2])}",
        f"{year}年{int(month)}月",
        f"{year}{month}{day}",
    )
    return row | {"StartDate": chance.choice(forms)}


def _date_moved(row: Row, chance: Random) -> Row:
    try:
        day = date.fromisoformat(row["StartDate"]) + timedelta(
            days=chance.choice((-9, -2, -1, 1, 3))
        )
    except ValueError:
        return row
    return row | {"StartDate": day.isoformat()}


def _date_lost(row: Row, chance: Random) -> Row:
    del chance
    return row | {"StartDate": ""}


def _capital_written(row: Row, chance: Random) -> Row:
    found = re.fullmatch(r"([\d.]+)万元人民币", row["RegistCapi"])
    if not found:
        return row
    forms = (f"{float(found[1]) * 10000:.0f}元", f"人民币{found[1]}万元", f"{found[1]}万", "")
    return row | {"RegistCapi": chance.choice(forms)}


def _capital_changed(row: Row, chance: Random) -> Row:
    return row | {"RegistCapi": f"{chance.choice((10, 50, 200, 300, 800))}万元人民币"}


def _code_wrong(row: Row, chance: Random) -> Row:
    code = row["CreditCode"]
    if not code:
        return row
    at = chance.randrange(8, 17)
    return row | {"CreditCode": _put(code, at, chance.choice("0123456789AHJX")), "No": ""}


def _inside(name: str, chance: Random) -> int:
    """Return a place before the last four characters, where place, brand and trade stand."""
    return chance.randrange(max(1, len(name) - 5))


def _put(text: str, at: int, put: str) -> str:
    return text[:at] + put + text[at + 1 :]


# Kinds of edit and how often each is drawn.
EDITS: Mapping[str, int] = {
    "homophone": 8,
    "wrong_character": 4,
    "lost_character": 6,
    "swapped_characters": 4,
    "brackets_and_width": 8,
    "traditional": 8,
    "legal_form": 10,
    "place_dropped": 8,
    "place_moved": 6,
    "trade_shortened": 6,
    "address_without_place": 6,
    "address_numbers": 6,
    "address_cut": 6,
    "address_lost": 4,
    "date_written": 6,
    "date_moved": 4,
    "date_lost": 3,
    "capital_written": 5,
    "capital_changed": 3,
    "code_wrong": 3,
}
_LISTED = [(name, globals()[f"_{name}"]) for name in EDITS]
