"""What a row is known by."""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

_BEFORE_HOST = re.compile(r"^(?:(?:[a-z][a-z0-9+.-]*:)?//)?(?:[^/?#@]*@)?")
_BEHIND_HOST = re.compile(r"[/?#:].*$")


@dataclass(slots=True)
class Keys:
    """The keys given out; 8 bytes of each are kept, so that a file of a million rows needs some 70 MB."""

    _seen: set[int] = field(default_factory=set)
    _repeated: Counter[str] = field(default_factory=Counter)

    def of(self, values: Mapping[str, str]) -> str | None:
        """The row's id, else what stands for one, and a number where earlier rows have the same. None: a second id."""
        if values.get("id"):
            return values["id"] if self._is_new(f"#{values['id']}") else None
        key = _likeness(values)
        candidate = key
        # A name may end in a number in brackets itself, and be another row's id.
        while not (self._is_new(f"#{candidate}") and self._is_new(candidate)):
            self._repeated[key] += 1
            candidate = f"{key} ({self._repeated[key] + 1})"
        return candidate

    def _is_new(self, key: str) -> bool:
        before = len(self._seen)
        self._seen.add(hash(key))
        return len(self._seen) > before


def _likeness(values: Mapping[str, str]) -> str:
    """Name and domain; without a domain, name and place, since companies of one name in two towns may be two."""
    host = _host(values.get("domain", "")) or _host(values.get("website", ""))
    places = [host] if host else [values.get(each, "") for each in ("postal_code", "city", "country")]
    return " ".join(filter(None, map(_folded, [values.get("name", ""), *places])))


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _host(address: str) -> str:
    """The host, however the address is spelled; nothing for what is none, such as "n/a"."""
    host = _BEHIND_HOST.sub("", _BEFORE_HOST.sub("", _folded(address))).rstrip(".")
    short = host.removeprefix("www.")
    return next((each for each in (short, host) if "." in each), "")
