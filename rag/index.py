"""Chunks on disk, found by meaning (Chroma) and by words (tantivy), behind one object with one fingerprint.

Layout below ``<data_dir>/index``: one folder a generation, and ``CURRENT``, a file that names the live one. A build writes
a new folder and then replaces ``CURRENT`` in one step, so a process killed at any moment leaves the old index serving;
vectors already computed are kept in ``vectors.sqlite3`` and cost nothing at the next run. Whoever has a generation open
holds a lock on a file in it, and whatever is neither live nor open is swept.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

import tantivy
from filelock import FileLock, Timeout

from rag.errors import EmbeddingDimension, IndexBusy, IndexMismatch, IndexMissing, IndexStateError
from rag.lexicon import Lexicon, data_hash
from rag.models import Embedder
from rag.types import Chunk
from rag.vectors import Progress, StoredEmbeddings

_FORMAT = 2
_LOCK_WAIT = 600.0  # seconds; a first build of a large corpus takes minutes
_COLLECTION = "clauses"
_READER = ".reader"  # ending of the lock files of those who have a generation open
# Wide beams: the collection is searched almost exactly, so that two builds of one corpus answer alike.
_HNSW: Any = {"hnsw": {"space": "cosine", "ef_construction": 400, "ef_search": 400}}

Filter = tuple[tuple[str, ...], tuple[str, ...]]  # zones, notices; empty means no filter


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build found or did: chunks in the index, and whether it had to be built at all."""

    fingerprint: str
    chunks: int
    built: bool


def fingerprint(chunks: Sequence[Chunk], embedder: Embedder) -> str:
    """What the index depends on: format, embedder, words, and every chunk as parsing and chunking made it."""
    words = f"{version('rjieba')}\n{data_hash()}"  # lists of names and synonyms decide where words are cut
    digest = hashlib.sha256(f"{_FORMAT}\n{embedder.identity}\n{words}\n".encode())
    for chunk in chunks:
        digest.update(f"{chunk.id}\n{chunk.zone}\n{chunk.context}\n{chunk.text}\n".encode())
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class _Meta:
    """``meta.json`` of a generation, written last: a folder without it is half a generation."""

    fingerprint: str
    chunks: int
    dimension: int


class Index:
    """An open generation. Reading is safe from several threads."""

    def __init__(
        self, folder: Path, meta: _Meta, lock: FileLock, embeddings: StoredEmbeddings, lexicon: Lexicon
    ) -> None:
        self.fingerprint = meta.fingerprint
        self.chunks = meta.chunks
        self._dimension = meta.dimension
        self._lock = lock  # held as long as this object lives, or its process
        self._embeddings = embeddings
        self._lexicon = lexicon
        self._dense = _chroma(folder / "chroma", embeddings, create=False)
        self._lexical = tantivy.Index.open(str(folder / "tantivy"))
        self._searcher = self._lexical.searcher()

    @classmethod
    def open(cls, root: Path, wanted: str, embeddings: StoredEmbeddings, lexicon: Lexicon) -> Self:
        """Open the live generation.

        Raises:
            IndexMissing: nothing has been built, or what has been built is damaged.
            IndexMismatch: it was built from something else than ``wanted`` stands for.
            IndexStateError: the folder cannot be written, as the engines must even to read.
        """
        live = _current(root)
        if live is None:
            raise IndexMissing("还没有索引;请运行 tiaowen index。")
        folder, meta = live
        if meta.fingerprint != wanted:
            raise IndexMismatch("索引与当前的语料、切分或嵌入模型不一致;请运行 tiaowen index 更新。")
        try:
            lock = _reader_lock(folder)
        except OSError as error:
            raise _unwritable(root, error) from error
        if _current(root) != live:  # replaced before the lock was there, perhaps swept by now
            return cls.open(root, wanted, embeddings, lexicon)
        try:
            return cls(folder, meta, lock, embeddings, lexicon)
        except Exception as error:  # whatever the engines raise when their files are damaged
            raise IndexMissing(f"索引 {folder} 打不开({error});请运行 tiaowen index --rebuild。") from error

    def embed(self, question: str) -> list[float]:
        """The question's vector.

        Raises:
            EmbeddingError: the embedder failed.
            EmbeddingDimension: its vector has another length than those in the index.
        """
        vector = self._embeddings.embed_query(question)
        if len(vector) != self._dimension:
            raise EmbeddingDimension(
                f"嵌入模型返回 {len(vector)} 维向量,而索引中是 {self._dimension} 维,多半是同一名称下换了模型;"
                "请改 TIAOWEN_EMBEDDING_MODEL,再运行 tiaowen index。"
            )
        return vector

    def dense(self, vector: list[float], k: int, where: Filter) -> list[tuple[str, float]]:
        """Chunk ids nearest to a vector with cosine similarity, best first."""
        found = self._dense.similarity_search_by_vector_with_relevance_scores(vector, k, filter=_where(where))
        return [(document.metadata["chunk"], 1.0 - distance) for document, distance in found]

    def lexical(self, terms: dict[str, float], k: int, where: Filter) -> list[tuple[str, float]]:
        """Chunk ids by BM25 over weighted terms, best first."""
        schema = self._lexical.schema
        should = [
            (
                tantivy.Occur.Should,
                tantivy.Query.boost_query(tantivy.Query.term_query(schema, "terms", t), weight),
            )
            for t, weight in terms.items()
        ]
        if not should:
            return []
        clauses = [(tantivy.Occur.Must, tantivy.Query.boolean_query(should))]
        for field, values in zip(("zone", "notice"), where, strict=True):
            if values:
                allowed = tantivy.Query.term_set_query(schema, field, list(values))
                clauses.append((tantivy.Occur.Must, tantivy.Query.const_score_query(allowed, 0.0)))
        hits = self._searcher.search(tantivy.Query.boolean_query(clauses), k).hits
        return [(self._searcher.doc(address)["chunk"][0], score) for score, address in hits]


def build_index(
    root: Path,
    chunks: Sequence[Chunk],
    embeddings: StoredEmbeddings,
    wanted: str,
    lexicon: Lexicon,
    progress: Progress | None = None,
    *,
    rebuild: bool = False,
) -> BuildReport:
    """Make sure that the live generation is ``wanted``; does nothing if it already is.

    Args:
        root: folder of the generations, made if needed.
        progress: called with (chunks embedded, chunks in all).
        rebuild: build anew even if nothing changed (vectors already stored are used again).

    Raises:
        IndexBusy: another process has been building for over ten minutes.
        IndexStateError: the data folder cannot be written.
        EmbeddingError: the embedder failed; what it has returned so far is kept.
    """
    report = BuildReport(wanted, len(chunks), built=False)
    if not rebuild and _is_live(root, wanted):
        with suppress(OSError), FileLock(root / "build.lock", blocking=False):  # else its holder will sweep
            _sweep(root)
        return report
    try:
        root.mkdir(parents=True, exist_ok=True)
        with FileLock(root / "build.lock", timeout=_LOCK_WAIT):
            if rebuild or not _is_live(root, wanted):  # another process may have built while this one waited
                folder = root / f"{wanted[:12]}-{os.getpid()}-{os.urandom(3).hex()}"
                _write(folder, chunks, embeddings, wanted, lexicon, progress)
                _put(root / "CURRENT", folder.name)
                report = replace(report, built=True)
            _sweep(root)
    except Timeout:
        raise IndexBusy(f"另一个进程正在 {root} 建索引;请等它结束后再试。") from None
    except OSError as error:
        raise _unwritable(root, error) from error
    return report


def _unwritable(root: Path, error: OSError) -> IndexStateError:
    return IndexStateError(
        f"数据目录 {root.parent} 无法写入({error.strerror or error});"
        "请检查权限和磁盘空间,或用 TIAOWEN_DATA_DIR 换一个目录。"
    )


def _write(
    folder: Path,
    chunks: Sequence[Chunk],
    embeddings: StoredEmbeddings,
    wanted: str,
    lexicon: Lexicon,
    progress: Progress | None,
) -> None:
    texts = [f"{c.context}\n{c.text}" for c in chunks]
    dimension = embeddings.fill(texts, progress)
    (folder / "tantivy").mkdir(parents=True)
    store = _chroma(folder / "chroma", embeddings, create=True)
    for start in range(0, len(chunks), 5000):  # Chroma's own batch limit
        part = chunks[start : start + 5000]
        store.add_texts(
            texts[start : start + 5000],
            [{"chunk": c.id, "zone": c.zone or "", "notice": c.notice_id} for c in part],
            ids=[c.id for c in part],
        )
    schema = (
        tantivy.SchemaBuilder()
        .add_text_field("chunk", stored=True, tokenizer_name="raw")
        .add_text_field("zone", tokenizer_name="raw")
        .add_text_field("notice", tokenizer_name="raw")
        .add_text_field("terms", tokenizer_name="whitespace", index_option="freq")
        .build()
    )
    lexical = tantivy.Index(schema, path=str(folder / "tantivy"))
    writer = lexical.writer(num_threads=1)
    for c, text in zip(chunks, texts, strict=True):
        terms = " ".join(lexicon.index_terms(text))
        writer.add_document(tantivy.Document(chunk=c.id, zone=c.zone or "", notice=c.notice_id, terms=terms))
    writer.commit()
    writer.wait_merging_threads()
    _put(folder / "meta.json", json.dumps(asdict(_Meta(wanted, len(chunks), dimension))))


def _chroma(path: Path, embeddings: StoredEmbeddings, *, create: bool) -> Any:
    import chromadb
    from chromadb.config import Settings
    from langchain_chroma import Chroma

    settings = Settings(anonymized_telemetry=False)
    client = chromadb.PersistentClient(str(path), settings=settings)
    return Chroma(
        _COLLECTION,
        embeddings,
        client=client,
        collection_configuration=_HNSW if create else None,
        create_collection_if_not_exists=create,
    )


def _where(where: Filter) -> dict[str, Any] | None:
    parts = [
        {field: {"$in": list(values)}}
        for field, values in zip(("zone", "notice"), where, strict=True)
        if values
    ]
    return None if not parts else parts[0] if len(parts) == 1 else {"$and": parts}


def _current(root: Path) -> tuple[Path, _Meta] | None:
    """The live generation; None if there is none or what names or describes it is damaged."""
    try:
        folder = root / (root / "CURRENT").read_text(encoding="utf-8").strip()
        return folder, _Meta(**json.loads((folder / "meta.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None


def _is_live(root: Path, wanted: str) -> bool:
    live = _current(root)
    return live is not None and live[1].fingerprint == wanted


def _put(path: Path, text: str) -> None:
    """A whole file or none: written beside, flushed, put in place in one step."""
    draft = path.with_name(path.name + ".new")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _reader_lock(folder: Path) -> FileLock:
    """A lock that keeps a generation from being swept; the system lets go of it with the process."""
    lock = FileLock(folder / f"{os.getpid()}-{os.urandom(3).hex()}{_READER}", thread_local=False)
    lock.acquire(blocking=False)
    return lock


def _sweep(root: Path) -> None:
    """Remove generations that are neither live nor open; only for the holder of the build lock."""
    live = _current(root)
    for folder in root.iterdir():
        if folder.is_dir() and not _is_open(folder) and not (live and folder == live[0]):
            shutil.rmtree(folder, ignore_errors=True)


def _is_open(folder: Path) -> bool:
    """True if a process has it open; lock files that processes gone have left are removed."""
    held = False
    for path in folder.glob(f"*{_READER}"):
        try:
            with FileLock(path, blocking=False):
                path.unlink()
        except Timeout:
            held = True
    return held
