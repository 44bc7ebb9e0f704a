"""``python -m evals.convert IN OUT``: questions whose evidence is bare strings → our format with clause ids.

Each string becomes one alternative for every clause that holds it; the quote is the clause's own wording. A string that
stands in several clauses must be one of several alternatives and stay within one plan: look-alike clauses of different
zones prove different things, and an author who names one of them hardly means all.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

from pydantic import Field

from evals.questions import (
    Gold,
    Question,
    QuestionError,
    Sources,
    Words,
    faults_of,
    fold,
    group_faults,
    parse_record,
    read_lines,
)
from rag.corpus import load_corpus
from rag.errors import TiaowenError
from rag.settings import load_settings
from rag.types import Clause


class _Plain(Question):
    evidence: tuple[Annotated[tuple[Words, ...], Field(min_length=1)], ...] = ()  # type: ignore[assignment]


def convert(source: Path, target: Path, sources: Sources) -> int:
    """Writes ``target`` and returns the number of questions; nothing is written if anything is wrong.

    Raises:
        QuestionError: a line is wrong, or a string stands in no clause or in too many.
    """
    questions: list[Question] = []
    faults: list[str] = []
    for number, line in read_lines(source):
        try:
            question = convert_line(line, sources)
        except ValueError as error:
            faults.append(f"第 {number} 行:{error}")
            continue
        found = [*faults_of(question, sources), *group_faults(question, questions)]
        faults += [f"第 {number} 行({question.id}):{fault}" for fault in found]
        questions.append(question)
    if faults:
        raise QuestionError(f"题集 {source.name} 有误:\n" + "\n".join(faults))
    lines = [
        json.dumps(question.model_dump(exclude_unset=True), ensure_ascii=False) for question in questions
    ]
    target.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return len(lines)


def convert_line(line: str, sources: Sources) -> Question:
    """One question in the plain form, as ours.

    Raises:
        ValueError: a field is wrong, or an evidence string stands in no clause or in too many.
    """
    plain = parse_record(_Plain, line)
    groups, faults = [], []
    for group in plain.evidence:
        found = {words: find_quote(words, sources) for words in group}
        faults += [
            fault
            for words, golds in found.items()
            if (fault := _place_fault(words, golds, sources, alone=len(found) == 1))
        ]
        groups.append(tuple(dict.fromkeys(gold for golds in found.values() for gold in golds)))
    if faults:
        raise ValueError(f"({plain.id})" + ";".join(faults))
    fields = {name: getattr(plain, name) for name in plain.model_fields_set}
    return Question(**{**fields, "evidence": tuple(groups)})


def _place_fault(words: str, golds: Sequence[Gold], sources: Sources, *, alone: bool) -> str | None:
    """What is wrong with where a string stands; ``alone``: its group has no other string."""
    if not golds:
        return f"没有条款含有“{words}”"
    clauses = [sources.clauses[gold.clause] for gold in golds]
    plans = {(clause.notice_id, clause.plan) for clause in clauses}
    if len(plans) == 1 and (len(clauses) == 1 or not alone):
        return None
    places = "、".join(clause.id for clause in clauses)
    return f"“{words}”见于多个条款({places});请写长到只见于一条,几处都可以的,在同一组中逐条列出"


def find_quote(words: str, sources: Sources) -> list[Gold]:
    """The places where a string stands, compared as answers are; the verbatim stretch of each clause."""
    wanted = fold(words)
    return [
        Gold(clause=clause.id, quote=quote)
        for clause in sources.clauses.values()
        if wanted and (quote := _stretch(wanted, clause))
    ]


def _stretch(wanted: str, clause: Clause) -> str | None:
    if wanted not in fold(clause.text):
        return None
    folded, places = "", []
    for place, char in enumerate(clause.text):
        part = fold(char)
        folded += part
        places += [place] * len(part)
    at = folded.find(wanted)
    if at < 0:  # only composing characters of the clause together would match
        return None
    return clause.text[places[at] : places[at + len(wanted) - 1] + 1]


def main(arguments: list[str]) -> int:
    """Exit code: 0 done, 1 a fault in the file, 2 wrong usage."""
    if len(arguments) != 2:
        print("用法:python -m evals.convert 原文件 新文件", file=sys.stderr)
        return 2
    try:
        sources = Sources.of(load_corpus(load_settings()))
        count = convert(Path(arguments[0]), Path(arguments[1]), sources)
    except TiaowenError as error:
        print(f"错误:{error}", file=sys.stderr)
        return 1
    print(f"已写入 {count} 题:{arguments[1]}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
