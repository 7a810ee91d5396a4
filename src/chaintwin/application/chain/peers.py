"""Which regions stand beside one by rule, and how its share compares with theirs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

from chaintwin.application.chain.graph import Chain
from chaintwin.application.chain.places import Place
from chaintwin.application.chain.reader import Reader

# A comparison with one other region says more of that region than of one's own.
PEERS = 2


def find_peers(reader: Reader, chain: Chain, place: Place) -> list[Place]:
    """Return regions of the same level, most evidenced firms on the chain first."""
    key = ("peers", chain.code, place.prefix, reader.settings["confidence_needed"])
    return reader.keep(key, lambda: _find(reader, chain, place))


def _find(reader: Reader, chain: Chain, place: Place) -> list[Place]:
    picture, length = reader.picture, len(place.prefix)
    firms: dict[str, set[int]] = defaultdict(set)
    for link in chain.links:
        for one in picture.on_link.get(link.body, ()):
            firm = picture.firms[one.firm]
            known = len(firm.prefix) >= length and not firm.is_demo
            if known and one.is_sufficient(reader.settings):
                firms[firm.prefix[:length]].add(firm.body)
    counts = Counter({prefix: len(bodies) for prefix, bodies in firms.items()})
    ranked = sorted(counts, key=lambda prefix: (-counts[prefix], prefix))
    return [reader.place(prefix.ljust(6, "0")) for prefix in ranked if prefix != place.prefix]


def count_beside(
    reader: Reader, link: int, peers: Sequence[tuple[Place, int]]
) -> list[tuple[int, int]] | None:
    """Return each peer's listed firms on a link and in all; None with fewer than two peers.

    `peers`: each with the number of its listed firms.
    """
    if len(peers) < PEERS:
        return None
    firms = reader.picture.firms
    listed = [
        firms[one.firm]
        for one in reader.picture.on_link.get(link, ())
        if one.is_sufficient(reader.settings)
        and firms[one.firm].is_listed
        and not firms[one.firm].is_demo
    ]
    return [(sum(peer.holds(firm.prefix) for firm in listed), crowd) for peer, crowd in peers]
