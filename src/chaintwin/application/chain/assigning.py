"""How likely a product's name belongs to a link: what the rules see, weighed by a trained model.

Pure. Rules (`matching`) find a link's words; the model also sees names that share much with a link
but hold none of its words, and names that hold a word and yet mean something else (锂电池检测设备).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import exp, log, sqrt
from pathlib import Path

from chaintwin.application.chain.matching import CONFIDENCE, Hit, Matcher, Words
from chaintwin.kit.chinese import name_key
from chaintwin.kit.problems import Problem
from chaintwin.model.content import content_folder

FEATURES = (
    "constant", "exact", "word", "denied", "share of name", "at end", "at start", "like a phrase",
    "like the title", "like another link", "lead", "rivals", "length", "tail known", "covered",
    "word and covered", "word, tail unknown",
)  # fmt: skip
_MOST = 12
_LEAST = 0.2


@dataclass(frozen=True, slots=True)
class Weights:
    """A trained model; `upper`: taken as true from here, below `lower`: left alone.

    Between the two a person decides.
    """

    version: str
    upper: float
    lower: float
    weights: Mapping[str, float]

    def judge(self, features: Sequence[float]) -> float:
        """Return the probability 0–1."""
        total = sum(self.weights[name] * x for name, x in zip(FEATURES, features, strict=True))
        return 1 / (1 + exp(-max(-30.0, min(30.0, total))))


@dataclass(frozen=True, slots=True)
class Guess:
    """A link that a name may belong to, with the rule that speaks for it, if any."""

    link: int
    probability: float
    hit: Hit | None
    phrase: str


class Assigner:
    """Proposes links for names; the words of the links are all it needs beside the model."""

    def __init__(self, links: Iterable[tuple[Words, str]], model: Weights | None = None) -> None:
        titled = list(links)
        self.model = model or load_weights()
        self._placed: dict[str, list[Hit]] = {}
        self.matcher = Matcher(words for words, _ in titled)
        self._chain = {words.link: words.chain for words, _ in titled}
        self._any = {words.link: [key for key in map(name_key, words.any) if key]
                     for words, _ in titled}  # fmt: skip
        self._phrases = [
            (words.link, phrase, is_title)
            for words, title in titled
            for phrase, is_title in _phrases_of(words, title)
        ]
        self._tails: dict[int, set[str]] = defaultdict(set)
        self._grams: dict[int, set[str]] = defaultdict(set)
        seen: Counter[str] = Counter()
        for link, phrase, _ in self._phrases:
            self._tails[link].add(phrase[-2:])
            self._grams[link] |= _grams(phrase)
            seen.update(_grams(phrase))
        many = len(self._phrases)
        self._rare = {gram: log((1 + many) / (1 + count)) for gram, count in seen.items()}
        self._unseen = log(1 + many)
        self._holders: dict[str, list[int]] = defaultdict(list)
        self._norms = []
        for at, (_, phrase, _) in enumerate(self._phrases):
            grams = _grams(phrase)
            self._norms.append(sqrt(sum(self._rare[gram] ** 2 for gram in grams)) or 1.0)
            for gram in grams:
                self._holders[gram].append(at)

    def guess(self, name: str) -> list[Guess]:
        """Return the links a name may belong to, the most likely first."""
        found = [
            Guess(link, self.model.judge(features), hit, phrase)
            for link, features, hit, phrase in self.describe(name)
        ]
        return sorted(found, key=lambda one: (-one.probability, one.link))

    def place(self, name: str) -> list[Hit]:
        """Return the links a name is placed on: by the rules, and where the model is sure."""
        if name not in self._placed:
            learned = (
                Hit(one.link, "learned", one.phrase, CONFIDENCE["learned"] * one.probability)
                for one in self.guess(name)
                if one.hit is None and one.probability >= self.model.upper
            )
            self._placed[name] = [*self.matcher.match(name), *learned]
        return self._placed[name]

    def describe(self, name: str) -> Iterator[tuple[int, list[float], Hit | None, str]]:
        """Yield (link, features, rule hit, likest phrase) of every link worth judging."""
        key = name_key(name)
        if not key:
            return
        hits = {hit.link: hit for hit in self.matcher.match(name)}
        like, title, phrase = self._liken(key)
        near = sorted((link for link in like if like[link] >= _LEAST), key=lambda link: -like[link])
        for link in dict.fromkeys([*hits, *near[:_MOST]]):
            others = [like[other] for other in near if other != link and
                      self._chain[other] == self._chain[link]]  # fmt: skip
            rivals = sum(self._chain[other] == self._chain[link] for other in hits if other != link)
            own = (like.get(link, 0.0), title.get(link, 0.0), max(others, default=0.0))
            hit = hits.get(link)
            yield link, self._features(key, link, hit, own, rivals), hit, phrase.get(link, "")

    def _liken(self, key: str) -> tuple[dict[int, float], dict[int, float], dict[int, str]]:
        """Return each link's greatest cosine with the name: any phrase, title alone; the phrase."""
        grams = _grams(key)
        norm = sqrt(sum(self._rare.get(gram, self._unseen) ** 2 for gram in grams)) or 1.0
        dots: dict[int, float] = defaultdict(float)
        for gram in grams:
            for at in self._holders.get(gram, ()):
                dots[at] += self._rare[gram] ** 2
        like: dict[int, float] = {}
        title: dict[int, float] = {}
        best: dict[int, str] = {}
        for at, dot in dots.items():
            link, phrase, is_title = self._phrases[at]
            cosine = dot / norm / self._norms[at]
            if cosine > like.get(link, 0.0):
                like[link], best[link] = cosine, phrase
            if is_title:
                title[link] = max(title.get(link, 0.0), cosine)
        return like, title, best

    def _features(
        self, key: str, link: int, hit: Hit | None, own: tuple[float, float, float], rivals: int
    ) -> list[float]:
        words = [word for word in self._any[link] if word in key]
        longest = max(words, key=len, default="")
        grams = _grams(key)
        total = sum(self._rare.get(gram, self._unseen) for gram in grams) or 1.0
        shared = sum(self._rare[gram] for gram in grams & self._grams[link])
        covered, tail = shared / total, float(key[-2:] in self._tails[link])
        like, title, other = own
        return [
            1.0,
            float(hit is not None and hit.way == "exact"),
            float(hit is not None and hit.way == "word"),
            float(hit is None and bool(words)),
            len(longest) / len(key),
            float(bool(longest) and key.endswith(longest)),
            float(bool(longest) and key.startswith(longest)),
            like,
            title,
            other,
            like - other,
            min(3.0, float(rivals)),
            min(2.0, len(key) / 10),
            tail,
            covered,
            covered if hit is not None else 0.0,
            float(hit is not None and not tail),
        ]


def _phrases_of(words: Words, title: str) -> Iterator[tuple[str, bool]]:
    for part in title.replace("（", "、").replace("）", "").replace("与", "、").split("、"):
        if name_key(part):
            yield name_key(part), True
    for text in (*words.products, *words.any):
        if name_key(text):
            yield name_key(text), False


def _grams(key: str) -> set[str]:
    return {key[at : at + 2] for at in range(len(key) - 1)} or {key}


def load_weights(folder: Path | None = None) -> Weights:
    """Return the shipped model; raise Problem when it was trained on other features."""
    return _load(folder or content_folder())


@lru_cache(maxsize=4)
def _load(folder: Path) -> Weights:
    raw = json.loads((folder / "assigning" / "model.json").read_text("utf-8"))
    if tuple(raw["weights"]) != FEATURES:
        raise Problem(
            "环节归类模型 assigning/model.json 与程序不符。"
            "请重新训练：python tools/train_assigning.py。",
            "The model assigning/model.json does not fit this program. Train it again: "
            "python tools/train_assigning.py.",
            status=500,
        )
    return Weights(raw["version"], raw["upper"], raw["lower"], raw["weights"])
