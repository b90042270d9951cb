from pathlib import Path

import pytest

from sellier.infra import keys
from sellier.infra.settings import Settings, SettingsRefused, from_environment, secret_key


def test_settings_come_from_the_environment() -> None:
    found = from_environment(
        {"SELLIER_HOME": "/srv/sellier", "SELLIER_HOSTS": "a.example, b.example"}
    )
    assert found.home == Path("/srv/sellier")
    assert found.host_allowlist == {"127.0.0.1", "a.example", "b.example"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SELLIER_HOEM", "x"),
        ("SELLIER_LOG", "xml"),
        ("SELLIER_WEB_WORKERS", "0"),
        ("SELLIER_WEB_WORKERS", "many"),
        ("SELLIER_SECRET_KEY", "changeme"),
        ("SELLIER_URL", "shop.example"),
    ],
)
def test_a_wrong_setting_is_refused_and_named(name: str, value: str) -> None:
    with pytest.raises(SettingsRefused):
        from_environment({name: value})


def test_the_root_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "new")
    first = secret_key(settings)
    assert secret_key(settings) == first
    assert len(first) == 64
    assert (settings.home / "secret.key").stat().st_mode & 0o077 == 0


def test_each_purpose_has_its_own_key() -> None:
    root = keys.Keys("x" * 64)
    assert root.derive("csrf") != root.derive("postgres:sellier_app")
    assert root.derive("csrf") == keys.Keys("x" * 64).derive("csrf")
