"""Clause numbers as questions give them: 第三部分第(九)条, 二(四)3, 八大行动第六项, 倒数第二个, 最后一条."""

import re

from rag.numbering import numeral_value

_NUMERAL = "[0-9零一二三四五六七八九十]+"
_PART = re.compile(rf"第({_NUMERAL})(?:大)?(?:部分|章|块)|(?<![一-鿿、])({_NUMERAL})、(?!{_NUMERAL})")
_ITEM = re.compile(
    rf"(?<!倒数)第[(]?({_NUMERAL})[)]?(?:条|项|点|款|大点|小点|大项|个(?:行动|体系|平台)|的那[个条项])"
)
_PLACED = re.compile(rf"[二两三四五六七八九十]大[^,。?]{{1,12}}第({_NUMERAL})[位个]")
_NESTED = re.compile(f"{_ITEM.pattern}的?{_ITEM.pattern.replace('(?<!倒数)', '')}")
_LAST = re.compile("[二两三四五六七八九十]大[^,。?]{2,8}最后(?:一|那)[个项条点]")
_ADDRESS = re.compile(rf"({_NUMERAL})[(]({_NUMERAL})[)](?:第)?({_NUMERAL})?")
ORDINAL = re.compile(f"第{_NUMERAL}[项条个点]")  # names a place, counts nothing
_IN_LIST = re.compile(
    f"(?P<end>倒数)?第(?P<n>{_NUMERAL})(?![高大多快名位年章])[个项条点]?|(?P<last>最后)(?:一|那)?[个项条点]"
)


def reference(text: str) -> tuple[int, ...]:
    """Numbers of the clause that a question names, outermost first, e.g. 第三部分第(九)条 → (3, 9), 二(四)3 → (2, 4, 3).

    A leading 0 stands for a part that is not named (第六项); empty if no clause is named by number.
    """
    part, items = _PART.search(text), _ITEM.findall(text)
    if _LAST.search(text) and not part and not items:
        return (0, -1)
    items = items or _PLACED.findall(text)
    if not part and not items:
        address = _ADDRESS.search(text)
        return tuple(numeral_value(n) for n in address.groups() if n) if address else ()
    first = numeral_value(part.group(1) or part.group(2)) if part else 0
    apart = len(items) > 1 and not _NESTED.search(text)  # 第八项之前,第七项是什么
    return (first, *map(numeral_value, items[-1:] if apart else items))


def without_reference(text: str) -> str:
    """A text without clause numbers."""
    for number in (_ADDRESS, _PART, _ITEM):
        text = number.sub(" ", text)
    return text


def place_in_list(text: str) -> int:
    """The place in a list that a follow-up names, counted from 1, or from the end as -1, -2 …; 0 if it names none."""
    match = _IN_LIST.search(text)
    if not match:
        return 0
    place = numeral_value(match["n"]) if match["n"] else 1
    return -place if match["last"] or match["end"] else place
