"""Words: segmentation with the corpus's own names, stop words, synonyms, and the spellings a question may use.

The lists are data files in ``rag/data`` that an office can read and change; their hash is part of every answer's versions.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from itertools import accumulate
from typing import Any, TypeVar

import rjieba
from opencc import OpenCC
from pydantic import TypeAdapter, ValidationError

from rag.errors import CorpusError

T = TypeVar("T")

_HAN = re.compile(r"[一-鿿]+")
_WORD = re.compile(r"[一-鿿a-z0-9]")
# Counting words (七个, 两家) name nothing; neither do figures.
_COUNT = re.compile(
    r"[0-9.]+|第[0-9一二两三四五六七八九十]+[个项条名位]?|[一二两三四五六七八九十几]+[个家张条种类项份件样地市处倍]?"
)
_POINTER = re.compile("[这那哪某]")
_NAME_MAX = 12  # characters; longer names are better found by their words


@cache
def data_file(name: str, shape: type[T]) -> T:
    """The file ``rag/data/<name>.json``, checked against a type.

    Raises:
        CorpusError: the file is broken or has another shape.
    """
    try:
        raw = json.loads((files("rag") / "data" / f"{name}.json").read_text(encoding="utf-8"))
        return TypeAdapter(shape).validate_python(raw)
    except (ValueError, ValidationError) as error:
        raise CorpusError(f"数据文件 rag/data/{name}.json 有误:{error};请改正。") from error


def data_hash() -> str:
    """sha256 over all files of ``rag/data``, first 16 digits."""
    digest = hashlib.sha256()
    for entry in sorted((files("rag") / "data").iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".json"):
            digest.update(entry.name.encode() + entry.read_bytes())
    return digest.hexdigest()[:16]


@cache
def _simplifier() -> Any:
    return OpenCC("t2s")


@lru_cache(maxsize=20_000)
def normalise(text: str) -> str:
    """Search key of a text: NFKC, simplified characters, lower case. Offsets do not survive; never quote from it.

    Lone surrogates, which no library takes, become question marks.
    """
    whole = text.encode("utf-8", "replace").decode()
    simplified: str = _simplifier().convert(unicodedata.normalize("NFKC", whole))
    return simplified.lower()


def shortens(short: str, long: str) -> bool:
    """True if the characters of a short name stand in a long one in their order (省政府, 山东省人民政府)."""
    rest = iter(long)
    return all(char in rest for char in short)


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Shape of ``synonyms.json``: groups of equals, and one-way steps from everyday words to those of notices."""

    groups: list[list[str]]
    expansions: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Term:
    """A meaningful word or phrase of a question.

    Attributes:
        alternatives: its equivalents in notices.
        parts: words inside a compound that has no equivalents, e.g. 设备 in 机器设备.
    """

    text: str
    alternatives: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()


class Lexicon:
    """Segments texts and questions alike; knows the corpus's names as words.

    Args:
        names: zone, place and unit names taken from the notices.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._stop = frozenset(data_file("stopwords", list[str]))
        synonyms = data_file("synonyms", Synonyms)
        self._synonyms = _synonym_table(synonyms)
        self._equals = _synonym_table(Synonyms(synonyms.groups, {}))
        long = sorted((re.escape(word) for word in self._synonyms if len(word) > 2), key=len, reverse=True)
        self._phrases = re.compile(f"({'|'.join(long)})")
        self._jieba = rjieba.Jieba()
        self._tagger = rjieba.Jieba()  # without the names added below, which would have no tag
        for name in {*names, *self._synonyms}:
            if 2 <= len(name) <= _NAME_MAX and _HAN.fullmatch(name):
                self._jieba.add_word(name, None, None)

    @property
    def everyday(self) -> tuple[str, ...]:
        """Words that carry no topic, the commoner ones first."""
        return tuple(data_file("stopwords", list[str]))

    @property
    def phrases(self) -> Iterable[str]:
        """Words and phrases of the synonym list."""
        return self._synonyms.keys()

    def equals(self, word: str) -> tuple[str, ...]:
        """Words that mean the same as a word; none for those that only lead to it from everyday speech."""
        return self._equals.get(word, ())

    def has_synonyms(self, word: str) -> bool:
        """True if the synonym list has a word."""
        return word in self._synonyms

    def is_word(self, text: str) -> bool:
        """True if the dictionary holds the text as one word."""
        return bool(self._jieba.has_word(text))

    def is_thing(self, text: str) -> bool:
        """True if the last word of the text is a noun (tags of the People's Daily corpus, as jieba uses them)."""
        tags = [tag for _, tag in self._tagger.tag(text)]
        return bool(tags) and (tags[-1].startswith(("n", "i", "j", "l")) or tags[-1] in ("vn", "an", "eng"))

    def is_verb(self, text: str) -> bool:
        """True if the text holds nothing but verbs."""
        return all(tag == "v" for _, tag in self._tagger.tag(text))

    def is_name(self, text: str) -> bool:
        """True if the text is one word and a proper name or an abbreviation of one (京九)."""
        tags = [tag for _, tag in self._tagger.tag(text)]
        return len(tags) == 1 and tags[0] in ("ns", "nt", "nz", "j")

    def is_stop(self, word: str) -> bool:
        """True for words that carry no topic."""
        return word in self._stop

    def cut(self, text: str) -> list[str]:
        """The text as a sequence of words that joined give it back."""
        return list(self._jieba.cut(text))

    def borders(self, text: str) -> set[int]:
        """Offsets where words of the text begin or end."""
        return {0, *accumulate(map(len, self.cut(text)))}

    def words(self, text: str) -> list[str]:
        """Words of a normalised text in order, finest cut included, punctuation left out."""
        return [w for w in self._jieba.cut_for_search(text) if _WORD.search(w)]

    def index_terms(self, text: str) -> list[str]:
        """Terms for BM25: words, and pairs of neighbouring characters that bridge different word cuts."""
        key = normalise(text)
        pairs = [run[i : i + 2] for run in _HAN.findall(key) for i in range(len(run) - 1)]
        return [*self.words(key), *pairs]

    def terms(self, text: str) -> tuple[Term, ...]:
        """Meaningful terms of a normalised question in order, each once: list entries first, then dictionary words."""
        found: dict[str, Term] = {}
        rest = ""
        for piece, alternatives in self._scan(text):
            if not alternatives:
                rest += piece
                continue
            self._add_words(rest, found)
            rest = ""
            found.setdefault(piece, Term(piece, alternatives))
        self._add_words(rest, found)
        return tuple(found.values())

    def _add_words(self, text: str, found: dict[str, Term]) -> None:
        for word in self.cut(text):
            # A single character is a topic only where the synonym list knows it.
            idle = word in self._stop or _COUNT.fullmatch(word) or _POINTER.match(word)
            if len(word) > 1 and _WORD.search(word) and not idle:
                equivalents = self._part(word)
                found.setdefault(word, Term(word, equivalents, () if equivalents else self._inside(word)))

    def _inside(self, word: str) -> tuple[str, ...]:
        """Dictionary words inside a compound."""
        inner = (part for part in self.words(word) if 1 < len(part) < len(word))
        return tuple(part for part in inner if not self.is_stop(part)) if len(word) > 2 else ()

    def _part(self, word: str) -> tuple[str, ...]:
        """Longest beginning or end of a compound that the synonym list holds, with its equivalents.

        A single character counts behind a word that carries no topic (要涨).
        """
        if word[0] in self._stop and word[1:] in self._synonyms:
            return (word[1:], *self._synonyms[word[1:]])
        parts = [
            part
            for n in range(len(word) - 1, 1, -1)
            for part in (word[-n:], word[:n])
            if part in self._synonyms
        ]
        return (parts[0], *self._synonyms[parts[0]]) if parts else ()

    def _scan(self, text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Words of the text; what the synonym list holds comes as one piece with its equivalents.

        Phrases of three characters and more are taken before the text is cut, since a dictionary may join their first
        half to the word before (医药产业|带).
        """
        for part in self._phrases.split(text):
            if part in self._synonyms:
                yield part, self._synonyms[part]
                continue
            words = self.cut(part)
            i = 0
            while i < len(words):
                pair = "".join(words[i : i + 2])
                piece = pair if pair in self._synonyms else words[i]
                yield piece, self._synonyms.get(piece, ())
                i += 2 if piece == pair and len(words) > i + 1 else 1


def _synonym_table(synonyms: Synonyms) -> dict[str, tuple[str, ...]]:
    table: dict[str, dict[str, None]] = {}
    for group in synonyms.groups:
        for word in group:
            table.setdefault(word, {}).update(dict.fromkeys(w for w in group if w != word))
    for word, others in synonyms.expansions.items():
        table.setdefault(word, {}).update(dict.fromkeys(w for w in others if w != word))
    keys = _normalised({*table, *(word for others in table.values() for word in others)})
    return {keys[word]: tuple(keys[w] for w in others) or (keys[word],) for word, others in table.items()}


def _normalised(words: set[str]) -> dict[str, str]:
    """Word → search key, all in one call of the converter, which is quicker by far."""
    listed = sorted(words)
    return dict(zip(listed, normalise("\n".join(listed)).split("\n"), strict=True))
