"""What one zone answers: claims in the notice's own words, or a refusal with its reason."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.citations import Claim
from rag.indicators import Indicator
from rag.lexicon import normalise
from rag.sentences import Passage, joined, sentences, whole
from rag.types import Clause, Status

_BREAK = re.compile(r"\s*\n\s*")
_COUNTING = re.compile("([一二两三四五六七八九十])(?:大类|[大类个项条种块])")
_HOW_MANY = re.compile("几(?:大|个|项|条)([一-鿿]{2})")
_QUOTED = re.compile('[“"]([^“”"]{3,})[”"]')
_BODY = 260  # characters of a clause that is answered as a whole


@dataclass(frozen=True, slots=True)
class Reply:
    """What one zone answers.

    Attributes:
        score: how well it fits the question, 0 to 1.
        lead: yes or no, where that is asked.
        holds: what the lead says; None where it is not asked.
        figure: True if it is an indicator's figure.
    """

    zone: str | None
    claims: tuple[Claim, ...]
    score: float
    lead: str = ""
    holds: bool | None = None
    figure: bool = False

    @property
    def size(self) -> int:
        """Characters of its claims."""
        return sum(len(claim.text) for claim in self.claims)


class Refusal(Exception):
    """The notices do not answer; names an entry of ``messages.json`` and what fills it."""

    def __init__(self, message: str, status: Status = Status.NOT_FOUND, **values: str) -> None:
        super().__init__(message)
        self.message, self.status, self.values = message, status, values


def figure_claim(row: Indicator) -> Claim:
    """A figure with its deadline, e.g. 到2025年,跨境电商企业突破200家."""
    text = row.passage.text
    return Claim(f"到{row.by},{text}" if row.by and row.by not in text else text, (row.passage,))


def figures_claim(rows: Sequence[Indicator]) -> Claim:
    """Several figures in one line, each with its own proof; a deadline that all share stands in front."""
    texts = [row.passage.text for row in rows]
    by = rows[0].by if len({row.by for row in rows}) == 1 else None
    opening = f"到{by}," if by and by not in "".join(texts) else ""
    return Claim(opening + ";".join(texts), tuple(row.passage for row in rows))


def cell_claim(row: Indicator) -> Claim:
    """A figure as short as it can stand beside its zone: the phrase that holds it, without the zone's name."""
    phrase = re.split("[,，]", row.passage.text)[-1]
    return Claim(re.sub(f"^{row.clause.zone}市?", "", phrase), (row.passage,))


def task_claim(clause: Clause, units: Sequence[str]) -> Claim:
    """A task by its heading, proven by its unit list where units are asked for, else by the heading itself."""
    if units and clause.units_span:
        span = clause.units_span
        proof = whole(clause, span.start, span.end)
    else:
        proof = heading_claim(clause).proof[0]
    name = clause.heading or clause.path[-1]
    shown = [unit for unit in clause.units if any(unit.endswith(kind) for kind in units)]
    return Claim(f"{name}({'、'.join(shown)})" if shown else name, (proof,))


def verbatim_claim(passage: Passage) -> Claim:
    """A stretch of the notice as it stands, on one line."""
    return Claim(_BREAK.sub(" ", passage.text).rstrip("。;；,，"), (passage,))


def body_claim(clause: Clause) -> Claim:
    """A clause with its heading in front, as many whole sentences as fit."""
    first, *rest = sentences(clause)
    last = first
    for sentence in rest:
        if sentence.span.end - first.span.start > _BODY:
            break
        last = sentence
    body = joined(first, last)
    text = body.text.rstrip("。;；,，")
    return Claim(f"{clause.heading}:{text}" if clause.heading else text, (body,))


def heading_claim(clause: Clause) -> Claim:
    """A clause's heading; the whole text where it has none."""
    start = clause.span.start + (clause.text.find(clause.heading) if clause.heading else 0)
    passage = whole(clause, start, start + len(clause.heading or clause.text))
    return Claim(passage.text, (passage,))


def units_claim(clause: Clause, sentence: Passage | None, template: str) -> Claim:
    """The responsible units of a clause, proven from the sentence asked about through the bracket."""
    bracket = clause.units_span
    assert bracket is not None, "callers ask only for clauses with units"
    heading = clause.heading or (clause.path[-1] if clause.path else clause.label)
    text = template.format(heading=heading, units="、".join(clause.units))
    return Claim(text, (whole(clause, sentence.span.start if sentence else bracket.start, bracket.end),))


class Outline:
    """Clauses by their place in the notices.

    Attributes:
        clauses: all of them, in order.
    """

    def __init__(self, clauses: Sequence[Clause]) -> None:
        self.clauses = tuple(clauses)
        self._by_id = {clause.id: clause for clause in clauses}
        self._children: dict[str | None, list[Clause]] = {}
        self._zones: dict[str | None, list[Clause]] = {}
        for clause in clauses:
            self._children.setdefault(clause.parent, []).append(clause)
            self._zones.setdefault(clause.zone, []).append(clause)

    def of_zone(self, zone: str | None) -> list[Clause]:
        """All clauses of a zone's plan, in order."""
        return self._zones.get(zone, [])

    def children(self, clause: Clause) -> list[Clause]:
        """Clauses one level below, in order."""
        return self._children.get(clause.id, [])

    def below(self, clause: Clause) -> list[Clause]:
        """Clauses of all levels below, in order."""
        return [c for child in self.children(clause) for c in (child, *self.below(child))]

    def parent(self, clause: Clause) -> Clause | None:
        """The clause above."""
        return self._by_id.get(clause.parent or "")

    def numbered(self, zone: str | None, numbers: tuple[str, ...]) -> Clause | None:
        """The clause of a zone's plan with these numbers."""
        return next((c for c in self.of_zone(zone) if c.numbers == numbers), None)

    def headed(self, zone: str, heading: str) -> Clause | None:
        """The clause of a zone's plan with that normalised heading; one with parts below it where there are several."""
        named = [c for c in self.of_zone(zone) if normalise(c.heading) == heading]
        return next((c for c in named if self.children(c)), next(iter(named), None))

    def part(self, zone: str, text: str) -> Clause | None:
        """The clause with parts below it whose heading a normalised text names, whole or without its verb."""
        key = _counted(text)
        best, length = None, 0
        for clause in self.of_zone(zone):
            if not clause.heading or not self.children(clause):
                continue
            names = (
                *_names(_counted(normalise(clause.heading))),
                *_QUOTED.findall(normalise(clause.heading)),
            )
            named = max((len(name) for name in names if name in key), default=0)
            if named > length:
                best, length = clause, named
        return best or self._counting(zone, text)

    def _counting(self, zone: str, text: str) -> Clause | None:
        """The clause whose heading counts what a text asks the number of (有几项行动: 开展八大行动)."""
        for asked in _HOW_MANY.finditer(text):
            heading = re.compile(f"[一二两三四五六七八九十](?:大|个|项|条){asked[1]}")
            found = [c for c in self.of_zone(zone) if heading.search(normalise(c.heading))]
            if found:
                return found[0]
        return None

    def mentions(self, zone: str, name: str) -> bool:
        """True if a zone's plan names something."""
        return any(name in c.text for c in self.of_zone(zone))

    def parts(self, zone: str) -> list[Clause]:
        """Clauses of the outermost level of a zone's plan."""
        return [c for c in self.of_zone(zone) if len(c.numbers) == 1]


def _counted(text: str) -> str:
    """A text in which counting words that stand for each other are one (三类主体, 三个主体: 三大主体)."""
    return _COUNTING.sub(r"\1大", text)


def _names(heading: str) -> list[str]:
    """A heading as questions name it: whole, or what stands behind its verb (开展八大行动: 八大行动)."""
    last = re.split("[,，]", heading)[-1]
    counting = re.search("[二三四五六七八九十]大.+$", last)  # 构建跨境电商发展六大体系
    return [
        heading,
        *(last[i:] for i in range(min(4, max(1, len(last) - 3)))),
        *([counting.group()] if counting else []),
    ]
