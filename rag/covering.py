"""Questions about a notice as a document: what its title, its addressees, its basis and its signature say.

Layout after GB/T 9704-2012 (format of official documents): title, addressees ending in a colon, body, issuer and date.
"""

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum

from rag.lexicon import shortens
from rag.numbering import numeral_value
from rag.sentences import Passage, phrases, sentences, whole
from rag.types import Clause

_DAY = re.compile("(?:19|20)[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日")
_DATE_PART = re.compile("(?<![0-9])[0-9]{1,4}[年月日]")
_COUNTED = re.compile("([0-9]+|[一二三四五六七八九十]+)(?=[个份](?:(?:实施)?方案|城市))")
_NUMBER = re.compile("〔?[0-9]+〕?[0-9]*号")
_BODY = re.compile("[一-鿿]*?(?:人民政府|政府|厅|局|委|办公室|部|国务院)(?![门分署长])")
_FILLER = re.compile("^.*(?:以|是|由|被|归|通知|文件|给|据|照|经)")
_GROUND = re.compile("根据|按照|依据|经")


class Facet(StrEnum):
    """Part of a covering notice that a question is about."""

    BASIS = "basis"
    TITLE = "title"
    ADDRESSEES = "addressees"
    SIGNATURE = "signature"


def part(facet: Facet, clauses: Iterable[Clause]) -> Passage | None:
    """The passage of a covering notice that is its title, addressees, signature or basis; None if it has none."""
    for clause in clauses:
        found = sentences(clause)
        if facet is Facet.TITLE and clause.id.endswith(".title"):
            return whole(clause, clause.span.start, clause.span.end)
        if facet is Facet.ADDRESSEES and clause.text.rstrip().endswith((":", "：")):
            return found[0]
        if facet is Facet.SIGNATURE and found and _DAY.search(found[-1].key):
            return whole(clause, clause.span.start, clause.span.end)
        if facet is Facet.BASIS:
            grounds = [p for s in found for p in phrases(s) if _GROUND.match(p.key)]
            if grounds:
                return grounds[0]
    return None


def dated(passage: Passage) -> bool:
    """True if a passage names a day."""
    return bool(_DAY.search(passage.key))


def unproven(question: str, names: Sequence[str], passage: Passage) -> tuple[str, ...]:
    """What a claim about the document names and the passage does not: dates, counts, numbers, bodies, places."""
    missing = [
        date for date in _DATE_PART.findall(question) if not re.search(rf"(?<![0-9]){date}", passage.key)
    ]
    said = {numeral_value(n) for n in _COUNTED.findall(passage.key)}
    missing += [n for n in _COUNTED.findall(question) if said and numeral_value(n) not in said]
    missing += [number for number in _NUMBER.findall(question) if number not in passage.key]
    missing += [name for name in names if name not in passage.key]
    bodies = (_FILLER.sub("", body) for body in _BODY.findall(question))
    missing += [body for body in bodies if body and not shortens(body, passage.key)]
    return tuple(dict.fromkeys(missing))
