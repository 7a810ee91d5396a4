"""On arrival a pair weighs exactly what Splink says it weighs, and the reasons are in words."""

from __future__ import annotations

import json
import shutil
import sys
from itertools import combinations
from pathlib import Path
from random import Random

import pytest

from chaintwin.kit.problems import Problem
from chaintwin.model.content import content_folder
from chaintwin.twin.identity import batch
from chaintwin.twin.identity.comparisons import COMPARISONS
from chaintwin.twin.identity.model import load_model
from chaintwin.twin.identity.record import Given, Record, prepare
from chaintwin.twin.identity.words import load_words

CODES = (None, "91350100M000100Y43", "91220101244976413E", "坏码")
FORMS = ("有限公司", "有限责任公司", "股份有限公司", "", "有限公司公主岭分公司")


def some_records(seed: int, count: int) -> dict[int, Record]:
    chance, words = Random(seed), load_words()
    return {
        number: prepare(
            Given(
                name=chance.choice(("长春市", "长春", "", "四平市"))
                + chance.choice(("宏图", "鸿图", "宏图达", "远航智造"))
                + chance.choice(("机电", "机械", "商贸", "汽车零部件"))
                + chance.choice(FORMS),
                code=chance.choice(CODES),
                number=chance.choice((None, "220101000000011", "220101000000022")),
                address=chance.choice(
                    (
                        None,
                        "长春市绿园区长白公路18号",
                        "绿园区长白公路18号3栋",
                        "四平市铁东区平东路1号",
                    )
                ),
                founded=chance.choice(
                    (None, "2019-07-13", "2019-07-15", "2019年7月", "2001-01-01")
                ),
                capital=chance.choice((None, "100万元", "500万元")),
                former_names=chance.choice(((), ("长春宏图机电有限公司",))),
            ),
            words,
        )
        for number in range(count)
    }


@pytest.mark.needs("splink")
def test_single_records_weigh_what_splink_says() -> None:
    model, records = load_model(), some_records(5, 60)

    weighed = batch.score_pairs(records, model.settings, lowest=-500)

    assert len(weighed) > 600
    levels = set()
    for left, right, weight in weighed:
        scored = model.score(records[left], records[right])
        assert scored.weight == pytest.approx(weight, abs=1e-9)
        levels |= {(part.comparison, part.level) for part in scored.parts}
    assert len(levels) >= 20, "the records reach most levels of the model"
    assert "igraph" not in sys.modules


@pytest.mark.needs("splink")
def test_both_orders_of_a_pair_weigh_the_same() -> None:
    model, records = load_model(), some_records(6, 30)

    for left, right in combinations(records.values(), 2):
        assert model.score(left, right) == model.score(right, left)


def test_a_credit_code_outweighs_a_changed_name() -> None:
    model, words = load_model(), load_words()
    old = prepare(Given("长春市宏图机电有限公司", CODES[1], founded="2019-07-13"), words)
    new = prepare(Given("吉林省远航智造股份有限公司", CODES[1], founded="2019-07-13"), words)

    assert model.score(old, new).weight > model.upper


def test_a_branch_is_not_its_firm() -> None:
    model, words = load_model(), load_words()
    firm = prepare(Given("长春市宏图机电有限公司"), words)
    office = prepare(Given("长春市宏图机电有限公司公主岭分公司"), words)

    assert model.score(firm, office).weight < model.upper


def test_every_level_has_its_words_in_both_languages() -> None:
    model = load_model()

    for comparison in COMPARISONS:
        for level in comparison.levels:
            if not level.is_null:
                said = model.words[comparison.name][level.name]
                assert said["zh"]
                assert said["en"]


def test_a_model_of_other_comparisons_is_refused(tmp_path: Path) -> None:
    shutil.copytree(content_folder() / "identity", tmp_path / "identity")
    path = tmp_path / "identity" / "model.json"
    settings = json.loads(path.read_text("utf-8"))
    settings["comparisons"][2]["comparison_levels"][0]["sql_condition"] = "1 = 1"
    path.write_text(json.dumps(settings), "utf-8")

    with pytest.raises(Problem) as refused:
        load_model(tmp_path)

    assert "tools/train_identity.py" in refused.value.zh


def test_without_splink_the_batch_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "splink", None)

    with pytest.raises(Problem) as refused:
        batch.score_pairs(some_records(5, 3), load_model().settings, 0)

    assert "chaintwin[identity]" in refused.value.zh
    assert "chaintwin[identity]" in refused.value.en
