"""One pass over a log: every leaf, tile and root computed anew from the rows it commits to."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from chaintwin.engine.database import Connection
from chaintwin.kit.merkle import HASH, WIDTH, Growing, cut, tile_path
from chaintwin.twin.ledger.book import Log
from chaintwin.twin.ledger.entries import change_content, hash_entry
from chaintwin.twin.store import tlog
from chaintwin.twin.store.ledger import leaf_digests
from chaintwin.twin.store.tlog import Position
from chaintwin.twin.store.verifying import Difference

_ABSENT = b"\0" * HASH


@dataclass(frozen=True, slots=True)
class Differing:
    """A position whose hash in the tile is not that of the row."""

    number: int
    change: int
    body: int | None


@dataclass(slots=True)
class Walk:
    """Afterwards it knows the log's positions, roots at the sizes asked for, and what differs."""

    connection: Connection
    log: Log
    sizes: Collection[int]
    declared: Collection[str] = ()  # lines of sources that stand as they are declared
    roots: dict[int, bytes] = field(default_factory=dict)
    positions: list[Position] = field(default_factory=list)
    differing: list[Differing] = field(default_factory=list)
    tree: Growing = field(default_factory=Growing)
    _row: list[Differing] = field(default_factory=list)  # of the bottom tile that is being filled

    def run(self) -> Iterator[Difference]:
        """Yield what differs between rows, positions and upper tiles."""
        ledger = tlog.list_ledger(self.connection, self.log.tenant)
        self.positions = tlog.list_positions(self.connection, self.log.tenant)
        yield from self._check_order(ledger)
        yield from self._check_names()
        for position in self.positions:
            yield from self._check_change(position, ledger.get(position.change))
        yield from self._check_tiles(self.tree.take_tiles())
        yield from self._check_surplus()

    def change_at(self, number: int) -> int | None:
        """Return the change that holds a position."""
        for one in self.positions:
            if one.start <= number < one.end:
                return one.change
        return None

    def differ(
        self, what: str, change: int | None, zh: str, en: str, file: str | None = None
    ) -> Difference:
        """Return a difference of this log."""
        return Difference(what, change, None, zh, en, self.log.tenant, file)

    def _check_order(self, ledger: Iterable[int]) -> Iterator[Difference]:
        end = last = 0
        for one in self.positions:
            if one.start != end or one.change <= last:
                zh = f"变更在账本中的位置 {one.start} 不连续或顺序被调换"
                en = f"the change's position {one.start} leaves a gap or is out of order"
                yield self.differ("position", one.change, zh, en)
            end, last = one.end, max(last, one.change)
        placed = {one.change for one in self.positions}
        for change in ledger:
            if change not in placed and change < last:
                zh = "变更没有账本位置,而更晚的变更已有(事后插入,或位置被删除)"
                en = "the change has no position though later ones have (inserted, or removed)"
                yield self.differ("position", change, zh, en)

    def _check_names(self) -> Iterator[Difference]:
        present = set(tlog.read_names(self.connection, self.log.tenant))
        present.add(tlog.read_early_keys(self.connection, self.log.tenant))
        as_declared = set(map(tlog.thing_named, self.declared))
        for change, line in self._committed():
            if line not in present and tlog.thing_named(line) not in as_declared:
                yield self._name_differs(change, line)

    def _committed(self) -> Iterator[tuple[int, str]]:
        """Yield the lines that must still be there, with the changes that brought them."""
        latest = {tlog.thing_named(line): line for one in self.positions for line in one.names}
        for position in self.positions:
            for line in position.names:
                # Another title may follow; nothing else that was named is ever named otherwise.
                if not line.startswith(tlog.TITLED) or latest[tlog.thing_named(line)] == line:
                    yield position.change, line

    def _name_differs(self, change: int, line: str) -> Difference:
        if line.startswith(tlog.EARLY_KEYS):
            zh = "入账之前的识别码有被改动、删除、添加或移到别的孪生体的"
            en = "keys from before they were entered were altered, removed, added or moved"
            return self.differ("keys", change, zh, en)
        name = line.replace("\t", " ")
        zh = f"名称表中的“{name}”被改动或删除"
        return self.differ("names", change, zh, f"the name “{name}” was altered or removed")

    def _check_change(
        self, position: Position, row: tuple[int, bytes] | None
    ) -> Iterator[Difference]:
        yield from self._check_own_leaf(position, row)
        own = Differing(position.start, position.change, None)
        yield from self._take(own, hash_entry(position.sha256, position.sm3))
        leaves = list(tlog.read_leaves(self.connection, position.change))
        if len(leaves) == position.leaves:
            for number, (body, digests) in enumerate(leaves, position.start + 1):
                yield from self._take(Differing(number, position.change, body), hash_entry(digests))
            return
        zh = f"变更应有 {position.leaves} 片叶子,现有 {len(leaves)} 片(被删除或插入)"
        en = f"the change has {len(leaves)} leaves instead of {position.leaves}"
        yield self.differ("leaf", position.change, zh, en)
        # Goes on with what the tiles hold, so that one change alone is named.
        for number in range(position.start + 1, position.end):
            yield from self._take(Differing(number, position.change, None), self._stored(number))

    def _check_own_leaf(
        self, position: Position, row: tuple[int, bytes] | None
    ) -> Iterator[Difference]:
        line = tlog.read_change_line(self.connection, position.change)
        if line is None or row is None:
            zh, en = "已入账的变更被删除", "a change that has a position was deleted"
            yield self.differ("change", position.change, zh, en)
            return
        content = change_content(line, row[1], position.names)
        if leaf_digests(position.salt, content) != (position.sha256, position.sm3):
            zh = "变更的时间、经手人、理由、来源、数量或叶子根被改动"
            en = "time, actor, reason, source, counts or root of the change were altered"
            yield self.differ("change", position.change, zh, en)

    def _take(self, place: Differing, found: bytes) -> Iterator[Difference]:
        self._row.append(place)
        self.tree.add(found)
        if self.tree.size in self.sizes:
            self.roots[self.tree.size] = self.tree.root()
        yield from self._check_tiles(self.tree.take_full())

    def _check_tiles(self, tiles: Iterable[tuple[int, int, bytes]]) -> Iterator[Difference]:
        for level, number, hashes in tiles:
            stored = tlog.read_tile(self.connection, self.log.tenant, level, number)
            if level == 0:
                self._compare_bottom(hashes, stored)
            elif stored != hashes:
                path = tile_path(level, number)
                zh, en = (
                    f"瓦片 {path} 被改动、删除或缺失",
                    f"the tile {path} was altered or is missing",
                )
                yield self.differ("tile", None, zh, en, path)

    def _compare_bottom(self, hashes: bytes, stored: bytes) -> None:
        found = cut(stored) + [_ABSENT] * WIDTH
        for place, own, kept in zip(self._row, cut(hashes), found, strict=False):
            if own != kept:
                self.differing.append(place)
        self._row = []

    def _check_surplus(self) -> Iterator[Difference]:
        for level, number, hashes in tlog.list_stored_tiles(self.connection, self.log.tenant):
            held = (self.tree.size >> (8 * level)) - number * WIDTH
            if len(hashes) > HASH * max(0, min(held, WIDTH)):
                path = tile_path(level, number)
                zh, en = f"瓦片 {path} 多出内容", f"the tile {path} holds more than the log"
                yield self.differ("tile", None, zh, en, path)

    def _stored(self, number: int) -> bytes:
        tile, at = divmod(number, WIDTH)
        hashes = tlog.read_tile(self.connection, self.log.tenant, 0, tile)
        return hashes[at * HASH : (at + 1) * HASH] or _ABSENT
