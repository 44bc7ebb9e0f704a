"""The typed query plan: how a question was understood. Shown as it is in the trace."""

from dataclasses import dataclass
from enum import StrEnum

from rag.covering import Facet
from rag.intents import Bound, Op
from rag.lexicon import Term


class Ask(StrEnum):
    """What an answer must deliver."""

    TEXT = "text"
    VALUE = "value"
    UNITS = "units"
    LIST = "list"
    PLACE = "place"
    DATE = "date"
    ZONES = "zones"


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """How a question was understood; shown as it is in the trace.

    Attributes:
        question: normalised question, markup removed, misspelt names put right.
        focus: the part of it that asks, without remarks on the form of the answer.
        topic: the question without zones and rambling, what is searched for.
        zones: zones that the answer is about; empty means not named.
        places: counties and areas named.
        foreign: places outside the corpus that the question is about.
        outside: places outside the corpus asked about beside its zones (甲和外地的目标).
        asks: what an answer must deliver.
        confirm: True if yes or no is asked.
        claim: the part of such a question that says what is claimed, without 对吗, 是这样吗 and the like.
        units: responsible units named, where the question is about who does something.
        bodies: responsible units named in any role, or kinds of them (海关).
        plural: True if more than one answer is expected.
        quoted: what the question puts in quotation marks.
        figures: figures with units in the question, e.g. ``("500", "亿元")``.
        asked_unit: unit of the figure asked for, e.g. ``家``.
        counted: what stands right behind it, e.g. ``企业`` in 有几家企业.
        years: four-digit years named.
        heading: a heading of general words only that the question names, e.g. ``主要任务``.
        reference: clause numbers asked for, outermost first; a leading 0 stands for a part not named.
        all_zones: True if the question is about every zone.
        overview: True if a summary is asked for.
        targets: True if all figures of a plan are asked for.
        aims: True if the question speaks of goals (目标).
        each: True if every county or district is asked about, none by name.
        item: True if the question asks which action, system or part something stands in.
        notice: True if the question is about the notice as a document.
        facet: the part of the notice that such a question is about.
        ops: operations over the facts of several zones, e.g. ``highest``.
        bound: limit that the zones asked for keep, e.g. 不低于150亿.
        within: plan of the zones meant, where a question takes two steps (由甲参与的那几个市,目标合计多少).
        excluded: zones that the question sets aside (除了甲).
        aside: terms that it sets aside as known or not meant (除了甲,还有哪些); not among ``terms``.
        carried: what was taken over from earlier turns (``zones``, ``topic``).
    """

    question: str
    focus: str
    topic: str
    zones: tuple[str, ...]
    places: tuple[str, ...]
    foreign: tuple[str, ...]
    outside: tuple[str, ...]
    asks: Ask
    confirm: bool
    claim: str
    terms: tuple[Term, ...]
    units: tuple[str, ...]
    bodies: tuple[str, ...]
    plural: bool
    quoted: tuple[str, ...]
    figures: tuple[tuple[str, str], ...]
    asked_unit: str | None
    counted: Term | None
    years: tuple[str, ...]
    heading: str | None
    reference: tuple[int, ...]
    all_zones: bool
    overview: bool
    targets: bool
    aims: bool
    each: bool
    item: bool
    notice: bool
    facet: Facet | None
    ops: tuple[Op, ...] = ()
    bound: Bound | None = None
    within: "QueryPlan | None" = None
    excluded: tuple[str, ...] = ()
    aside: tuple[Term, ...] = ()
    carried: tuple[str, ...] = ()
