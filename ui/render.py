"""The conversation as HTML: questions, answers with clickable marks, citations, refusals, errors.

Pure functions. Everything that comes from a user or from the corpus is escaped; only tags written here are live. Elements
that the page reacts to carry ``data-clause`` (opens a citation) or ``data-question`` (asks at once); see ``chat.js``.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from markdown_it import MarkdownIt
from markdown_it.token import Token

from rag.types import Answer, Citation, Notice, Status
from ui.texts import Texts

_MARK = re.compile(r"\[(\d{1,3})\]")
# Answers need paragraphs, lists, tables and emphasis. Links, images and HTML could only come from quoted text or from a
# question; indented code would swallow quotes that keep their indentation.
_MARKDOWN = (
    MarkdownIt("commonmark", {"html": False, "breaks": True})
    .enable("table")
    .disable(["link", "image", "autolink", "reference", "html_inline", "html_block", "code"])
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One question and what came of it.

    Attributes:
        reply: the answer's text, sent along as history; empty while waiting and after an error.
        html: the rendered question and reply, made once.
    """

    question: str
    reply: str
    html: str


def chat_html(log: Sequence[Exchange], welcome: str) -> str:
    """The whole conversation, or the welcome where there is none yet."""
    turns = "".join(exchange.html for exchange in log) or welcome
    return f'<div class="tw-log" role="log" aria-live="polite">{turns}</div>'


def welcome_html(questions: Iterable[str], texts: Texts) -> str:
    """The empty state: what this is, and questions to start with."""
    return (
        f'<section class="tw-welcome"><h2>{escape(texts.tagline)}</h2><p>{escape(texts.intro)}</p>'
        f"{_ask_buttons(questions, texts.examples_head)}</section>"
    )


def pending_html(question: str, texts: Texts) -> str:
    """A question that is being answered."""
    waiting = f'<div class="tw-answer tw-pending" aria-busy="true">{escape(texts.pending)}</div>'
    return _turn(question, waiting)


def error_html(question: str, message: str) -> str:
    """A question that could not be answered, with the reason; ``message`` is plain text."""
    return _turn(question, f'<div class="tw-answer tw-error" role="alert">{escape(message)}</div>')


def exchange_html(question: str, answer: Answer, notices: Mapping[str, Notice], texts: Texts) -> str:
    """A question with its answer."""
    return _turn(question, answer_html(answer, notices, texts))


def answer_html(answer: Answer, notices: Mapping[str, Notice], texts: Texts) -> str:
    """Badge, text with live marks, citations or related clauses, suggestions, footer."""
    badge = texts.badges[answer.status.value]
    look = "tw-refused" if answer.status.refused else f"tw-{answer.status.value.replace('_', '-')}"
    parts = [
        f'<div class="tw-badge">{escape(badge)}</div>' if badge else "",
        f'<div class="tw-body">{markdown_html(answer.text, answer.citations)}</div>',
        _citation_list(answer.citations),
        _related_list(answer.related, texts.related_head),
        _ask_buttons(answer.suggestions, texts.suggestions_head),
        _footer(answer, notices, texts),
    ]
    return f'<article class="tw-answer {look}">{"".join(parts)}</article>'


def markdown_html(text: str, citations: Iterable[Citation]) -> str:
    """CommonMark with tables as HTML; each ``[n]`` that has a citation becomes a link that opens it."""
    by_number = {citation.n: citation for citation in citations}
    tokens = _MARKDOWN.parse(text)
    for token in tokens:
        if token.type == "inline" and token.children:
            token.children = [new for child in token.children for new in _with_marks(child, by_number)]
    html = str(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, {}))
    # Wide tables scroll inside their own box, so that a phone's page does not.
    return html.replace("<table>", '<div class="tw-table"><table>').replace("</table>", "</table></div>")


def _with_marks(token: Token, by_number: Mapping[int, Citation]) -> Iterable[Token]:
    """The token itself, or its text cut at the marks."""
    if token.type != "text":
        yield token
        return
    done = 0
    for match in _MARK.finditer(token.content):
        citation = by_number.get(int(match[1]))
        if citation is None:
            continue
        if match.start() > done:
            yield Token("text", "", 0, content=token.content[done : match.start()])
        yield Token("html_inline", "", 0, content=_mark(citation))
        done = match.end()
    if done < len(token.content):
        yield Token("text", "", 0, content=token.content[done:])


def _mark(citation: Citation) -> str:
    title = escape(f"出处:{citation.clause.label}")
    return f'<a class="tw-mark" title="{title}" {_opens(citation)}>[{citation.n}]</a>'


def _opens(citation: Citation) -> str:
    """Attributes of a link that opens the citation: in the panel by script, in a new tab without."""
    return (
        f'href="{escape(citation.url)}" data-clause="{escape(citation.clause.id)}"'
        f' data-start="{citation.span.start}" data-end="{citation.span.end}"'
    )


def _citation_list(citations: Sequence[Citation]) -> str:
    if not citations:
        return ""
    items = "".join(f"<li>{_citation(citation, f'[{citation.n}]')}</li>" for citation in citations)
    return f'<ol class="tw-cites" aria-label="出处">{items}</ol>'


def _related_list(related: Sequence[Citation], head: str) -> str:
    if not related:
        return ""
    items = "".join(f"<li>{_citation(citation, '')}</li>" for citation in related)
    return f'<section class="tw-related"><h3>{escape(head)}</h3><ul class="tw-cites">{items}</ul></section>'


def _citation(citation: Citation, number: str) -> str:
    mark = f'<span class="tw-n">{number}</span>' if number else ""
    quote = " ".join(citation.quote.split())
    return (
        f'<a class="tw-cite" {_opens(citation)}>{mark}<span class="tw-label">{escape(citation.clause.label)}</span>'
        f'<span class="tw-quote">{escape(quote)}</span></a>'
    )


def _ask_buttons(questions: Iterable[str], head: str) -> str:
    buttons = "".join(
        f'<button type="button" class="tw-ask" data-question="{escape(question)}">{escape(question)}</button>'
        for question in questions
    )
    return f'<section class="tw-asks"><h3>{escape(head)}</h3>{buttons}</section>' if buttons else ""


def _footer(answer: Answer, notices: Mapping[str, Notice], texts: Texts) -> str:
    """For an answer: what it is taken from; for a refusal: up to when the corpus reaches."""
    lines: list[str] = []
    if answer.fallback:
        lines.append(f"已改用摘录方式作答:{answer.fallback.reason}")
    if answer.citations:
        lines.append(texts.disclaimer)
        cited = dict.fromkeys(citation.clause.notice_id for citation in answer.citations)
        lines += [source_line(notices[notice_id]) for notice_id in cited if notice_id in notices]
    elif answer.status is not Status.NEEDS_CLARIFICATION and answer.as_of:
        lines.append(f"检索范围:截至{day(answer.as_of)}收录的文件")
    items = "".join(f"<span>{escape(line)}</span>" for line in lines)
    return f'<footer class="tw-foot">{items}</footer>' if items else ""


def source_line(notice: Notice) -> str:
    """Where a notice was published, and its date; plain text."""
    return f"来源:{notice.meta.source},{day(notice.meta.date)}"


def day(value: date) -> str:
    """A date as official documents print it."""
    return f"{value.year}年{value.month}月{value.day}日"


def _turn(question: str, reply: str) -> str:
    return f'<section class="tw-turn"><div class="tw-question">{escape(question)}</div>{reply}</section>'
