"""Every setting of the hub, read once from the environment and passed in."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from hub.errors import ConfigurationError


def _absolute(value: Any) -> Any:
    return Path(value).expanduser().absolute() if isinstance(value, (str, Path)) else value


class Settings(BaseModel):
    """The hub's settings; each is read from `HUB_` plus its name in capitals."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    data_dir: Annotated[Path, BeforeValidator(_absolute)] = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("ecosystem-hub")),
        description="Where the embedded database and the secret key live.",
    )
    database_url: SecretStr | None = Field(
        None, description="postgresql://… of a server to use (15 or newer); unset: the embedded PostgreSQL."
    )
    secret_key: SecretStr | None = Field(
        None,
        description="32 bytes in base64 that encrypt stored credentials; unset: a key file in the data directory.",
    )
    host: str = Field("127.0.0.1", description="The address `hub serve` listens on.")
    port: int = Field(8000, ge=0, le=65535, description="The port `hub serve` listens on; 0 takes a free one.")
    processes: int = Field(1, ge=1, le=64, description="How many processes `hub serve` answers with.")
    worker: bool = Field(True, description="Whether `hub serve` does jobs, too; if not, `hub worker` must.")  # noqa: FBT003 - a default
    public_url: str | None = Field(
        None, description="The address that the outside world knows the hub by, such as https://hub.example.com."
    )
    metrics_token: SecretStr | None = Field(
        None,
        min_length=16,
        description="Who sends it as Bearer token may read /metrics; unset: only programs of this machine.",
    )
    slow_operation: float = Field(1.0, ge=0, description="Seconds above which an operation is logged as slow.")
    access_log: bool = Field(False, description="Whether each request is logged, with path and status.")  # noqa: FBT003 - a default
    drain_delay: float = Field(
        0.0,
        ge=0,
        le=600,
        description="Seconds in which `hub serve`, asked to stop, is not ready but accepts connections yet.",
    )
    drain_patience: int = Field(30, ge=0, le=600, description="Seconds that open requests then have to end.")
    result_cache: int = Field(
        64, ge=0, le=100_000, description="Megabytes of answers kept while nothing is written; 0 keeps none."
    )
    budget_scale: float = Field(
        1.0, gt=0, description="How many times the built-in budgets clients may spend in this process."
    )
    oidc_issuer: str | None = Field(
        None,
        description="The issuer address of an OpenID Connect provider whose tokens are accepted beside API keys.",
    )
    oidc_audience: str | None = Field(
        None, description="What the provider's tokens for this hub carry as `aud`; needed with HUB_OIDC_ISSUER."
    )
    oidc_role_claim: str = Field("hub_role", description="The claim that names the role: frontend, admin, …")
    oidc_scope_claim: str = Field("scope", description="The claim that may narrow the role's scopes.")
    oidc_organization_claim: str = Field(
        "hub_organization", description="The claim that names the organization; a partner's tool needs it."
    )
    log_level: Literal["debug", "info", "warning", "error"] | None = Field(
        None,
        description="The least level logged: debug, info, warning or error; unset: info for `hub serve`, else warning.",
    )

    @classmethod
    def from_env(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        """The settings that `environment` names; raises ConfigurationError naming the variable at fault."""
        prefix = "HUB_"
        given = {key[len(prefix) :].lower(): value for key, value in environment.items() if key.startswith(prefix)}
        try:
            return cls.model_validate({name: value for name, value in given.items() if value != ""})
        except ValidationError as error:
            first = error.errors()[0]
            name = prefix + str(first["loc"][0]).upper()
            raise ConfigurationError(f"{name}: {first['msg']}.") from error
