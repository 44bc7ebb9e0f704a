"""Answers, hits and clauses as lines for a terminal. Pure functions."""

from collections.abc import Iterable, Sequence

from rag.types import Answer, Citation, Clause, RetrievedClause

_CLIP = 80  # characters of a clause that is shown only as a pointer


def answer_text(answer: Answer) -> str:
    """The answer, then its citations by number; for a refusal the related clauses; then what else one can ask."""
    blocks = [answer.text]
    if answer.citations:
        blocks.append("\n".join(f"[{c.n}] {_cited(c)}" for c in answer.citations))
    if answer.related:
        blocks.append(_list("相关条款:", (_clip(_cited(c)) for c in answer.related)))
    if answer.suggestions:
        blocks.append(_list("可以这样问:", answer.suggestions))
    return "\n\n".join(blocks)


def hits_text(found: Sequence[RetrievedClause]) -> str:
    """One hit a line, best first: rank, clause id, label, beginning of the text."""
    return "\n".join(
        f"{rank}. {hit.clause.id}  {hit.clause.label}  {_clip(_one_line(hit.clause.text))}"
        for rank, hit in enumerate(found, 1)
    )


def clause_text(clause: Clause) -> str:
    """Address, heading path and units of a clause, then its text as published."""
    head = [f"{clause.label}({clause.id},第 {clause.span.start}–{clause.span.end} 字)"]
    if clause.path:
        head.append(" › ".join(clause.path))
    if clause.units:
        head.append("责任单位:" + "、".join(clause.units))
    return "\n".join(head) + "\n\n" + clause.text.strip("\n")


def _cited(citation: Citation) -> str:
    return f"{citation.clause.label}  “{_one_line(citation.quote)}”"


def _list(head: str, items: Iterable[str]) -> str:
    return "\n".join([head, *(f"  - {item}" for item in items)])


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _clip(text: str) -> str:
    return text if len(text) <= _CLIP else text[:_CLIP] + "……"
