"""Every error Tiaowen raises on purpose; each message says, in Chinese, what the reader can do about it.

TiaowenError
├── SettingsError            a setting has a wrong name or value
├── CorpusError              the manifest or a published text is missing, changed or unreadable
├── IndexStateError
│   ├── IndexMissing         there is no index yet
│   ├── IndexMismatch        the index was built from another corpus, parser, chunking or embedder
│   └── IndexBusy            another process is building it
├── EmbeddingError           the embedding model or endpoint failed
│   └── EmbeddingDimension   its vectors have another length than the index's
└── RequestError             what a caller can fix in the request
    ├── InvalidQuestion      empty or too long
    ├── UnknownZone          a zone that no notice has
    └── NotFound             no notice or clause of that id
"""


class TiaowenError(Exception):
    """Base of all errors raised on purpose; ``str(error)`` is a Chinese sentence fit for a user."""


class SettingsError(TiaowenError):
    """A setting has an unknown name or a value out of bounds."""


class CorpusError(TiaowenError):
    """The corpus cannot be trusted: missing file, wrong checksum, broken manifest."""


class IndexStateError(TiaowenError):
    """Base of errors about the index on disk."""


class IndexMissing(IndexStateError):
    """No index has been built yet."""


class IndexMismatch(IndexStateError):
    """The index carries another fingerprint than the corpus and settings in use."""


class IndexBusy(IndexStateError):
    """Another process holds the build lock."""


class EmbeddingError(TiaowenError):
    """The embedding model could not be loaded, or its endpoint did not answer properly."""


class EmbeddingDimension(EmbeddingError):
    """The embedder returns vectors of another length than those in the index."""


class RequestError(TiaowenError):
    """A request that the caller can correct."""


class InvalidQuestion(RequestError):
    """The question is empty or longer than the limit."""


class UnknownZone(RequestError):
    """A zone filter names a zone that no notice has.

    Attributes:
        valid: the names that may be used.
    """

    def __init__(self, message: str, valid: tuple[str, ...]) -> None:
        super().__init__(message)
        self.valid = valid


class NotFound(RequestError):
    """No notice or clause has the requested id."""
