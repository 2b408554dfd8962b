"""Every error the hub raises on purpose; the class says what the caller should do.

HubError
 ├── ConfigurationError      the operator must change a setting; commands print it and exit 1
 ├── InputError              what a person handed in cannot be used: a file, an argument, a cursor
 ├── NotFound                the thing named does not exist, or the viewer may not see it
 ├── Unauthenticated         what was presented proves nothing; present a key or token that is valid
 ├── Busy                    another process is doing just that; wait for it
 ├── Conflict                it contradicts what the same idempotency key was used for
 ├── StoreError              the database refuses or fails; nothing was half-written
 │    └── TimedOut           a read takes longer than it may; ask for less
 ├── Unstorable              a value has no place in the database; leave it out
 └── SourceError             an outside system
      ├── AuthError          its credentials no longer work; the owner must reconnect
      ├── Forbidden          this stream is absent or not permitted there; the other streams go on
      │    └── TooMuch           it does not answer as much at once; ask for less
      │         └── TooSlow          it takes longer than it may; ask for fewer rows, or where it may take longer
      ├── Unavailable        it fails for now; try again, after `retry_after` seconds if given
      │    ├── QuotaExhausted    it will fail until the quota is renewed; stop, keep the bookmark
      │    ├── Lost              nobody knows whether it did what was asked; look before you ask again
      │    └── Spent             a credential of one use was shown and no answer came; end the run
      ├── BookmarkExpired    it cannot resume where we stopped; restart from the data
      └── UnexpectedPayload  it sent what we do not understand; the payload is kept, the record is not
"""


class HubError(Exception):
    """The base of all errors the hub raises on purpose. Messages never hold secrets or personal data."""


class ConfigurationError(HubError):
    """A setting is missing, wrong, or points to something unusable."""


class InputError(HubError):
    """What a person handed in cannot be used as it is."""


class NotFound(HubError):
    """The thing named does not exist, or the viewer may not see it."""


class Unauthenticated(HubError):
    """A key or token is unknown, wrong, expired, revoked or not for this use.

    `client` names the key where there is one; that is for the audit log, not for who asked.
    """

    def __init__(self, message: str, client: str | None = None) -> None:
        super().__init__(message)
        self.client = client


class Busy(HubError):
    """Another process is doing what only one may do at a time."""


class Conflict(HubError):
    """What is asked contradicts what was asked before under the same idempotency key."""


class StoreError(HubError):
    """The database refused or failed."""


class Unstorable(HubError):
    """A value that was to be stored has no place in the database."""


class TimedOut(StoreError):
    """A read took longer than it may."""


class SourceError(HubError):
    """An outside system did not do what was asked."""


class AuthError(SourceError):
    """The source no longer accepts the credentials."""


class Forbidden(SourceError):
    """The object or field does not exist in this source, or the credentials may not read it."""


class TooMuch(Forbidden):
    """The source does not answer a question of that size; a smaller one it does."""


class TooSlow(TooMuch):
    """The source gave up on a question that takes it too long; asked again, it would do so again."""


class Unavailable(SourceError):
    """The source fails for now. `retry_after` is in seconds, None where the source gave no hint."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class QuotaExhausted(Unavailable):
    """The source's daily quota is used up, down to the reserve left for its other users."""


class Lost(Unavailable):
    """The source was asked to change something, and nobody knows whether it did."""


class Spent(Unavailable):
    """A credential that is good for one use was shown, and no answer came: nothing else was sent.

    To show it again at once might end the whole grant, where the first time was heard.
    """


class BookmarkExpired(SourceError):
    """The source forgot the position that the bookmark names."""


class UnexpectedPayload(SourceError):
    """A payload lacks a mandatory field or holds a value of an unknown kind."""
