"""Responsible units as questions name them: in full, without 省, as departments, by kind (海关), or shortened."""

import re
from collections.abc import Iterable, Sequence

from rag.lexicon import Term, shortens

_PUBLIC_BODY = re.compile("..(?:厅|局|办|委|海关|银行|法院|公安)$|.[促商协联]会$|联合会$")
_PROVINCIAL = re.compile("省[一-鿿]{2,10}?(?:厅|局|委员会|办公室)")
_OFFICE = re.compile("(?:厅|局|委|办|管理局|委员会|办公室)$")
_BRANCH = re.compile("([一-鿿]{3,6}?)[一-鿿]{2}(?:分公司|分行)$")


class UnitNames:
    """Names of the corpus's units.

    Attributes:
        aliases: printed names, names without 省 in front, departments (市场监管部门) and kinds, longest first →
            printed name or kind.
    """

    def __init__(self, units: Sequence[str]) -> None:
        self._units = tuple(units)
        self.aliases = _aliases(units)

    def named(self, text: str, terms: Sequence[Term]) -> tuple[str, ...]:
        """Units named by an alias, by a name of the synonym list, or shortened."""
        meant = (word for term in terms for word in term.alternatives)
        found = {self.aliases[word]: None for word in meant if word in self.aliases}
        found |= {unit: None for term in terms if (unit := self._shortened(term.text))}
        return tuple(found | dict.fromkeys(self.anywhere(text)))

    def in_full(self, claim: str, terms: Sequence[Term] = ()) -> tuple[str, ...]:
        """Units named in full, by a name too long to be anything else, or by what they do (守国门: 海关)."""
        named = [unit for alias, unit in self.aliases.items() if len(alias) > 3 and alias in claim]
        # A provincial office that no list has may be claimed all the same.
        named += [body for body in _PROVINCIAL.findall(claim) if body not in self.aliases]
        meant = (w for t in terms for w in t.alternatives if t.text in claim and t.text not in self.aliases)
        return tuple(dict.fromkeys((*named, *(word for word in meant if self.aliases.get(word) == word))))

    def anywhere(self, text: str) -> tuple[str, ...]:
        """Units and kinds named by an alias, each stretch of text taken once."""
        found: dict[str, None] = {}
        for alias, unit in self.aliases.items():
            if alias in text:
                text = text.replace(alias, " ")
                found[unit] = None
        return tuple(found)

    def listed(self, text: str, terms: Sequence[Term]) -> tuple[str, ...]:
        """As :meth:`named`, bodies that no list has left out."""
        known = {*self.aliases.values()}
        rest = [term for term in terms if term.text not in self.aliases]
        return tuple(unit for unit in self.named(text, rest) if unit in known)

    def _shortened(self, word: str) -> str | None:
        """The one unit that a word shortens (邮政局); the word itself if it names a body that no list has."""
        if not _PUBLIC_BODY.search(word) or word in self.aliases:
            return None
        fitting = [unit for unit in self._units if shortens(word, unit)]
        return fitting[0] if len(fitting) == 1 else None if fitting else word


def kind_of(unit: str, units: Iterable[str]) -> str:
    """What the names of local branches have in common (青岛海关, 济南海关: 海关); empty for units that have no like."""
    alike = [u for u in units if u[-2:] == unit[-2:] and len(u) == len(unit) and not u.startswith("省")]
    if unit.endswith("政府"):
        return ""
    return unit[-2:] if unit in alike and len(alike) > 1 else ""


def _aliases(units: Sequence[str]) -> dict[str, str]:
    table = {unit: unit for unit in units}
    for unit in units:
        short = unit.removeprefix("省")
        if len(short) >= 3:
            table.setdefault(short, unit)
            table.setdefault(f"{_OFFICE.sub('', short)}部门", unit)
        if branch := _BRANCH.match(unit):
            table.setdefault(branch.group(1), unit)
        if kind := kind_of(unit, units):
            table.setdefault(kind, kind)
    return dict(sorted(table.items(), key=lambda item: -len(item[0])))
