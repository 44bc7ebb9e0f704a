"""Numbers that open a clause, by GB/T 9704-2012 (一、 （一） 1. （1）) and, for regulations, 章 节 条 款 项.

Half width and full width count alike. Every pattern stands here, named.
"""

import re
from dataclasses import dataclass
from enum import IntEnum

_CN = "零〇一二三四五六七八九十百"
_CN_VALUES = {"零": 0, "〇": 0, "两": 2, **{c: i for i, c in enumerate("一二三四五六七八九", 1)}}

_POWERS = {"十": 10, "百": 100, "千": 1000}


class Level(IntEnum):
    """Depth of a number; a clause's parent is the nearest open clause of a smaller level."""

    CHAPTER = 1  # 第一章
    SECTION = 2  # 第一节
    ARTICLE = 3  # 第一条
    FIRST = 4  # 一、
    SECOND = 5  # （一）
    THIRD = 6  # 1.
    FOURTH = 7  # （1）


@dataclass(frozen=True, slots=True)
class Marker:
    """A printed number at ``text[start:end]``.

    Attributes:
        value: its numeric value, 1 or more.
        short: how addresses write it, e.g. ``二``, ``(四)``, ``3``.
    """

    level: Level
    value: int
    start: int
    end: int
    short: str


_MARKER = re.compile(
    rf"第(?P<chapter>[{_CN}]{{1,5}})章(?=[\s　])"
    rf"|第(?P<section>[{_CN}]{{1,5}})节(?=[\s　])"
    rf"|第(?P<article>[{_CN}]{{1,6}})条(?:之[一二三四五六七八九十])?(?=[\s　:：])"
    rf"|(?P<first>[{_CN}]{{1,4}})、"
    rf"|[(（](?P<second>[{_CN}]{{1,4}})[)）]、?"
    r"|(?P<third>[0-9０-９]{1,3})(?:[.．](?![0-9０-９])|、)"
    r"|[(（](?P<fourth>[0-9０-９]{1,3})[)）]、?"
)
_LEVELS = {level.name.lower(): level for level in Level}
_SHORT = {
    Level.CHAPTER: "第{}章",
    Level.SECTION: "第{}节",
    Level.ARTICLE: "第{}条",
    Level.FIRST: "{}",
    Level.SECOND: "({})",
    Level.THIRD: "{}",
    Level.FOURTH: "({})",
}


def numeral_value(numeral: str) -> int:
    """Value of a Chinese numeral below 10,000 or of a decimal one, e.g. 三十六 → 36, ``１２`` → 12; 0 if it is neither."""
    if numeral.isdecimal():
        return int(numeral)
    total, digit = 0, 0
    for char in numeral:
        if char in _POWERS:
            total, digit = total + (digit or 1) * _POWERS[char], 0
        elif char in _CN_VALUES:
            digit = digit * 10 + _CN_VALUES[char] if digit else _CN_VALUES[char]
        else:
            return 0
    return total + digit


def _marker(match: re.Match[str]) -> Marker | None:
    name = match.lastgroup
    if name is None:
        return None
    numeral = match.group(name)
    value = numeral_value(numeral)
    level = _LEVELS[name]
    if value < 1:
        return None
    printed = str(value) if level in (Level.THIRD, Level.FOURTH) else numeral
    return Marker(level, value, match.start(), match.end(), _SHORT[level].format(printed))


def marker_at(text: str, start: int, end: int) -> Marker | None:
    """The number that opens ``text[start:end]``, or None."""
    match = _MARKER.match(text, start, end)
    return _marker(match) if match else None


def inline_markers(text: str, start: int, end: int) -> list[Marker]:
    """Numbers inside a paragraph that carries a whole document on one line.

    A candidate counts only after the end of a sentence, a closing bracket or a short heading, and only if it is the next
    one of its level (or the first below its parent), so that 见(二) or 3.5 in running text opens nothing.
    """
    accepted: list[Marker] = []
    last: dict[Level, int] = {}
    opened = start
    for match in _MARKER.finditer(text, start, end):
        marker = _marker(match)
        if marker is None:
            continue
        before = text[opened : marker.start].rstrip()
        at_border = not before or before[-1] in "。；;：:)）”"
        after_heading = bool(accepted) and len(before) <= _HEADING_MAX and "。" not in before
        in_order = marker.value == last.get(marker.level, 0) + 1 or marker.value == 1
        if in_order and (at_border or after_heading):
            accepted.append(marker)
            last[marker.level] = marker.value
            opened = marker.end
    return accepted


_HEADING_MAX = 32


def heading_end(text: str, start: int, end: int) -> int:
    """End of the heading that begins at ``start`` (after the number), or ``start`` where there is none.

    A heading is a short first line, or a short first sentence with more text after it.
    """
    line_end = text.find("\n", start, end)
    line_end = end if line_end < 0 else line_end
    stop = text.find("。", start, line_end)
    if stop < 0:
        return line_end if line_end - start <= _HEADING_MAX else start
    rest = text[stop + 1 : end].lstrip()
    if stop - start > _HEADING_MAX or (rest and rest[0] in "(（" and rest[-1] in ")）" and len(rest) < 200):
        return start
    return stop + 1
