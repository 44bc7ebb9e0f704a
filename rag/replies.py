"""What one zone answers: claims in the notice's own words, or a refusal with its reason."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.citations import Claim
from rag.facts import Indicator
from rag.lexicon import normalise
from rag.sentences import Passage, joined, sentences, whole
from rag.types import Clause, Status

_BREAK = re.compile(r"\s*\n\s*")
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


@dataclass(frozen=True, slots=True)
class Outline:
    """Clauses by their place in the notices."""

    clauses: Sequence[Clause]

    def children(self, clause: Clause) -> list[Clause]:
        """Clauses one level below, in order."""
        return [c for c in self.clauses if c.parent == clause.id]

    def below(self, clause: Clause) -> list[Clause]:
        """Clauses of all levels below, in order."""
        return [c for child in self.children(clause) for c in (child, *self.below(child))]

    def parent(self, clause: Clause) -> Clause | None:
        """The clause above."""
        return next((c for c in self.clauses if c.id == clause.parent), None)

    def numbered(self, zone: str | None, numbers: tuple[str, ...]) -> Clause | None:
        """The clause of a zone's plan with these numbers."""
        return next((c for c in self.clauses if c.zone == zone and c.numbers == numbers), None)

    def headed(self, zone: str, heading: str) -> Clause | None:
        """The clause of a zone's plan with that normalised heading; one with parts below it where there are several."""
        named = [c for c in self.clauses if c.zone == zone and normalise(c.heading) == heading]
        return next((c for c in named if self.children(c)), next(iter(named), None))

    def mentions(self, zone: str, name: str) -> bool:
        """True if a zone's plan names something."""
        return any(name in c.text for c in self.clauses if c.zone == zone)

    def parts(self, zone: str) -> list[Clause]:
        """Clauses of the outermost level of a zone's plan."""
        return [c for c in self.clauses if c.zone == zone and len(c.numbers) == 1]
