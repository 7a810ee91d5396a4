"""A seeded stand-in of the four public data sets: their file formats and sizes, invented rows.

Used where the real sets are absent, so that everybody can run the benchmark; the report says so.
"""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

SEED = 20261122
_LISTED, _IN_2021, _IN_2015, _WITH_SITES = 5448, 4430, 2800, 1477
_DOUBLE_NAMES = 224
_PRODUCTS, _SOLD = 39_000, 53_786
_ENTITIES, _DAYS, _JUDGED = 60_868, 243, 1000
_TRIPLES = (("train.txt", 54_589), ("valid.txt", 6824), ("test.txt", 6824))
_RELATIONS = (
    "涉足行业", "归属于行业", "包含", "上游于", "供给", "合作", "竞争", "投资", "持有专利",
    "生产", "采购", "控股", "位于",
)  # fmt: skip
_AREAS = ("吉林", "辽宁", "黑龙江", "北京", "上海", "江苏", "浙江", "广东", "四川", "湖北", "安徽")
_TRADES = ("汽车配件", "电气设备", "化学制药", "农业综合", "元器件", "专用机械", "食品", "塑料")
_MARKETS = {"SZ": "深圳证券交易所", "SH": "上海证券交易所"}
_WORDS = (
    "电池", "电机", "电控", "轮毂", "轴承", "齿轮", "淀粉", "赖氨酸", "聚乳酸", "酶制剂", "传感",
    "线束", "座椅", "玻璃", "铝材", "钢板", "橡胶", "涂料", "芯片", "模组", "减速", "液压", "阀门",
    "泵", "压铸", "锻件", "碳纤维", "树脂", "玉米", "大豆", "饲料", "糖浆", "乙醇", "包装", "仪表",
    "导航", "旋翼", "无人机", "雷达", "航材", "光缆", "逆变", "储能", "氢能", "储罐", "冷链",
)  # fmt: skip
_SYLLABLES = "长春吉通北华东方新元大成中正和兴利泰富源盛达恒信宏光明天海龙金瑞康安平永"
_DUMP_FIELDS = (
    "stock_code", "sname", "industry", "institutional", "lootchips", "pricelimit", "shareholders",
    "name", "ename", "register_date", "area", "addr_reg", "addr_work", "market", "listing_date",
    "offer_date", "stock_type",
)  # fmt: skip


class Firm:
    """One invented listed firm."""

    def __init__(self, number: int, random: Random) -> None:
        self.exchange = "SH" if number % 2 else "SZ"
        self.digits = f"{(600_000 if number % 2 else 1) + number:06}"
        # A prime times the number, in base 36: no two firms share a name.
        self.short = "".join(_SYLLABLES[number * 7919 // 36**i % 36] for i in range(4))
        self.trade = random.choice(_TRADES)
        self.name = f"{self.short}{self.trade}股份有限公司"
        self.area = random.choice(_AREAS)
        self.listed = date(1995, 1, 1) + timedelta(days=random.randrange(9000))
        self.address = f"{self.area}省示例市示例路{random.randrange(1, 999)}号"

    @property
    def stock(self) -> str:
        return f"{self.digits}.{self.exchange}"


def generate(folder: Path) -> Path:
    """Write the four sets below a folder, the same every time; return the folder."""
    random = Random(SEED)
    firms = [Firm(number, random) for number in range(_LISTED)]
    products = [_product(number, random) for number in range(_PRODUCTS)]
    _write_list(folder / "a_share_basic_2026", firms)
    _write_products(folder / "chain_kg_sw2021", firms[:_IN_2021], products, random)
    _write_addresses(folder / "a_share_2015_addresses", firms[:_IN_2015])
    _write_triples(folder / "ickg25", firms, products, random)
    return folder


def _product(number: int, random: Random) -> str:
    return "".join(random.sample(_WORDS, 3)) + f"{number}型"


def _write_list(folder: Path, firms: Sequence[Firm]) -> None:
    heading = ("ts_code", "symbol", "name", "area", "industry", "list_date")
    rows = (
        (firm.stock, firm.digits, firm.short, firm.area, firm.trade, firm.listed.isoformat())
        for firm in firms
    )
    _write_csv(folder, "stock_basic.csv", heading, rows)


def _write_products(
    folder: Path, firms: Sequence[Firm], products: Sequence[str], random: Random
) -> None:
    folder.mkdir(parents=True)
    doubled = [*firms, *firms[:_DOUBLE_NAMES]]
    companies = [
        {
            "name": firm.short, "code": firm.digits, "location": _MARKETS[firm.exchange],
            "fullname": firm.name if number < len(firms) else f"原{firm.name}",
            "time": firm.listed.isoformat(),
        }
        for number, firm in enumerate(doubled)
    ]  # fmt: skip
    _write_lines(folder / "company.json", companies)
    industries = [
        {
            "company_code": firm.stock, "industry_code": "000000", "industry_name": firm.trade,
            "company_name": firm.short, "rel": "所属行业",
        }
        for firm in firms
    ]  # fmt: skip
    _write_lines(folder / "company_industry.json", industries)
    # Every product is sold once, the rest by chance: firms share products.
    sold = [*products, *random.choices(products, k=_SOLD - len(products))]
    lines = "".join(_relate(random.choice(firms), product, random) for product in sold)
    with zipfile.ZipFile(folder / "data.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.sql", lines)


def _relate(firm: Firm, product: str, random: Random) -> str:
    return (
        f"RELATE company:{firm.digits}{firm.exchange}->company_product_relation->"
        f"(SELECT * FROM product WHERE name = '{product}') "
        f"SET name = '主营产品', weight = {random.random():.6f};\n"
    )


def _write_addresses(folder: Path, firms: Sequence[Firm]) -> None:
    heading = (
        "addrReg", "addrWork", "area", "ename", "industry", "institutional", "is_target",
        "listingDate", "lootchips", "market", "name", "offerDate", "pricelimit", "registerDate",
        "shareholders", "sname", "stockCode", "webSite",
    )  # fmt: skip
    rows = (
        (
            firm.address, firm.address, firm.area, "Sample", firm.trade, "1", "0",
            f"{firm.listed} 16:00:00", "1", _MARKETS[firm.exchange], firm.name, "", "1",
            "1994-01-01 16:00:00", "1", firm.short, firm.digits, f"http://{firm.digits}.example",
        )
        for firm in firms[:_WITH_SITES]
    )  # fmt: skip
    _write_csv(folder, "company_info.csv", heading, rows)
    columns = "".join(f"  `{name}` varchar(255) DEFAULT NULL,\n" for name in _DUMP_FIELDS)
    values = ",".join(_dumped(firm) for firm in firms)
    (folder / "wfp_n20151023.sql").write_text(
        f"CREATE TABLE `company_info` (\n{columns}  PRIMARY KEY (`stock_code`)\n) "
        f"ENGINE=MyISAM DEFAULT CHARSET=utf8;\nINSERT INTO `company_info` VALUES {values};\n",
        "utf-8",
    )


def _dumped(firm: Firm) -> str:
    figures = "1.00,1.00,1.00,1.00"
    return (
        f"('{firm.digits}','{firm.short}','{firm.trade}',{figures},'{firm.name}','Sample Co.',"
        f"'1994-01-01','{firm.area}','{firm.address}','{firm.address}',"
        f"'{_MARKETS[firm.exchange]}','{firm.listed}',NULL,'流通A股')"
    )


def _write_triples(
    folder: Path, firms: Sequence[Firm], products: Sequence[str], random: Random
) -> None:
    inner = folder / "ICKG25"
    inner.mkdir(parents=True)
    known = [firm.short for firm in firms[:2000]]
    entities = [*known, *(f"{random.choice(products)}企业{n}" for n in range(_ENTITIES - 2000))]
    _write_tabs(inner / "entity2id.txt", ((name, n) for n, name in enumerate(entities)))
    _write_tabs(inner / "relation2id.txt", ((name, n) for n, name in enumerate(_RELATIONS)))
    days = (f"{n},{date(2025, 1, 1) + timedelta(days=n)}\n" for n in range(_DAYS))
    (inner / "time2id.txt").write_text("".join(days), "utf-8")
    for part, count in _TRIPLES:
        triples = [_triple(random) for _ in range(count)]
        _write_tabs(inner / part, triples)
    judged = [
        {
            "text_id": f"s{n}", "source": "news", "prediction": "correct",
            "triple": [entities[head], _RELATIONS[relation], entities[tail]],
            "expert_label": "correct" if n % 9 else "incorrect",
        }
        for n, (head, relation, tail, _) in enumerate(triples[:_JUDGED])
    ]  # fmt: skip
    _write_lines(folder / "expert_labelled_half.jsonl", judged)


def _triple(random: Random) -> tuple[int, int, int, int]:
    # Few bodies are named often, most of them once.
    head = int(_ENTITIES * random.random() ** 2)
    return head, random.randrange(13), random.randrange(_ENTITIES), random.randrange(_DAYS)


def _write_csv(
    folder: Path, name: str, heading: Sequence[str], rows: Iterable[Sequence[str]]
) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(heading)
        writer.writerows(rows)


def _write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, "utf-8")


def _write_tabs(path: Path, rows: Iterable[Sequence[object]]) -> None:
    path.write_text("".join("\t".join(map(str, row)) + "\n" for row in rows), "utf-8")
