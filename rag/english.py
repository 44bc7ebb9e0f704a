"""English questions → the Chinese words that the planner knows, by a glossary (``rag/data/english.json``).

Names of places come from the corpus by their pinyin; no sentence is translated.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product

from pypinyin import Style, lazy_pinyin, pinyin

from rag.gazetteer import Gazetteer
from rag.lexicon import data_file, normalise

_HAN = re.compile("[一-鿿]")
_ASIDE = re.compile('[“"「『(（][^”"」』)）]*[”"」』)）]')
_LATIN = re.compile("[A-Za-z]{2,}")
_ZH = "一-鿿“”〔〕、"
_TOKEN = re.compile(f"[0-9.]*%?[{_ZH}][{_ZH}0-9.%]*|[a-z][a-z0-9]*|[0-9]+(?:[.][0-9]+)?%?")
_POSSESSIVE = re.compile("'s?(?![a-z])|(?<=[a-z])'(?=[a-z])")
_STOPS = re.compile("[,?!;:]|[.](?![0-9])")
_BRACKETS = re.compile("[(][^()]{0,40}[)]")
_MONEY = re.compile(
    r"(?:(?P<before>rmb|cny|us\$|usd|\$|¥) ?|(?<![a-z0-9.]))(?P<number>[0-9]+(?:\.[0-9]+)?)[ -]?"
    r"(?P<scale>hundred million|trillion|billion|million|bn|mn|m|b)?\b"
    r" ?(?P<behind>yuan|rmb|cny|renminbi|us dollars|dollars|usd)?(?![a-z])"
)
_YI = {"trillion": 10**4, "billion": 10, "bn": 10, "b": 10, "million": 0.01, "mn": 0.01, "m": 0.01}
_LONGEST = 9  # words of a glossary entry
_READINGS = 8  # readings of a name with characters of several readings
_COUNT = "多少个"
_PILOT = ("综试区", "方案")  # words that add nothing to a zone's name


@dataclass(frozen=True, slots=True)
class Phrases:
    """Shape of ``english.json``; tables of words lead from Chinese to English, the form to be shown first.

    ``words`` match in any inflection, ``asks`` as they stand, ``relations`` only beside a figure; ``answers`` are twins of
    ``messages.json``, ``openings`` of other phrases around clause wording.
    """

    words: dict[str, list[str]]
    units: dict[str, list[str]]
    asks: dict[str, list[str]]
    drop: list[str]
    suffixes: dict[str, list[str]]
    frames: list[tuple[str, str]]
    classifiers: list[tuple[str, str]]
    numbers: dict[str, int]
    relations: list[str]
    auxiliaries: list[str]
    readings: dict[str, str]
    answers: dict[str, str]
    openings: list[tuple[str, str]]
    shown: dict[str, str]
    bounds: dict[str, str]
    measures: dict[str, str]
    frame: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch of the Chinese question; kinds: name, word, ask, number, other."""

    kind: str
    text: str


class English:
    """Puts English questions into the Chinese words that the planner knows."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self._names = gazetteer
        self._data: Phrases = data_file("english", Phrases)
        self._drop = {_stem(word) for word in self._data.drop}

    def is_english(self, question: str) -> bool:
        """True if a question has Latin words, and Chinese at most in quotation marks or brackets."""
        return bool(_LATIN.search(question)) and not _HAN.search(_ASIDE.sub("", question))

    def chinese(self, question: str) -> str:
        """The question in Chinese, clause by clause; English words that nothing knows stay."""
        text = _POSSESSIVE.sub("", re.sub("[’‘`]", "'", normalise(question)))
        text = plain if _LATIN.search(plain := _BRACKETS.sub(" ", text)) else text
        for pattern, chinese in self._data.frames:
            text = re.sub(pattern, chinese, text.strip())
        clauses = map(_TOKEN.findall, _STOPS.split(_MONEY.sub(_money, text)))
        said = dict.fromkeys(part for tokens in clauses if (part := self._part(tokens)))
        return ",".join(said) + "?"

    def _part(self, tokens: Sequence[str]) -> str:
        """One clause: places first, then the rest in its order; 吗 where it opens with an auxiliary verb."""
        pieces = self._counted([*self._pieces(tokens)])
        named = dict.fromkeys(piece.text for piece in pieces if piece.kind == "name")
        names = sorted(named, key=lambda name: name in self._names.places)
        rest = [p for p in pieces if p.kind != "name" and not (names and p.text in _PILOT)]
        asking = any(piece.kind == "ask" and re.search("[哪谁几]|多少|什么", piece.text) for piece in rest)
        if rest and not asking and tokens[0] in self._data.auxiliaries:
            if tokens[0] in ("is", "are", "was", "were") and len(rest) > 1 and rest[1].text != "是":
                rest.insert(1, _Piece("word", "是"))
            rest.append(_Piece("ask", "吗"))
        front = ""
        for name in names:
            inside = front.endswith(self._names.places.get(name, "\n"))
            front += name if not front or inside else f"、{name}"
        apart = re.sub("(?<=[!-~])\n(?=[!-~])", " ", "\n".join(piece.text for piece in rest))
        return front + apart.replace("\n", "")

    def _pieces(self, tokens: Sequence[str]) -> Iterator[_Piece]:
        i = 0
        while i < len(tokens):
            size, piece = self._longest(tokens[i : i + _LONGEST])
            if piece:
                yield piece
            i += size

    def _longest(self, tokens: Sequence[str]) -> tuple[int, _Piece | None]:
        """The longest entry that the tokens begin with, and how many of them it takes."""
        first = tokens[0]
        if not first.isascii():
            return 1, _Piece("name" if first in (*self._names.zones, *self._names.places) else "word", first)
        for size in range(len(tokens), 0, -1):
            raw, stem = "".join(tokens[:size]), "".join(map(_stem, tokens[:size]))
            for table, key in ((self._places, raw), (self._asks, raw), (self._words, stem)):
                if key in table:
                    return size, table[key]
            if size <= 2 and raw in self._foreign:
                return size, self._foreign[raw]
        if first in self._data.numbers or first[0].isdigit():
            return 1, _Piece("number", str(self._data.numbers.get(first, first)))
        if len(first) == 1 or _stem(first) in self._drop:
            return 1, None
        return 1, _Piece("other", first)

    def _counted(self, pieces: list[_Piece]) -> list[_Piece]:
        """Counting words behind numbers and 多少; single numbers that count nothing (one of) are left out."""
        made = []
        for i, piece in enumerate(pieces):
            things = [p.text for p in islice(pieces, i + 1, None) if p.kind == "word"]
            near = pieces[max(0, i - 1) : i] + pieces[i + 1 : i + 2]
            counting = (
                word for pattern, word in self._data.classifiers if things and re.search(pattern, things[0])
            )
            if piece.text == _COUNT:
                made.append(_Piece("ask", f"多少{next(counting, '')}"))
            elif piece.text in self._data.relations:
                made += [piece] if any(p.text[0].isdigit() for p in near) else []
            elif piece.kind == "number" and i + 1 < len(pieces) and pieces[i + 1].kind == "word":
                made.append(_Piece("word", piece.text + (next(counting, "") if piece.text.isdigit() else "")))
            elif piece.kind != "number" or len(piece.text) > 1:
                made.append(piece)
        return made

    @cached_property
    def _asks(self) -> dict[str, _Piece]:
        asks = self._data.asks.items()
        return {"".join(_tokens(form)): _Piece("ask", chinese) for chinese, forms in asks for form in forms}

    @cached_property
    def _words(self) -> dict[str, _Piece]:
        tables = (*self._data.units.items(), *self._data.words.items())
        pairs = [(zh, "".join(map(_stem, _tokens(form)))) for zh, forms in tables for form in forms]
        return {key: _Piece("word", chinese) for chinese, key in reversed(pairs)}

    @cached_property
    def _places(self) -> dict[str, _Piece]:
        """Spellings of the corpus's places, and of bodies and areas named after its zones."""
        table: dict[str, _Piece] = {}
        zoned = [zone + e for zone in self._names.zones for e in self._data.suffixes if len(e) > 1]
        for name in (*self._names.zones, *self._names.places, *self._names.units, *zoned):
            kind = "word" if name in self._names.units else "name"
            bare = name in self._names.places and name[-1] not in self._data.suffixes
            for spelling in self._spellings(name, bare=bare):
                city = self._foreign.get(spelling)
                if not (bare and city and len(city.text) == 2):  # Linyi alone is the city, not the county
                    table.setdefault(spelling, _Piece(kind, name))
        return table

    @cached_property
    def _foreign(self) -> dict[str, _Piece]:
        names = sorted(self._names.foreign, key=lambda name: (-len(name), name), reverse=True)
        return {spelling: _Piece("name", name) for name in names[::-1] for spelling in self._spellings(name)}

    def _spellings(self, name: str, *, bare: bool = False) -> Iterator[str]:
        """Pinyin of a name, whole or with its ending in English, which 市 may add."""
        yield from self._readings(name)
        for ending, forms in self._data.suffixes.items():
            stem = name.removesuffix(ending) if name != ending else name
            if stem != name or (ending in "市省" and len(name) == 2 and not bare):
                # Caoxian County says 县 twice
                readings = (*self._readings(stem), *(self._readings(name) if len(stem) == 1 else ()))
                for reading, form in product(readings, forms):
                    yield reading + "".join(_tokens(form))

    def _readings(self, name: str) -> list[str]:
        """Toneless pinyin without spaces; several where characters have several readings."""
        sounds = pinyin(name, style=Style.NORMAL, heteronym=True)
        usual = self._data.readings.get(name) or "".join(lazy_pinyin(name))
        return [*dict.fromkeys([usual, *map("".join, islice(product(*sounds), _READINGS))])]


def _tokens(phrase: str) -> list[str]:
    return re.findall("[a-z0-9]+", _POSSESSIVE.sub("", phrase.lower()))


def _stem(word: str) -> str:
    """A word without its inflection, the same for all its forms; not a dictionary form."""
    word = re.sub("(?<=..)ies$", "y", re.sub("(?<=ss|ch|sh)es$|(?<=x)es$", "", word))
    if word.endswith("s") and len(word) > 3 and word[-2:] not in ("ss", "us", "is"):
        word = word[:-1]
    for ending, least in (("ing", 6), ("ed", 5)):
        if word.endswith(ending) and len(word) >= least:
            word = word.removesuffix(ending)
            word = word[:-1] if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "ls" else word
    return word.removesuffix("e") if len(word) > 3 else word


def _money(match: re.Match[str]) -> str:
    """An amount as notices write it, e.g. 30 billion yuan → 300亿元."""
    currency = f"{match['before'] or ''}{match['behind'] or ''}"
    if not match["scale"] and not currency:
        return match.group()
    unit = "美元" if re.search("[$]|usd|dollar", currency) else "元" if currency else ""
    value = float(match["number"]) * (_YI.get(match["scale"], 1) if match["scale"] else 10**-8)
    return f" {value:g}亿{unit} " if value >= 1 else f" {value * 10**4:g}万{unit} "
