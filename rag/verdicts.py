"""Questions that a yes or a no answers: what is claimed is held against figures, unit lists and wording of the clause."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rag.cues import cue
from rag.evidence import Selector
from rag.indicators import Indicator
from rag.lexicon import Term
from rag.plans import QueryPlan
from rag.references import ORDINAL
from rag.retrieval import above
from rag.sentences import Passage
from rag.types import Clause

DECISIVE = 2.3  # weight of a word that a tenth of the clauses hold; commoner ones (开展) decide nothing
_FULL = 0.5  # match from which a term counts as said
_COUNTS = re.compile("[二两三四五六七八九十]大")
_EITHER = re.compile("([一-鿿]{1,2})[不没]\\1")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the text says of a claim.

    Attributes:
        holds: True if the text bears the claim out.
        missing: what the question names and the clause does not.
    """

    holds: bool
    missing: tuple[str, ...] = ()


def asks_for_presence(plan: QueryPlan) -> bool:
    """True for 有没有, 提到 and the like: their answer may be that the text has nothing of it."""
    return bool(cue("have").search(plan.question))


def denies(claim: str) -> bool:
    """True if a claim says that something is not so (没有提海外仓吧), not for questions such as 有没有 and 支持不支持."""
    plain = _EITHER.sub(r"\1", cue("have_or_not").sub("有", claim))
    return bool(cue("denial").search(plain))


def lead(plan: QueryPlan, verdict: Verdict) -> str:
    """The opening words, in the form in which the question was put, with what the text does not name."""
    if denies(plan.claim):
        opening = "不对,有规定。" if verdict.holds else "对,没有。"
    elif plan.figures:
        opening = "是的。" if verdict.holds else "不是。"
    elif asks_for_presence(plan):
        opening = "有。" if verdict.holds else "没有。"
    elif cue("can").search(plan.question):
        opening = "可以。" if verdict.holds else "不是,没有这样规定。"
    else:
        opening = "是的。" if verdict.holds else "不是。"
    missing = "、".join(f"“{word}”" for word in verdict.missing)
    return f"{opening}条文中没有{missing}:" if missing else opening


@dataclass(frozen=True, slots=True)
class Judge:
    """Holds a question's claim against the text; no state of its own."""

    selector: Selector

    def counts(self, text: str) -> set[str]:
        """Counting words such as 四大, 八大."""
        borders = self.selector.lexicon.borders(text)
        return {m.group() for m in _COUNTS.finditer(text) if m.start() in borders}

    def figures(self, plan: QueryPlan, row: Indicator) -> Verdict:
        """True if a figure that the question names is the row's, or bounds it as the question says (超过, 不到)."""
        years = not plan.years or row.by is None or row.by.removesuffix("年") in plan.years
        return Verdict(
            years and (not plan.figures or any(_agrees(n, plan.claim, row) for n, _ in plan.figures))
        )

    def units(self, plan: QueryPlan, clause: Clause) -> Verdict:
        """True if every unit that the question names stands in the clause's list, first where it asks who leads.

        Where it names them as the only ones, nobody else may stand there but the zone's own government.
        """
        if cue("leads").search(plan.question) and len(plan.units) == 1:
            return Verdict(plan.units[0] in clause.units[0])
        others = [listed for listed in clause.units if not any(unit in listed for unit in plan.units)]
        if cue("only").search(plan.question) and any(not other.endswith("政府") for other in others):
            return Verdict(holds=False)
        missing = tuple(unit for unit in plan.units if unit not in clause.text)
        return Verdict(not missing, missing)

    def subject(self, plan: QueryPlan) -> tuple[Term, ...]:
        """Terms before the predicate, if the corpus knows any of them; else all."""
        before = tuple(t for t in plan.terms if t not in self.claimed(plan) and self.selector.scorer.known(t))
        weight = self.selector.scorer.term_weight
        heavy = sum(map(weight, before)) >= 0.25 * sum(map(weight, plan.terms))
        return before if before and heavy else plan.terms

    def claimed(self, plan: QueryPlan) -> tuple[Term, ...]:
        """Terms behind the predicate of the claim (甲是乙吗: 乙); all terms where there is none."""
        borders = self.selector.lexicon.borders(plan.claim)
        for name in ("predicate", "weak_predicate"):
            for match in cue(name).finditer(plan.claim):
                if match.start() not in borders:  # 能 in 新能源 is no predicate
                    continue
                behind = tuple(term for term in plan.terms if term.text in plan.claim[match.end() :])
                if behind:
                    return behind
        return plan.terms

    def wording(self, plan: QueryPlan, passage: Passage) -> Verdict:
        """True if a passage with its headings holds what the question names.

        A word that no clause of the corpus knows is taken for a paraphrase, unless the question puts it in quotation
        marks or asks whether the text mentions that thing.
        """
        key = f"{above(passage.clause)} {passage.key}"
        missing = list(self.counts(plan.question) - self.counts(key))
        missing += [quoted for quoted in plan.quoted if not _holds(quoted, key)]
        claimed = self.claimed(plan)
        absent = [term for term in claimed if not self._stands(term, key)]
        # Who or where a claim is about must stand there, too (在德国有没有海外仓).
        names = (t for t in plan.terms if t not in claimed and self.selector.lexicon.is_name(t.text))
        missing += [term.text for term in names if not self._stands(term, key)]
        borne_out = any(self.decisive(term) for term in claimed if term not in absent)
        # Of a clause named by its place in a list (第三项是…吧) every known thing must stand in it.
        strict = bool(ORDINAL.search(plan.claim))
        missing += [
            term.text
            for term in absent
            if absent == list(claimed)
            or self.decisive(term)
            or (strict and self.selector.scorer.known(term) and self.selector.lexicon.is_thing(term.text))
            or self.selector.lexicon.is_name(term.text)
            or self._asked_for(term, plan, borne_out)
        ]
        # What limits or strengthens a claim decides it even where no notice has such a word.
        missing += [word for word in cue("strong").findall(plan.claim) if word not in key]
        missing += [number + unit for number, unit in plan.figures if number not in key]
        missing += [unit for unit in plan.units if unit not in key]
        if self._overstated(plan, [t for t in claimed if t not in absent], passage.key):
            return Verdict(holds=False)
        missing += [place for place in plan.places if place not in key and place not in missing]
        return Verdict(not missing, tuple(dict.fromkeys(missing)))

    def _stands(self, term: Term, key: str) -> bool:
        """True if a text holds a term or what notices say for it; of a proper name only itself or its equals will do."""
        lexicon = self.selector.lexicon
        if lexicon.is_name(term.text):
            return any(word in key for word in (term.text, *lexicon.equals(term.text)))
        return self.selector.scorer.match(term, key) >= _FULL

    def _overstated(self, plan: QueryPlan, borne: Sequence[Term], text: str) -> bool:
        """True if a claim says all, only or done where the text limits it, names more, or means to do it."""
        listed = any(f"{term.text}、" in text or f"、{term.text}" in text for term in borne)
        return bool(
            (cue("every").search(plan.claim) and cue("limited").search(text))
            or (cue("only").search(plan.claim) and listed)
            or (cue("done").search(plan.claim) and "已" not in text)
        )

    def decisive(self, term: Term) -> bool:
        """True for a term that few clauses hold."""
        scorer = self.selector.scorer
        return scorer.known(term) and scorer.weight(term.text) >= DECISIVE

    def _asked_for(self, term: Term, plan: QueryPlan, borne_out: bool) -> bool:
        """True if the question asks whether the text has the term; a verb beside a thing that it has is a paraphrase."""
        match = cue("have").search(plan.question)
        behind = match and term.text in plan.question[match.end() :]
        return bool(behind and (not borne_out or self.selector.lexicon.is_thing(term.text)))


def _holds(quoted: str, key: str) -> bool:
    parts: Sequence[str] = [p for p in re.split("[、,，]", quoted) if p]
    return all(part in key for part in parts)


def _agrees(number: str, claim: str, row: Indicator) -> bool:
    """True if a claimed number is the row's, or if 超过, 不到 and the like before it are true of the row's."""
    before = claim[: claim.find(number)][-4:]
    if number == row.number or not (number + row.number).replace(".", "").isdigit():
        return number == row.number
    if cue("less").search(before):
        return float(row.number) < float(number)
    return bool(cue("more").search(before + number)) and float(row.number) > float(number)
