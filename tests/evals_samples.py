"""Ten questions on the notice of the fakes (甲 突破100亿元, 乙 突破200亿元), and systems that are bad in one way each."""

from dataclasses import replace

from fakes import FIGURE, NOTICE_ID, notice

from evals.questions import CLAUSE_MAX, Question, Sources
from rag.types import Answer, Citation, RetrievedClause, Span, Status

SOURCES = Sources.of({NOTICE_ID: notice()})
OTHER = f"{NOTICE_ID}.yi.1.1"
TARGET_A = {"clause": FIGURE, "quote": "突破100亿元"}
TARGET_B = {"clause": OTHER, "quote": "突破200亿元"}
UNITS_A = {"clause": FIGURE, "quote": "责任单位:省商务厅、甲市政府"}


def ask(id_, cat, *turns, proofs=(), max_chars=30, tags=(), group=None, **expect):
    """A question with one evidence group for each of ``proofs``; with none of them, one to be refused."""
    fields = {
        "id": id_,
        "cat": cat,
        "turns": turns,
        "expect": expect or {"refuse": True},
        "max_chars": max_chars,
        "why": "试",
    }
    if proofs:
        fields["evidence"] = tuple((proof,) for proof in proofs)
    if tags:
        fields["tags"] = tags
    if group:
        fields["group"] = group
    return Question.model_validate(fields)


A, B = {"all": (("100亿",),), "none": ("200亿",)}, {"all": (("200亿",),)}
FACT_A = ask("甲", "fact", "甲市交易规模?", proofs=[TARGET_A], group="甲", **A)
PLAIN_A = ask(
    "甲俗",
    "colloquial",
    "甲那边打算做多大买卖?",
    proofs=[TARGET_A],
    group="甲",
    tags=("low_overlap",),
    **A,
)
FACT_B = ask("乙", "fact", "乙市交易规模?", proofs=[TARGET_B], **B)
UNIT_A = ask(
    "谁管",
    "unit",
    "甲市交易规模由谁负责?",
    proofs=[UNITS_A],
    max_chars=60,
    all=(("省商务厅",), ("甲市政府",)),
)
BOTH = ask(
    "甲乙",
    "compare",
    "甲乙两市交易规模各是多少?",
    proofs=[TARGET_A, TARGET_B],
    all=(("100亿",), ("200亿",)),
)
WHICH = ask("哪市", "reverse", "哪个市的目标超过150亿?", proofs=[TARGET_B], zones=("乙",))
WRONG = ask(
    "非也",
    "false_premise",
    "乙市的目标是100亿吧?",
    proofs=[TARGET_B],
    max_chars=60,
    tags=("near_miss",),
    **B,
)
FOLLOW_UP = ask("那乙", "multiturn", "甲市的目标?", "那乙市呢?", proofs=[TARGET_B], **B)
NONE = ask("丙", "unanswerable", "丙市交易规模?")
NEAR = ask("实绩", "unanswerable", "甲市2024年实际完成多少亿?", tags=("near_miss",))
QUESTIONS = (FACT_A, PLAIN_A, FACT_B, UNIT_A, BOTH, WHICH, WRONG, FOLLOW_UP, NONE, NEAR)


def cite(clause, quote, n=1):
    start = clause.span.start + clause.text.index(quote)
    return Citation(n, clause, quote, Span(start, start + len(quote)), "/")


class Gold:
    """Knows the answer to every graded turn, and where it stands."""

    def __init__(self, questions=QUESTIONS, sources=SOURCES):
        self.known = {question.turns: question for question in questions}
        self.sources = sources

    def ask(self, request):
        said = (turn.content for turn in request.history if turn.role == "user")
        question = self.known.get((*said, request.question))
        return self.reply(question) if question else Answer("好。", Status.ANSWERED)

    def reply(self, question):
        if question.expect.refuse:
            return Answer("没有找到。", Status.NOT_FOUND)
        proofs = [self.proof(group) for group in question.evidence]
        citations = [cite(clause, quote, n) for n, (clause, quote) in enumerate(proofs, 1)]
        words = [*(group[0] for group in question.expect.all), *(question.expect.zones or ())]
        text = ";".join(words) + "".join(f"[{citation.n}]" for citation in citations)
        return Answer(text, Status.ANSWERED, tuple(citations))

    def proof(self, group):
        places = ((self.sources.clauses[gold.clause], gold.quote) for gold in group)
        return next((clause, quote) for clause, quote in places if len(clause.text) <= CLAUSE_MAX)

    def retrieve(self, question, *, k):
        ids = [OTHER, FIGURE] if "乙" in question else [FIGURE, OTHER]
        return [RetrievedClause(SOURCES.clauses[id_], 1.0, 1, 1) for id_ in ids][:k]


class AlwaysRefuse(Gold):
    def ask(self, request):
        return Answer("没有找到。", Status.NOT_FOUND)

    def retrieve(self, question, *, k):
        return []


class InventsWhileRefusing(AlwaysRefuse):
    def ask(self, request):
        return Answer("没有找到,大约是777亿元。", Status.NOT_FOUND)


class OneAnswer(Gold):
    """The same true sentence for every question."""

    def ask(self, request):
        citation = cite(self.sources.clauses[FIGURE], "突破100亿元")
        return Answer("突破100亿元[1]。", Status.ANSWERED, (citation,))


class CopyTopClause(Gold):
    """Repeats the first clause it finds, whole."""

    def ask(self, request):
        (hit,) = self.retrieve(request.question, k=1)
        return Answer(hit.clause.text + "[1]", Status.ANSWERED, (cite(hit.clause, hit.clause.text),))


class WrongClause(Gold):
    """Right words, proved by a clause that does not hold them."""

    def reply(self, question):
        wanted = {gold.clause for group in question.evidence for gold in group}
        wrong = next(clause for id_, clause in self.sources.clauses.items() if id_ not in wanted)
        answer = super().reply(question)
        citations = tuple(cite(wrong, wrong.text, citation.n) for citation in answer.citations)
        return replace(answer, citations=citations)


class NamesAllZones(Gold):
    """The right answer, and every zone besides."""

    def reply(self, question):
        answer = super().reply(question)
        return answer if answer.status.refused else replace(answer, text="甲、乙:" + answer.text)


class Hedges(Gold):
    """The right answer, and both figures besides."""

    def reply(self, question):
        answer = super().reply(question)
        return answer if answer.status.refused else replace(answer, text=answer.text + "100亿,200亿")


class CitesEverything(Gold):
    """Right answers that cite all seven clauses, each whole."""

    def reply(self, question):
        answer = super().reply(question)
        every = tuple(cite(clause, clause.text) for clause in self.sources.clauses.values())
        return answer if answer.status.refused else replace(answer, citations=every)


class Bookish(Gold):
    """Right answers, but everyday words are lost on it."""

    def reply(self, question):
        if "low_overlap" in question.tags:
            return Answer("没有找到。", Status.NOT_FOUND)
        return super().reply(question)
