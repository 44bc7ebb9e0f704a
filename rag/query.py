"""Question → typed query plan: zones, topic, what is asked, where to look, what carries over from earlier turns."""

import re
from collections.abc import Sequence
from dataclasses import replace

from rag.amounts import few_in_digits, in_digits
from rag.covering import Facet
from rag.cues import cue, wordings
from rag.gazetteer import AREA, Gazetteer
from rag.intents import Op, bound_in, operations, two_steps
from rag.lexicon import Lexicon, Term, normalise, shortens
from rag.plans import Ask, QueryPlan
from rag.references import reference, without_reference
from rag.spelling import Spelling
from rag.unit_names import UnitNames

_MARKUP = re.compile(r"<[^<>]{0,400}>|\{[^{}]{0,400}\}|https?://\S+")
_THIS = re.compile("^[,，]?(?:它|其|[一-鿿]{2}这[条项个])")  # what it is stands before
_THIS_UNIT = re.compile("[这那该]个?家?(海关|厅|局|委|办|银行|单位)")
_ASIDE = 40  # characters; beyond this what stands before 我就问 and the like is an aside
_RAMBLING = 90  # characters; beyond this only the end of a question is taken for the question itself
_LEAST = 8  # characters of a question
_FOCUS = 60
_EITHER = re.compile("([一-鿿]{1,2})[不没]\\1")
_YEAR = re.compile(r"(?<![0-9])(?:(20[0-9]{2})|([12][0-9]))年")
_QUOTED = re.compile(r"[“\"「『'‘]([^”\"」』'’]{2,30})[”\"」』'’]")
_NUMBER = re.compile("[0-9.]+%?")
_POINTS = re.compile("[这那]")
_STATES = re.compile("[是归由要会能在]|属于|可以")
_HAN = re.compile("[一-鿿]")
_REMARKS = re.compile("[(][^()]*[)]|[^,，。:：;；?？!！()]+[,，。:：;；?？!！]*|[()]")
_TOPICAL = (Op.TASKS, Op.LACK)  # operations whose cues may be a topic (任务)
_PARTS = re.compile("[,，。;；?？!！ ]")
_ASKED_UNIT = re.compile(
    r"(?:多少|几)(大|亿|万元|家|个|亩|人|元|处|%|平方米|公里|吨|倍|台|辆|座|件|层|美元|块?钱|趟|列|班|天|岁|米|间|折|片|户)"
)
_PERCENT = re.compile("百分之(?:几|多少)|几成|几个(?:百分)?点")
_ASKED_AMOUNT = re.compile("(?:是|为|达到?|有|要)?多少(?!钱)")
_FIGURE = re.compile(r"([0-9]+(?:\.[0-9]+)?(?:[至到~-][0-9]+)?)(亿元|亿|万元|家|个|%|处|倍|人|元|亩)")


class Planner:
    """Makes query plans with the corpus's names and the cues of ``rag/data``."""

    def __init__(self, gazetteer: Gazetteer, lexicon: Lexicon) -> None:
        self._names = gazetteer
        self._lexicon = lexicon
        kinds = (ask.value for ask in Ask if ask is not Ask.TEXT)
        self._operating = cue(*(op.value for op in Op if op not in _TOPICAL))
        self._asking = cue(*kinds, "confirm", "all_zones", "overview")
        self._unit_names = UnitNames(gazetteer.units)
        plain = (heading for heading in gazetteer.headings if len(heading) > 1 and not lexicon.terms(heading))
        self._headings = sorted(plain, key=lambda heading: (-len(heading), heading))
        self._spelling = Spelling(gazetteer, lexicon, wordings("particles"))

    def plan(self, question: str) -> QueryPlan:
        """Understand a question that stands alone."""
        text = in_digits(self._spelling.correct(" ".join(_MARKUP.sub(" ", normalise(question)).split())))
        text = few_in_digits(text) if _has("confirm", text) else text
        focus = self._without_preface(cue("polite").sub("", _plain(self._focus(text))))
        if steps := two_steps(focus):
            which, then = (self._plan_of(text, part) for part in steps)
            content = any(not cue("says").fullmatch(term.text) for term in then.terms)
            extremes = {Op.HIGHEST, Op.LOWEST}
            compared = extremes & {*which.ops} and extremes & {*then.ops}  # 最高的市是最低的市的几倍
            if content and not which.zones and not compared:
                return replace(then, within=replace(which, asks=Ask.ZONES, confirm=False))
        return self._plan_of(text, focus)

    def unit_put_in(self, question: str, said: str) -> str:
        """The question with the one unit that an answer named for what points back to it (这个海关)."""
        match = _THIS_UNIT.search(question)
        named = {unit for unit in self._names.units if match and unit.endswith(match[1]) and unit in said}
        return question.replace(match[0], named.pop()) if match and len(named) == 1 else question

    def zones_in(self, text: str) -> tuple[str, ...]:
        """Zones that a normalised text names."""
        return self._zones(text, text)[0]

    def _plan_of(self, text: str, focus: str) -> QueryPlan:
        zones, places = self._zones(text, focus)
        notice = _has("notice", focus) and (not zones or _has("addressees", focus))
        facet = self._facet(focus) if notice else None
        issued = facet not in (None, Facet.TITLE) or _has("signature", focus)
        notice = notice and (issued or not self._unit_names.anywhere(focus))  # 甲厅在通知里管什么
        asking = _QUOTED.sub(" ", focus)  # what is quoted asks nothing
        ops = operations(asking)
        within = _has("among_all", focus)  # 甲总共才3个,是不是七市里最少的
        every = {Op.SUM, Op.MEAN, Op.RANKING} & {*ops} and Op.SHARE not in ops and _has("all_zones", focus)
        every = every and not within
        zones = () if notice or every or self._beside(zones, focus) else zones
        foreign = () if zones else self._foreign(focus)
        outside = self._outside(zones, focus)
        topic = self._topic(focus, (*foreign, *outside))
        terms = self._lexicon.terms(topic)
        terms = tuple(term for term in terms if not self._operating.fullmatch(term.text))
        aims = [term for term in terms if cue("goal").fullmatch(term.text)]
        terms = tuple(term for term in terms if term not in aims) or tuple(aims)
        named, terms = terms, _without_known(terms, focus)
        confirm, claim = self._confirms(focus), self._claim(focus)
        asks = self._asks(focus)
        if asks is Ask.ZONES and len(zones) > 1 and not places and _has("each_thing", focus):
            asks = Ask.VALUE if _has("value", focus) else Ask.TEXT  # 几个?甲乙丙三个市分别怎么写
        if (
            asks is Ask.ZONES and len(zones) == 1 and not _has("zone_word", focus)
        ):  # 甲管物流的都有谁, 是哪六个
            asks = Ask.UNITS if _has("duty", focus) else Ask.LIST
        if confirm:
            terms = tuple(term for term in terms if not _NUMBER.fullmatch(term.text))
        return QueryPlan(
            question=text,
            focus=focus,
            topic=topic,
            zones=zones,
            places=places,
            foreign=foreign,
            outside=outside,
            asks=asks,
            confirm=confirm,
            claim=claim,
            terms=terms,
            units=self._units(focus, claim if confirm else "", terms),
            bodies=self._unit_names.listed(focus, terms),
            plural=_has("plural", focus),
            quoted=tuple(_QUOTED.findall(focus)),
            figures=tuple(_FIGURE.findall(focus)),
            asked_unit=_asked_unit(focus),
            counted=self._counted(focus, terms),
            years=tuple(a or f"20{b}" for a, b in _YEAR.findall(focus)),
            heading=next((heading for heading in self._headings if heading in focus), None),
            reference=reference(focus),
            all_zones=_has("all_zones", focus),
            overview=_has("overview", asking),
            targets=_has("targets", focus),
            aims=bool(aims),
            each=len(zones) < 2 and not places and _has("each", focus),
            item=_has("item", focus),
            notice=notice,
            facet=facet,
            ops=ops,
            bound=bound_in(focus),
            aside=tuple(term for term in named if term not in terms and not _NUMBER.fullmatch(term.text)),
            excluded=tuple(z for z in self._names.zones if self._set_aside(z, text)),
        )

    def _focus(self, text: str) -> str:
        """What a rambling question asks: what stands behind 我就问 and the like, or its end from a whole word on."""
        asked = [m.end() for m in cue("asking").finditer(text)]
        if asked and len(text) > _ASIDE and len(text) - asked[-1] >= _LEAST:
            rest = text[asked[-1] :]
            terms = self._lexicon.terms(self._topic(_plain(rest), ()))
            told = any(not (cue("says").fullmatch(t.text) or self._operating.search(t.text)) for t in terms)
            if told and not cue("points_back").match(rest) and not _THIS.search(rest):
                return rest
        if len(text) <= _RAMBLING:
            return text
        words = self._lexicon.cut(text)
        kept = ""
        while words and len(kept) < _FOCUS:
            kept = words.pop() + kept
        return kept

    def _without_preface(self, text: str) -> str:
        """The text without who asks and what for, unless that names a unit that the question then is about."""
        rest = cue("preface").sub("", text)
        gone = text[: len(text) - len(rest)]
        return text if self._unit_names.anywhere(gone) or len(rest) < _LEAST else rest

    def _zones(self, text: str, focus: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Zones and places named, in corpus order; the focus of a rambling question wins over the rest."""
        for part in dict.fromkeys((focus, text)):
            masked = part
            for unit in self._names.units:
                masked = masked.replace(unit, "\n") if not unit.endswith("政府") else masked
            named = {z for z in self._names.zones if z in masked and not self._set_aside(z, text)}
            named_here = self._aligned(self._names.places, masked)
            places = tuple(place for place in named_here if not self._is_part(place, masked))
            areas = self._areas(masked)
            places = (*places, *(area for area in areas if area not in places))
            named |= {*areas.values()}
            named |= {self._names.places[place] for place in places if place in self._names.places}
            named |= {zone for sound, zone in self._names.pinyin.items() if sound in _latin(masked)}
            if named:
                return tuple(zone for zone in self._names.zones if zone in named), places
        return (), ()

    def _areas(self, text: str) -> dict[str, str]:
        """Development areas that are named behind their zone (甲经开区), as the notices call them → the zone."""
        found: dict[str, str] = {}
        for zone, kind in re.findall(f"({'|'.join(self._names.zones) or '(?!)'})市?({AREA})", text):
            own = [name for name, home in self._names.places.items() if home == zone]
            known = (name for name in own if name.startswith(zone) and shortens(kind, name[len(zone) :]))
            found[next(known, f"{zone}{kind}")] = zone
        return found

    def _units(self, focus: str, claim: str, terms: tuple[Term, ...]) -> tuple[str, ...]:
        """Units named where the question is about who does something, and those that a claim names in full."""
        listed = self._unit_names.named(focus, terms) if _has("duty", focus) else ()
        meant = terms if _has("membership", focus) and not listed else ()
        claimed = self._unit_names.in_full(claim, meant) if claim else ()
        return tuple(dict.fromkeys((*listed, *(unit for unit in claimed if unit not in listed))))

    def _is_part(self, place: str, text: str) -> bool:
        """True if a short name begins something else that the notices name (牡丹系列产品 is no place)."""
        begun = re.findall(f"{place}[一-鿿]{{2}}", text)
        return (
            place[-1] not in "市县区"
            and len(begun) == text.count(place)
            and all(found[len(place)] not in "市县区" and found in self._names.written for found in begun)
        )

    def _set_aside(self, zone: str, text: str) -> bool:
        before = f"(?:{cue('except').pattern}){zone}|(?:{cue('setting_aside').pattern})[^,，。]{{0,12}}{zone}"
        behind = f"{zone}市?[^,，。)]{{0,14}}(?:[,，][^,，。)]{{0,2}})?(?:{cue('set_aside').pattern})"
        return bool(re.search(f"{before}|{behind}", text))

    def _beside(self, zones: Sequence[str], text: str) -> bool:
        """True if the zones named only say where another city lies (跟甲挨着的乙)."""
        names = "|".join(zones)
        return bool(
            zones
            and all(text.count(zone) == 1 for zone in zones)
            and self._foreign(text)
            and re.search(f"(?:{names}).{{0,2}}(?:{cue('beside').pattern})", text)
        )

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
        for unit in self._unit_names.aliases:
            masked = masked.replace(unit, "\n")
        named = self._aligned(self._names.foreign, masked)
        about = (
            name
            for name in self._aligned(self._names.mentioned, masked)
            if any(name + m.group() in masked for m in cue("subject_behind").finditer(masked))
        )
        return named or (() if _has("zones", text) or _has("confirm", text) else tuple(about))

    def _outside(self, zones: Sequence[str], text: str) -> tuple[str, ...]:
        """Other places joined to a zone as if both were in the corpus."""
        joint = cue("joint").pattern
        named = "|".join(zones)
        return tuple(
            name
            for name in (self._aligned(self._names.foreign, text) if zones else ())
            if re.search(f"(?:{named})市?(?:{joint}){name}|{name}市?(?:{joint})(?:{named})", text)
        )

    def _without_zones(self, text: str) -> str:
        for zone in self._names.zones:
            text = re.sub(
                rf"(?:中国)?[(]?{zone}[)]?(?:综试区|综合试验区|市政府|市的|市|这边|那边)?", " ", text
            )
        return text

    def _topic(self, text: str, foreign: Sequence[str]) -> str:
        """What is searched for: the question without places, clause numbers and the words that only ask."""
        for name in foreign:
            text = text.replace(name, " ")
        text = without_reference(text)
        text = _EITHER.sub(self._one_of, text)
        return " ".join(self._asking.sub(" ", self._without_zones(text)).split())

    def _one_of(self, match: re.Match[str]) -> str:
        """What 守不守规矩 is about (守规矩), where the synonym list has that phrase; else as it is (能不能)."""
        word, behind = match[1], match.string[match.end() : match.end() + 3]
        phrases = (word + behind[:n] for n in range(1, len(behind) + 1))
        return word if any(self._lexicon.has_synonyms(phrase) for phrase in phrases) else match[0]

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
        asked = [part for part in _PARTS.split(text) if part]
        if asked and _has("which_zone", asked[-1]):  # 有这种情况吗,哪个市
            return False
        parts = [part for part in asked if _has("confirm", part) or _has("whether", part)]
        closed = any(
            (not _has("interrogative", part) or _has("whether_any", part))
            and (part == asked[-1] or _has("whether_any", part) or _has("closing", part))
            for part in parts
        )
        return closed or stated

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
        if _has("zones_first", text):
            return Ask.ZONES
        order = (Ask.UNITS, Ask.ZONES, Ask.DATE, Ask.PLACE, Ask.VALUE, Ask.LIST)
        few = _has("a_few", text)  # 扶几家…的公司,都揽哪些活
        asked = (ask for ask in order if _has(ask.value, text) and not (few and ask is Ask.VALUE))
        return next(asked, Ask.VALUE if _has("measures", text) else Ask.TEXT)


def _has(name: str, text: str) -> bool:
    return bool(cue(name).search(text))


def _asked_unit(text: str) -> str | None:
    if _PERCENT.search(text):
        return "%"
    match = _ASKED_UNIT.search(text)
    return match.group(1) if match else None


def _plain(text: str) -> str:
    """The text without remarks on the form of the answer (只要市名, 别的市不必列), if anything else is left."""
    parts = _REMARKS.findall(text)
    kept = "".join(part for part in parts if not _has("manner", part))
    return kept if len(_HAN.findall(kept)) > _LEAST / 2 else text


def _without_known(terms: tuple[Term, ...], text: str) -> tuple[Term, ...]:
    """Terms without what a question sets aside (除了甲,还有哪些; 不是甲那个), where others are left."""
    aside = "".join(match.group() for match in cue("besides", "not_meant").finditer(text))
    kept = tuple(term for term in terms if term.text not in aside)
    return kept if aside and any(len(term.text) > 1 for term in kept) else terms


def _latin(text: str) -> str:
    return re.sub("[^a-z]", "", text)
