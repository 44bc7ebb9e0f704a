"""Question → typed query plan: zones, topic, what is asked, where to look, what carries over from earlier turns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from rag.covering import Facet
from rag.cues import cue, wordings
from rag.gazetteer import Gazetteer
from rag.lexicon import Lexicon, Term, normalise, shortens
from rag.numbering import numeral_value
from rag.spelling import Spelling
from rag.types import Turn

_MARKUP = re.compile(r"<[^<>]{0,400}>|\{[^{}]{0,400}\}|https?://\S+")
_ASIDE = 40  # characters; beyond this what stands before 我就问 and the like is an aside
_RAMBLING = 90  # characters; beyond this only the end of a question is taken for the question itself
_LEAST = 8  # characters of a question
_FOCUS = 60
_NUMERAL = "[0-9零一二三四五六七八九十]+"
_PART = re.compile(rf"第({_NUMERAL})(?:大)?(?:部分|章|块)|(?<![一-鿿])({_NUMERAL})、")
_ITEM = re.compile(rf"第[(]?({_NUMERAL})[)]?(?:条|项|点|款|个(?:行动|体系|平台))")
_ADDRESS = re.compile(rf"({_NUMERAL})[(]({_NUMERAL})[)](?:第)?({_NUMERAL})?")
_YEAR = re.compile(r"(?<![0-9])(?:(20[0-9]{2})|([12][0-9]))年")
_PUBLIC_BODY = re.compile("..(?:厅|局|办|委|海关|银行|法院|公安|联合会)$")
_OFFICE = re.compile("(?:厅|局|委|办|管理局|委员会|办公室)$")
_QUOTED = re.compile(r"[“\"「『'‘]([^”\"」』'’]{2,30})[”\"」』'’]")
_NUMBER = re.compile("[0-9.]+%?")
_POINTS = re.compile("[这那]")
_STATES = re.compile("[是归由要会能在]|属于|可以")
_HAN = re.compile("[一-鿿]")
_PARTS = re.compile("[,，。;；?？!！]")
_ASKED_UNIT = re.compile(r"(?:多少|几)(大|亿|万元|家|个|亩|人|元|处|%|平方米|公里|吨|倍|台|辆|座|件|层|美元)")
_ASKED_AMOUNT = re.compile("(?:是|为|达到?|有|要)?多少(?!钱)")
_FIGURE = re.compile(r"([0-9]+(?:\.[0-9]+)?(?:[至到~-][0-9]+)?)(亿元|亿|万元|家|个|%|处|倍|人|元|亩)")


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
        topic: the question without zones and rambling, what is searched for.
        zones: zones that the answer is about; empty means not named.
        places: counties and areas named.
        foreign: places outside the corpus that the question is about.
        asks: what an answer must deliver.
        confirm: True if yes or no is asked.
        claim: the part of such a question that says what is claimed, without 对吗, 是这样吗 and the like.
        units: responsible units named, where the question is about who does something.
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
        carried: what was taken over from earlier turns (``zones``, ``topic``).
    """

    question: str
    topic: str
    zones: tuple[str, ...]
    places: tuple[str, ...]
    foreign: tuple[str, ...]
    asks: Ask
    confirm: bool
    claim: str
    terms: tuple[Term, ...]
    units: tuple[str, ...]
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
    english: bool
    carried: tuple[str, ...] = ()


class Planner:
    """Makes query plans with the corpus's names and the cues of ``rag/data``."""

    def __init__(self, gazetteer: Gazetteer, lexicon: Lexicon) -> None:
        self._names = gazetteer
        self._lexicon = lexicon
        kinds = (ask.value for ask in Ask if ask is not Ask.TEXT)
        self._asking = cue(*kinds, "confirm", "all_zones", "overview")
        self._unit_names = _unit_aliases(gazetteer.units)
        plain = (heading for heading in gazetteer.headings if len(heading) > 1 and not lexicon.terms(heading))
        self._headings = sorted(plain, key=lambda heading: (-len(heading), heading))
        self._spelling = Spelling(gazetteer, lexicon, wordings("particles"))

    def plan(self, question: str, history: Sequence[Turn] = ()) -> QueryPlan:
        """Understand the last question of a conversation."""
        plan = self._plan_alone(question)
        earlier = [turn.content for turn in history if turn.role == "user"]
        replies = [turn.content for turn in history if turn.role == "assistant"]
        return self._carry(plan, earlier, replies[-1] if replies else "") if earlier else plan

    def _plan_alone(self, question: str) -> QueryPlan:
        text = self._spelling.correct(" ".join(_MARKUP.sub(" ", normalise(question)).split()))
        focus = self._focus(text)
        zones, places = self._zones(text, focus)
        notice = _has("notice", focus) and (not zones or _has("addressees", focus))
        zones = () if notice else zones
        foreign = () if zones else self._foreign(focus)
        topic = self._topic(focus, foreign)
        terms = self._lexicon.terms(topic)
        aims = [term for term in terms if cue("goal").fullmatch(term.text)]
        terms = tuple(term for term in terms if term not in aims) or tuple(aims)
        confirm, claim = self._confirms(focus), self._claim(focus)
        if confirm:
            terms = tuple(term for term in terms if not _NUMBER.fullmatch(term.text))
        return QueryPlan(
            question=text,
            topic=topic,
            zones=zones,
            places=places,
            foreign=foreign,
            asks=self._asks(focus),
            confirm=confirm,
            claim=claim,
            terms=terms,
            units=self._units(focus, terms)
            if _has("duty", focus)
            else self._in_full(claim if confirm else ""),
            plural=_has("plural", focus),
            quoted=tuple(_QUOTED.findall(focus)),
            figures=tuple(_FIGURE.findall(focus)),
            asked_unit=m.group(1) if (m := _ASKED_UNIT.search(focus)) else None,
            counted=self._counted(focus, terms),
            years=tuple(a or f"20{b}" for a, b in _YEAR.findall(focus)),
            heading=next((heading for heading in self._headings if heading in focus), None),
            reference=_reference(focus),
            all_zones=_has("all_zones", focus),
            overview=_has("overview", focus),
            targets=_has("targets", focus),
            aims=bool(aims),
            each=len(zones) < 2 and not places and _has("each", focus),
            item=_has("item", focus),
            notice=notice,
            facet=self._facet(focus) if notice else None,
            english=not _HAN.search(text),
        )

    def _focus(self, text: str) -> str:
        """What a rambling question asks: what stands behind 我就问 and the like, or its end from a whole word on."""
        asked = [m.end() for m in cue("asking").finditer(text)]
        if asked and len(text) > _ASIDE and len(text) - asked[-1] >= _LEAST:
            return text[asked[-1] :]
        if len(text) <= _RAMBLING:
            return text
        words = self._lexicon.cut(text)
        kept = ""
        while words and len(kept) < _FOCUS:
            kept = words.pop() + kept
        return kept

    def _zones(self, text: str, focus: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Zones and places named, in corpus order; the focus of a rambling question wins over the rest."""
        for part in dict.fromkeys((focus, text)):
            masked = part
            for unit in self._names.units:
                masked = masked.replace(unit, "\n") if not unit.endswith("政府") else masked
            named = {
                z
                for z in self._names.zones
                if z in masked and not re.search(f"(?:{cue('except').pattern}){z}", masked)
            }
            places = self._aligned(self._names.places, masked)
            named |= {self._names.places[place] for place in places}
            named |= {zone for sound, zone in self._names.pinyin.items() if sound in _latin(masked)}
            if named:
                return tuple(zone for zone in self._names.zones if zone in named), places
        return (), ()

    def _aligned(self, names: dict[str, str] | frozenset[str], text: str) -> tuple[str, ...]:
        """Names that stand in the text as whole words, longest first taken."""
        words = self._lexicon.cut(text)
        found: dict[str, None] = {}
        i = 0
        while i < len(words):
            for n in range(min(6, len(words) - i), 0, -1):
                piece = "".join(words[i : i + n])
                if piece in names:
                    found[piece] = None
                    i += n
                    break
            else:
                i += 1
        return tuple(found)

    def _foreign(self, text: str) -> tuple[str, ...]:
        masked = text
        for unit in self._unit_names:
            masked = masked.replace(unit, "\n")
        return self._aligned(self._names.foreign, masked)

    def _units(self, text: str, terms: Sequence[Term]) -> tuple[str, ...]:
        """Responsible units named in full, without 省, by a name of the synonym list, or by kind (海关)."""
        found = {word: None for term in terms for word in term.alternatives if word in self._names.units}
        found |= {unit: None for term in terms if (unit := self._shortened(term.text))}
        for alias, unit in self._unit_names.items():
            if alias in text:
                text = text.replace(alias, " ")
                found[unit] = None
        return tuple(found)

    def _in_full(self, claim: str) -> tuple[str, ...]:
        """Units that the claim of a yes-or-no question names in full."""
        return tuple(unit for unit in self._names.units if len(unit) > 3 and unit in claim)

    def _without_zones(self, text: str) -> str:
        for zone in self._names.zones:
            text = re.sub(
                rf"(?:中国)?[(]?{zone}[)]?(?:综试区|综合试验区|市政府|市的|市|这边|那边)?", " ", text
            )
        return text

    def _shortened(self, word: str) -> str | None:
        """The one unit that a word shortens (邮政局); the word itself if it names a body that no list has."""
        if not _PUBLIC_BODY.search(word) or word in self._unit_names:
            return None
        fitting = [unit for unit in self._names.units if shortens(word, unit)]
        return fitting[0] if len(fitting) == 1 else None if fitting else word

    def _topic(self, text: str, foreign: Sequence[str]) -> str:
        """What is searched for: the question without places, clause numbers and the words that only ask."""
        for name in foreign:
            text = text.replace(name, " ")
        for number in (_ADDRESS, _PART, _ITEM):
            text = number.sub(" ", text)
        return " ".join(self._asking.sub(" ", self._without_zones(text)).split())

    def _counted(self, text: str, terms: Sequence[Term]) -> Term | None:
        """The thing right behind 几个 or 多少家; before it where the question ends there, or in 增速是多少."""
        things = [term for term in terms if self._lexicon.is_thing(term.text) or term.alternatives]
        asked = _ASKED_UNIT.search(text) or _ASKED_AMOUNT.search(text)
        if not asked:
            return None
        behind = next((term for term in things if text.startswith(term.text, asked.end())), None)
        before = next((term for term in things if text[: asked.start()].endswith(term.text)), None)
        return before if before and not text[asked.end() :].strip("?!。") else behind

    def _confirms(self, text: str) -> bool:
        """True for questions with 吗 and the like, and for statements with a question mark (目标是150亿?)."""
        stated = (
            text.endswith("?")
            and bool(_STATES.search(text))
            and not _has("open", text)
            and (self._asks(text) is Ask.TEXT or bool(_FIGURE.search(text)))
        )
        return _has("confirm", text) or _has("whether", text) or stated

    def _claim(self, text: str) -> str:
        """The last part that asks for a yes or no and names something; the whole text if none does.

        A part that points back (提没提这两个地方) is taken with the one before it.
        """
        parts = [cue("tag").sub("", part) for part in _PARTS.split(text)]
        asking = [i for i, p in enumerate(parts) if _has("confirm", p) or _has("whether", p)]
        last = next((i for i in reversed(asking or range(len(parts))) if parts[i].strip()), None)
        if last is None:
            return text
        return ",".join(parts[last - 1 : last + 1]) if last and _POINTS.search(parts[last]) else parts[last]

    def _facet(self, text: str) -> Facet | None:
        """The part of the document asked about; its date stands in the signature, the zones among the addressees."""
        by_kind = {Ask.ZONES: Facet.ADDRESSEES, Ask.DATE: Facet.SIGNATURE}
        named = next((facet for facet in Facet if _has(facet.value, text)), None)
        return named if named is Facet.BASIS else by_kind.get(self._asks(text), named)

    def _asks(self, text: str) -> Ask:
        order = (Ask.UNITS, Ask.ZONES, Ask.DATE, Ask.PLACE, Ask.VALUE, Ask.LIST)
        asked = (ask for ask in order if _has(ask.value, text))
        return next(asked, Ask.VALUE if _has("measures", text) else Ask.TEXT)

    def _carry(self, plan: QueryPlan, earlier: Sequence[str], reply: str) -> QueryPlan:
        """Take over zones and topic from earlier turns where this one leaves them open.

        A zone that only the reply to the turn before names (那个市) counts if the reply names no other.
        """
        before = self._plan_alone(earlier[-1])
        if len(earlier) > 1:
            before = self._carry(before, earlier[:-1], "")
        if not before.zones and len(answered := self._zones(said := normalise(reply), said)[0]) == 1:
            before = replace(before, zones=answered)
        follows = _has("follow_up", plan.question) or len(plan.terms) < 2
        carried = []
        if not plan.zones and not plan.all_zones and not plan.foreign and before.zones and follows:
            plan = replace(plan, zones=before.zones, places=before.places)
            carried.append("zones")
        points_back = _has("points_back", plan.question) or plan.reference
        if follows and not plan.heading and (points_back or not plan.terms) and before.terms:
            merged = dict.fromkeys((*plan.terms, *before.terms))
            plan = replace(plan, topic=f"{plan.topic} {before.topic}", terms=tuple(merged))
            carried.append("topic")
        elif follows and not plan.terms and before.heading:
            plan = replace(plan, heading=plan.heading or before.heading)
            carried.append("topic")
        elliptic = plan.question.rstrip("?。! ").endswith("呢")
        if (carried or elliptic) and plan.asks is Ask.TEXT:
            plan = replace(plan, asks=before.asks)
        return replace(plan, carried=tuple(carried))


def _unit_aliases(units: Sequence[str]) -> dict[str, str]:
    """Printed names, names without 省 in front, and as departments (市场监管部门), longest first → printed name."""
    table = {unit: unit for unit in units}
    for unit in units:
        short = unit.removeprefix("省")
        if len(short) >= 3:
            table.setdefault(short, unit)
            table.setdefault(f"{_OFFICE.sub('', short)}部门", unit)
        if sum(other.endswith(unit[-2:]) for other in units) == 2:
            table.setdefault(unit[-2:], unit[-2:])
    return dict(sorted(table.items(), key=lambda item: -len(item[0])))


def _has(name: str, text: str) -> bool:
    return bool(cue(name).search(text))


def _latin(text: str) -> str:
    return re.sub("[^a-z]", "", text)


def _reference(text: str) -> tuple[int, ...]:
    """Numbers of the clause that a question names, outermost first, e.g. 第三部分第(九)条 → (3, 9), 二(四)3 → (2, 4, 3).

    A leading 0 stands for a part that is not named (第六项); empty if no clause is named by number.
    """
    part, items = _PART.search(text), _ITEM.findall(text)
    if not part and not items:
        address = _ADDRESS.search(text)
        return tuple(numeral_value(n) for n in address.groups() if n) if address else ()
    first = numeral_value(part.group(1) or part.group(2)) if part else 0
    return (first, *map(numeral_value, items))
