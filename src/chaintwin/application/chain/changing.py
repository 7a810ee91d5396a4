"""Tells which verdicts another version of the scorecard would change."""

from __future__ import annotations

from dataclasses import replace

from chaintwin.application.chain.overview import link_title
from chaintwin.application.chain.reader import Reader
from chaintwin.application.chain.scorecards import load_scorecard
from chaintwin.application.chain.standing import measure_chain
from chaintwin.application.chain.version_answers import ChangedVerdict, VerdictChanges
from chaintwin.application.chain.wording import show_verdict


def list_changes(reader: Reader, chain: str, region: str) -> VerdictChanges:
    """Compare the version in force with what is tried, or without a trial the shipped with it."""
    place = reader.place(region)
    before, after = reader.published(), reader
    if not reader.verdict_card.changed:
        shipped = load_scorecard("verdict", reader.view.valid_at)
        before = replace(reader, verdict_card=shipped)
    links = list(
        zip(measure_chain(before, chain, place), measure_chain(after, chain, place), strict=True)
    )
    items = [
        ChangedVerdict(
            link=now.link.code,
            title=link_title(now.link),
            before=show_verdict(then, before.settings),
            after=show_verdict(now, after.settings),
        )
        for then, now in links
        if (then.verdict.code, then.act) != (now.verdict.code, now.act)
    ]
    return VerdictChanges(
        chain=chain,
        region=place.code,
        items=items,
        total=len(items),
        links=len(links),
        before=before.verdict_card.shown(),
        after=after.verdict_card.shown(),
        as_of=reader.view.valid_at,
    )
