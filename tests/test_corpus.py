"""Manifest and checksums: nothing enters the corpus unseen, and every refusal says what to do."""

import hashlib
import json

import pytest
from samples import corpus

from rag.corpus import load_corpus
from rag.errors import CorpusError
from rag.settings import Settings

TEXT = "关于试点的通知\n一、目标\n突破150亿元。\n".encode()
ENTRY = {
    "id": "demo-2023",
    "title": "关于试点的通知",
    "issuer": "甲市人民政府",
    "number": None,
    "date": "2023-05-18",
    "source": "甲网",
    "file": "demo.txt",
    "sha256": hashlib.sha256(TEXT).hexdigest(),
}


@pytest.fixture
def folder(tmp_path):
    """A corpus of one notice."""
    (tmp_path / "notices").mkdir()
    (tmp_path / "notices" / "demo.txt").write_bytes(TEXT)
    write(tmp_path, ENTRY)
    return tmp_path


def write(folder, *entries):
    (folder / "manifest.json").write_text(json.dumps({"notices": entries}), encoding="utf-8")


def load(folder):
    return load_corpus(Settings(_env_file=None, corpus_dir=folder))


def refusal(folder):
    with pytest.raises(CorpusError) as caught:
        load(folder)
    return str(caught.value)


def test_packaged_corpus_loads():
    assert corpus()["shandong-2023"].meta.date.isoformat() == "2023-05-18"


def test_text_is_read_as_published(folder):
    assert load(folder)["demo-2023"].text.encode() == TEXT


def test_notices_come_in_manifest_order(folder):
    write(folder, {**ENTRY, "id": "z-1"}, {**ENTRY, "id": "a-1"})
    assert list(load(folder)) == ["z-1", "a-1"]


def test_missing_manifest_names_the_setting(tmp_path):
    assert "TIAOWEN_CORPUS_DIR" in refusal(tmp_path)


def test_broken_manifest_is_refused(folder):
    (folder / "manifest.json").write_text("{", encoding="utf-8")
    assert "manifest.json" in refusal(folder)


def test_a_manifest_without_notices_is_refused(folder):
    (folder / "manifest.json").write_text('{"notices": []}', encoding="utf-8")
    assert "没有文件" in refusal(folder)


@pytest.mark.parametrize(
    "change", [{"date": "18.5.2023"}, {"colour": "red"}, {"id": ""}, {"id": "甲"}, {"id": "a/b"}]
)
def test_entry_with_a_wrong_field_is_refused(folder, change):
    write(folder, {**ENTRY, **change})
    assert "语料清单" in refusal(folder)


def test_repeated_id_is_refused(folder):
    write(folder, ENTRY, ENTRY)
    assert "重复的 id" in refusal(folder)


def test_missing_text_is_refused(folder):
    (folder / "notices" / "demo.txt").unlink()
    assert "demo.txt" in refusal(folder)


def test_changed_text_is_refused_with_its_new_checksum(folder):
    changed = TEXT.replace(b"150", b"160")
    (folder / "notices" / "demo.txt").write_bytes(changed)
    assert hashlib.sha256(changed).hexdigest() in refusal(folder)


def test_text_in_another_encoding_is_refused(folder):
    data = TEXT.decode().encode("gb18030")
    (folder / "notices" / "demo.txt").write_bytes(data)
    write(folder, {**ENTRY, "sha256": hashlib.sha256(data).hexdigest()})
    assert "UTF-8" in refusal(folder)
