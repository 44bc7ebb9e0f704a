"""The whole way of a question, on one page."""

from collections.abc import Callable
from typing import Self

from rag.settings import Settings
from rag.types import Answer, AskRequest, Clause, Notice, RetrievedClause

Progress = Callable[[int, int], None]


class Pipeline:
    """Opened once per process, safe to call from several threads."""

    notices: dict[str, Notice]
    versions: dict[str, str]

    @classmethod
    def open(cls, settings: Settings, progress: Progress | None = None) -> Self:
        """Parse the corpus, build or finish the index where needed, load the embedder."""
        raise NotImplementedError

    @property
    def zones(self) -> tuple[str, ...]:
        """Short zone names in corpus order."""
        raise NotImplementedError

    def clause(self, clause_id: str) -> Clause:
        """The clause of that id. Raises NotFound."""
        raise NotImplementedError

    def ask(self, request: AskRequest) -> Answer:
        """Answer one question. Raises InvalidQuestion, UnknownZone, NotFound (unknown notice)."""
        raise NotImplementedError

    def retrieve(
        self,
        question: str,
        *,
        zones: tuple[str, ...] | None = None,
        notices: tuple[str, ...] | None = None,
        k: int = 5,
    ) -> list[RetrievedClause]:
        """The k best clauses, best first. Same errors as :meth:`ask`."""
        raise NotImplementedError
