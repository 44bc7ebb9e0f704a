"""Texts that several test files read: the notices, hand-written ones, and texts that hypothesis composes."""

from datetime import date
from functools import cache
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st

from rag.corpus import load_corpus
from rag.parsing import parse_notice
from rag.settings import Settings
from rag.types import Notice, NoticeMeta

PLENTY = settings(deadline=None, max_examples=200)
_PIECES = (
    *(
        "第一章 总则",
        "第二节　要求",
        "第三条 ",
        "一、",
        "二、",
        "(一)",
        "（二）",
        "1.",
        "２．",
        "10、",
        "(1)",
        "（３）",
    ),
    *(
        "总体目标。",
        "主要任务",
        "发展目标:",
        "打造“7+N”载体。",
        "见(二)和3.5",
        "力争到2025年,交易规模突破150亿元。",
    ),
    *(
        "(责任单位:省商务厅,甲市政府)",
        "（牵头单位：市商务委；责任单位：各区县政府）",
        "(甲局、乙局负责)",
        "(责任单位:",
    ),
    *(
        "(",
        ")",
        "（",
        "）",
        "《",
        "》",
        "“",
        "”",
        "。",
        "；",
        ",",
        "、",
        "　　",
        "   ",
        " ",
        "\n",
        "\n\n",
        "\r\n",
        "\u2028",
    ),
    *(
        "《甲市跨境电商实施方案》",
        "甲市跨境电商实施方案",
        "中国(甲市)综合试验区实施方案",
        "《中国(甲市)综合试验区实施方案》",
    ),
    *(
        "关于试点的通知",
        "附件",
        "附件1",
        "甲市人民政府",
        "2023年5月18日",
        "来源:甲网",
        "创建时间:2023",
        "免责声明",
    ),
    *(
        "滕州市打造高端装备、",
        "薛城区打造新能源,",
        "促进优势产业与跨境电商融合发展" * 60,
        "𠮷",
        "<|endoftext|>",
    ),
)
composed = st.lists(st.sampled_from(_PIECES), max_size=40).map("".join)
any_text = st.one_of(st.text(max_size=300), composed)


def parse(text: str, title: str = "关于试点的通知") -> Notice:
    meta = NoticeMeta("t-1", title, "甲市人民政府", None, date(2023, 5, 18), "甲网", "t.txt", "0" * 64)
    return parse_notice(text, meta)


@cache
def corpus() -> dict[str, Notice]:
    """The packaged notices."""
    return load_corpus(Settings(_env_file=None, corpus_dir=None))


@cache
def more() -> dict[str, Notice]:
    """Five notices of other layouts, kept for tests alone."""
    return load_corpus(Settings(_env_file=None, corpus_dir=Path(__file__).parent / "notices"))


def shandong() -> Notice:
    return corpus()["shandong-2023"]
