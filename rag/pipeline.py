"""The whole way of a question, on one page: plan → retrieve → answer, with a trace of each step."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from importlib.metadata import version
from typing import Any, Self

from rag.answering import Answerer
from rag.chunking import chunk_notice
from rag.corpus import load_corpus
from rag.cues import plain_wordings
from rag.dialogue import Dialogue, about_clause
from rag.english import English
from rag.errors import InvalidQuestion, NotFound, UnknownZone
from rag.evidence import Selector
from rag.extractive import Extractive
from rag.facts import Facts
from rag.framing import Frame
from rag.gazetteer import make_gazetteer
from rag.index import Filter, Index, build_index, fingerprint
from rag.lexicon import Lexicon, data_hash
from rag.models import make_embedder
from rag.operations import Operations
from rag.parts import joined, split
from rag.plans import Ask, QueryPlan
from rag.query import Planner
from rag.replies import Outline
from rag.retrieval import Found, Retriever
from rag.romanised import Romanised
from rag.settings import Settings
from rag.types import Answer, AskRequest, Clause, Fallback, RetrievedClause, Turn
from rag.vectors import StoredEmbeddings

QUESTION_MAX = 2000
HISTORY_MAX = 20
_EMBEDDED = 300  # characters: what a rambling question asks stands at its end
_PER_ZONE = 10  # clauses looked at in each zone that a question names
_OVERALL = 60  # clauses looked at where it names none

Progress = Callable[[int, int], None]


class Pipeline:
    """Opened once per process, safe to call from several threads.

    Attributes:
        notices: parsed notices by id.
        facts: fact rows of all notices.
        versions: package, corpus, index and data fingerprints, as every answer carries them.
    """

    def __init__(self, settings: Settings, progress: Progress | None, *, rebuild: bool) -> None:
        self.notices = load_corpus(settings)
        self._clauses = {c.id: c for notice in self.notices.values() for c in notice.clauses}
        chunks = [c for notice in self.notices.values() for c in chunk_notice(notice, settings.chunk_tokens)]
        gazetteer = make_gazetteer(self.notices.values())
        self.zones = gazetteer.zones
        lexicon = Lexicon(gazetteer.names)
        embedder = make_embedder(settings)
        store = StoredEmbeddings(
            embedder, settings.data_dir / "vectors.sqlite3", settings.embedding_batch_size
        )
        root, wanted = settings.data_dir / "index", fingerprint(chunks, embedder)
        self.report = build_index(root, chunks, store, wanted, lexicon, progress, rebuild=rebuild)
        self._index = Index.open(root, wanted, store, lexicon)
        self._retriever = Retriever(self._index, {c.id: c for c in chunks}, self._clauses, lexicon)
        self._english, self._frame = English(gazetteer), Frame(gazetteer)
        self._romanised = Romanised(
            (
                *gazetteer.zones,
                *gazetteer.places,
                *plain_wordings(),
                *lexicon.everyday,
                *lexicon.phrases,
                *gazetteer.headings,
            )
        )
        self._planner = Planner(gazetteer, lexicon)
        self._dialogue = Dialogue(self._planner, self.zones, self._retriever.scorer.known)
        selector = Selector(self._retriever.scorer, lexicon)
        outline = Outline(tuple(self._clauses.values()))
        self.facts = Facts.of(outline.clauses)
        engine = Extractive(selector, self.facts, outline)
        operations = Operations(selector, outline, self.facts, self.zones)
        self._answerer = Answerer(engine, operations, selector, outline)
        self.versions = {
            "tiaowen": version("tiaowen"),
            "index": wanted[:16],
            "data": data_hash(),
            **{notice.id: notice.meta.sha256[:16] for notice in self.notices.values()},
        }

    @classmethod
    def open(cls, settings: Settings, progress: Progress | None = None, *, rebuild: bool = False) -> Self:
        """Parse the corpus, build or finish the index where needed, load the embedder.

        Args:
            progress: called with (chunks embedded, chunks in all) while an index is built.
            rebuild: build the index anew even if nothing changed.

        Raises:
            CorpusError, IndexStateError, EmbeddingError: see there.
        """
        return cls(settings, progress, rebuild=rebuild)

    def clause(self, clause_id: str) -> Clause:
        """The clause of that id.

        Raises:
            NotFound: there is none.
        """
        if clause_id not in self._clauses:
            raise NotFound(f"没有编号为 {clause_id} 的条款;条款编号见 GET /v1/notices/{{id}}。")
        return self._clauses[clause_id]

    def ask(self, request: AskRequest) -> Answer:
        """Answer one question.

        Raises:
            InvalidQuestion: empty, or longer than 2,000 characters.
            UnknownZone: a zone filter that no notice has.
            NotFound: an unknown notice in the filter.
        """
        timer = _Timer()
        where = self._filter(request.question, request.zones, request.notices)
        history = request.history[-HISTORY_MAX:]
        turns = [replace(t, content=self._in_chinese(t.content)) if t.role == "user" else t for t in history]
        question = self._in_chinese(request.question)
        answers: list[Answer] = []
        for part in split(question):
            proven = answers[-1].citations[0].clause if answers and answers[-1].citations else None
            answers.append(self._answer(part, turns, where, timer, proven))
            turns += [Turn("user", part), Turn("assistant", answers[-1].text)]
        answer = joined(answers)
        english = question != request.question and not self._romanised.is_pinyin(request.question)
        if english:
            answer = self._frame.framed(answer, request.question)
        return replace(
            answer,
            fallback=Fallback("llm", "没有配置语言模型") if request.engine == "llm" else None,
            as_of=max(notice.meta.date for notice in self.notices.values()),
            versions=self.versions,
            trace={
                **answers[0].trace,
                **({"question_in_chinese": question} if question != request.question else {}),
                "ignored_turns": len(request.history) - len(history),
                "then": [later.trace["plan"] for later in answers[1:]],
            },
            timings_ms=timer.steps,
        )

    def _in_chinese(self, question: str) -> str:
        """A question in English or pinyin in the words of the planner; any other as it is."""
        if self._romanised.is_pinyin(question):
            return self._romanised.chinese(question)
        return self._english.chinese(question) if self._english.is_english(question) else question

    def _answer(
        self, question: str, history: Sequence[Turn], where: Filter, timer: "_Timer", proven: Clause | None
    ) -> Answer:
        """Answer a question of one part, with its trace; ``proven`` is the clause that the part before cites first."""
        plan = self._dialogue.plan(question, history)
        if proven and plan.asks is Ask.UNITS and "topic" in plan.carried:
            plan = about_clause(plan, proven)
        if where[0]:
            plan = replace(plan, zones=where[0])
        plan, given = self._answerer.narrowed(plan)
        timer.mark("plan")
        vector = self._index.embed(plan.question[-_EMBEDDED:])
        timer.mark("embed")
        found = self._find(plan, vector, where)
        claims = plan.confirm and plan.zones and not where[0]
        elsewhere = self._find(replace(plan, zones=()), vector, where) if claims else ()
        timer.mark("retrieve")
        answer = self._answerer.answer(plan, found, elsewhere, given)
        timer.mark("answer")
        return replace(answer, trace=_trace(plan, _ranked(found)))

    def retrieve(
        self,
        question: str,
        *,
        zones: Sequence[str] | None = None,
        notices: Sequence[str] | None = None,
        k: int = 5,
    ) -> list[RetrievedClause]:
        """The k best clauses, best first. Same errors as :meth:`ask`."""
        where = self._filter(question, zones, notices)
        plan = self._planner.plan(self._in_chinese(question))
        vector = self._index.embed(plan.question[-_EMBEDDED:])
        if where[0]:
            plan = replace(plan, zones=where[0])
        return _ranked(self._find(plan, vector, where, k))[:k]

    def _find(self, plan: QueryPlan, vector: list[float], where: Filter, k: int = 0) -> list[Found]:
        """Each named zone searched on its own; without one the whole corpus; for the notice itself its own clauses.

        ``k`` asks for more clauses than answers need.
        """
        if plan.zones:
            searches = [
                self._retriever.search(plan.topic, plan.terms, vector, ((zone,), where[1]), max(k, _PER_ZONE))
                for zone in plan.zones
            ]
            return [found for search in searches for found in search]
        found = self._retriever.search(plan.topic, plan.terms, vector, where, max(k, _OVERALL))
        if not plan.notice:
            return found
        cover = next((group for group in found if group.zone is None), Found(None, (), {}))
        own = (
            c for c in self._clauses.values() if c.zone is None and c.notice_id in (where[1] or self.notices)
        )
        rest = [c for c in own if c not in cover.clauses]
        return [cover.only((*cover.clauses, *rest))]

    def _filter(self, question: str, zones: Sequence[str] | None, notices: Sequence[str] | None) -> Filter:
        if not question.strip():
            raise InvalidQuestion("问题是空的;请写下要问的内容。")
        if len(question) > QUESTION_MAX:
            raise InvalidQuestion(f"问题有 {len(question)} 个字,最多 {QUESTION_MAX} 个;请缩短后再问。")
        wanted = [zone.strip().removesuffix("市") for zone in zones or ()]
        unknown = [zone for zone in wanted if zone not in self.zones]
        if unknown:
            raise UnknownZone(
                f"没有名为“{'、'.join(unknown)}”的市;可用:{'、'.join(self.zones)}。", self.zones
            )
        missing = [id_ for id_ in notices or () if id_ not in self.notices]
        if missing:
            raise NotFound(f"没有编号为 {'、'.join(missing)} 的文件;可用:{'、'.join(self.notices)}。")
        return tuple(zone for zone in self.zones if zone in wanted), tuple(dict.fromkeys(notices or ()))


class _Timer:
    """Milliseconds by step."""

    def __init__(self) -> None:
        self.steps: dict[str, float] = {}
        self._start = self._last = time.perf_counter()

    def mark(self, step: str) -> None:
        now = time.perf_counter()
        self.steps[step] = round(self.steps.get(step, 0.0) + (now - self._last) * 1000, 3)
        self.steps["total"] = round((now - self._start) * 1000, 3)
        self._last = now


def _ranked(found: Sequence[Found]) -> list[RetrievedClause]:
    """Clauses of all zones, best first."""
    return sorted((hit for group in found for hit in group.hits), key=lambda hit: (-hit.score, hit.clause.id))


def _trace(plan: QueryPlan, ranked: Sequence[RetrievedClause]) -> dict[str, Any]:
    return {
        "plan": asdict(plan),
        "retrieved": [
            {
                "clause_id": hit.clause.id,
                "score": round(hit.score, 6),
                "dense_rank": hit.dense_rank,
                "lexical_rank": hit.lexical_rank,
            }
            for hit in ranked[:10]
        ],
    }
