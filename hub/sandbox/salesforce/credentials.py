"""The one External Client App of the sandbox's org, and the user it acts for."""

from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

KEY_BITS = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class SalesforceCredentials:
    """What a client needs in order to be let in, by secret, by signed assertion or by consent."""

    client_id: str
    client_secret: str
    username: str
    private_key_pem: str
    public_key_pem: str
    refresh_token: str
    """Of a consent given beforehand: good for one use where refresh tokens rotate."""
    audience: str = "https://login.salesforce.com"


@cache
def credentials() -> SalesforceCredentials:
    """The credentials that the sandbox accepts; the key pair lives as long as the process."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=KEY_BITS)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return SalesforceCredentials(
        client_id="3MVG9sandboxHubConsumerKey",
        client_secret="sandbox-only",  # noqa: S106 - opens nothing but made-up data
        username="integration@home.example",
        private_key_pem=private.decode(),
        public_key_pem=public.decode(),
        refresh_token="5Aep861sandboxFirstRefreshToken",  # noqa: S106 - the same
    )
