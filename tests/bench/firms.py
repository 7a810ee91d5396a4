"""A seeded register of invented firms, as large as one likes: plausible names, places, industries.

The same number of firms gives the same register every time. Nothing of it is real.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from chaintwin.kit.codes import credit_check_character

SEED = 20261124
PRODUCTS = 20_000
_PROVINCES = (11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45, 46,
              50, 51, 52, 53, 54, 61, 62, 63, 64, 65)  # fmt: skip
_PLACES = ("北京", "天津", "石家庄", "太原", "呼和浩特", "沈阳", "长春", "哈尔滨", "上海", "南京",
           "杭州", "合肥", "福州", "南昌", "济南", "郑州", "武汉", "长沙", "广州", "南宁", "海口",
           "重庆", "成都", "贵阳", "昆明", "拉萨", "西安", "兰州", "西宁", "银川",
           "乌鲁木齐")  # fmt: skip
_SYLLABLES = (
    "安邦博诚驰创达德鼎东方丰福富光广国海翰浩恒宏鸿华汇佳嘉健江金锦晶景炬钧骏凯康科蓝朗乐利联"
    "龙隆美明铭宁鹏普启千庆荣瑞润森尚盛世泰腾天通同万威维伟新鑫信星兴旭轩亚阳义益永优宇元源远悦"
    "云泽展兆哲正之智中卓众"
)
_TRADES = (
    "科技", "新能源科技", "信息技术", "汽车零部件", "机械制造", "电子", "新材料", "生物医药",
    "食品", "农业发展", "物流", "建筑工程", "商贸", "电气", "化工", "包装材料", "智能装备",
    "环保科技", "医疗器械", "纺织", "家具",
    "文化传媒", "网络科技", "光电", "橡塑", "铸造", "模具", "饲料",
)  # fmt: skip
_FORMS = ("有限公司", "有限公司", "有限公司", "有限责任公司", "股份有限公司", "厂")
_STATUS = ("存续", "存续", "存续", "存续", "存续", "在业", "在业", "注销", "吊销")
_GOODS = (
    "衬衫", "皮鞋", "沙发", "门窗", "瓷砖", "水泥", "纸箱", "塑料袋", "玩具", "灯具",
    "水龙头", "锁具", "餐具", "酱油", "白酒", "茶叶", "大米", "火腿", "药片", "眼镜",
)  # fmt: skip
_MARKS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
# Coprime to the number of brands, so that neighbours in the register share no brand.
_STEP = 7_368_787


@dataclass(frozen=True, slots=True)
class Firm:
    """One row of the register; products by number, `owner` by the number of an earlier firm."""

    credit_code: str
    name: str
    region: str
    industry: str
    status: str
    founded_on: str
    address: str
    capital: int
    employees: int
    products: tuple[int, int]
    owner: int | None


def name_products() -> list[str]:
    """Return the products that firms of the register make."""
    return [
        f"{_GOODS[number % len(_GOODS)]}{_MARKS[number // 20 % 24]}{number // 480:02}"
        for number in range(PRODUCTS)
    ]


def make_firms(count: int, *, seed: int = SEED) -> Iterator[Firm]:
    """Yield the first firms of the register, the same every time."""
    random = Random(seed)
    brands = len(_SYLLABLES) ** 3
    for number in range(count):
        yield _firm(number, number * _STEP % brands, random)


def _firm(number: int, brand: int, random: Random) -> Firm:
    chance = random.random
    place = int(len(_PROVINCES) * chance() ** 1.5)
    city, county = 1 + int(12 * chance()), 1 + int(9 * chance())
    region = f"{_PROVINCES[place]}{city:02}{county:02}"
    trade = int(len(_TRADES) * chance() ** 2)
    text, day = _brand(brand), 1 + int(28 * chance())
    name = f"{_PLACES[place]}{text}{_TRADES[trade]}{_FORMS[int(6 * chance())]}"
    code = f"91{region}{number:09X}"
    # Few products are made by very many, most by a handful; a second one is always another one.
    first = int(PRODUCTS * chance() ** 3)
    second = (first + 1 + int((PRODUCTS - 1) * chance())) % PRODUCTS
    return Firm(
        credit_code=f"{code}{credit_check_character(code)}",
        name=name,
        region=region,
        industry=f"C{13 + trade:02}{int(10 * chance())}{int(10 * chance())}",
        status=_STATUS[int(len(_STATUS) * chance())],
        founded_on=f"{1985 + int(40 * chance())}-{1 + int(12 * chance()):02}-{day:02}",
        address=f"{_PLACES[place]}市{text}路{1 + int(999 * chance())}号",
        capital=10 * (1 + int(10_000 * chance() ** 4)),
        employees=1 + int(3000 * chance() ** 6),
        products=(first, second),
        owner=int(number * chance() ** 4) if number else None,
    )


def _brand(number: int) -> str:
    width = len(_SYLLABLES)
    return (
        _SYLLABLES[number % width]
        + _SYLLABLES[number // width % width]
        + _SYLLABLES[number // width**2 % width]
    )


def in_sheets(firms: Iterator[Firm], size: int) -> Iterator[Sequence[Firm]]:
    """Yield the firms in runs of a size."""
    sheet: list[Firm] = []
    for firm in firms:
        sheet.append(firm)
        if len(sheet) == size:
            yield sheet
            sheet = []
    if sheet:
        yield sheet
