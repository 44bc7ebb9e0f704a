"""Limits of knowledge: what no clause holds is refused with the reason; what another zone has is named as that zone's."""

import re
from collections.abc import Mapping, Sequence

from rag.citations import Claim, Marks
from rag.columns import Columns
from rag.cues import cue
from rag.duties import Duties, named
from rag.evidence import Selector
from rag.facts import Facts
from rag.intents import Op
from rag.lexicon import Term, data_file, normalise
from rag.mentions import Mentions
from rag.plans import Ask, QueryPlan
from rag.replies import Outline, Refusal, heading_claim, task_claim, units_claim, verbatim_claim
from rag.selection import Zones
from rag.tables import Row, compose, listed
from rag.types import Answer, Status

_LEAST_SCOPE = 0.12  # least share of a question without a zone that the corpus must know
_SHORT = 2  # characters of a word that may be part of any industry's name
_TITLE = re.compile("《([^《》]{2,60})》")
_NUMBER = re.compile("[一-鿿]{1,3}〔[0-9]{4}〕[0-9]+号")
_BEFORE = "据依按照根与和及的"  # characters that may stand before a document's number
_COUNTED = re.compile("[一二两三四五六七八九十]大([一-鿿]{2})")
_EITHER = re.compile(
    "(?:是|按|填|选|用|走|跟|和|与)?([一-鿿a-z0-9]{1,4})还是"
    "(?:按|填|选|用|走|跟|和|与)?([一-鿿a-z0-9]{1,4}?)(?:做|签|吗|呢|[,，。?？!]|$)"
)


class Limits:
    """Holds a plan against the corpus as a whole."""

    def __init__(
        self,
        selector: Selector,
        outline: Outline,
        facts: Facts,
        zones: Sequence[str],
        columns: Columns,
        duties: Duties,
        mentions: Mentions,
        which: Zones,
    ) -> None:
        self._outline = outline
        self._scorer = selector.scorer
        self._places = facts.places
        self._zones = tuple(zones)
        self._columns = columns
        self._duties = duties
        self._mentions = mentions
        self._which = which
        self._messages = data_file("messages", dict[str, str])
        self._requires = data_file("requires", dict[str, list[str]])

    def check(self, plan: QueryPlan) -> None:
        """Refuse orders to the machine, unknown documents, details that nothing states, figures that a zone lacks.

        Raises:
            Refusal: with the reason.
        """
        if cue("forge", "prompting", "chores").search(plan.focus) and not plan.zones:
            raise Refusal("out_of_scope", Status.OUT_OF_SCOPE)
        if not self._aimed(plan) and plan.terms and self._scorer.in_scope(plan.terms) < _LEAST_SCOPE:
            raise Refusal("out_of_scope", Status.OUT_OF_SCOPE)
        self._check_documents(plan)
        self._check_details(plan)
        if self._unstated(plan):
            raise Refusal("not_found_figure")
        belts = cue("belts").search(plan.focus) and not plan.confirm and len(plan.zones) == 1
        if belts and plan.asks is Ask.PLACE and not any(r.clause.zone in plan.zones for r in self._places):
            raise Refusal("not_found_belt_county", zone=plan.zones[0])
        if self._without_industry(plan):
            raise Refusal("not_found_industry", zone="、".join(plan.zones), place="、".join(plan.places))

    def _aimed(self, plan: QueryPlan) -> bool:
        """True if a question names something of the corpus, whatever else it says."""
        named = plan.zones or plan.bodies or plan.aims or plan.quoted or Op.RARE in plan.ops
        part = plan.all_zones and all(self._outline.part(zone, plan.focus) for zone in self._zones)
        return bool(named or plan.notice or plan.reference or plan.targets or part)

    def _check_documents(self, plan: QueryPlan) -> None:
        numbers = () if plan.confirm else [n.lstrip(_BEFORE) for n in _NUMBER.findall(plan.focus)]
        named = (*(f"《{title}》" for title in _TITLE.findall(plan.focus)), *numbers)
        unknown = [document for document in named if not self._scorer.holds(document.strip("《》"))]
        if unknown:
            raise Refusal("not_found_document", document="、".join(unknown))

    def _check_details(self, plan: QueryPlan) -> None:
        if cue("past").search(plan.focus):
            raise Refusal("not_found_actual")
        listed_there = any(self._outline.part(zone, plan.focus) for zone in plan.zones)
        asked = cue("names_asked").search(plan.focus) and plan.asks in (Ask.TEXT, Ask.LIST, Ask.PLACE)
        counted = cue("counted_names").search(plan.focus) and self._columns.named(plan)
        if (asked or counted) and not listed_there:
            raise Refusal("not_found_names")
        if plan.confirm:
            if cue("not_stated").search(plan.focus):
                raise Refusal("not_found")
            return
        if (either := _EITHER.search(plan.focus)) and not any(map(self._scorer.holds, either.groups())):
            raise Refusal("not_found_detail", detail="还是".join(either.groups()))
        promised = cue("promised").search(plan.focus)
        if promised and not any(self._scorer.holds(word) for word in self._requires["补贴"]):
            raise Refusal("not_found_detail", detail="补贴")
        for detail, words in self._requires.items() if plan.asks is not Ask.UNITS else ():
            granted = cue("granted").fullmatch(detail) and {Op.HIGHEST, Op.LOWEST} & {*plan.ops}
            if detail in plan.focus and not granted and not any(map(self._scorer.holds, words)):
                raise Refusal("not_found_detail", detail=detail)

    def _unstated(self, plan: QueryPlan) -> bool:
        """True if a question asks one zone for a figure that only other zones state."""
        if plan.confirm or plan.asks is not Ask.VALUE or len(plan.zones) != 1 or plan.reference:
            return False
        named = set(self._columns.named(plan))
        if not named or not {*self._which.things(plan)} <= named:
            return False
        column = self._columns.of(plan)
        return column is not None and plan.zones[0] not in column.cells

    def _in_charge_elsewhere(self, plan: QueryPlan, zone: str) -> Answer | None:
        """The tasks of a unit in other zones, where the zone asked about gives it none."""
        homes = self._duties.of_unit(plan.bodies[0], self._zones)
        if not homes or zone in homes:
            return None
        tasks = {z: [task_claim(c, plan.bodies) for c in found] for z, found in homes.items()}
        return self._elsewhere(zone, tasks)

    def _instead(self, plan: QueryPlan, zone: str) -> Answer | None:
        """What a zone's lists name in place of the unit that a question takes for granted (另一家海关, 同一条的单位)."""
        body = plan.bodies[0]
        kind = self._duties.kind(body) if len(plan.bodies) == 1 else ""
        marks = Marks()
        if kind and kind != body and not self._duties.of_unit(body, (zone,)):
            tasks = self._duties.of_unit(kind, (zone,)).get(zone, [])
            meant = self._duties.about(zone, topic) if (topic := self._which.topic(plan)) else None
            tasks = [c for c in tasks if c == meant] or tasks
            units = dict.fromkeys(unit for c in tasks for unit in named(kind, c))
            opening = self._messages["unit_instead"].format(zone=zone, units=listed(units))
            rows = [Row(zone, tuple(task_claim(c, (kind,)) for c in tasks))]
            return Answer(compose(opening, rows, marks), Status.ANSWERED, marks.citations) if tasks else None
        topic = self._which.topic(plan)
        presumed = cue("besides", "presumes_listed").search(plan.focus)
        clause = self._duties.about(zone, topic) if topic and presumed else None
        missing = [unit for unit in plan.bodies if clause and not named(unit, clause)]
        if clause is None or not missing:
            return None
        opening = self._messages["unit_missing"].format(heading=clause.heading, unit=listed(missing))
        claim = units_claim(clause, None, self._messages["units"])
        return Answer(f"{opening}{claim.text}{marks.of(claim)}。", Status.ANSWERED, marks.citations)

    def _headed_elsewhere(self, plan: QueryPlan, zone: str) -> Answer | None:
        """The counted heading (八大行动) that only another zone has."""
        for match in _COUNTED.finditer(plan.focus):
            homes = {z: c for z in self._zones if (c := self._outline.part(z, match.group()))}
            kin = any(match.group(1) in normalise(c.heading) for c in self._outline.of_zone(zone))
            if len(homes) == 1 and not kin:
                return self._elsewhere(zone, {z: [heading_claim(c)] for z, c in homes.items()})
        return None

    def _titled_elsewhere(self, plan: QueryPlan, zone: str) -> Answer | None:
        """The heading in quotation marks that only another zone has."""
        for quoted in plan.quoted:
            homes = {z: c for z in self._zones if (c := self._outline.headed(z, quoted))}
            if len(homes) == 1 and zone not in homes:
                return self._elsewhere(zone, {z: [heading_claim(c)] for z, c in homes.items()})
        return None

    def _made_elsewhere(self, plan: QueryPlan, zone: str) -> Answer | None:
        """The counties of other zones that are to develop what a question looks for in this one."""
        belts = cue("belts").pattern
        named_belt = [t for t in plan.terms if re.search(f"{re.escape(t.text)}(?:{belts})", plan.focus)]
        if cue("belts").search(plan.focus) and not named_belt:  # 四大产业带中的毛绒玩具
            named_belt = [t for t in plan.terms if any(t.text in normalise(r.name) for r in self._places)]
            named_belt = [t for t in named_belt if len(t.text) > _SHORT]
        homes = self._which.industries(named_belt, self._zones) if named_belt else {}
        literal = (Term(t.text) if self._scorer.holds(t.text) else t for t in named_belt)
        if not homes or zone in homes or any(zone in self._scorer.zones(term) for term in literal):
            return None
        return self._elsewhere(zone, homes)

    def _elsewhere(self, zone: str, homes: Mapping[str, Sequence[Claim]]) -> Answer:
        marks = Marks()
        opening = self._messages["elsewhere"].format(zone=zone, owner=listed(homes))
        rows = [Row(z, tuple(claims)) for z, claims in homes.items()]
        return Answer(compose(opening, rows, marks), Status.ANSWERED, marks.citations)

    def _without_industry(self, plan: QueryPlan) -> bool:
        """True if a question asks for the belts of a county that no plan gives any."""
        asked = cue("belts").search(plan.focus) and not plan.confirm and len(plan.places) == 1
        return bool(asked and not any(plan.places[0] in row.place for row in self._places))

    def misplaced(self, plan: QueryPlan) -> Answer | None:
        """What another zone has, where a question looks for it in the wrong one; None for other questions."""
        if len(plan.zones) != 1 or plan.reference:
            return None
        zone = plan.zones[0]
        if plan.confirm:
            return self._titled_elsewhere(plan, zone) if plan.bodies else None
        if plan.bodies and (instead := self._instead(plan, zone)):
            return instead
        if plan.bodies and not self._which.topic(plan):
            return self._in_charge_elsewhere(plan, zone)
        if elsewhere := (
            self._headed_elsewhere(plan, zone)
            or self._titled_elsewhere(plan, zone)
            or self._made_elsewhere(plan, zone)
        ):
            return elsewhere
        owned = self._mentions.owned_elsewhere(plan, zone)
        if owned is None:
            return None
        owner, passage = owned
        marks = Marks()
        of_units = plan.asks is Ask.UNITS and passage.clause.units_span
        claim = (
            units_claim(passage.clause, passage, self._messages["units"])
            if of_units
            else verbatim_claim(passage)
        )
        text = (
            self._messages["elsewhere"].format(zone=zone, owner=owner) + claim.text + marks.of(claim) + "。"
        )
        return Answer(text, Status.ANSWERED, marks.citations)
