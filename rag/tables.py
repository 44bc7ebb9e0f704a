"""Rows with their claims → lines for one or two, a table from three rows on; the result stands in front."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.citations import Claim, Marks

TABLE = 3  # rows from which a table is easier to read than lines


@dataclass(frozen=True, slots=True)
class Row:
    """One line of an answer: what it is about (a zone, a county), and what is said of it, a result in front."""

    name: str
    claims: tuple[Claim, ...]
    result: str = ""

    def said(self, marks: Marks) -> str:
        """The claims with their marks, on one line."""
        return self.result + ";".join(claim.text + marks.of(claim) for claim in self.claims)


def compose(lead: str, rows: Sequence[Row], marks: Marks, *, head: str = "规定", column: str = "市") -> str:
    """Lead and rows as CommonMark; without rows the lead alone."""
    if len(rows) >= TABLE:
        lines = [f"| {column} | {head} |", "| --- | --- |"]
        lines += [f"| {row.name} | {_cell(row.said(marks))} |" for row in rows]
        return "\n".join([lead, "", *lines] if lead else lines)
    lines = [f"- {row.name}:{row.said(marks)}。" for row in rows]
    return "\n".join([lead, *lines] if lead else lines)


def listed(names: Iterable[str]) -> str:
    """Names in a row, e.g. 甲、乙."""
    return "、".join(names)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")
