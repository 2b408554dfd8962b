import base64
from pathlib import Path

import pytest

from hub.errors import ConfigurationError
from hub.settings import Settings
from hub.store.secrets import Sealer, sealer


def of(tmp_path: Path, **more: str) -> Sealer:
    return sealer(Settings.from_env({"HUB_DATA_DIR": str(tmp_path), **more}))


def test_what_is_sealed_can_be_opened_with_the_same_key_and_for_the_same_name_only(tmp_path: Path):
    sealed = of(tmp_path).sealed({"token": "s3cret"}, "crm")

    assert b"s3cret" not in sealed
    assert of(tmp_path).opened(sealed, "crm") == {"token": "s3cret"}
    with pytest.raises(ConfigurationError, match="another key"):
        of(tmp_path).opened(sealed, "other")
    with pytest.raises(ConfigurationError, match="another key"):
        of(tmp_path / "elsewhere").opened(sealed, "crm")


def test_sealing_twice_gives_two_texts(tmp_path: Path):
    assert of(tmp_path).sealed({}, "crm") != of(tmp_path).sealed({}, "crm")


def test_the_key_file_can_be_read_by_its_owner_only(tmp_path: Path):
    of(tmp_path)

    assert (tmp_path / "secret.key").stat().st_mode & 0o777 == 0o600
    (tmp_path / "secret.key").chmod(0o644)
    with pytest.raises(ConfigurationError, match="chmod 600"):
        of(tmp_path)


def test_a_key_may_come_from_the_environment(tmp_path: Path):
    key = base64.b64encode(bytes(range(32))).decode()

    assert of(tmp_path, HUB_SECRET_KEY=key).key == bytes(range(32))
    assert not (tmp_path / "secret.key").exists()


@pytest.mark.parametrize(("key", "told"), [("not base64!", "not base64"), ("c2hvcnQ=", "holds 5 bytes; 32")])
def test_a_key_that_is_none_is_one_clear_line(tmp_path: Path, key: str, told: str):
    with pytest.raises(ConfigurationError, match=told):
        of(tmp_path, HUB_SECRET_KEY=key)


def test_a_sealer_does_not_show_its_key():
    assert "key" not in repr(Sealer(bytes(32)))
