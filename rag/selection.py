"""Which zones: with the highest figure, a figure within a limit, a unit in charge, or words that speak of something."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from rag.citations import Claim
from rag.columns import Columns
from rag.cues import cue
from rag.duties import Duties, named, others
from rag.evidence import Selector
from rag.industries import Industry
from rag.intents import Op, leading, nth
from rag.lexicon import Term, normalise
from rag.mentions import COMMON, Mention, Mentions
from rag.plans import Ask, QueryPlan
from rag.replies import Outline, cell_claim, task_claim, verbatim_claim
from rag.sentences import Passage
from rag.types import Clause

_SENTENCES = 200  # characters up to which zones are shown with whole sentences


@dataclass(frozen=True, slots=True)
class Selection:
    """Zones that satisfy a condition, each with the claims that show it.

    Attributes:
        zones: zone → claims; empty claims where a zone lacks something and nothing nearby can be shown.
        missing: what the zones lack; empty where they have it.
        units: units by whose lists the zones were picked.
        everywhere: True if zones were asked for that lack something, and none does.
    """

    zones: Mapping[str, tuple[Claim, ...]]
    missing: str = ""
    units: tuple[str, ...] = ()
    everywhere: bool = False


class Zones:
    """Selects zones by fact rows and by words."""

    def __init__(
        self,
        selector: Selector,
        outline: Outline,
        places: Sequence[Industry],
        columns: Columns,
        duties: Duties,
        mentions: Mentions,
    ) -> None:
        self._places = tuple(places)
        self._selector = selector
        self._outline = outline
        self._columns = columns
        self._duties = duties
        self._mentions = mentions

    def select(self, plan: QueryPlan, scope: Sequence[str]) -> Selection | None:
        """The zones of a scope that a plan describes; None if it describes none."""
        return (
            self._by_figure(plan, scope)
            or self._by_wording(plan, scope)
            or self._by_unit(plan, scope)
            or self._by_presence(plan, scope)
            or self._by_heading(plan, scope)
            or self._by_industry(plan, scope)
            or self._by_words(plan, scope)
        )

    def _by_figure(self, plan: QueryPlan, scope: Sequence[str]) -> Selection | None:
        """Highest, lowest or within a limit."""
        extremes = [op for op in (Op.HIGHEST, Op.LOWEST) if op in plan.ops]
        top = leading(plan.focus) if Op.RANKING in plan.ops else None
        if not (extremes or plan.bound or top) or plan.bodies or (extremes and not self.only_figures(plan)):
            return None
        column = self._columns.of(replace(plan, asked_unit=plan.bound.unit if plan.bound else None), scope)
        if column is None:
            return None
        if top:
            zones = dict.fromkeys(column.ranked()[:top])
        elif extremes:
            place = nth(plan.focus)
            zones = dict.fromkeys(
                z for op in extremes for z in column.extreme(highest=op is Op.HIGHEST, nth=place)
            )
        else:
            assert plan.bound is not None, "checked above"
            zones = dict.fromkeys(z for z, value in column.comparable.items() if plan.bound.holds(value))
        return Selection({zone: column.cells[zone].claims for zone in zones}) if zones else None

    def _by_wording(self, plan: QueryPlan, scope: Sequence[str]) -> Selection | None:
        """Zones that call an indicator by another name than most."""
        rows = self._columns.rows_of(replace(plan, asked_unit=None), scope)
        bound = next(
            (q for q in plan.quoted[::-1] if any(q == row.comparator for row in rows.values())), None
        )
        if bound:
            return Selection({z: (cell_claim(row),) for z, row in rows.items() if row.comparator == bound})
        if Op.WORDING not in plan.ops or not rows:
            return None
        names = {zone: normalise(row.name) for zone, row in rows.items()}
        usual = max(names.values(), key=list(names.values()).count)
        other = {zone: (cell_claim(rows[zone]),) for zone, name in names.items() if name != usual}
        return Selection(other) if other else None

    def _by_unit(self, plan: QueryPlan, scope: Sequence[str]) -> Selection | None:
        """Zones whose lists name a unit, for a task where the question names one."""
        headings = [normalise(c.heading) for zone in scope for c in self._outline.of_zone(zone)]
        words = [q for q in plan.quoted if not any(q in heading for heading in headings)]
        if not plan.bodies or any(map(self._selector.scorer.holds, words)):
            return None
        if Op.LACK in plan.ops and Op.RARE not in plan.ops:
            topic = self.topic(plan)
            about = {zone: tasks for zone in scope if (tasks := self._tasks(zone, plan))}
            having = {z: [c for c in tasks if self._names(plan, c)][:1] for z, tasks in about.items()}
            if having and all(having.values()):
                claims = {z: tuple(task_claim(c, plan.bodies) for c in tasks) for z, tasks in having.items()}
                return Selection(claims, "", plan.bodies, everywhere=True)
            found = {
                zone: tasks[:1] if topic else []
                for zone, tasks in about.items()
                if not any(named(unit, c) for c in tasks for unit in plan.bodies)
            }
        else:
            found = self.tasks(plan, scope)
            if Op.REPEATED in plan.ops:
                found = {zone: tasks for zone, tasks in found.items() if len(tasks) > 1}
            elif Op.RARE in plan.ops:
                found = self._once(plan, scope)
        if not found:
            return None
        claims = {zone: tuple(task_claim(c, plan.bodies) for c in clauses) for zone, clauses in found.items()}
        return Selection(
            claims,
            "、".join(plan.bodies) if Op.LACK in plan.ops and Op.RARE not in plan.ops else "",
            plan.bodies,
        )

    def tasks(self, plan: QueryPlan, scope: Sequence[str]) -> dict[str, list[Clause]]:
        """Zone → tasks whose lists name the units of a plan, among those that it is about."""
        alone = bool(cue("alone").search(plan.focus))
        first = bool(cue("first_listed").search(plan.focus))
        besides = cue("besides").search(plan.focus) and not plan.excluded and self.topic(plan)
        found = {
            zone: [
                c
                for c in (self._others(zone, plan) if besides else self._tasks(zone, plan))
                if self._names(plan, c)
                and (not alone or all(_is_named(plan, unit, c) for unit in others(c)))
                and (not first or _is_named(plan, c.units[0], c))
            ]
            for zone in scope
        }
        return {zone: tasks for zone, tasks in found.items() if tasks}

    def _others(self, zone: str, plan: QueryPlan) -> list[Clause]:
        """Tasks of a zone other than the ones that a plan names (除了这一项,还管什么)."""
        about = self._tasks(zone, plan)
        return [c for c in self._duties.tasks(zone) if c not in about]

    def _once(self, plan: QueryPlan, scope: Sequence[str]) -> dict[str, list[Clause]]:
        """Zones of which one task alone names the units, and that is what the plan is about."""
        every = {zone: [c for c in self._duties.tasks(zone) if self._names(plan, c)] for zone in scope}
        about = self.tasks(plan, scope)
        return {zone: tasks for zone, tasks in every.items() if len(tasks) == 1 and tasks == about.get(zone)}

    def without(self, plan: QueryPlan, zone: str) -> list[Clause]:
        """Tasks of a zone, among those that a plan is about, whose lists name none of its units."""
        return [c for c in self._tasks(zone, plan) if not any(named(unit, c) for unit in plan.bodies)]

    def _names(self, plan: QueryPlan, clause: Clause) -> bool:
        return all(named(unit, clause) for unit in plan.bodies)

    def _tasks(self, zone: str, plan: QueryPlan) -> list[Clause]:
        """Tasks of a zone that a plan is about: those below a heading, the one of a topic, or all."""
        tasks = list(self._duties.tasks(zone))
        if part := self.part(plan, zone):
            below = self._outline.below(part)
            return [c for c in tasks if c in below]
        topic = self.topic(plan)
        about = self._duties.about(zone, topic) if topic else None
        return [about] if about else [] if topic else tasks

    def part(self, plan: QueryPlan, zone: str) -> Clause | None:
        """The clause with parts below it whose heading the question names."""
        return self._outline.part(zone, plan.focus)

    def telling(self, plan: QueryPlan) -> tuple[Term, ...]:
        """Terms of a plan that tell clauses apart, words that only ask left out."""
        return tuple(
            t
            for t in self._mentions.telling(plan.terms)
            if not cue("says", "measures", "amounts", "city_word").fullmatch(t.text)
            and t.text not in self._columns.bounds
        )

    def only_figures(self, plan: QueryPlan) -> bool:
        """True if a question speaks of nothing but an indicator."""
        named = {*self._columns.named(plan)}
        return all(term in named or self._columns.is_name(term) for term in self.things(plan))

    def things(self, plan: QueryPlan) -> tuple[Term, ...]:
        """What a question speaks of: its telling terms without verbs and words for making and measuring."""
        made = re.compile(f"{cue('makes').pattern}|(?:{cue('measures', 'goal', 'amounts').pattern})+")
        is_verb = self._selector.lexicon.is_verb
        return tuple(t for t in self.telling(plan) if not (is_verb(t.text) or made.fullmatch(t.text)))

    def topic(self, plan: QueryPlan) -> tuple[Term, ...]:
        """Terms of a question about units that name a task."""
        asked = cue("which_item").search(plan.focus)  # 哪项行动 names none
        item = asked.group() if asked else ""
        rest = [
            t
            for t in plan.terms
            if t.text not in item
            and not any(_names_unit(t, unit) for unit in (*plan.bodies, *plan.units))
            and not cue("duty", "tasks", "units", "level").search(t.text)
        ]
        weight = self._selector.scorer.term_weight
        return tuple(t for t in self._mentions.telling(rest) if weight(t) >= COMMON and len(t.text) > 1)

    def _by_presence(self, plan: QueryPlan, scope: Sequence[str]) -> Selection | None:
        """Zones that state an indicator at all, or do not; for questions that speak of nothing but figures."""
        unnamed = any(not self._columns.has(quoted) for quoted in plan.quoted)
        if unnamed or not (plan.aims or cue("value", "measures").search(plan.focus)):
            return None
        named_terms = set(self._columns.named(plan))
        besides = {t for t in self.telling(plan) if not cue("goal").search(t.text)}
        if not named_terms or not besides <= named_terms:
            return None
        if Op.LACK in plan.ops:
            return self._figureless(plan, scope)
        column = self._columns.of(plan, scope)
        return Selection({zone: cell.claims for zone, cell in column.cells.items()}) if column else None

    def _figureless(self, plan: QueryPlan, scope: Sequence[str]) -> Selection | None:
        """Zones without a figure for what is said to be missing, and with one for the rest."""
        lacked, rest = _divided(plan, plan.terms)
        without = self._columns.of(replace(plan, terms=lacked), scope)
        if without is None:
            return None
        having = self._columns.of(replace(plan, terms=rest), scope) if rest else None
        cells = having.cells if having else {}
        shown = {z: cells[z].claims if z in cells else self._aims(z) for z in without.missing}
        if having:
            shown = {z: claims for z, claims in shown.items() if z in cells}
        return Selection(shown, "、".join(t.text for t in lacked)) if shown else None

    def _aims(self, zone: str) -> tuple[Claim, ...]:
        """The heading of the clause that states a zone's figures: where a missing one would stand."""
        rows = self._columns.rows(zone)
        return (verbatim_claim(rows[0].passage),) if rows else ()

    def _by_heading(self, plan: QueryPlan, scope: Sequence[str]) -> Selection | None:
        """Zones whose plan has a part of that name, shown by what stands below it."""
        wanted = [
            q for q in plan.quoted if 0 < sum(bool(self._outline.headed(z, q)) for z in scope) < len(scope)
        ]
        if not wanted:
            return None
        parts = {zone: self._outline.headed(zone, wanted[-1]) for zone in scope}
        if Op.LACK in plan.ops:
            lacking = [zone for zone, part in parts.items() if part is None]
            return Selection(dict.fromkeys(lacking, ()), wanted[-1]) if lacking else None
        claims = {}
        for zone, part in parts.items():
            if part:
                shown = self._outline.children(part) or [part]
                claims[zone] = tuple(task_claim(c, ()) for c in shown)
        return Selection(claims) if claims else None

    def _by_industry(self, plan: QueryPlan, scope: Sequence[str]) -> Selection | None:
        """Zones of which a county is to develop an industry; for questions that speak of belts or counties."""
        if Op.LACK in plan.ops or not cue("belt").search(plan.focus):
            return None
        quoted = tuple(Term(word) for word in plan.quoted)
        belt = cue("belts").pattern
        named_belt = tuple(t for t in plan.terms if re.search(f"{re.escape(t.text)}(?:{belt})", plan.focus))
        found = (
            self.industries(quoted, scope)
            or self.industries(named_belt, scope)
            or self.industries(plan.terms, scope)
        )
        return Selection(found) if found else None

    def industries(self, terms: Sequence[Term], scope: Sequence[str]) -> dict[str, tuple[Claim, ...]]:
        """Zone → what its counties are to develop of the rarest thing that the terms name; empty if that is no industry."""
        scorer = self._selector.scorer
        ranked = sorted(self._mentions.telling(terms), key=scorer.term_weight, reverse=True)
        wanted = next((term for term in ranked if scorer.holds(term.text)), None) or next(iter(ranked), None)
        if wanted is None:
            return {}
        words = (wanted.text,) if scorer.holds(wanted.text) else wanted.alternatives
        rows = [row for row in self._places if any(word in normalise(row.name) for word in words)]
        found: dict[str, dict[Passage, None]] = {}
        for row in rows:
            found.setdefault(str(row.clause.zone), {})[row.passage] = None
        return {zone: tuple(map(verbatim_claim, found[zone])) for zone in scope if zone in found}

    def _by_words(self, plan: QueryPlan, scope: Sequence[str]) -> Selection | None:
        """Zones that speak of something, or that do not."""
        terms = tuple(t for t in plan.terms if not cue("says").fullmatch(t.text))
        if Op.LACK in plan.ops:
            return self._lacking(plan, terms, scope)
        either = frozenset(
            t
            for t in terms
            if re.search(f"{re.escape(t.text)}或|或(?:者|是)?{re.escape(t.text)}", plan.focus)
        )
        found = self._mentions.of(terms, plan.quoted, self._columns.zones, either)
        tasks = bool(
            cue("which_item").search(plan.focus)
        )  # 哪项行动: rather a task than the goals that speak of it
        best = {zone: _first(found[zone], tasks=tasks) for zone in scope if zone in found}
        if not best:
            return None
        # Whole sentences read better; where that would be long, the phrases that say it.
        whole = not plan.quoted and sum(len(passage.text) for passage in best.values()) <= _SENTENCES
        wanted = self._mentions.telling(terms)
        shown = {
            zone: (passage,) if whole else self._mentions.shortest(passage, wanted, plan.quoted)
            for zone, passage in best.items()
        }
        return Selection({zone: tuple(map(verbatim_claim, parts)) for zone, parts in shown.items()})

    def _shown(self, passage: Passage, terms: Sequence[Term], plan: QueryPlan) -> list[Claim]:
        parts = self._mentions.shortest(passage, self._mentions.telling(terms), plan.quoted)
        return list(map(verbatim_claim, parts))

    def _lacking(self, plan: QueryPlan, terms: Sequence[Term], scope: Sequence[str]) -> Selection | None:
        """Zones that speak of the rest of a question, but not of what it says is missing."""
        lacked, rest = _divided(plan, terms)
        having = self._mentions.of(lacked, plan.quoted, scope)
        if having and len(having) == len(scope):
            said = {z: tuple(self._shown(hits[0].passage, lacked, plan)) for z, hits in having.items()}
            return Selection(said, everywhere=True)
        if not having:
            return None
        topical = self._mentions.of(rest, (), scope) if rest else {}
        lacking = [z for z in scope if z not in having and (z in topical or not topical)]
        if not lacking:
            return None
        claims = {
            z: tuple(task_claim(hit.passage.clause, ()) for hit in topical.get(z, ())[:1]) for z in lacking
        }
        wanted = plan.quoted or tuple(t.text for t in self._mentions.telling(lacked))
        return Selection(claims, "、".join(wanted))


def _divided(plan: QueryPlan, terms: Sequence[Term]) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    """(what is said to be missing, the rest): terms behind the denial in its part of the question, or else before it."""
    start = max((m.end() for m in cue(Op.LACK.value).finditer(plan.focus)), default=0)
    stop = next((m.start() for m in cue("clause_end", "but").finditer(plan.focus, start)), len(plan.focus))
    if plan.quoted:
        quoted = "".join(plan.quoted)
        lacked = tuple(t for t in terms if t.text in quoted)
        return lacked, tuple(t for t in terms if t not in lacked)
    lacked = tuple(t for t in terms if start <= plan.focus.find(t.text) < stop)
    return (lacked, tuple(t for t in terms if t not in lacked)) if lacked else (tuple(terms), ())


def _is_named(plan: QueryPlan, unit: str, clause: Clause) -> bool:
    return any(unit in named(body, clause) for body in plan.bodies)


def _first(hits: Sequence[Mention], *, tasks: bool) -> Passage:
    """The best passage, or the best one below a part where a task is asked for."""
    below = (hit.passage for hit in hits if tasks and len(hit.passage.clause.numbers) > 1)
    return next(below, hits[0].passage)


def _names_unit(term: Term, unit: str) -> bool:
    return term.text in unit or unit in term.text or unit in term.alternatives


def asks_for_zones(plan: QueryPlan) -> bool:
    """True if a question asks which zones, or how many."""
    besides = plan.bodies or (plan.asks is Ask.UNITS and not plan.zones)
    named = besides and cue("zones").search(plan.focus)
    return bool(plan.asks is Ask.ZONES or Op.COUNT in plan.ops or named)
