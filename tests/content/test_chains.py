"""The shipped chain graphs hold together, and what they call matched is really there."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from typing import Any

import pytest

from .claims import false_chain_claims, unknown_industries
from .named_sets import NamedSets

Chains = Mapping[str, Any]


def each_link(chains: Chains) -> Iterator[tuple[str, Any]]:
    """Every link of every chain with its full code, chain/link."""
    for chain in chains.values():
        for link in chain["links"]:
            yield f"{chain['chain']}/{link['code']}", link


def inputs_of(code: str, link: Any) -> Iterator[str]:
    chain = code.partition("/")[0]
    for put in link.get("inputs", []):
        yield put["link"] if "/" in put["link"] else f"{chain}/{put['link']}"


def catches(words: Mapping[str, list[str]], text: str) -> bool:
    """A link is recognised by any of its words, unless one of its exclusions stands there too."""
    return any(word in text for word in words["any"]) and not any(
        word in text for word in words.get("none", [])
    )


@pytest.mark.parametrize("chain", ["nev", "corn", "lowalt"])
def test_three_chains_ship_with_at_least_sixty_links_each(chains: Chains, chain: str) -> None:
    assert len(chains[chain]["links"]) >= 60


def test_every_chain_says_what_it_is_from_when_and_on_what_authority(chains: Chains) -> None:
    for chain in chains.values():
        assert chain["title"]["zh"]
        assert chain["title"]["en"]
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", chain["valid_from"])
        assert chain["reference"]["basis"] in {"matched", "recalled"}
        assert chain["reference"]["note"]


def test_no_two_links_of_a_chain_share_a_code_or_a_title(chains: Chains) -> None:
    codes = Counter(code for code, _ in each_link(chains))
    titles = Counter(
        (code.partition("/")[0], link["title"]["zh"]) for code, link in each_link(chains)
    )

    assert [code for code, times in codes.items() if times > 1] == []
    assert [title for title, times in titles.items() if times > 1] == []


def test_every_link_can_be_shown_recognised_and_classified(chains: Chains) -> None:
    wrong = [
        code
        for code, link in each_link(chains)
        if not (
            re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", link["code"])
            and link["title"]["zh"]
            and link["title"]["en"]
            and link["products"]
            and link["industries"]
            and all(re.fullmatch(r"\d{3,4}", industry) for industry in link["industries"])
            and link["words"]["any"]
            and link["source"]
        )
    ]

    assert wrong == []


def test_no_word_is_empty_repeated_or_a_single_character(chains: Chains) -> None:
    wrong = []
    for code, link in each_link(chains):
        for words in (link["words"]["any"], link["words"].get("none", [])):
            wrong += [f"{code}: {word}" for word in words if not word.strip()]
            wrong += [f"{code}: {word}" for word, times in Counter(words).items() if times > 1]
        wrong += [f"{code}: {word}" for word in link["words"]["any"] if len(word) < 2]

    assert wrong == []


def test_no_exclusion_silences_one_of_the_words_beside_it(chains: Chains) -> None:
    dead = [
        f"{code}: {word} 被 {exclusion} 排除"
        for code, link in each_link(chains)
        for word in link["words"]["any"]
        for exclusion in link["words"].get("none", [])
        if exclusion in word
    ]

    assert dead == []


def test_every_link_stands_in_a_stage_of_its_chain(chains: Chains) -> None:
    for chain in chains.values():
        stages = [stage["code"] for stage in chain["stages"]]
        used = {link["stage"] for link in chain["links"]}

        assert len(stages) == len(set(stages))
        assert used == set(stages)


def test_every_input_is_a_link_that_exists_in_one_of_the_chains(chains: Chains) -> None:
    known = {code for code, _ in each_link(chains)}
    lost = [
        f"{code} ← {put}"
        for code, link in each_link(chains)
        for put in inputs_of(code, link)
        if put not in known
    ]

    assert lost == []


def test_every_input_says_once_how_critical_it_is(chains: Chains) -> None:
    for code, link in each_link(chains):
        puts = list(inputs_of(code, link))

        assert len(puts) == len(set(puts)), code
        for put in link.get("inputs", []):
            assert put["criticality"] in {"essential", "important", "minor"}, (code, put)


def test_a_share_of_cost_states_its_basis_and_the_shares_leave_room_for_the_rest(
    chains: Chains,
) -> None:
    for code, link in each_link(chains):
        shares = [put for put in link.get("inputs", []) if "share" in put]

        assert all(put.get("basis") in {"matched", "recalled"} for put in shares), code
        assert all(0 < put["share"] < 1 for put in shares), code
        assert sum(put["share"] for put in shares) < 1, code


def test_nothing_is_its_own_input_however_far_upstream(chains: Chains) -> None:
    graph = {code: list(inputs_of(code, link)) for code, link in each_link(chains)}

    order = list(TopologicalSorter(graph).static_order())

    assert set(graph) <= set(order)


def test_each_chain_is_one_connected_graph(chains: Chains) -> None:
    neighbours: dict[str, set[str]] = {code: set() for code, _ in each_link(chains)}
    for code, link in each_link(chains):
        for put in inputs_of(code, link):
            neighbours[code].add(put)
            neighbours[put].add(code)
    for chain in chains:
        own = {code for code in neighbours if code.startswith(f"{chain}/")}
        reached, front = set[str](), {min(own)}
        while front:
            reached |= front
            front = {near for code in front for near in neighbours[code] & own} - reached
        assert own - reached == set()


def test_every_source_says_whether_a_claim_was_matched_or_recalled(chains: Chains) -> None:
    wrong = [
        f"{code}: {source}"
        for code, link in each_link(chains)
        for source in link["source"]
        if source["basis"] not in {"matched", "recalled"}
        or (source["basis"] == "matched") != ("in" in source and bool(source.get("match")))
        or source["claim"] not in {"industries", "products", "words", "inputs"}
    ]

    assert wrong == []


def test_every_part_of_a_link_has_a_source(chains: Chains) -> None:
    missing = []
    for code, link in each_link(chains):
        sourced = {source["claim"] for source in link["source"]}
        parts = {"industries", "products"} | ({"inputs"} if link.get("inputs") else set())
        missing += [f"{code}: {part}" for part in parts - sourced]

    assert missing == []


def test_a_product_in_no_match_list_counts_as_recalled(chains: Chains) -> None:
    unsaid = []
    for code, link in each_link(chains):
        sources = [source for source in link["source"] if source["claim"] == "products"]
        matched = {words for source in sources for words in source.get("match", [])}
        if set(link["products"]) - matched:
            unsaid += [code] * all(source["basis"] != "recalled" for source in sources)

    assert unsaid == []


def test_recalled_claims_never_carry_a_page_a_date_or_a_place(chains: Chains) -> None:
    for code, link in each_link(chains):
        for source in link["source"]:
            if source["basis"] == "recalled":
                assert not {"page", "date", "lon", "lat", "url"} & set(source), code


def test_every_link_recognises_at_least_one_of_its_own_products(chains: Chains) -> None:
    blind = [
        code
        for code, link in each_link(chains)
        if not any(catches(link["words"], product) for product in link["products"])
    ]

    assert blind == []


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("动力电池回收", {"battery-recycling"}),
        ("动力电池设备", {"battery-equipment"}),
        ("动力电池包", {"battery-pack"}),
        ("磷酸铁锂", {"cathode-material"}),
        ("磷酸铁锂动力电池", {"battery-cell"}),
        ("锂电池隔膜", {"separator"}),
        ("隔膜压滤机", set()),
        ("轮胎模具", {"tooling"}),
        ("轮胎气门嘴", set()),
        ("汽车座椅", {"seat"}),
        ("体育场馆座椅", set()),
        ("大中型客车空调", {"ac-compressor"}),
        ("客车", {"bus"}),
        ("飞机刹车片", set()),
        ("牛皮卡", set()),
        ("汽车板", set()),  # 线路板厂的汽车板,不是钢板
        ("新能源汽车", set()),  # 零部件企业也用它命名业务分部
    ],
)
def test_words_of_the_car_chain_catch_what_belongs_and_nothing_that_only_sounds_like_it(
    chains: Chains, text: str, links: set[str]
) -> None:
    caught = {link["code"] for link in chains["nev"]["links"] if catches(link["words"], text)}

    assert caught == links


def test_every_industry_code_exists_in_the_national_classification(
    chains: Chains, sets: NamedSets
) -> None:
    assert [code for chain in chains.values() for code in unknown_industries(chain, sets)] == []


def test_everything_a_chain_calls_matched_stands_in_the_set_it_names(
    chains: Chains, sets: NamedSets
) -> None:
    assert [claim for chain in chains.values() for claim in false_chain_claims(chain, sets)] == []


def test_a_made_up_match_would_be_noticed(sets: NamedSets) -> None:
    source = {"claim": "products", "basis": "matched", "in": "chain_kg_sw2021", "match": ["永动机"]}
    link = {"code": "x", "products": ["永动机"], "industries": ["9999"], "source": [source]}
    chain = {"chain": "made-up", "links": [link]}

    assert false_chain_claims(chain, sets) == ["made-up/x products: 永动机 不在 chain_kg_sw2021"]
    assert unknown_industries(chain, sets) == ["made-up/x: 9999"]
