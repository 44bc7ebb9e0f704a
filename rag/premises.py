"""What questions take for granted, held against one zone's figures, headings and wording: what they have instead."""

import re
from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from rag.citations import Claim
from rag.cues import cue
from rag.evidence import Selector
from rag.lexicon import data_file, normalise
from rag.numbering import numeral_value
from rag.plans import Ask, QueryPlan
from rag.replies import Outline, figure_claim, heading_claim, verbatim_claim
from rag.retrieval import Found
from rag.sentences import phrases, sentences
from rag.statements import FIT, Statements
from rag.types import Clause
from rag.verdicts import Judge

COUNT = re.compile(
    "(?<![第这那每某])(?<![0-9一二两三四五六七八九十])([0-9]+|[一二两三四五六七八九十]+)(?:大|条|项|个(?![亿年月])|点|章|类|部分)"
)
_HEADING = re.compile("([一二两三四五六七八九十]+)(?:大|个|项|条)([一-鿿]{2,6})")
_IN_ALL = re.compile(
    "(?:一共|总共|共|列了|分了|写了)(?:有|列了|是)?([0-9一二两三四五六七八九十]+)(?:大?条|项|点|部分|章|块)"
)
_RATE = "%"
_TITLED = 5  # characters of a title with its quotation mark
_SHORT = 2  # characters of a name that many headings begin with
_PLACED = re.compile(
    '第([0-9一二三四五六七八九十]+)(?:位|项|个|条)?(?:的?(?:标题|名称)?(?:是|叫)|(?=[“"]))([一-鿿“”"]{2,14})'
)
_QUOTED = re.compile("“([^“”]{3,20})”")
_CLOSE = 75.0  # rapidfuzz ratio from which words are a slip of the pen


class Premises:
    """Finds what a zone's plan says where a question takes something else for granted."""

    def __init__(self, statements: Statements, selector: Selector, outline: Outline, judge: Judge) -> None:
        self._statements = statements
        self._selector = selector
        self._outline = outline
        self._judge = judge
        self._messages = data_file("messages", dict[str, str])

    def figures(self, plan: QueryPlan, group: Found) -> tuple[Claim, ...]:
        """The zone's figure where a question takes another one for granted, or that it states none of the kind."""
        if not plan.figures or plan.asks is Ask.ZONES or plan.ops:
            return ()
        return self._figure(plan, group) or self._no_rate(plan, group)

    def wording(self, plan: QueryPlan, group: Found) -> tuple[Claim, ...]:
        """What stands where a question counts, names, quotes or places something otherwise."""
        named = self.names(plan, group) or self._words(plan, group)
        return (*self.counts(plan, group), *named, *self._roles(plan, group), *self.places(plan, group))

    def _no_rate(self, plan: QueryPlan, group: Found) -> tuple[Claim, ...]:
        """That a zone states no rate, where a question takes one for granted."""
        rates = [row for row in self._statements.rows_of(group) if row.unit == _RATE]
        if plan.figures[0][1] != _RATE or rates or not self._statements.rows_of(group):
            return ()
        return (Claim(self._messages["no_rate"].format(zone=group.zone), ()),)

    def _figure(self, plan: QueryPlan, group: Found) -> tuple[Claim, ...]:
        """The zone's figure where a question takes another one for granted."""
        number, unit = plan.figures[0]
        said = next((part for part in cue("clause_end").split(plan.focus) if number in part), plan.focus)
        rows = [row for row in self._statements.rows_of(group) if row.unit.startswith(unit)]
        terms = tuple(t for t in plan.terms if t.text in said and not re.match("[0-9.]+%?$", t.text))
        about = replace(plan, terms=terms or plan.terms, asked_unit=None, counted=None)
        picked = self._selector.indicator(rows, about)
        wrong = picked and picked[1] >= FIT and not self._judge.figures(plan, picked[0]).holds
        return (figure_claim(picked[0]),) if picked and wrong else ()

    def counts(self, plan: QueryPlan, group: Found) -> tuple[Claim, ...]:
        """The headings that count what a question counts, and otherwise (三大支撑: 四大支撑)."""
        clauses = self._outline.of_zone(group.zone)
        part = self._outline.part(str(group.zone), plan.focus)
        said = _IN_ALL.search(plan.focus)
        parts = self._outline.children(part) if part else []
        if said and part and parts and numeral_value(said[1]) != len(parts) and not plan.confirm:
            counted = self._messages["counted"].format(count=len(parts), unit=self._messages["unit_parts"])
            own = heading_claim(part)
            return (replace(own, text=f"{part.heading}{counted.rstrip(':')}"), *map(heading_claim, parts))
        stated = numbered_heading(clauses, plan.focus)
        return tuple(
            heading_claim(clause)
            for clause in clauses
            for match in _HEADING.finditer(clause.heading)
            if _miscounted(match, plan.focus, named=bool(stated and stated[0] == clause))
        )

    def places(self, plan: QueryPlan, group: Found) -> tuple[Claim, ...]:
        """The parts that stand where a question puts other ones (六大体系第五是甲、第六是乙)."""
        part = self._outline.part(str(group.zone), plan.focus)
        parts = self._outline.children(part) if part else []
        found = []
        for said in _PLACED.finditer(plan.focus):
            place = numeral_value(said[1])
            named = [c for c in parts if normalise(c.heading)[-6:-2] in said[2] or _alike(c.heading, said[2])]
            titled = len(said[2]) > _TITLED and said[2][0] in '“"'
            known = bool(named) or titled
            if known and 0 < place <= len(parts) and not _same_place(parts[place - 1], named, said[2]):
                claim = heading_claim(parts[place - 1])
                text = self._messages["at_place"].format(place=place, heading=claim.text)
                found.append(replace(claim, text=text))
        return tuple(found)

    def _roles(self, plan: QueryPlan, group: Found) -> tuple[Claim, ...]:
        """What a zone's plan names in the role that a question gives to something else (以甲区为核心)."""
        role = re.search(f"以([一-鿿]{{2,10}}?)(?:为|作为?|当)({cue('role').pattern})", plan.focus)
        if not role or cue("interrogative").search(role[1]):
            return ()
        named, noun = role.groups()
        parts = [s for c in self._outline.of_zone(group.zone) for s in sentences(c) if noun in s.key]
        if not parts or any(named in part.key for part in parts):
            return ()
        alike = [s for s in parts if re.search(f"以[一-鿿]{{2,12}}为{noun}", s.key)]
        runs = [p for s in alike or parts for p in phrases(s) if noun in p.key]
        return (verbatim_claim(runs[0]),) if alike or len(runs) == 1 else ()

    def names(self, plan: QueryPlan, group: Found) -> tuple[Claim, ...]:
        """The heading that has another word in quotation marks where a question quotes one (海外仓“扩容”行动)."""
        clauses = self._outline.of_zone(group.zone)
        for quoted in plan.quoted:
            around = re.search(f'([一-鿿]{{2}})[“"]{re.escape(quoted)}[”"]([一-鿿]{{2}})', plan.focus)
            if any((around[0] if around else quoted) in normalise(clause.text) for clause in clauses):
                continue
            frame = re.compile(f'{around[1]}[“"][^”"]+[”"]{around[2]}') if around else None
            other = next((c for c in clauses if frame and frame.search(normalise(c.heading))), None)
            if other:
                return (heading_claim(other),)
        return ()

    def _words(self, plan: QueryPlan, group: Found) -> tuple[Claim, ...]:
        """The phrase with what the zone's plan prints in quotation marks and a question quotes all but right (一区多园)."""
        clauses = self._outline.of_zone(group.zone)
        for quoted in plan.quoted:
            if any(quoted in normalise(c.text) for c in clauses):
                continue
            for phrase in (p for c in clauses for s in sentences(c) for p in phrases(s)):
                printed = _QUOTED.findall(phrase.key)
                if any(len(w) == len(quoted) and fuzz.ratio(w, quoted) >= _CLOSE for w in printed):
                    return (verbatim_claim(phrase),)
        return ()


def numbered_heading(clauses: Sequence[Clause], claim: str) -> tuple[Clause, int] | None:
    """The clause whose heading counts what a claim counts (建设四大产业带), and its number."""
    found = [
        (len(noun), clause, numeral_value(match.group(1)))
        for clause in clauses
        for match in _HEADING.finditer(clause.heading)
        for noun in (match.group(2)[:4], match.group(2)[:3], match.group(2)[:2])
        if len(noun) > 1 and re.search(f"{COUNT.pattern}{noun}|{noun}[^,，。]{{0,6}}?{COUNT.pattern}", claim)
    ]
    best = max(found, key=lambda entry: entry[0], default=None)
    return best[1:] if best else None


def _miscounted(heading: re.Match[str], text: str, *, named: bool) -> bool:
    """True if a text counts what a heading counts, and otherwise (五大产业带; where it is named, 两大平台是哪三个)."""
    count, noun = numeral_value(heading.group(1)), heading.group(2)[:2]
    return any(
        numeral_value(said.group(1)) not in (1, count)
        and text[max(0, said.start() - 1) : said.start()] not in tuple("这那每某前后第")
        and ((named and text[said.start() - 1] == "哪") or text.startswith(noun, said.end()))
        for said in COUNT.finditer(text)
    )


def _same_place(part: Clause, named: Sequence[Clause], said: str) -> bool:
    """True if a part is one of those named, or its heading what is said."""
    return part in named or said.strip('“”"') in normalise(part.heading)


def _alike(heading: str, said: str) -> bool:
    """True if what is said begins with the name in a heading (“贸易便利化: 贸易便利化“提升”行动)."""
    name = re.split('[“"]', normalise(heading))[0]
    return len(name) > _SHORT and said.strip('“”"').startswith(name)
