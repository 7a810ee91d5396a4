"""Do firms ranked on what was known in 2021 turn up on the same links in the news of 2025?

Rankings see only product lists of 2021, listings and industries. The answers held back are firms
that dated news of 2025 names as active in something a link's words recognise. The control sorts
the same candidates by size (share capital of 2015, the only size in the public sets).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chaintwin.access.asker import platform_asker
from chaintwin.application.chain.attach import attach_firms, words_of
from chaintwin.application.chain.matching import Matcher
from chaintwin.application.chain.reader import open_reader
from chaintwin.application.targeting.core import hit_rate
from chaintwin.application.targeting.service import Wish, rank_targets
from chaintwin.engine.database import Database
from chaintwin.engine.postgres import Cluster
from chaintwin.kit.clock import FixedClock
from chaintwin.model.kinds import load_kinds
from chaintwin.physical.loading import load_source
from chaintwin.twin.twin import Twin

pytestmark = [pytest.mark.bench, pytest.mark.needs("shared"), pytest.mark.timeout(900)]
SOURCES = ("shipped_chains", "a_share_basic_2026", "chain_kg_sw2021")
ACTIVE = {"涉足行业", "归属于行业", "基于专利生产", "供给"}
# Parts that rest on the news themselves, or on a region, are left out of the comparison.
NO_NEWS = {"gap": 0.0, "expansion": 0.0, "ties": 0.0, "location": 0.0, "risk": 0.0}
DEPTHS = (1, 3, 5)


@pytest.fixture(scope="module")
def twin(database: Cluster, shared: Path) -> Iterator[Twin]:
    pool = Database(database.app_url)
    made = Twin(pool, load_kinds(), FixedClock(datetime(2026, 11, 1, tzinfo=UTC)))
    for name in SOURCES:
        load_source(made, platform_asker(), name, shared / "data")
    attach_firms(made, platform_asker())
    yield made
    pool.close()


def read_news(shared: Path) -> Iterator[tuple[str, str]]:
    """Yield (firm, what the news say it is active in)."""
    folder = shared / "data" / "ickg25" / "ICKG25"
    names = {number: name for name, number in _pairs(folder / "entity2id.txt")}
    kinds = {number: name for name, number in _pairs(folder / "relation2id.txt")}
    for part in ("train.txt", "valid.txt", "test.txt"):
        for line in (folder / part).read_text("utf-8").splitlines():
            head, relation, tail = line.split("\t")[:3]
            if kinds[relation] in ACTIVE:
                yield names[head].strip(), names[tail].strip()


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    for line in path.read_text("utf-8").splitlines():
        name, _, number = line.rpartition("\t")
        yield name, number


def read_sizes(shared: Path) -> dict[str, float]:
    path = shared / "data" / "a_share_2015_addresses" / "company_info.csv"
    with path.open(encoding="utf-8-sig") as opened:
        return {
            row["stockCode"]: float(row["institutional"] or 0) for row in csv.DictReader(opened)
        }


def test_ranking_finds_more_of_the_firms_later_news_name_than_sorting_by_size(
    twin: Twin, shared: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sizes = read_sizes(shared)
    ours: dict[str, list[str]] = {}
    by_size: dict[str, list[str]] = {}
    truth: dict[str, set[str]] = defaultdict(set)
    with twin.view(platform_asker()) as view:
        reader = open_reader(twin, view, {})
        graph, firms = reader.picture.graph, reader.picture.firms
        matcher = Matcher(words_of(graph))
        named = {name: firm.code for firm in firms.values()
                 for name in (firm.name, str(firm.state.one("short_name")))}  # fmt: skip
        for firm, active_in in read_news(shared):
            if firm in named:
                for hit in matcher.match(active_in):
                    link = graph.links[hit.link]
                    truth[f"{link.chain}/{link.code}"].add(named[firm])
        for link in truth:
            ranking = rank_targets(Wish(reader, link, "54", NO_NEWS))
            ours[link] = [ranking.candidates[body].firm.code for body in ranking.order]
            stock = {one.firm.code: str(one.firm.state.one("stock"))[:6]
                     for one in ranking.candidates.values()}  # fmt: skip
            by_size[link] = sorted(ours[link], key=lambda code: (-sizes.get(stock[code], 0), code))

    found = {k: (hit_rate(ours, truth, k), hit_rate(by_size, truth, k)) for k in DEPTHS}
    with capsys.disabled():
        print(f"\nlater news: {len(truth)} links, {sum(map(len, truth.values()))} pairs")
        for k, (mine, size) in found.items():
            print(f"hit@{k}: score {mine:.3f}, size {size:.3f}")
    assert len(truth) >= 50
    assert sum(mine for mine, _ in found.values()) > sum(size for _, size in found.values())
