"""Keys for one purpose each, derived from the deployment's root secret."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

from sellier.infra.settings import Settings, secret_key


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxKeys:
    """What a sandbox and this deployment share, where the operator set nothing."""

    api_key: str
    notice_secret: str


@dataclass(frozen=True, slots=True)
class Keys:
    """The root secret; never leaves this object, only what is derived from it does."""

    root: str

    def derive(self, purpose: str) -> str:
        """Return a 256-bit key for `purpose`, always the same one for the same root."""
        return hmac.new(self.root.encode(), purpose.encode(), hashlib.sha256).hexdigest()

    def notice_secret(self, purpose: str) -> str:
        """Return a `whsec_` secret in the form that Standard Webhooks asks for."""
        return "whsec_" + base64.b64encode(bytes.fromhex(self.derive(purpose))).decode()

    def sandbox(self, *, api: str, notices: str) -> SandboxKeys:
        """Return what both sides of a sandbox need to know, by the purposes of its two keys."""
        return SandboxKeys(api_key=self.derive(api), notice_secret=self.notice_secret(notices))


def of(settings: Settings) -> Keys:
    """Return the keys of this deployment, making its root secret on the first call."""
    return Keys(secret_key(settings))


def new_token() -> str:
    """Return an opaque secret of 256 bits for a cookie or a link."""
    return secrets.token_urlsafe(32)


def fingerprint(token: str) -> bytes:
    """Return what is stored in place of a token: a table that leaks opens nothing."""
    return hashlib.sha256(token.encode()).digest()
