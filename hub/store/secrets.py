"""Credentials, encrypted where they rest."""

import base64
import binascii
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.errors import ConfigurationError
from hub.model import Json
from hub.settings import Settings

KEY_BYTES = 32
NONCE_BYTES = 12


@dataclass(frozen=True)
class Sealer:
    """Encrypts and decrypts with AES-256-GCM; each text is bound to the name it was sealed for."""

    key: bytes = field(repr=False)

    def sealed(self, secrets: Mapping[str, Any], name: str) -> bytes:
        """The secrets as 12 bytes of nonce and the encrypted JSON."""
        nonce = os.urandom(NONCE_BYTES)
        return nonce + AESGCM(self.key).encrypt(nonce, orjson.dumps(secrets), name.encode())

    def opened(self, sealed: bytes, name: str) -> Json:
        """What was sealed for `name`; raises ConfigurationError where the key is another one."""
        try:
            plain = AESGCM(self.key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode())
        except InvalidTag as error:
            raise ConfigurationError(
                f"The credentials of {name!r} were encrypted with another key: "
                "set HUB_SECRET_KEY to that key, or connect again."
            ) from error
        secrets: Json = orjson.loads(plain)
        return secrets


def sealer(settings: Settings) -> Sealer:
    """A sealer with the key of HUB_SECRET_KEY, or of a file that is made at first use."""
    if settings.secret_key is None:
        return Sealer(_key_of_file(settings.data_dir / "secret.key"))
    try:
        key = base64.b64decode(settings.secret_key.get_secret_value(), validate=True)
    except binascii.Error as error:
        raise ConfigurationError("HUB_SECRET_KEY is not base64.") from error
    return Sealer(_checked(key, "HUB_SECRET_KEY"))


def _key_of_file(path: Path) -> bytes:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _create(path)
        if stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
            raise ConfigurationError(f"{path} can be read by others: chmod 600 it.")
        return _checked(path.read_bytes(), str(path))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be used: {error.strerror}.") from error


def _create(path: Path) -> None:
    """Make the file, unless it is there; of two processes that try, one wins and the other reads."""
    aside = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.urandom(KEY_BYTES))
    try:
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def _checked(key: bytes, source: str) -> bytes:
    if len(key) != KEY_BYTES:
        raise ConfigurationError(f"{source} holds {len(key)} bytes; {KEY_BYTES} are needed.")
    return key
