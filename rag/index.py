"""Chunks on disk, found by meaning (Chroma) and by words (tantivy), behind one object with one fingerprint.

Layout below ``<data_dir>/index``: one folder a generation, and ``CURRENT``, a file that names the live one. A build writes
a new folder and then replaces ``CURRENT`` in one step, so a process killed at any moment leaves the old index serving;
vectors already computed are kept in ``vectors.sqlite3`` and cost nothing at the next run.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

import tantivy
from filelock import FileLock, Timeout

from rag.errors import IndexBusy, IndexMismatch, IndexMissing
from rag.lexicon import Lexicon
from rag.models import Embedder
from rag.types import Chunk
from rag.vectors import StoredEmbeddings

_FORMAT = 1
_LOCK_WAIT = 600.0  # seconds; a first build of a large corpus takes minutes
_COLLECTION = "clauses"
# Wide beams: the collection is searched almost exactly, so that two builds of one corpus answer alike.
_HNSW: Any = {"hnsw": {"space": "cosine", "ef_construction": 400, "ef_search": 400}}

Progress = Callable[[int, int], None]
Filter = tuple[tuple[str, ...], tuple[str, ...]]  # zones, notices; empty means no filter


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did: chunks in the index, and how many had to be embedded now."""

    fingerprint: str
    chunks: int
    built: bool


def fingerprint(chunks: Sequence[Chunk], embedder: Embedder) -> str:
    """What the index depends on: format, embedder, segmenter, and every chunk as parsing and chunking made it."""
    digest = hashlib.sha256(f"{_FORMAT}\n{embedder.identity}\n{version('rjieba')}\n".encode())
    for chunk in chunks:
        digest.update(f"{chunk.id}\n{chunk.zone}\n{chunk.context}\n{chunk.text}\n".encode())
    return digest.hexdigest()


class Index:
    """An open generation. Reading is safe from several threads."""

    def __init__(self, folder: Path, embeddings: StoredEmbeddings, lexicon: Lexicon) -> None:
        meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
        self.fingerprint: str = meta["fingerprint"]
        self.chunks: int = meta["chunks"]
        self._embeddings = embeddings
        self._lexicon = lexicon
        self._dense = _chroma(folder / "chroma", embeddings)
        self._lexical = tantivy.Index.open(str(folder / "tantivy"))
        self._searcher = self._lexical.searcher()

    @classmethod
    def open(cls, root: Path, wanted: str, embeddings: StoredEmbeddings, lexicon: Lexicon) -> Self:
        """Open the live generation.

        Raises:
            IndexMissing: nothing has been built.
            IndexMismatch: it was built from something else than ``wanted`` stands for.
        """
        folder = _current(root)
        if folder is None:
            raise IndexMissing("还没有索引;请运行 tiaowen index。")
        found = json.loads((folder / "meta.json").read_text(encoding="utf-8"))["fingerprint"]
        if found != wanted:
            raise IndexMismatch("索引与当前的语料、切分或嵌入模型不一致;请运行 tiaowen index 更新。")
        return cls(folder, embeddings, lexicon)

    def embed(self, question: str) -> list[float]:
        """The question's vector."""
        return self._embeddings.embed_query(question)

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
        EmbeddingError: the embedder failed; what it has returned so far is kept.
    """
    root.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(root / "build.lock", timeout=_LOCK_WAIT):
            live = _current(root)
            if live and not rebuild and _is(live, wanted):
                return BuildReport(wanted, len(chunks), built=False)
            folder = root / f"{wanted[:12]}-{os.getpid()}-{os.urandom(3).hex()}"
            embeddings.progress = progress
            _write(folder, chunks, embeddings, wanted, lexicon)
            _switch(root, folder)
            _sweep(root, keep={folder, live})
            return BuildReport(wanted, len(chunks), built=True)
    except Timeout:
        raise IndexBusy(f"另一个进程正在 {root} 建索引;请等它结束后再试。") from None


def _write(
    folder: Path, chunks: Sequence[Chunk], embeddings: StoredEmbeddings, wanted: str, lexicon: Lexicon
) -> None:
    (folder / "tantivy").mkdir(parents=True)
    store = _chroma(folder / "chroma", embeddings)
    for start in range(0, len(chunks), 5000):  # Chroma's own batch limit
        part = chunks[start : start + 5000]
        store.add_texts(
            [f"{c.context}\n{c.text}" for c in part],
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
    for c in chunks:
        terms = " ".join(lexicon.index_terms(f"{c.context}\n{c.text}"))
        writer.add_document(tantivy.Document(chunk=c.id, zone=c.zone or "", notice=c.notice_id, terms=terms))
    writer.commit()
    writer.wait_merging_threads()
    meta = {"fingerprint": wanted, "chunks": len(chunks), "format": _FORMAT}
    (folder / "meta.json").write_text(json.dumps(meta), encoding="utf-8")


def _chroma(path: Path, embeddings: StoredEmbeddings) -> Any:
    import chromadb
    from chromadb.config import Settings
    from langchain_chroma import Chroma

    settings = Settings(anonymized_telemetry=False)
    client = chromadb.PersistentClient(str(path), settings=settings)
    return Chroma(_COLLECTION, embeddings, client=client, collection_configuration=_HNSW)


def _where(where: Filter) -> dict[str, Any] | None:
    parts = [
        {field: {"$in": list(values)}}
        for field, values in zip(("zone", "notice"), where, strict=True)
        if values
    ]
    return None if not parts else parts[0] if len(parts) == 1 else {"$and": parts}


def _current(root: Path) -> Path | None:
    try:
        folder = root / (root / "CURRENT").read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return None
    return folder if (folder / "meta.json").is_file() else None


def _is(folder: Path, wanted: str) -> bool:
    return bool(json.loads((folder / "meta.json").read_text(encoding="utf-8"))["fingerprint"] == wanted)


def _switch(root: Path, folder: Path) -> None:
    """Name the new generation in ``CURRENT``: written beside, flushed, put in place in one step."""
    draft = root / "CURRENT.new"
    with draft.open("w", encoding="utf-8") as file:
        file.write(folder.name)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(root / "CURRENT")


def _sweep(root: Path, keep: set[Path | None]) -> None:
    """Remove generations that no one can need: all but the live one and the one that running services may still read."""
    for folder in root.iterdir():
        if folder.is_dir() and folder not in keep:
            shutil.rmtree(folder, ignore_errors=True)
