"""Amounts in words → in digits (三百亿 → 300亿), as notices print them."""

import re

from rag.numbering import numeral_value

_TIMES = re.compile("([0-9.]+|[一两二三四五六七八九十])倍")
_DIGIT = "一二两三四五六七八九"
_MEASURE = "亿元|亿|万元|家|个百分点|个|%|处|倍|人|元|亩"
_AMOUNT = re.compile(
    f"(?<![几第数上{_DIGIT}零十百千0-9.])([{_DIGIT}零十百千]*[十百千][{_DIGIT}零十百千]*)({_MEASURE})"
)
_PERCENT = re.compile(f"百分之([{_DIGIT}零十百]+)")
_TENTHS = re.compile(f"(?<![几第{_DIGIT}十百])([{_DIGIT}])成(?![为了立员本果功效都交长品绩熟])")
_FEW = re.compile(
    f"(?<![几第这那哪每各有一{_DIGIT}十百])([{_DIGIT}])(家|个|处|倍)(?=以上|左右|[吧吗么对是,，。?？!]|没错|$)"
)


def in_digits(text: str) -> str:
    """The text with amounts of ten and more, percentages and tenths in digits; ordinals and names (十大) stay."""
    text = _PERCENT.sub(lambda m: f"{numeral_value(m.group(1))}%", text)
    text = _TENTHS.sub(lambda m: f"{10 * numeral_value(m.group(1))}%", text)
    return _AMOUNT.sub(_digits, text)


def few_in_digits(text: str) -> str:
    """As :func:`in_digits`, for amounts below ten that a claim ends with (海外仓五个,对吧)."""
    return _FEW.sub(_digits, text)


def _digits(match: re.Match[str]) -> str:
    return f"{numeral_value(match.group(1))}{match.group(2)}"


def times(text: str) -> float | None:
    """The factor that a text names (三倍: 3, 1.5倍: 1.5); None if it names none."""
    match = _TIMES.search(text)
    if not match:
        return None
    said = match.group(1)
    return float(said) if said[0].isdigit() else float(numeral_value(said))
