"""Names that may belong to a link and wait for a person, and links for any text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chaintwin.application.chain.assigning import Assigner, Guess
from chaintwin.application.chain.attach import make_assigner
from chaintwin.application.chain.overview import link_title
from chaintwin.application.chain.pending import AssignmentOut, DoubtList, DoubtOut, TextAssignment
from chaintwin.application.chain.reader import Reader
from chaintwin.application.shown import both
from chaintwin.model.fact import Basis, Fact

_PHRASE = re.compile(r"[\s、,，;；。.！!？?（）()：:/|]+")
_MOST_GUESSES = 10


@dataclass(frozen=True, slots=True)
class Doubt:
    """A product that may put its firm on a link."""

    firm: int
    fact: Fact
    name: str
    guess: Guess


def assigner_of(reader: Reader) -> Assigner:
    """Return what places names on the links this reader sees."""
    return reader.keep("assigner", lambda: make_assigner(reader.picture.graph))


def list_doubts(reader: Reader, chain: str, region: str, page: tuple[int, int]) -> DoubtList:
    """List the products of a region's firms that the model is unsure of, the surest first."""
    place = reader.place(region)
    links = {link.body for link in reader.chain(chain).links}
    model = assigner_of(reader).model
    found = reader.keep(
        ("doubts", place.prefix),
        lambda: find_doubts(
            reader, [body for body, firm in reader.picture.firms.items()
                     if place.holds(firm.prefix) and not firm.is_demo]
        ),
    )  # fmt: skip
    mine = [one for one in found if one.guess.link in links]
    limit, offset = page
    return DoubtList(
        items=[_show(reader, one) for one in mine[offset : offset + limit]],
        total=len(mine),
        limit=limit,
        offset=offset,
        chain=chain,
        region=place.code,
        region_name=place.name,
        upper=model.upper,
        lower=model.lower,
        model=model.version,
        as_of=reader.view.valid_at,
    )


def find_doubts(reader: Reader, firms: Sequence[int]) -> list[Doubt]:
    """Return what waits for a person: neither sure nor idle, and on links nobody ruled on."""
    assigner = assigner_of(reader)
    products = reader.view.stated("Company", "product", firms)
    bodies = sorted({fact.ref for fact in products if fact.ref is not None})
    names = {state.body: state.name for state in reader.view.named(bodies)}
    best: dict[tuple[int, int], Doubt] = {}
    for fact in products:
        name = names.get(fact.ref or 0)
        for guess in assigner.guess(name) if name else ():
            key = (fact.body, guess.link)
            if name and (key not in best or guess.probability > best[key].guess.probability):
                best[key] = Doubt(fact.body, fact, name, guess)
    ruled = _ruled(reader, firms)
    model = assigner.model
    unsure = [
        one
        for key, one in best.items()
        if model.lower <= one.guess.probability < model.upper and key not in ruled
    ]
    return sorted(unsure, key=lambda one: (-one.guess.probability, one.name, one.firm))


def _ruled(reader: Reader, firms: Sequence[int]) -> set[tuple[int, int]]:
    held = (reader.picture.firms[body] for body in firms if body in reader.picture.firms)
    found: set[tuple[int, int]] = set()
    for firm in held:
        found |= {(firm.body, one.link) for one in firm.attachments
                  if one.held.basis is Basis.RULED}  # fmt: skip
        found |= {(firm.body, link) for link, _ in firm.detached}
    return found


def _show(reader: Reader, one: Doubt) -> DoubtOut:
    firm, link = reader.picture.firms[one.firm], reader.picture.graph.links[one.guess.link]
    return DoubtOut(
        firm=firm.code,
        name=firm.name,
        product=one.name,
        assignment=show_guess(reader, one.guess),
        attached=any(held.link == link.body for held in firm.attachments),
        fact=reader.citer.ref_of(one.fact, f"{firm.name} 产品 {one.name}"),
    )


def show_guess(reader: Reader, guess: Guess) -> AssignmentOut:
    """Return a guess with the words it rests on."""
    link = reader.picture.graph.links[guess.link]
    model = assigner_of(reader).model
    if guess.hit is not None:
        why = both(f"含识别词“{guess.hit.word}”", f"holds the word {guess.hit.word}")
    else:
        why = both(f"近似“{guess.phrase}”", f"is like {guess.phrase}")
    sure = guess.probability >= model.upper
    return AssignmentOut(
        chain=link.chain,
        link=link.code,
        title=link_title(link),
        probability=round(guess.probability, 4),
        verdict="sure" if sure else "unsure" if guess.probability >= model.lower else "unlikely",
        by_rule=guess.hit is not None,
        why=why,
    )


def assign_text(reader: Reader, text: str) -> TextAssignment:
    """Return the links that a product's name, or the phrases of a longer text, speak of."""
    assigner = assigner_of(reader)
    best: dict[int, Guess] = {}
    for phrase in _phrases(text):
        for guess in assigner.guess(phrase):
            held = best.get(guess.link)
            if held is None or guess.probability > held.probability:
                best[guess.link] = guess
    found = sorted(best.values(), key=lambda one: (-one.probability, one.link))
    told = [one for one in found if one.probability >= assigner.model.lower]
    return TextAssignment(
        text=text,
        items=[show_guess(reader, one) for one in told[:_MOST_GUESSES]],
        model=assigner.model.version,
        as_of=reader.view.valid_at,
    )


def _phrases(text: str) -> Iterator[str]:
    yield from (part for part in _PHRASE.split(text) if part)
