"""Claims → numbered marks and citations; the one place that writes ``[n]`` and cuts quotes."""

from dataclasses import dataclass
from urllib.parse import quote, urlencode

from rag.sentences import Passage
from rag.types import Citation, Clause, Span


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of an answer (CommonMark, without marks and full stop) and the stretches of text that prove it."""

    text: str
    proof: tuple[Passage, ...]


class Marks:
    """Numbers citations by first appearance; the same clause and quote get the same number."""

    def __init__(self) -> None:
        self._cited: dict[tuple[str, Span], Citation] = {}

    def of(self, claim: Claim) -> str:
        """The claim's marks, e.g. ``[1][2]``."""
        return "".join(f"[{self._number(passage)}]" for passage in claim.proof)

    def _number(self, passage: Passage) -> int:
        key = (passage.clause.id, passage.span)
        if key not in self._cited:
            self._cited[key] = make_citation(passage.clause, passage.span, len(self._cited) + 1)
        return self._cited[key].n

    @property
    def citations(self) -> tuple[Citation, ...]:
        """All citations in the order of their numbers."""
        return tuple(self._cited.values())


def make_citation(clause: Clause, span: Span, n: int = 0) -> Citation:
    """A citation whose quote is cut from the clause; ``n`` is 0 for related clauses, which carry no mark."""
    start = span.start - clause.span.start
    text = clause.text[start : start + span.end - span.start]
    url = "/?" + urlencode({"clause": clause.id, "start": span.start, "end": span.end}, quote_via=quote)
    return Citation(n, clause, text, span, url)
