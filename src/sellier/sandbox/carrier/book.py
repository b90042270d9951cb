"""The carrier's book: shipments, what happened to them, and what happens next."""

import asyncio
import contextlib
import hashlib
import json
import secrets
import sqlite3
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import msgspec

from sellier.sandbox import notices
from sellier.sandbox.carrier import rules, wire
from sellier.sandbox.carrier.values import Move, Scan, Service, Shipment, State
from sellier.sandbox.errors import (
    AddressForbidden,
    AddressRefused,
    AlreadyMoving,
    KeyReused,
    MoveForbidden,
    ShipmentUnknown,
    TokenUnknown,
)
from sellier.sandbox.rows import instant, new_id
from sellier.sandbox.rules import is_allowed, origin
from sellier.sandbox.store import Store
from sellier.sandbox.values import Sender, Settings

IDLE_S: Final = 3_600.0
AT_ONCE: Final = 100


def create(
    store: Store, *, key: str, asked: wire.NewShipment, settings: Settings, now: datetime
) -> tuple[Shipment, rules.Plan]:
    """Label a parcel, or find the one that this key already labeled.

    The plan says how the answer should misbehave; a repeated question never does.
    """
    token = _token(asked, settings)
    fingerprint = hashlib.sha256(msgspec.json.encode(asked)).hexdigest()
    with store.transaction() as db:
        row = db.execute("SELECT * FROM shipment_told WHERE key = ?", (key,)).fetchone()
        if row is not None:
            if row["fingerprint"] != fingerprint:
                raise KeyReused("This key came with another body.")
            return _shipment(row), rules.Plan()
        shipment_id = new_id("shp")
        db.execute(
            "INSERT INTO shipment (id, key, fingerprint, number, state, service, weight_g,"
            " reference, sender, recipient, notice_url, token, created_at)"
            " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                shipment_id,
                key,
                fingerprint,
                rules.tracking_number(f"{secrets.randbelow(10**10):010}"),
                State.LABELED,
                asked.service,
                asked.weight_g,
                asked.reference,
                msgspec.json.encode(asked.sender).decode(),
                msgspec.json.encode(asked.recipient).decode(),
                asked.notice_url,
                token,
                now.timestamp(),
            ),
        )
        _happen(db, _in(db, shipment_id), State.LABELED, settings=settings, now=now)
        return _in(db, shipment_id), rules.TOKENS[token]


def _token(asked: wire.NewShipment, settings: Settings) -> str:
    """Return the test token of a wish that can be granted. Raises a refusal for others."""
    if not is_allowed(asked.notice_url, origins=settings.allowed_origins):
        raise AddressForbidden(f"Origin not in the allowlist: {origin(asked.notice_url)}")
    token = rules.token_of(asked.token, asked.recipient)
    if token not in rules.TOKENS:
        raise TokenUnknown("No such test token.")
    if rules.TOKENS[token].is_refused or asked.recipient.country in rules.UNSERVED:
        raise AddressRefused("Porteo does not go there.")
    return token


def get(store: Store, *, shipment_id: str) -> Shipment:
    """Return one shipment. Raises `ShipmentUnknown`."""
    rows = store.rows("SELECT * FROM shipment_told WHERE id = ?", shipment_id)
    if not rows:
        raise ShipmentUnknown("No such shipment.")
    return _shipment(rows[0])


def by_key(store: Store, *, key: str) -> list[Shipment]:
    """Return the shipment that this key labeled, if any."""
    rows = store.rows("SELECT * FROM shipment_told WHERE key = ?", key)
    return [_shipment(row) for row in rows]


def by_number(store: Store, *, number: str) -> Shipment:
    """Return the shipment with this tracking number. Raises `ShipmentUnknown`."""
    rows = store.rows("SELECT * FROM shipment_told WHERE number = ?", number)
    if not rows:
        raise ShipmentUnknown("No such shipment.")
    return _shipment(rows[0])


def recent(store: Store, *, limit: int = 50) -> list[Shipment]:
    """List the newest shipments first, for the desk."""
    rows = store.rows("SELECT * FROM shipment_told ORDER BY seq DESC LIMIT ?", limit)
    return [_shipment(row) for row in rows]


def cancel(store: Store, *, shipment_id: str, settings: Settings, now: datetime) -> Shipment:
    """Take a label back before the parcel is picked up; asking again changes nothing."""
    with store.transaction() as db:
        shipment = _in(db, shipment_id)
        if shipment.state is State.CANCELED:
            return shipment
        if shipment.state is not State.LABELED:
            raise AlreadyMoving("It was picked up: have it sent back instead.")
        _happen(db, shipment, State.CANCELED, settings=settings, now=now)
        return _in(db, shipment_id)


def move(
    store: Store, *, shipment_id: str, made: Move, settings: Settings, now: datetime
) -> Shipment:
    """Make something happen by hand; from then on nothing happens to it by itself."""
    with store.transaction() as db:
        shipment = _in(db, shipment_id)
        following = rules.after(shipment.state, made)
        if following is None:
            raise MoveForbidden(f"Not possible for a shipment that is {shipment.state}.")
        _happen(db, shipment, following, settings=settings, now=now)
        db.execute("UPDATE shipment SET next_at = NULL WHERE id = ?", (shipment_id,))
        return _in(db, shipment_id)


def move_due(store: Store, *, settings: Settings, now: datetime) -> int:
    """Let happen what is due by the clock, one event each. Returns how many there were."""
    with store.transaction() as db:
        rows = db.execute(
            "SELECT * FROM shipment_told WHERE next_at <= ? ORDER BY next_at LIMIT ?",
            (now.timestamp(), AT_ONCE),
        ).fetchall()
        for row in rows:
            shipment = _shipment(row)
            following = rules.next_of(shipment.token, passed=len(shipment.scans) - 1)
            assert following is not None
            _happen(db, shipment, following, settings=settings, now=now)
        return len(rows)


async def keep_moving(store: Store, *, settings: Settings, clock: Callable[[], datetime]) -> None:
    """Move shipments until canceled; sleeps until the next is due or something changes."""
    changed = store.news()
    while True:
        changed.clear()
        now = clock()
        (row,) = store.rows("SELECT min(next_at) AS due FROM shipment")
        wait_s = IDLE_S if row["due"] is None else row["due"] - now.timestamp()
        if wait_s > 0:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), wait_s)
            continue
        move_due(store, settings=settings, now=now)


def _happen(
    db: sqlite3.Connection,
    shipment: Shipment,
    state: State,
    *,
    settings: Settings,
    now: datetime,
) -> None:
    """Write an event down, with what comes after it and the notice that tells of it."""
    number = len(shipment.scans) + 1
    place = rules.place(
        state,
        sender=shipment.sender,
        recipient=shipment.recipient,
        number=shipment.number,
    )
    scan = Scan(number=number, state=state, at=now, place=place)
    db.execute(
        "INSERT INTO scan (shipment_id, number, state, at, place) VALUES (?, ?, ?, ?, ?)",
        (shipment.id, number, state, now.timestamp(), place),
    )
    db.execute(
        "UPDATE shipment SET state = ?, next_at = ? WHERE id = ?",
        (state, _next_at(shipment, scan, settings), shipment.id),
    )
    plan = rules.TOKENS[shipment.token]
    told = wire.Told(key=shipment.key, tracking_number=shipment.number, event=scan_answer(scan))
    body = wire.NoticeBody(type=f"shipment.{state}", timestamp=now.isoformat(), data=told)
    # Every other notice of a shuffled shipment is overtaken by the next one.
    late_s = 1.5 * settings.step_s if plan.is_shuffled and number % 2 else 0
    draft = notices.Draft(
        about=shipment.id,
        sender=Sender.CARRIER,
        type=body.type,
        url=shipment.notice_url,
        body=msgspec.json.encode(body).decode(),
        copies=plan.copies,
        due_at=now + timedelta(seconds=settings.notice_after_s + late_s),
    )
    notices.write(db, draft)


def _next_at(shipment: Shipment, scan: Scan, settings: Settings) -> float | None:
    wait_s = settings.pickup_s if scan.state is State.LABELED else settings.step_s
    is_over = rules.next_of(shipment.token, passed=scan.number - 1) is None
    if is_over or not wait_s or scan.state is State.CANCELED:
        return None
    return scan.at.timestamp() + wait_s


def scan_answer(scan: Scan) -> wire.ScanAnswer:
    """Show an event to the shop."""
    return wire.ScanAnswer(
        number=scan.number, state=scan.state, at=scan.at.isoformat(), place=scan.place
    )


def answer(shipment: Shipment, *, public_url: str) -> wire.ShipmentAnswer:
    """Show a shipment to the shop."""
    return wire.ShipmentAnswer(
        id=shipment.id,
        key=shipment.key,
        tracking_number=shipment.number,
        state=shipment.state,
        service=shipment.service,
        weight_g=shipment.weight_g,
        reference=shipment.reference,
        tracking_url=f"{public_url}/track/{shipment.number}",
        events=[scan_answer(scan) for scan in shipment.scans],
    )


def _in(db: sqlite3.Connection, shipment_id: str) -> Shipment:
    row = db.execute("SELECT * FROM shipment_told WHERE id = ?", (shipment_id,)).fetchone()
    if row is None:
        raise ShipmentUnknown("No such shipment.")
    return _shipment(row)


def _shipment(row: sqlite3.Row) -> Shipment:
    return Shipment(
        id=row["id"],
        key=row["key"],
        number=row["number"],
        state=State(row["state"]),
        service=Service(row["service"]),
        weight_g=row["weight_g"],
        reference=row["reference"],
        sender=msgspec.json.decode(row["sender"], type=wire.Address),
        recipient=msgspec.json.decode(row["recipient"], type=wire.Address),
        notice_url=row["notice_url"],
        token=row["token"],
        created_at=instant(row["created_at"]),
        next_at=None if row["next_at"] is None else instant(row["next_at"]),
        scans=tuple(sorted(map(_scan, json.loads(row["scans"])), key=lambda scan: scan.number)),
    )


def _scan(told: Mapping[str, Any]) -> Scan:
    return Scan(
        number=told["number"],
        state=State(told["state"]),
        at=instant(told["at"]),
        place=told["place"],
    )
