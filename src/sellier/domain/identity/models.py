from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from sellier.domain.identity.states import Role
from sellier.infra.db import Base
from sellier.kernel.ids import LocationId, StaffId


class Staff(Base):
    """Anyone who signs in to the studio or the boutique app."""

    __tablename__ = "staff"

    id: Mapped[StaffId] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[Role] = mapped_column(String(20))
    # An associate works at one location; nobody else has one.
    location_id: Mapped[LocationId | None] = mapped_column(ForeignKey("location.id"))
    password_hash: Mapped[str]
    is_active: Mapped[bool] = mapped_column(default=True)


class StaffSession(Base):
    """A sign-in. Only the token's fingerprint is kept: a table that leaks opens nothing."""

    __tablename__ = "staff_session"

    token_sha256: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    staff_id: Mapped[StaffId] = mapped_column(ForeignKey(Staff.id), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class SignInFailure(Base):
    """An attempt to sign in, kept unless it succeeds: to slow down guessing, and for the audit.

    Any e-mail that was typed counts, known or not: the wait must not tell which exist.
    """

    __tablename__ = "sign_in_failure"
    __table_args__ = (
        Index("ix_sign_in_failure_email_at", "email", "at"),
        Index("ix_sign_in_failure_address_at", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    email: Mapped[str]
    address: Mapped[str]  # where the attempt came from, as the network says it
    at: Mapped[datetime]


class StaffAction(Base):
    """Append only: a row of some history that names staff, chained to the one before it.

    The database writes it at COMMIT, by rights that the application does not have.
    """

    __tablename__ = "staff_action"

    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    history: Mapped[str] = mapped_column(String(50))  # the table
    entry: Mapped[dict[str, Any]] = mapped_column(JSONB)  # the row: who, when, before and after
    hash: Mapped[bytes] = mapped_column(LargeBinary)
