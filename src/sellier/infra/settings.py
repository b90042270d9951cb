"""What an operator may set: environment variables `SELLIER_*`. `sellier doctor` explains them."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

import msgspec


class SettingsRefused(Exception):
    """A setting is missing or wrong; the message says which and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What `sellier doctor` says of a setting."""

    meaning: str
    is_secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One field a variable: `home` is read from `SELLIER_HOME`, and so on."""

    home: Annotated[
        Path,
        Explained(meaning="Folder of the embedded database, the search index, pictures and keys."),
    ] = Path(".sellier")
    database_url: Annotated[
        str,
        Explained(
            meaning="PostgreSQL 15 or later, postgresql://owner:password@host/name. Unset: ours.",
            is_secret=True,
        ),
    ] = ""
    url: Annotated[
        str, Explained(meaning="Address that people reach Sellier by; links are built from it.")
    ] = "http://127.0.0.1:8000"
    hosts: Annotated[
        tuple[str, ...],
        Explained(meaning="More host names to answer to, with commas between; others are refused."),
    ] = ()
    secret_key: Annotated[
        str,
        Explained(
            meaning="Root of all keys, 32 characters or more. Unset: home/secret.key.",
            is_secret=True,
        ),
    ] = ""
    payments_url: Annotated[
        str, Explained(meaning="Address of the payment provider. Unset: the sandbox's.")
    ] = "http://127.0.0.1:8002"
    payments_key: Annotated[
        str,
        Explained(
            meaning="Key that the payment provider knows us by. Unset: the sandbox's.",
            is_secret=True,
        ),
    ] = ""
    payments_notice_secret: Annotated[
        str,
        Explained(
            meaning="Secret (whsec_...) that signs the provider's notices. Unset: sandbox.",
            is_secret=True,
        ),
    ] = ""
    carrier_url: Annotated[
        str, Explained(meaning="Address of the carrier. Unset: the sandbox's, beside payments.")
    ] = ""
    carrier_key: Annotated[
        str,
        Explained(
            meaning="Key that the carrier knows us by. Unset: the sandbox's.", is_secret=True
        ),
    ] = ""
    carrier_notice_secret: Annotated[
        str,
        Explained(
            meaning="Secret (whsec_...) that signs the carrier's notices. Unset: sandbox.",
            is_secret=True,
        ),
    ] = ""
    webhooks_loopback: Annotated[
        bool,
        Explained(meaning="Let webhooks go to this machine, in the clear: for tests and demos."),
    ] = False
    smtp_url: Annotated[
        str,
        Explained(
            meaning="Mail server, smtp://user:password@host:port or smtps://.",
            is_secret=True,
        ),
    ] = "smtp://127.0.0.1:8025"
    mail_from: Annotated[str, Explained(meaning="Sender of every mail.")] = (
        "Sellier <bonjour@sellier.example>"
    )
    log: Annotated[
        Literal["text", "json"],
        Explained(meaning="How to write logs: text for people, json for machines."),
    ] = "text"
    web_workers: Annotated[
        Annotated[int, msgspec.Meta(ge=1)], Explained(meaning="Web processes to run.")
    ] = 1

    @property
    def host_allowlist(self) -> frozenset[str]:
        """Host names this deployment answers to, without ports."""
        return frozenset({urlsplit(self.url).hostname or "", *self.hosts} - {""})

    @property
    def carrier_address(self) -> str:
        """Where the carrier is: the sandbox has it beside its payment provider."""
        return self.carrier_url or f"{self.payments_url}/carrier"

    @property
    def is_https(self) -> bool:
        return self.url.startswith("https://")


def variable(name: str) -> str:
    """Return the environment variable that sets the field `name`."""
    return f"SELLIER_{name.upper()}"


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; raises `SettingsRefused` for a wrong value or an unknown `SELLIER_*`."""
    known = {variable(f.name): f for f in fields(Settings)}
    unknown = sorted(k for k in environment if k.startswith("SELLIER_") and k not in known)
    if unknown:
        raise SettingsRefused(f"Unknown setting {unknown[0]}. `sellier doctor` lists them all.")
    given: dict[str, object] = {}
    for name, f in known.items():
        if text := environment.get(name, ""):
            given[f.name] = tuple(text.replace(" ", "").split(",")) if f.name == "hosts" else text
    try:
        settings = msgspec.convert(given, Settings, strict=False, dec_hook=_decode)
    except msgspec.ValidationError as error:
        raise SettingsRefused(f"{error}. Set it right, or unset it for the default.") from error
    _check(settings)
    return settings


def _decode(kind: type, value: object) -> object:
    return kind(value)


def _check(settings: Settings) -> None:
    if settings.secret_key and len(settings.secret_key) < 32:  # noqa: PLR2004  256 bits as hex halves
        raise SettingsRefused("SELLIER_SECRET_KEY has 32 characters or more; unset it to make one.")
    if not settings.url.startswith(("http://", "https://")):
        raise SettingsRefused("SELLIER_URL begins with http:// or https://.")


def secret_key(settings: Settings) -> str:
    """Return the deployment's root secret, made once and kept in a file only its owner reads."""
    if settings.secret_key:
        return settings.secret_key
    path = settings.home / "secret.key"
    settings.home.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
    return path.read_text().strip()
