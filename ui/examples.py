"""Example questions made from the corpus's own zones and headings, so that another corpus brings its own."""

from collections.abc import Iterable, Iterator

from rag.types import Clause, Notice, Plan
from ui.texts import Texts

# Longer headings make buttons of two lines.
_LONGEST_HEADING = 14


def example_questions(notices: Iterable[Notice], texts: Texts) -> tuple[str, ...]:
    """At most four questions, each about another zone where there are several; always the same ones.

    A template without a fitting heading in the corpus gives no question.
    """
    questions: list[str] = []
    plans = [(notice, plan) for notice in notices for plan in _asked_about(notice)]
    for i, (kind, template) in enumerate(texts.examples.items()):
        # Each kind starts at another plan and takes the first one that has a fitting clause.
        for notice, plan in plans[i % max(len(plans), 1) :] + plans[: i % max(len(plans), 1)]:
            fitting = list(_fitting(kind, notice, plan))
            if fitting:
                clause = fitting[len(fitting) // 2] if kind != "opening" else fitting[0]
                questions.append(template.format(place=plan.zone or "通知", heading=clause.heading))
                break
    return tuple(dict.fromkeys(questions))


def _asked_about(notice: Notice) -> list[Plan]:
    """The plans of zones; of a notice without zones, all it has."""
    return [plan for plan in notice.plans if plan.zone] or list(notice.plans)


def _fitting(kind: str, notice: Notice, plan: Plan) -> Iterator[Clause]:
    clauses = [c for c in notice.clauses if c.plan == plan.slug and 0 < len(c.heading) <= _LONGEST_HEADING]
    children: dict[str | None, int] = {}
    for clause in clauses:
        children[clause.parent] = children.get(clause.parent, 0) + 1
    for clause in clauses:
        body = len(clause.text) - len(clause.heading)
        if (
            (kind == "opening" and len(clause.numbers) == 1 and body > 40)
            or (kind == "units" and clause.units and body > 40)
            or (kind == "parts" and len(clause.numbers) > 1 and children.get(clause.id, 0) > 2)
            or (kind == "measures" and len(clause.numbers) > 1 and body > 60)
        ):
            yield clause
