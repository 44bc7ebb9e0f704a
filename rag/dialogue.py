"""Follow-up questions: what a turn leaves open (zones, topic, what is asked) is taken over from the turns before it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from rag.covering import Facet
from rag.cues import cue
from rag.intents import Op, nth
from rag.lexicon import Term, normalise
from rag.numbering import numeral_value
from rag.plans import Ask, QueryPlan
from rag.query import Planner
from rag.references import place_in_list
from rag.types import Clause, Turn

_FIRST = re.compile("(?:前面|刚才|最开始|一开始|开头)(?:说的?|问的?)?的?第([一二两三123])个(?:市|城市)?")
_SEVERAL = re.compile("[这那]?([两俩三四五六])(?:家|个|市|地|者)")


class Dialogue:
    """Plans the last question of a conversation.

    Args:
        planner: understands a question by itself.
        zones: all zones, in the order of the notices.
        known: whether the corpus speaks of a term.
    """

    def __init__(self, planner: Planner, zones: Sequence[str], known: Callable[[Term], bool]) -> None:
        self._planner = planner
        self._zones = tuple(zones)
        self._known = known

    def plan(self, question: str, history: Sequence[Turn] = ()) -> QueryPlan:
        """Understand a question after earlier turns; a change of topic takes over nothing."""
        said = next((normalise(turn.content) for turn in reversed(history) if turn.role == "assistant"), "")
        exchanges = _exchanges(history)
        named = self._zones_put_in(self._planner.unit_put_in(question, said), exchanges)
        return self._carry(self._planner.plan(named), exchanges)

    def _zones_put_in(self, question: str, exchanges: "Sequence[tuple[str, str]]") -> str:
        """The question with the zones of earlier turns for 前者, 后者, 前面第一个市, and for 它 beside another zone."""
        found: dict[str, None] = {}
        for asked, replied in exchanges:
            zones = self._planner.zones_in(normalise(asked)) or self._planner.zones_in(normalise(replied))
            for zone in sorted(zones, key=asked.find) if len(zones) < len(self._zones) else ():
                found.pop(zone, None)
                found[zone] = None
        order = list(found)
        if len(order) > 1:
            question = cue("latter").sub(order[-1], cue("former").sub(order[-2], question))
        first = _FIRST.search(question)
        if first and numeral_value(first[1]) <= len(order):
            question = question.replace(first[0], order[numeral_value(first[1]) - 1])
        others = [zone for zone in self._planner.zones_in(normalise(question)) if zone not in order[-1:]]
        if not order or not others:
            return question
        both = cue("these_two").search(question)
        if both and len(order) > 1:
            return question.replace(both[0], "、".join(z for z in order if z not in others))
        return cue("it_compared").sub(order[-1], question, count=1)

    def _carry(self, plan: QueryPlan, exchanges: "Sequence[tuple[str, str]]") -> QueryPlan:
        """Take over zones and topic where the plan leaves them open.

        The zone that only the reply to the turn before names (那个市), or that corrects it, counts if it names no other.
        """
        if not exchanges or cue("new_topic").search(plan.question):
            return plan
        earlier = [asked for asked, _ in exchanges]
        before = self._carry(self._planner.plan(earlier[-1]), exchanges[:-1])
        answered = self._planner.zones_in(normalise(exchanges[-1][1]))
        if len(answered) == 1 and (before.confirm or len(before.zones) != 1):
            before = replace(before, zones=answered, places=())
        plan = _with_ordinal(plan)
        plan, zones_carried = self._with_zones(plan, before, earlier, answered)
        among = zones_carried and cue("among").search(plan.question) and plan.bodies
        plan, topic_carried = (plan, False) if among else self._with_topic(plan, before)
        if zones_carried and cue("it").search(plan.question):  # 物流上给它安排了什么: of the place spoken of
            terms = dict.fromkeys((*map(Term, plan.places), *plan.terms))
            plan = replace(plan, terms=tuple(terms))
        carried = (*(("zones",) if zones_carried else ()), *(("topic",) if topic_carried else ()))
        return replace(_with_request(plan, before, carried), carried=carried)

    def _with_zones(
        self, plan: QueryPlan, before: QueryPlan, earlier: Sequence[str], answered: Sequence[str]
    ) -> tuple[QueryPlan, bool]:
        if cue("others").search(plan.question) and not plan.zones:
            named = answered or before.zones
            plan = replace(plan, zones=tuple(z for z in self._zones if z not in named))
        if together := self._together(plan, before, earlier, answered):
            return replace(plan, zones=together), True
        compared = {Op.RATIO, Op.DIFFERENCE} & {*plan.ops} or cue("compared_with").search(plan.question)
        if len(plan.zones) == 1 and len(before.zones) == 1 and compared:  # 跟甲一样吗, 甲是它的几倍
            both = {*plan.zones, *before.zones}
            return replace(plan, zones=tuple(zone for zone in self._zones if zone in both)), True
        extreme = {Op.HIGHEST, Op.LOWEST} & {*plan.ops}
        if plan.confirm and extreme and not plan.zones and len(before.zones) == 1:  # 这是七个市里最多的吗
            return replace(plan, zones=before.zones, all_zones=False), True
        among = cue("among").search(plan.question)
        if among and len(answered) > 1 and not plan.zones:
            return replace(plan, zones=tuple(answered)), True
        of_notice = plan.notice and cue("this_notice").search(plan.question)
        open_zones = not (plan.zones or plan.all_zones or plan.foreign or of_notice)
        ranked = nth(plan.question) > 1 and {Op.HIGHEST, Op.LOWEST, Op.RANKING} & {*before.ops}
        if ranked and not plan.zones:  # 第二高的呢 asks all zones again
            return replace(plan, all_zones=True, ops=plan.ops or before.ops, asks=before.asks), False
        ranks = {Op.HIGHEST, Op.LOWEST, Op.RANKING, Op.SAME} & {*plan.ops}
        placed = (
            plan.asks is Ask.ZONES
            and not ranks
            and not cue("city_word").search(plan.question)
            and before.zones
        )
        if placed:  # 先在哪几个地方试: places of the one city spoken of
            plan = replace(plan, asks=Ask.PLACE, ops=tuple(op for op in plan.ops if op is not Op.COUNT))
        of_several = bool(ranks) and len(before.zones) > 1  # 最多的是哪个市 asks of those just compared
        if (
            not open_zones
            or not self._follows(plan)
            or (plan.asks is Ask.ZONES and not (among or of_several))
        ):
            return plan, False
        if before.zones and not set(before.zones) <= {*plan.excluded}:
            places = () if cue("back_to", "zone_pronoun").search(plan.question) else before.places
            return replace(plan, zones=before.zones, places=plan.places or places), True
        return replace(plan, all_zones=before.all_zones), before.all_zones

    def _follows(self, plan: QueryPlan) -> bool:
        """True if a question points back, or names hardly anything that the corpus speaks of."""
        return bool(cue("follow_up").search(plan.question)) or sum(map(self._known, plan.terms)) < 2

    def _with_topic(self, plan: QueryPlan, before: QueryPlan) -> tuple[QueryPlan, bool]:
        pointer = cue("points_back").search(plan.question)
        # 物流上给它安排了什么: what is spoken of stays, the topic is another.
        of_zone = pointer and pointer.group() == "它" and before.zones
        points_back = (pointer and not of_zone) or plan.reference
        elsewhere = cue("correcting", "back_to").search(plan.question)
        if before.quoted and cue("that_word").search(plan.question):  # 甲用没用这个词
            return replace(plan, quoted=before.quoted, terms=before.terms, topic=before.topic), True
        if plan.zones == before.zones:  # 甲市那边 is no pronoun
            elsewhere = elsewhere or cue("zone_pronoun").search(plan.question)
        named = any(re.search(f"{re.escape(t.text)}的?[这那][条项个]", plan.question) for t in plan.terms)
        idle = cue("duty", "units", "level", "setting_aside", "government")
        item = cue("which_item").search(plan.question)
        unnamed = (*plan.bodies, item.group() if item else "")  # 对应的是哪个行动 names no topic
        own = (
            t for t in plan.terms if not idle.search(t.text) and not any(t.text in words for words in unnamed)
        )
        told = [*filter(self._known, own)]
        own_topic = told and (not points_back or elsewhere or named)
        if not self._follows(plan) or plan.heading or own_topic:
            return plan, False
        if before.notice and not plan.terms and not plan.zones:
            facet = Facet.SIGNATURE if plan.asks is Ask.DATE else plan.facet or before.facet
            return replace(plan, notice=True, facet=facet), True
        if before.terms:
            merged = dict.fromkeys((*plan.terms, *before.terms))
            topic = f"{plan.topic} {before.topic}"
            reference = plan.reference or (() if plan.zones != before.zones else before.reference)
            return replace(plan, topic=topic, terms=tuple(merged), reference=reference), True
        if not plan.terms and before.heading:
            return replace(plan, heading=before.heading), True
        return replace(plan, aims=plan.aims or before.aims), False

    def _together(
        self, plan: QueryPlan, before: QueryPlan, earlier: Sequence[str], answered: Sequence[str]
    ) -> tuple[str, ...]:
        """Zones of several turns that this one takes together (这两个哪个高, 再算上甲, 加起来呢); empty for others."""
        open_zones = not plan.zones and not plan.all_zones
        summed = {Op.SUM, Op.MEAN} & {*plan.ops} and open_zones and len(before.zones) == 1
        also = cue("also").search(plan.question) or summed
        compared = {Op.DIFFERENCE, Op.RATIO} & {*plan.ops} and open_zones and len(before.zones) == 1
        if not (also or compared or (cue("both").search(plan.question) and not plan.zones)):
            return ()
        count = _SEVERAL.search(plan.question)
        wanted = numeral_value(count[1].replace("俩", "两")) if count else 2
        if len(answered) == wanted and not also and not self._planner.plan(earlier[-1]).zones:
            return tuple(answered)  # two that the last answer picked
        named: dict[str, None] = dict.fromkeys(plan.zones)
        for text in reversed(earlier):
            named |= dict.fromkeys(self._planner.plan(text).zones)
            if len(named) >= wanted and not also:
                break
        return tuple(zone for zone in self._zones if zone in named) if len(named) > 1 else ()


def _exchanges(history: Sequence[Turn]) -> list[tuple[str, str]]:
    """(what was asked, what was answered) of each earlier question; an answer that is missing is empty."""
    found: list[tuple[str, str]] = []
    for turn in history:
        if turn.role == "user":
            found.append((turn.content, ""))
        elif found:
            found[-1] = (found[-1][0], turn.content)
    return found


def _with_ordinal(plan: QueryPlan) -> QueryPlan:
    """The plan with the place in a list that a follow-up names (第二个, 倒数第二项, 最后一条) as its reference."""
    place = 0 if plan.reference else place_in_list(plan.question)
    return replace(plan, reference=(0, place)) if place else plan


def _with_request(plan: QueryPlan, before: QueryPlan, carried: Sequence[str]) -> QueryPlan:
    """What is asked, where the turn only names another zone or thing (乙呢, 换成丙)."""
    elliptic = plan.question.rstrip("?。! ").endswith("呢") or bool(cue("instead").search(plan.question))
    bare = (elliptic and not plan.terms) or "topic" in carried
    listing = plan.asks is Ask.LIST and before.asks is Ask.UNITS and bare
    put_right = cue("correcting").search(plan.question) and "topic" in carried
    if (put_right or (elliptic and bare)) and not plan.ops and nth(plan.question) == 1:
        plan = replace(plan, focus=before.focus)
    if (carried or elliptic) and (plan.asks is Ask.TEXT or listing):
        unit = plan.asked_unit or before.asked_unit
        plan = replace(plan, asks=before.asks, asked_unit=unit, overview=plan.overview or before.overview)
    if {Op.CONTRAST, Op.COMMON} & {*plan.ops} and before.asks is Ask.UNITS and "topic" in carried:
        plan = replace(plan, asks=Ask.UNITS)
    if {Op.RATIO, Op.DIFFERENCE} & {*plan.ops} and "zones" in carried and before.asked_unit:
        bare = before.aims or before.asked_unit.startswith(("亿", "万", "%"))
        plan = replace(plan, asked_unit=before.asked_unit, terms=() if bare else plan.terms)
    if plan.asks is Ask.UNITS and before.asks is not Ask.UNITS and "topic" in carried:
        listed = cue("anyone").search(plan.question) and not cue("strictly_units").search(plan.question)
        plan = replace(plan, asks=Ask.LIST) if listed else plan  # 名单里还有谁, of places
    if plan.confirm and before.asks is Ask.UNITS and "topic" in carried:  # 没有税务局吗
        plan = replace(plan, units=plan.units or plan.bodies)
    if elliptic and not plan.ops:
        plan = replace(plan, ops=before.ops, bodies=plan.bodies or before.bodies)
    return plan


def about_clause(plan: QueryPlan, clause: Clause) -> QueryPlan:
    """The plan for one clause (谁负责, after a claim about it); unchanged where the clause has no number."""
    if not clause.zone or not clause.numbers or not all(number.isdigit() for number in clause.numbers):
        return plan
    return replace(plan, zones=(clause.zone,), places=(), reference=tuple(map(int, clause.numbers)))
