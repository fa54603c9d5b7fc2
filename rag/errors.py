"""The errors that people see, one line each: what happened, with which value, what to do next.

RagError
├── SettingsError            a setting is unknown, misspelt or out of range
├── ReadError                a file cannot be read
│   ├── UnsupportedFormat    no reader for this kind of file
│   ├── EncryptedDocument    a password is needed
│   ├── EmptyDocument        there is no text in it
│   ├── DamagedDocument      the bytes are not what the format promises
│   └── LimitExceeded        too large, too slow or too much memory
├── StoreError               the store cannot do what was asked
│   ├── StoreNotFound        there is no store at that place
│   ├── StoreMismatch        made with another embedder, analyzer or format
│   ├── StoreBusy            another process holds the writer's lock
│   └── DocumentNotFound     no such document in what may be seen
├── ModelError               a model cannot be used
│   ├── ModelUnavailable     not on this machine, or its server does not answer
│   │   └── ModelBusy        too many requests at once; the same request may work in a moment
│   └── ContextTooLong       the prompt does not fit the model's context
├── RecordError              a record of an answer cannot be read or written
└── AccessDenied             the asker may not do this

"The documents do not say it" is an Answer, not an error. Foreign errors are wrapped where their
library lives, with ``from``. Faces print the message as one line and exit with code 2.
"""


class RagError(Exception):
    """The root; catching it catches everything that is meant for people."""


class SettingsError(RagError):
    """A setting is unknown, misspelt or out of range."""


class ReadError(RagError):
    """A file cannot be read; the message is the reason that the report shows."""


class UnsupportedFormat(ReadError):
    """No reader for this kind of file."""


class EncryptedDocument(ReadError):
    """A password is needed."""


class EmptyDocument(ReadError):
    """There is no text in it."""


class DamagedDocument(ReadError):
    """The bytes are not what the format promises."""


class LimitExceeded(ReadError):
    """Too large, too slow or too much memory."""


class StoreError(RagError):
    """The store cannot do what was asked."""


class StoreNotFound(StoreError):
    """There is no store at that place."""


class StoreMismatch(StoreError):
    """The store was made with another embedder, analyzer or format."""


class StoreBusy(StoreError):
    """Another process holds the writer's lock."""


class DocumentNotFound(StoreError):
    """No such document in what may be seen."""


class ModelError(RagError):
    """A model cannot be used."""


class ModelUnavailable(ModelError):
    """Not on this machine, or its server does not answer."""


class ModelBusy(ModelUnavailable):
    """Too many requests at once; a face for programs answers 429."""


class ContextTooLong(ModelError):
    """The prompt does not fit the model's context."""


class RecordError(RagError):
    """A record of an answer cannot be read or written."""


class AccessDenied(RagError):
    """The asker may not do this."""
