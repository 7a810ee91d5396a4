"""What a person's decision about identity comes to: which pairs are ruled what. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chaintwin.kit.problems import ConflictProblem, InputProblem
from chaintwin.twin.identity.groups import Groups, Judgement, Verdict

Pair = tuple[int, int]
Rulings = dict[Pair, Verdict]


def pair_of(one: int, other: int) -> Pair:
    """Return two bodies, the smaller number first; raise InputProblem for one and the same."""
    if one == other:
        raise InputProblem(
            "两个编码是同一个孪生体，无须裁决。请选择两个不同的孪生体。",
            "Both codes name one body; there is nothing to judge. Choose two different bodies.",
        )
    return min(one, other), max(one, other)


def rule_same(one: int, other: int, groups: Groups, standing: Mapping[Pair, Judgement]) -> Rulings:
    """Return the ruling that makes two bodies, and all that is one with them, one firm.

    Raises ConflictProblem when they are one already, or when another pair of the two groups was
    ruled apart.
    """
    pair = pair_of(one, other)
    if groups.canonical(one) == groups.canonical(other):
        raise ConflictProblem(
            "这两条记录已经是同一家。如要分开，请用“拆分”。",
            "These records are one firm already. To part them, split.",
        )
    across = (pair_of(mine, its) for mine in groups.members(one) for its in groups.members(other))
    apart = [
        found
        for found in across
        if found != pair and found in standing and standing[found].verdict == "apart"
    ]
    if apart:
        raise ConflictProblem(
            f"两组记录中有 {len(apart)} 对此前裁定为“不是同一家”。请先撤销该裁定。",
            f"{len(apart)} pairs of the groups were ruled apart. Take those rulings back first.",
        )
    return {pair: "same"}


def rule_apart(one: int, other: int, groups: Groups) -> Rulings:
    """Return the ruling that keeps two bodies apart; it holds for all that is one with them.

    Raises ConflictProblem when they are one: then a member has to be split off.
    """
    pair = pair_of(one, other)
    if groups.canonical(one) == groups.canonical(other):
        raise ConflictProblem(
            "这两条记录现在是同一家。请在合并列表中把其中一条拆分出来。",
            "These records are one firm now. Split one of them off in the list of merges.",
        )
    return {pair: "apart"}


def rule_split(member: int, groups: Groups, standing: Mapping[Pair, Judgement]) -> Rulings:
    """Return the rulings that take one member out of its group and leave the others together.

    Raises ConflictProblem when the body stands for itself alone.
    """
    others = [one for one in groups.members(member) if one != member]
    if not others:
        raise ConflictProblem(
            "这条记录没有与别的记录合并，无须拆分。",
            "This record is not merged with any other; there is nothing to split.",
        )
    rulings: Rulings = {pair_of(member, other): "apart" for other in others}
    first, *rest = _parts(others, standing)
    for part in rest:
        rulings[pair_of(first[0], part[0])] = "same"
    return rulings


def _parts(bodies: Iterable[int], standing: Mapping[Pair, Judgement]) -> list[list[int]]:
    """Return how some bodies hang together by judgements among themselves alone."""
    parts = {body: [body] for body in bodies}
    for (one, other), judgement in standing.items():
        if judgement.verdict != "same" or one not in parts or other not in parts:
            continue
        if parts[one] is not parts[other]:
            joined = sorted(parts[one] + parts[other])
            parts.update((body, joined) for body in joined)
    return sorted({part[0]: part for part in parts.values()}.values())
