"""Cue lists: one pattern a name, longest wording first."""

import pytest

from rag.cues import any_of, cue, wordings
from rag.lexicon import data_file


def test_the_longest_wording_wins():
    assert any_of(["几", "几个"]).findall("有几个,几家") == ["几个", "几"]


def test_several_lists_make_one_pattern():
    assert cue("more", "less").search("超过").group() == "超过"
    assert cue("more", "less").search("不到").group() == "不到"


def test_a_list_that_the_file_lacks_is_an_error():
    with pytest.raises(KeyError):
        wordings("no such list")


@pytest.mark.parametrize("name", sorted(data_file("cues", dict[str, list[str]])))
def test_every_list_compiles_and_finds_no_empty_text(name):
    assert wordings(name)
    assert cue(name).fullmatch("") is None
