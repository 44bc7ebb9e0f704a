"""What the page does when a reader asks, clicks or follows a link; knows nothing of Gradio.

Every method returns what the page shall show. None raises: whatever goes wrong becomes a sentence in Chinese.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qs

from rag.errors import NotFound, TiaowenError
from rag.types import Answer, AskRequest, Clause, Notice, Span, Turn
from ui import render, source
from ui.examples import example_questions
from ui.render import Exchange
from ui.texts import Texts

_log = logging.getLogger(__name__)

# Older exchanges leave the page, so that neither it nor the session grows without end.
_MOST_EXCHANGES = 30
# A question over the limit stays in the box; the conversation only shows how it begins.
_SHOWN_OF_REFUSED = 100

Log = tuple[Exchange, ...]


class Answers(Protocol):
    """What the page needs of :class:`rag.pipeline.Pipeline`."""

    notices: dict[str, Notice]

    @property
    def zones(self) -> tuple[str, ...]:
        """Short zone names in corpus order."""

    def clause(self, clause_id: str) -> Clause:
        """The clause of that id. Raises NotFound."""

    def ask(self, request: AskRequest) -> Answer:
        """Answer one question."""


@dataclass(frozen=True, slots=True)
class View:
    """What the page shows next.

    Attributes:
        chat: the conversation as HTML.
        box: what the question box shall hold, or None to leave it as it is.
        log: the conversation as kept for the next question.
        panel: the source panel as HTML, or None to leave it as it is.
    """

    chat: str
    box: str | None
    log: Log
    panel: str | None = None


class Desk:
    """Answers the page's events from a pipeline; safe to call from several threads."""

    def __init__(self, pipeline: Answers, texts: Texts) -> None:
        self._pipeline = pipeline
        self._texts = texts
        self._welcome = render.welcome_html(example_questions(pipeline.notices.values(), texts), texts)
        self.empty_panel = source.empty_html(pipeline.notices.values(), texts)

    def welcome(self) -> View:
        """An empty conversation and an empty panel."""
        return View(render.chat_html((), self._welcome), "", (), self.empty_panel)

    def ask(self, question: str, zones: Sequence[str], log: Log) -> Iterator[View]:
        """First the question as waiting, then its answer; with an error the question returns to the box.

        An answer with citations also opens its first one in the panel.
        """
        asked = question.strip()
        if not asked:
            yield View(self._chat(log), None, log)
            return
        yield View(self._chat((*log, Exchange(asked, "", self._pending(asked)))), "", log)
        try:
            answer = self._pipeline.ask(AskRequest(asked, _history(log), tuple(zones) or None))
            html = render.exchange_html(asked, answer, self._pipeline.notices, self._texts)
        except TiaowenError as error:
            yield self._failed(question, log, str(error))
            return
        except Exception:
            _log.exception("the page could not answer a question")
            yield self._failed(question, log, self._texts.failure)
            return
        log = (*log, Exchange(asked, answer.text, html))[-_MOST_EXCHANGES:]
        panel = None
        if answer.citations:
            first = answer.citations[0]
            panel = self._clause(first.clause.id, first.span)
        # The reader may be typing the next question by now.
        yield View(self._chat(log), None, log, panel)

    def click(self, target: Mapping[str, Any]) -> str:
        """The panel for a click on a citation (``clause``, ``start``, ``end``) or on a plan (``notice``, ``plan``), or for
        the address that the page was loaded with (``link``).

        ``target`` comes from the browser: anything may be missing or wrong.
        """
        if "link" in target:
            return self.link(str(target["link"]))
        if "plan" in target:
            notice = self._pipeline.notices.get(str(target.get("notice")))
            plans = notice.plans if notice else ()
            for plan in plans:
                if notice and plan.slug == target["plan"]:
                    return source.plan_html(notice, plan)
            return source.message_html("没有找到这一部分。", self._texts)
        return self._place(str(target.get("clause", "")), target.get("start"), target.get("end"))

    def link(self, search: str) -> str:
        """The panel for a page address: ``?clause=<id>&start=<int>&end=<int>``, the last two optional."""
        try:
            query = parse_qs(search.removeprefix("?"), keep_blank_values=True, max_num_fields=50)
        except ValueError:
            return source.message_html("链接的格式不对,请检查是否复制完整。", self._texts)
        if "clause" not in query:
            return self.empty_panel
        return self._place(query["clause"][0], query.get("start", [None])[0], query.get("end", [None])[0])

    def _place(self, clause_id: str, start: object, end: object) -> str:
        """The clause with that stretch marked; with neither start nor end the whole clause."""
        if start is None and end is None:
            return self._clause(clause_id, None)
        try:
            # Only plain digits: int() would also take signs, spaces and underscores.
            numbers = [
                int(str(value)) for value in (start, end) if str(value).isdecimal() and len(str(value)) < 10
            ]
        except ValueError:
            numbers = []
        return self._clause(clause_id, Span(*numbers) if len(numbers) == 2 else Span(0, 0))

    def _clause(self, clause_id: str, quote: Span | None) -> str:
        try:
            clause = self._pipeline.clause(clause_id)
            notice = self._pipeline.notices[clause.notice_id]
        except (NotFound, KeyError):
            shown = clause_id if len(clause_id) <= 80 else clause_id[:80] + "……"
            return source.message_html(f"没有找到条款“{shown}”。请检查链接是否完整,或直接提问。", self._texts)
        if quote is None:
            return source.clause_html(notice, clause, clause.span)
        if clause.span.start <= quote.start < quote.end <= clause.span.end:
            return source.clause_html(notice, clause, quote)
        warning = "链接里标注的位置不在这一条之内,现标出整条。"
        return source.clause_html(notice, clause, clause.span, warning)

    def _failed(self, question: str, log: Log, message: str) -> View:
        """The question back in the box, and the reason in the conversation, where it stays out of the history."""
        shown = question.strip()
        if len(shown) > _SHOWN_OF_REFUSED:
            shown = shown[:_SHOWN_OF_REFUSED] + "……"
        log = (*log, Exchange(shown, "", render.error_html(shown, message)))[-_MOST_EXCHANGES:]
        return View(self._chat(log), question, log)

    def _pending(self, question: str) -> str:
        return render.pending_html(question[:_SHOWN_OF_REFUSED], self._texts)

    def _chat(self, log: Log) -> str:
        return render.chat_html(log, self._welcome)


def _history(log: Log) -> tuple[Turn, ...]:
    """The exchanges that got a reply, as turns."""
    return tuple(
        turn
        for exchange in log
        if exchange.reply
        for turn in (Turn("user", exchange.question), Turn("assistant", exchange.reply))
    )
