"""Says verdicts, counts and attachments in Chinese and English."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from chaintwin.application.chain.answers import ChainRow, VerdictCode, VerdictOut
from chaintwin.application.chain.core import ACTS, TITLES, VERDICTS
from chaintwin.application.chain.graph import Chain
from chaintwin.application.chain.standing import Measured
from chaintwin.application.shown import Bilingual, both, say_number

LISTED = both("已入库的上市公司（有证券代码的企业）", "listed firms on record (with a stock code)")


def chain_title(chain: Chain) -> Bilingual:
    """Return the title of a chain."""
    return both(chain.state.name, str(chain.state.one("english_name") or chain.state.name))


def count_verdicts(measured: Iterable[Measured]) -> dict[VerdictCode, int]:
    """Count the links of each verdict, also those that do not occur."""
    found = Counter(one.verdict.code for one in measured)
    return {code: found[code] for code in VERDICTS}


def say_chain(place: str, chain: Chain, counts: Mapping[VerdictCode, int]) -> Bilingual:
    """Say a region's chain in one sentence."""
    total = len(chain.links)
    title = chain_title(chain)
    return both(
        f"{place}{title.zh}链 {total} 环节：强 {counts['strong']}、稳 {counts['steady']}、"
        f"弱 {counts['weak']}、缺 {counts['missing']}、断点 {counts['choke']}、"
        f"未知 {counts['unknown']}",
        f"{place}, {title.en}: {total} links: {counts['strong']} strong, "
        f"{counts['steady']} steady, "
        f"{counts['weak']} weak, {counts['missing']} missing, {counts['choke']} choke points, "
        f"{counts['unknown']} unknown",
    )


def show_verdict(
    one: Measured, settings: Mapping[str, float], published: VerdictCode | None = None
) -> VerdictOut:
    """Return a verdict with its reason and what is not known."""
    zh, en = TITLES[one.verdict.code]
    if one.verdict.rule == "coverage":
        zh, en = "未知（数据不足）", "Unknown (insufficient data)"
    if one.verdict.rule == "to_check":
        zh, en = "未知（待核）", "Unknown (to be checked)"
    return VerdictOut(
        code=one.verdict.code,
        title=both(zh, en),
        reason=_reason(one, settings),
        rule=one.verdict.rule,
        act=one.act,
        act_title=both(*ACTS[one.act]),
        demo=one.is_demo,
        missing_data=list(_missing_data(one)),
        if_recalled=one.if_recalled,
        published=published,
    )


def _reason(one: Measured, settings: Mapping[str, float]) -> Bilingual:
    found = one.standing
    needed = say_number(settings["coverage_needed"])
    lq = say_number(found.lq)
    reasons = {
        "coverage": (
            f"声明覆盖率 {say_number(found.coverage)}，低于 {needed}"
            if found.coverage is not None
            else f"没有覆盖率声明（须不低于 {needed}），不能断定有无",
            f"declared coverage {say_number(found.coverage)} is below {needed}"
            if found.coverage is not None
            else f"no coverage is declared (at least {needed} is needed): absence cannot be told",
        ),
        "to_check": (
            f"本地有待核企业 {found.recalled} 家，省内市县未知 {found.unplaced} 家，待核后再判",
            f"{found.recalled} local firms to be checked, {found.unplaced} not placed in the "
            "province",
        ),
        "choke": (
            f"本地供应商 {found.firms} 家，而本地有 {found.essential_here} 个下游环节离不开它",
            f"{found.firms} local suppliers, while {found.essential_here} local downstream links "
            "cannot do without it",
        ),
        "missing": (
            "本地没有证据足够的企业，声明覆盖率 " + say_number(found.coverage),
            f"no local firm with sufficient evidence, coverage {say_number(found.coverage)}",
        ),
        "weak_firms": (
            f"本地企业 {found.firms} 家，少于 {say_number(settings['needed_firms'])} 家",
            f"{found.firms} local firms, fewer than {say_number(settings['needed_firms'])}",
        ),
        "weak_lq": (
            f"区位熵 {lq}，低于 {say_number(settings['weak_lq'])}",
            f"location quotient {lq}, below {say_number(settings['weak_lq'])}",
        ),
        "weak_beside": (
            f"本环节占本地上市公司的份额只有对标区平均的 {say_number(found.beside)}，"
            f"低于 {say_number(settings.get('weak_beside'))}",
            f"the link's share of listed firms here is {say_number(found.beside)} of the peers' "
            f"mean, below {say_number(settings.get('weak_beside'))}",
        ),
        "weak_imports": (
            f"进口依赖 {say_number(found.imports)}，不低于 "
            f"{say_number(settings.get('weak_imports'))}，而本地企业不足 "
            f"{say_number(settings['strong_firms'])} 家",
            f"import dependence {say_number(found.imports)}, at least "
            f"{say_number(settings.get('weak_imports'))}, with fewer than "
            f"{say_number(settings['strong_firms'])} local firms",
        ),
        "weak_hhi": (
            f"供应集中度 {say_number(found.hhi)}，高于 {say_number(settings['weak_hhi'])}",
            f"concentration {say_number(found.hhi)}, above {say_number(settings['weak_hhi'])}",
        ),
        "strong": (
            f"本地企业 {found.firms} 家，区位熵 {lq}",
            f"{found.firms} local firms, location quotient {lq}",
        ),
        "steady": (
            f"本地企业 {found.firms} 家，区位熵 {lq}，未达强链也未见薄弱",
            f"{found.firms} local firms, location quotient {lq}: neither strong nor weak",
        ),
    }
    return both(*reasons[one.verdict.rule])


def _missing_data(one: Measured) -> Iterable[Bilingual]:
    for code, declared in one.coverage:
        if declared is None:
            yield both(
                f"行业 {code or '(未标)'} 在本区的覆盖率声明",
                f"coverage of industry {code or '(none)'}",
            )
    if one.standing.lq is None:
        yield both("区位熵（本区没有上市公司，或全国无）", "location quotient (no listed firm)")
    if one.standing.firms > 1 and one.standing.hhi is None:
        yield both("本地供应商的规模（收入、人数或注册资本）", "size of the local suppliers")
    if one.standing.firms and one.weight is None:
        yield both("本地企业在本环节的收入占比", "share of revenue on the link")


def chain_row(chain: Chain, firms: int) -> ChainRow:
    """Return a chain as a row of a list."""
    return ChainRow(
        code=chain.code,
        body=chain.state.code,
        title=chain_title(chain),
        version=chain.state.one("version"),
        links=len(chain.links),
        firms=firms,
    )
