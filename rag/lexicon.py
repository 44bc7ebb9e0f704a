"""Words: segmentation with the corpus's own names, stop words, synonyms, and the other spellings a question may use.

The lists are data files in ``rag/data`` that an office can read and change; their hash is part of every answer's versions.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

import rjieba
from opencc import OpenCC

from rag.errors import CorpusError

_HAN = re.compile(r"[一-鿿]+")
_WORD = re.compile(r"[一-鿿a-z0-9]")


@cache
def data_file(name: str) -> Any:
    """The parsed JSON file ``rag/data/<name>.json``.

    Raises:
        CorpusError: the file is broken.
    """
    try:
        return json.loads((files("rag") / "data" / f"{name}.json").read_text(encoding="utf-8"))
    except ValueError as error:
        raise CorpusError(f"数据文件 rag/data/{name}.json 有误:{error};请改正。") from error


def data_hash() -> str:
    """sha256 over all files of ``rag/data``, first 16 digits."""
    digest = hashlib.sha256()
    for entry in sorted((files("rag") / "data").iterdir(), key=lambda e: e.name):
        if entry.name.endswith(".json"):
            digest.update(entry.name.encode() + entry.read_bytes())
    return digest.hexdigest()[:16]


@cache
def _simplifier() -> OpenCC:
    return OpenCC("t2s")


def normalise(text: str) -> str:
    """Search key of a text: NFKC, simplified characters, lower case. Offsets do not survive; never quote from it."""
    return _simplifier().convert(unicodedata.normalize("NFKC", text)).lower()


class Lexicon:
    """Segments texts and questions alike; knows the corpus's names as words.

    Args:
        names: zone, place and unit names taken from the notices.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._jieba = rjieba.Jieba()
        for name in names:
            if len(name) <= 12:
                self._jieba.add_word(name, None, None)
        self._stop = frozenset(data_file("stopwords"))
        self._synonyms: dict[str, tuple[str, ...]] = {}
        for group in data_file("synonyms"):
            for word in group:
                others = tuple(w for w in group if w != word)
                self._synonyms[word] = tuple(dict.fromkeys((*self._synonyms.get(word, ()), *others)))
        self._longest = max(map(len, self._synonyms), default=1)

    def is_word(self, text: str) -> bool:
        """True if the dictionary holds the text as one word."""
        return bool(self._jieba.has_word(text))

    def words(self, text: str) -> list[str]:
        """Words of a normalised text in order, finest cut included, punctuation left out."""
        return [w for w in self._jieba.cut_for_search(text) if _WORD.search(w)]

    def index_terms(self, text: str) -> list[str]:
        """Terms for BM25: words, and pairs of neighbouring characters that bridge different word cuts."""
        key = normalise(text)
        pairs = [run[i : i + 2] for run in _HAN.findall(key) for i in range(len(run) - 1)]
        return [*self.words(key), *pairs]

    def content_words(self, text: str) -> list[str]:
        """Words of a normalised question that carry meaning, first occurrence order, without repetition."""
        return [w for w in dict.fromkeys(self._jieba.cut(text)) if _WORD.search(w) and w not in self._stop]

    def synonyms_in(self, text: str) -> dict[str, tuple[str, ...]]:
        """Longest entries of the synonym list found in a normalised text, each with its equivalents."""
        found: dict[str, tuple[str, ...]] = {}
        i = 0
        while i < len(text):
            for size in range(min(self._longest, len(text) - i), 0, -1):
                piece = text[i : i + size]
                if piece in self._synonyms:
                    found[piece] = self._synonyms[piece]
                    i += size
                    break
            else:
                i += 1
        return found
