"""Misspelt names put right by their sound: typing Chinese by pinyin, a wrong character sounds like the right one."""

import re
from collections.abc import Iterable
from functools import lru_cache
from itertools import product

from pypinyin import lazy_pinyin

from rag.gazetteer import Gazetteer
from rag.lexicon import Lexicon

_RUN = re.compile("[一-鿿]{2,}|[\\s\\S]")
_LONGEST = 6  # characters of a name
_DISTINCT = 4  # characters from which a sound is a name wherever it stands


class Spelling:
    """Corrects a question; made once for a corpus."""

    def __init__(self, gazetteer: Gazetteer, lexicon: Lexicon, particles: Iterable[str]) -> None:
        self._lexicon = lexicon
        self._zones = frozenset(gazetteer.zones)
        self._places = frozenset((*gazetteer.places, *gazetteer.zones))
        self._particles = frozenset(particles)
        self._names: dict[tuple[str, ...], str] = {}
        self._written = gazetteer.written
        long = (word for word in lexicon.phrases if len(word) >= 3 and word in self._written)
        for name in (*gazetteer.zones, *gazetteer.places, *long):
            if len(name) <= _LONGEST:
                self._names.setdefault(tuple(lazy_pinyin(name)), name)
        self._known = frozenset((*self._names.values(), *gazetteer.foreign))
        self._lengths = sorted({len(sounds) for sounds in self._names}, reverse=True)

    def correct(self, text: str) -> str:
        """The text with misspelt names put right, longest first; characters that sound like no name stay."""
        sounds = [(_sound(char), there) for char, there in zip(text, _in_context(text), strict=True)]
        borders = self._lexicon.borders(text)
        right = list(text)
        kept = self._inside_names(text)
        for length in self._lengths:
            for i in range(len(text) - length + 1):
                name = next(
                    (self._names[r] for r in product(*sounds[i : i + length]) if r in self._names), ""
                )
                piece = "".join(right[i : i + length])
                cuts = kept & set(range(i, i + length)) if name else set()
                if name and not cuts and self._may_be(piece, name, whole={i, i + length} <= borders):
                    right[i : i + length] = name
        return "".join(right)

    def _inside_names(self, text: str) -> set[int]:
        """Offsets of characters that belong to a place spelt right (鱼台, so that 台安 is no city)."""
        found: set[int] = set()
        for match in _RUN.finditer(text):
            run, base = match.group(), match.start()
            for length in (4, 3, 2):
                for i in range(len(run) - length + 1):
                    if run[i : i + length] in self._places:
                        found |= set(range(base + i, base + i + length))
        return found

    def _may_be(self, piece: str, name: str, *, whole: bool) -> bool:
        """False where the piece is right as it stands, or means something else.

        Two characters sound like much else: a zone needs one of its own characters or a piece that is no word (疗程 is
        no city). Other names need one of their own characters, and short ones word borders around them (完成五个 is
        not 成武).
        """
        if piece in self._known or piece in self._written or self._particles & set(piece):
            return False
        own = bool(set(piece) & set(name))
        known = self._lexicon.is_word(piece)
        if name in self._zones:
            return own or not known
        return own and not known and (whole or len(piece) >= _DISTINCT)


@lru_cache(maxsize=10_000)
def _sound(char: str) -> str:
    """Toneless reading of a character by itself; the character if it has none."""
    return "".join(lazy_pinyin(char))


def _in_context(text: str) -> list[str]:
    """Toneless reading of each character inside its word; other signs as they are."""
    return [sound for run in _RUN.findall(text) for sound in (lazy_pinyin(run) if len(run) > 1 else run)]
