"""The source panel as HTML: a clause inside the published text, the quote marked.

Pure functions; everything from the corpus is escaped. The panel shows one plan of the notice, exactly as published apart
from empty lines, and links to its siblings.
"""

from collections.abc import Iterable, Iterator
from html import escape
from itertools import pairwise

from rag.types import Clause, Notice, Plan, Span
from ui.render import source_line
from ui.texts import Texts


def empty_html(notices: Iterable[Notice], texts: Texts) -> str:
    """The panel before anything is opened: how to use it, and the notices to leaf through."""
    shelf = "".join(
        f"<li><b>{escape(notice.meta.title)}</b><p>{escape(source_line(notice))}</p>{_plan_buttons(notice, None)}</li>"
        for notice in notices
    )
    body = f'<div class="tw-shelf"><p>{escape(texts.source_empty)}</p><ul>{shelf}</ul></div>'
    return _panel(f"<h2>{escape(texts.source_head)}</h2>", body)


def message_html(message: str, texts: Texts) -> str:
    """The panel when what was asked for cannot be shown; ``message`` is plain text."""
    body = f'<p class="tw-warning" role="alert">{escape(message)}</p>'
    return _panel(f"<h2>{escape(texts.source_head)}</h2>", body)


def clause_html(notice: Notice, clause: Clause, quote: Span, warning: str = "") -> str:
    """The clause inside the text of its plan.

    Args:
        notice: the notice that holds the clause.
        clause: lightly highlighted.
        quote: stretch of ``notice.text`` that is marked.
        warning: plain text shown above, e.g. that the address was partly wrong.
    """
    plan = next((plan for plan in notice.plans if plan.slug == clause.plan), None)
    units = "".join(f"<li>{escape(unit)}</li>" for unit in clause.units)
    head = (
        f"<h2>{escape(clause.label)}</h2>"
        + (f'<p class="tw-path">{escape(" › ".join(clause.path))}</p>' if clause.path else "")
        + (f'<div class="tw-units"><span>责任单位</span><ul>{units}</ul></div>' if units else "")
    )
    notes = f'<p class="tw-warning" role="alert">{escape(warning)}</p>' if warning else ""
    return _panel(head, notes + _document(notice, plan, clause.span, quote))


def plan_html(notice: Notice, plan: Plan) -> str:
    """A plan from its beginning, nothing marked."""
    nothing = Span(plan.span.start, plan.span.start)
    return _panel(f"<h2>{escape(plan_name(plan))}</h2>", _document(notice, plan, nothing, nothing))


def plan_name(plan: Plan) -> str:
    """Short name of a plan: its zone, else 通知正文."""
    return plan.zone or "通知正文"


def _panel(head: str, body: str) -> str:
    close = '<button type="button" class="tw-close" data-close aria-label="关闭原文">×</button>'
    return f'<section class="tw-source"><header class="tw-source-head">{close}{head}</header>{body}</section>'


def _document(notice: Notice, plan: Plan | None, clause: Span, quote: Span) -> str:
    span = plan.span if plan else Span(0, len(notice.text))
    siblings = f'<nav class="tw-plans" aria-label="本通知的各部分">{_plan_buttons(notice, plan)}</nav>'
    return (
        f'{siblings if len(notice.plans) > 1 else ""}<div class="tw-text" tabindex="0" aria-label="原文">'
        f"{''.join(_paragraphs(notice, span, clause, quote))}"
        f'<p class="tw-origin">《{escape(notice.meta.title)}》<br>{escape(source_line(notice))}</p></div>'
    )


def _plan_buttons(notice: Notice, shown: Plan | None) -> str:
    """Buttons that turn to the plans of the notice."""
    return "".join(
        f'<button type="button" data-notice="{escape(notice.id)}" data-plan="{escape(plan.slug)}"'
        f"{' aria-current=true' if plan is shown else ''}>{escape(plan_name(plan))}</button>"
        for plan in notice.plans
    )


def _paragraphs(notice: Notice, shown: Span, clause: Span, quote: Span) -> Iterator[str]:
    """One ``<p>`` a line that is not empty."""
    opening = {c.span.start: c for c in notice.clauses}
    titles = [
        c.span
        for c in notice.clauses
        if not c.numbers and any(c.span.start == p.span.start for p in notice.plans)
    ]
    for line in _lines(notice.text, shown):
        kind, bold = "", 0
        first = opening.get(line.start)
        if any(title.start <= line.start < title.end for title in titles):
            kind = "tw-title"
        elif first and first.numbers:
            heading = first.path[-1] if first.path else ""
            bold = len(heading) if notice.text.startswith(heading, line.start) else 0
            kind = f"tw-level{min(len(first.numbers), 3)}"
        if clause.start <= line.start and line.end <= clause.end:
            kind += " tw-clause"
        inner = "".join(_pieces(notice.text, line, Span(line.start, line.start + bold), clause, quote))
        yield f'<p class="{kind.strip()}">{inner}</p>'


def _lines(text: str, shown: Span) -> Iterator[Span]:
    """The lines of the shown stretch without the white space around them; empty ones left out."""
    start = shown.start
    for line in text[shown.start : shown.end].splitlines(keepends=True):
        stripped = line.strip()
        if stripped:
            left = start + len(line) - len(line.lstrip())
            yield Span(left, left + len(stripped))
        start += len(line)


def _pieces(text: str, line: Span, bold: Span, clause: Span, quote: Span) -> Iterator[str]:
    """The line cut where a highlight begins or ends, each piece in the tags that cover it."""
    edges = {line.start, line.end}
    for span in (bold, clause, quote):
        edges |= {edge for edge in (span.start, span.end) if line.start < edge < line.end}
    whole = clause.start <= line.start and line.end <= clause.end
    for start, end in pairwise(sorted(edges)):
        piece = escape(text[start:end])
        if start in bold:
            piece = f"<b>{piece}</b>"
        if start in quote:
            piece = f"<mark>{piece}</mark>"
        if start in clause and not whole:
            piece = f'<span class="tw-clause">{piece}</span>'
        yield piece
