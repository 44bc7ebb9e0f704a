"""Questions typed in pinyin."""

import pytest

from rag.romanised import Romanised

WORDS = ("滨州", "泰安", "海外仓", "目标", "多少", "谁", "负责", "税负", "是", "的", "个", "最多")


@pytest.fixture(scope="module")
def romanised() -> Romanised:
    return Romanised(WORDS)


@pytest.mark.parametrize(
    ("question", "chinese"),
    [
        ("binzhou de haiwaicang shi duoshao ge", "滨州的海外仓是多少个"),
        ("Binzhou haiwaicang mubiao?", "滨州海外仓目标?"),
        ("taian haiwaicang shui fuze", "泰安海外仓谁负责"),  # not 税负 with a syllable left over
        ("binzhou haiwaicang 20 ge", "滨州海外仓20个"),
        ("BINZHOUHAIWAICANGZUIDUO", "滨州海外仓最多"),
        ("binzhou la haiwaicang", "滨州海外仓"),  # la means nothing here
    ],
)
def test_pinyin_becomes_chinese(romanised: Romanised, question: str, chinese: str) -> None:
    assert romanised.is_pinyin(question)
    assert romanised.chinese(question) == chinese


@pytest.mark.parametrize(
    "question",
    [
        "What is the target of Binzhou?",
        "Binzhou",
        "Heze targets",
        "滨州 haiwaicang 多少",
        "",
        "12345",
        "name can women",  # syllables, but of no word
    ],
)
def test_other_questions_are_no_pinyin(romanised: Romanised, question: str) -> None:
    assert not romanised.is_pinyin(question)
