"""Question files: what is asked, what a right answer holds, and the clauses that prove it.

The format is described in ``questions/FORMAT.md``. A file is only used whole: every fault in it is listed by line.
"""

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from rag.errors import TiaowenError
from rag.types import Clause, Notice

FOLDER = Path(__file__).parent / "questions"

# A longer clause proves nothing to a reader who has to find the words in it.
CLAUSE_MAX = 600

Category = Literal[
    "fact",
    "unit",
    "list",
    "yesno",
    "colloquial",
    "reverse",
    "compare",
    "aggregate",
    "false_premise",
    "unanswerable",
    "multiturn",
    "english",
    "summary",
    "adversarial",
]
# low_overlap: everyday words that share no content word with the clause; near_miss: the corpus knows the subject but
# not the detail asked for, or the question takes for granted what is not so.
Tag = Literal["low_overlap", "near_miss"]
Words = Annotated[str, Field(min_length=1, pattern=r"\S")]

_FAULTS = {
    "missing": "缺少这个字段",
    "extra_forbidden": "没有这样的字段",
    "literal_error": "不在允许的取值之内",
    "too_short": "不能为空",
    "string_too_short": "不能为空",
    "string_pattern_mismatch": "不能全是空白",
    "string_type": "应是字符串",
    "int_type": "应是整数",
    "bool_type": "应是 true 或 false",
    "tuple_type": "应是数组",
    "greater_than": "应大于 0",
}


# What paraphrases have in common; without it their answers could not be compared.
_SHARED = ("expect", "evidence", "max_chars")


class QuestionError(TiaowenError):
    """A question file cannot be used; the message lists every fault with its line."""


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Gold(_Record):
    """A place that proves the answer: ``quote`` stands word for word in the clause."""

    clause: Words
    quote: Words


Evidence = tuple[Annotated[tuple[Gold, ...], Field(min_length=1)], ...]


class Expect(_Record):
    """What the answer text must and must not hold.

    Attributes:
        all: groups; of each group at least one alternative must stand in the answer.
        none: strings that must not stand in it.
        zones: exactly the zones that the answer may name; None means any.
        refuse: the corpus has no answer, and the system must say so.
    """

    all: tuple[Annotated[tuple[Words, ...], Field(min_length=1)], ...] = ()
    none: tuple[Words, ...] = ()
    zones: tuple[Words, ...] | None = None
    refuse: bool = False


class Question(_Record):
    """One graded question; ``turns`` before the last are asked first and become history.

    Attributes:
        group: shared by the paraphrases of one question, which expect one and the same answer.
        tags: slices that the question counts in, beside its category.
    """

    id: Words
    cat: Category
    turns: Annotated[tuple[Words, ...], Field(min_length=1)]
    expect: Expect
    evidence: Evidence = ()
    max_chars: Annotated[int, Field(gt=0)] = 400
    why: Words
    group: Words | None = None
    tags: tuple[Tag, ...] = ()

    @property
    def single(self) -> bool:
        """True if nothing was asked before."""
        return len(self.turns) == 1


@dataclass(frozen=True, slots=True)
class Sources:
    """The corpus that gold and citations are held against.

    Attributes:
        zones: zone names in the order of the corpus.
    """

    notices: Mapping[str, Notice]
    clauses: Mapping[str, Clause]
    zones: tuple[str, ...]

    @classmethod
    def of(cls, notices: Mapping[str, Notice]) -> Self:
        """Clauses and zones of parsed notices."""
        clauses = {clause.id: clause for notice in notices.values() for clause in notice.clauses}
        zones = dict.fromkeys(clause.zone for clause in clauses.values() if clause.zone)
        return cls(notices, clauses, tuple(zones))


def fold(text: str) -> str:
    """The form in which strings are compared: NFKC, lower case, no white space."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def committed_sets() -> dict[str, Path]:
    """Question files that ship with the package, by set name."""
    return {path.stem: path for path in sorted(FOLDER.glob("*.jsonl"))}


def load_questions(path: Path, sources: Sources) -> tuple[Question, ...]:
    """All questions of a file, in order.

    Raises:
        QuestionError: the file cannot be read, is empty, or any line of it is wrong.
    """
    questions: list[Question] = []
    faults: list[str] = []
    for number, line in read_lines(path):
        try:
            question = parse_record(Question, line)
        except ValueError as error:
            faults.append(f"第 {number} 行:{error}")
            continue
        if any(question.id == other.id for other in questions):
            faults.append(f"第 {number} 行:编号 {question.id} 已用过")
        found = [*faults_of(question, sources), *group_faults(question, questions)]
        faults += [f"第 {number} 行({question.id}):{fault}" for fault in found]
        questions.append(question)
    if faults:
        raise QuestionError(f"题集 {path.name} 有误:\n" + "\n".join(faults))
    return tuple(questions)


def read_lines(path: Path) -> list[tuple[int, str]]:
    """Numbered lines of a file, blank ones left out.

    Raises:
        QuestionError: it cannot be read, is not UTF-8, or holds nothing.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise QuestionError(f"读不到题集 {path}:{error.strerror};请检查路径。") from error
    except UnicodeDecodeError as error:
        raise QuestionError(f"题集 {path} 不是 UTF-8 编码;请转换后再用。") from error
    # Not splitlines(): a question may hold U+2028 and the like.
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not lines:
        raise QuestionError(f"题集 {path} 是空的;请至少写一题。")
    return lines


RecordT = TypeVar("RecordT", bound=BaseModel)


def parse_record(kind: type[RecordT], line: str) -> RecordT:
    """One JSON line as a record.

    Raises:
        ValueError: with a Chinese message that names each wrong field.
    """
    try:
        return kind.model_validate_json(line)
    except ValidationError as error:
        faults = error.errors(include_url=False)
    inner = {fault["loc"][:-1] for fault in faults}
    told = [
        _fault(fault["loc"], fault["type"], fault["msg"])
        for fault in faults
        # pydantic calls an array empty, too, of which it has just refused every item
        if not (fault["type"] == "too_short" and fault["loc"] in inner)
    ]
    raise ValueError(";".join(told))


def _fault(place: Sequence[int | str], kind: str, message: str) -> str:
    if kind == "json_invalid":
        return f"不是合法的 JSON({message})"
    name = ".".join(map(str, place))
    return f"字段 {name} {_FAULTS.get(kind, message)}" if name else "应是一个 JSON 对象"


def faults_of(question: Question, sources: Sources) -> list[str]:
    """What is wrong with a well-formed question, in Chinese; empty if nothing."""
    expect, faults = question.expect, []
    if expect.refuse:
        if expect.all or expect.none or expect.zones is not None or question.evidence:
            faults.append("应拒答的题不能再有 all、none、zones 或 evidence")
    elif not question.evidence or not (expect.all or expect.zones):
        faults.append("可回答的题要有 evidence,并有 all 或 zones")
    faults += [f"没有名为“{zone}”的地区" for zone in expect.zones or () if zone not in sources.zones]
    for word in expect.none:
        if any(all(fold(word) in fold(option) for option in group) for group in expect.all):
            faults.append(f"“{word}”既要求出现又不许出现")
    for group in question.evidence:
        faults += _gold_faults(group, sources)
    return faults


def group_faults(question: Question, earlier: Iterable[Question]) -> list[str]:
    """Where a question expects something else than the first of its group, in Chinese; empty if nowhere."""
    if question.group is None:
        return []
    first = next((other for other in earlier if other.group == question.group), question)
    unlike = [name for name in _SHARED if getattr(question, name) != getattr(first, name)]
    return [f"{'、'.join(unlike)} 与同组 {question.group} 的 {first.id} 不同"] if unlike else []


def _gold_faults(group: Iterable[Gold], sources: Sources) -> list[str]:
    faults, short = [], False
    for gold in group:
        clause = sources.clauses.get(gold.clause)
        if clause is None:
            faults.append(f"没有编号为 {gold.clause} 的条款")
        elif gold.quote not in clause.text:
            faults.append(f"条款 {gold.clause} 中没有“{gold.quote}”")
        else:
            short = short or len(clause.text) <= CLAUSE_MAX
    if not faults and not short:
        faults.append(f"一组依据的条款都超过 {CLAUSE_MAX} 字,无法算作引用")
    return faults
