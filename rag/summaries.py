"""Overviews: a whole plan, a part of it, or what zones say of a theme; sentences as they stand, within a budget."""

from collections.abc import Sequence
from dataclasses import replace

from rag.citations import Claim, Marks
from rag.columns import Columns
from rag.computing import Computed
from rag.cues import cue
from rag.lexicon import Term, normalise
from rag.mentions import Mention, Mentions
from rag.plans import Ask, QueryPlan
from rag.replies import Outline, heading_claim, verbatim_claim
from rag.sentences import Passage, joined, sentences
from rag.tables import Row, compose
from rag.types import Clause

_BUDGET = 900  # characters of an overview; more makes a reader scroll
_LEAST = 60  # characters that every part gets
_CLAUSES = 3  # clauses on a theme shown of a zone
_FEW = 4  # clauses without parts below which each gets a sentence
_TITLED = 0.75  # share of what the best heading says from which a clause is about the theme
_PASSAGES = 4  # passages of a zone on a theme


class Summaries:
    """Composes overviews."""

    def __init__(self, outline: Outline, columns: Columns, mentions: Mentions) -> None:
        self._outline = outline
        self._columns = columns
        self._mentions = mentions

    def answer(self, plan: QueryPlan, scope: Sequence[str]) -> Computed | None:
        """The overview that a plan asks for; None if it asks for none."""
        each = len(plan.zones) == 1 and cue("per_county").search(plan.focus)
        if plan.bodies or plan.asks in (Ask.UNITS, Ask.DATE) or each:
            return None
        asked, plan = plan, self._titled(plan, scope)
        listing = bool(plan.reference) and cue("which_parts").search(asked.focus)
        if not (plan.overview or listing or cue("whole_plan").search(asked.focus)):
            doings = plan.asks in (Ask.TEXT, Ask.LIST) and not plan.ops and cue("doings").search(asked.focus)
            several = (len(plan.zones) > 1 or plan.all_zones) and doings
            return self._theme(plan, scope) if several else None
        if len(plan.zones) == 1:
            if cue("whole_plan").search(asked.focus) or not self._mentions.telling(plan.terms):
                return self._whole(plan.zones[0], asked.focus)
            if part := self._outline.part(plan.zones[0], plan.focus):
                return self._part(part)
        return self._parts(plan, scope) or self._theme(plan, scope)

    def _titled(self, plan: QueryPlan, scope: Sequence[str]) -> QueryPlan:
        """The plan about nothing but what a question quotes, where headings have that (三大主体里的“服务主体”)."""
        quoted = plan.quoted[-1] if plan.quoted else ""
        leaves = [c for z in scope for c in self._outline.of_zone(z) if not self._outline.children(c)]
        if not quoted or not any(quoted in normalise(c.heading) for c in leaves):
            return plan
        terms = tuple(t for t in plan.terms if t.text in quoted)
        return replace(plan, terms=terms or plan.terms, focus=quoted)

    def _parts(self, plan: QueryPlan, scope: Sequence[str]) -> Computed | None:
        """The headings below a part that every zone's plan has; None where one has not."""
        parts = {zone: self._outline.part(zone, plan.focus) for zone in scope}
        marks = Marks()
        rows = [
            Row(zone, tuple(map(heading_claim, self._outline.children(part))))
            for zone, part in parts.items()
            if part
        ]
        return Computed(compose("", rows, marks), marks) if len(rows) == len(scope) else None

    def _whole(self, zone: str, asked: str) -> Computed:
        """Each part of a plan: the figures of its goals, the headings below the others; only those named, if some are."""
        marks = Marks()
        rows = []
        parts = self._outline.parts(zone)
        below = {part.id: self._outline.children(part) for part in parts}
        chosen = {c.id for part in parts for c in (part, *below[part.id]) if _is_named(c, asked)}
        some = len(chosen) > 1 and not cue("from_to").search(asked)
        wanted = chosen if some else {part.id for part in parts}
        for part in parts:
            children = [c for c in below[part.id] if part.id in wanted or c.id in wanted]
            if not children and part.id not in wanted:
                continue
            leaves = [c for c in children if not self._outline.children(c)]
            short = some and len(leaves) < _FEW
            claims = tuple(self._named(child, told=short) for child in children) or self._aims(part)
            rows.append(Row(part.heading, claims))
        return Computed("\n".join(f"- {row.name}:{row.said(marks)}。" for row in rows), marks)

    def _named(self, clause: Clause, *, told: bool = False) -> Claim:
        """A clause's heading with those below it, each proven by its own clause; ``told``: or its first sentence."""
        below = [heading_claim(child) for child in self._outline.children(clause)]
        own = heading_claim(clause)
        if not below:
            said = verbatim_claim(self._body(clause, _LEAST)) if told else own
            return own if said.text in own.text else Claim(f"{own.text}:{said.text}", said.proof)
        names = "、".join(claim.text for claim in below)
        return Claim(f"{own.text}({names})", tuple(p for claim in below for p in claim.proof))

    def _aims(self, part: Clause) -> tuple[Claim, ...]:
        """The sentence of a part with its figures; its last one where there are none."""
        figured = [row.figure for row in self._columns.rows(str(part.zone)) if row.clause.id == part.id]
        found = sentences(part)
        aims = [s for s in found if any(s.span.overlaps(place) for place in figured)]
        return (verbatim_claim((aims or list(found))[-1]),)

    def _part(self, part: Clause) -> Computed:
        """Each clause below a heading, as much of its text as the budget allows."""
        children = self._outline.children(part)
        share = max(_LEAST, _BUDGET // len(children))
        spare = sum(max(0, share - len(self._body(child, _BUDGET).text)) for child in children)
        marks = Marks()
        lines = []
        for n, child in enumerate(children, 1):
            if self._outline.children(child):
                named = self._named(child)
                lines.append(f"{n}. {named.text}{marks.of(named)}")
                continue
            claim = verbatim_claim(self._body(child, share + spare))
            spare -= max(0, len(claim.text) - share)
            title = f"{child.heading}:" if child.heading and claim.text != child.heading else ""
            lines.append(f"{n}. {title}{claim.text}{marks.of(claim)}")
        return Computed("\n".join(lines), marks)

    def _body(self, clause: Clause, budget: int) -> Passage:
        """As many whole sentences from the start of a clause as fit, one at least; of a heading its parts stand below."""
        first, *rest = sentences(clause)
        last = first
        for sentence in rest:
            if sentence.span.end - first.span.start > budget:
                break
            last = sentence
        return joined(first, last)

    def _theme(self, plan: QueryPlan, scope: Sequence[str]) -> Computed | None:
        """What each zone says of a theme: its own clause on it, else the sentences that speak of it."""
        idle = cue("says", "doings", "overview", "common", "contrast", "each_thing", "dedicated")
        terms = tuple(t for t in plan.terms if not idle.fullmatch(t.text))
        found = self._mentions.of(terms, () if plan.zones else plan.quoted, scope)
        if not found:
            return None
        wanted = self._mentions.telling(terms)
        if plan.zones or plan.all_zones:  # every zone that is asked about gets a line
            rest = [zone for zone in scope if zone not in found]
            nearest = dict(self._mentions.best(wanted, rest))
            titled = {z: self._own(wanted, self._outline.of_zone(z)) for z in rest}
            nearest |= {z: clauses[0] for z, clauses in titled.items() if clauses}
            found = {**found, **{zone: (Mention(sentences(c)[0], 0.0),) for zone, c in nearest.items()}}
        own = {zone: self._own(wanted, self._outline.of_zone(zone), terms) for zone in found}
        if cue("dedicated").search(plan.focus):
            found = {zone: hits for zone, hits in found.items() if own[zone]}
        share = max(_LEAST, _BUDGET // max(1, len(found)))
        rows = []
        for zone in (zone for zone in scope if zone in found):
            passages = [self._body(c, share // len(own[zone])) for c in own[zone]] or self._speaking(
                [hit.passage for hit in found[zone]], plan, share
            )
            rows.append(Row(zone, tuple(map(verbatim_claim, passages))))
        marks = Marks()
        return Computed(compose("", rows, marks), marks) if rows else None

    def _own(
        self, wanted: Sequence[Term], clauses: Sequence[Clause], besides: Sequence[Term] = ()
    ) -> list[Clause]:
        """Clauses whose heading says most of the theme, in the order of the plan; ``besides`` adds to what is wanted."""
        says = self._mentions.says
        every = dict.fromkeys((*wanted, *besides))
        named = {
            c.id: sum(self._mentions.weight(t) for t in every if says(t, normalise(c.heading)))
            for c in clauses
            if any(says(t, normalise(c.heading)) for t in wanted) and not self._outline.children(c)
        }
        least = _TITLED * max(named.values(), default=0.0)
        return [c for c in clauses if c.id in named and named[c.id] >= least][:_CLAUSES]

    def _speaking(self, passages: Sequence[Passage], plan: QueryPlan, budget: int) -> list[Passage]:
        """The passages that cover most of the question, as many as fit, in the order of the plan.

        The clause that states the goals is for questions about figures; it counts where there is no other.
        """
        chosen: list[Passage] = []
        goals = {row.clause.id for row in self._columns.rows(str(passages[0].clause.zone))}
        passages = [p for p in passages if p.clause.id not in goals] or passages
        for passage in sorted(passages, key=lambda p: -self._mentions.coverage(plan.terms, p)):
            if not chosen or sum(len(p.text) for p in chosen) + len(passage.text) <= budget:
                chosen.append(passage)
        return sorted(chosen[:_PASSAGES], key=lambda p: p.span.start)


def _is_named(clause: Clause, text: str) -> bool:
    """True if a text names a clause by the end of its heading (总体目标: 目标; 建设四大产业带: 产业带)."""
    heading = normalise(clause.heading)
    return len(heading) > 1 and (heading[-3:] in text or heading[-2:] in text)
