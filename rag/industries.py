"""Which county is to develop which industries: rows from sentences such as 甲县打造医药、家具产业带."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rag.sentences import Passage, joined, phrases, sentences
from rag.types import Clause

_PLACE = r"[一-鿿]{1,10}?(?:新区|高新区|开发区|度假区|试验区|市|县|区|州|旗)"
_PLACES = rf"(?P<places>{_PLACE}(?:、{_PLACE})*)"
_DEVELOPS = r"(?:重点)?(?:打造|发展|建设|培育|做强|做大)"
_BELT = r"(?:产业带|产业集群|产业基地)"
_DIRECT = re.compile(rf"^{_PLACES}{_DEVELOPS}(?P<items>.+?)(?:等)?(?:优势|特色)?{_BELT}")
# 以甲县、乙县为中心,建设服装手套跨境电商产业带 spreads over two phrases.
_CENTRE = re.compile(rf"^以{_PLACES}为(?:中心|核心|重点|引领)$")
_THEN = re.compile(rf"^{_DEVELOPS}(?P<items>.+?)(?:等)?(?:优势|特色|跨境电商)?{_BELT}")
_SEPARATOR = re.compile("[、及]|和(?!服)|与")


@dataclass(frozen=True, slots=True)
class Industry:
    """One industry of one county, district or development zone.

    Attributes:
        place: as printed, e.g. ``高唐县``.
        name: as printed, e.g. ``环保餐具``.
        passage: the stretch that states it.
    """

    clause: Clause
    place: str
    name: str
    passage: Passage


def industries(clauses: Iterable[Clause]) -> tuple[Industry, ...]:
    """All rows in printed order, one for each pair of place and industry."""
    return tuple(
        row for clause in clauses for sentence in sentences(clause) for row in _of_sentence(sentence)
    )


def _of_sentence(sentence: Passage) -> Iterator[Industry]:
    centre: tuple[Passage, re.Match[str]] | None = None
    for phrase in phrases(sentence):
        text = phrase.text.rstrip(",，;；。")
        direct, then = _DIRECT.match(text), _THEN.match(text)
        if direct:
            yield from _rows(phrase, direct.group("places"), direct.group("items"))
        elif centre and then:
            made = joined(centre[0], phrase)
            yield from _rows(made, centre[1].group("places"), then.group("items"))
        match = _CENTRE.match(text)
        centre = (phrase, match) if match else None


def _rows(passage: Passage, places: str, items: str) -> Iterator[Industry]:
    for place in places.split("、"):
        for item in filter(None, _SEPARATOR.split(items)):
            yield Industry(passage.clause, place, item, passage)
