"""What is done until death, verb by verb, as the desk, the boutiques and the worker do it."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import procrastinate
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sellier import worker
from sellier.commands.import_files import Desk, import_stock
from sellier.domain.closures import jobs as closure_jobs
from sellier.domain.closures import service as closures
from sellier.domain.closures.models import Closure
from sellier.domain.locations.models import Location
from sellier.domain.orders import jobs as order_jobs
from sellier.domain.orders import service as orders
from sellier.domain.orders.models import Fulfillment, Order, OrderLine
from sellier.domain.orders.states import Cause
from sellier.domain.payments import jobs as payment_jobs
from sellier.domain.payments import service as payments
from sellier.domain.payments.errors import ProviderUnavailable
from sellier.domain.payments.gateway import provider_of
from sellier.domain.payments.models import Payment
from sellier.domain.payments.rules import Difference
from sellier.domain.returns import queries as return_queries
from sellier.domain.returns import service as returns
from sellier.domain.returns.rules import Finding, Plan, Wish
from sellier.domain.returns.states import Disposition, Look, Reason, ReturnWay
from sellier.domain.stock import jobs as stock_jobs
from sellier.domain.stock.models import Reservation
from sellier.domain.stock.rules.arrivals import Arrived
from sellier.domain.stock.service import counts, purchases, transfers
from sellier.domain.stock.service.papers import Turn
from sellier.domain.webhooks import jobs as webhook_jobs
from sellier.domain.webhooks import service as webhooks
from sellier.infra import jobs
from sellier.infra.jobs import Context
from sellier.infra.outbox import OutboxRow
from sellier.invariants.check import overdue
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import (
    CartId,
    PurchaseOrderId,
    ReturnId,
    StockCountId,
    TransferId,
    new_id,
)
from sellier.subscriptions import TOLD
from tests.commands import make as files
from tests.domain.closures.make import Network
from tests.domain.orders import make
from tests.domain.webhooks import make as receivers
from tests.faults import books
from tests.kills.mortal import Verb

BY: Final = "staff:ada"
LATER: Final = timedelta(minutes=31)  # a claim of somebody dead has ended, and his next try come
DAYS: Final = timedelta(days=8)
SKU: Final = make.SKU


@dataclass(slots=True, kw_only=True)
class Plot:
    """What one saga is about. Keys and ids are made ahead, as a form has them before it is sent."""

    network: Network
    carts: Sequence[CartId] = ()
    ids: dict[str, UUID] = field(default_factory=dict)
    token: str = "tok_approve"
    hooks: str = ""

    def id(self, name: str) -> Any:
        return self.ids.setdefault(name, new_id())

    def turn(self, paper: str, name: str) -> Turn:
        return Turn(paper_id=self.id(paper), version=None, key=self.id(f"{paper} {name}"))


Does = Callable[[AsyncSession, datetime], Awaitable[object]]


def _one(name: str, does: Does) -> Verb:
    """Return a verb that is one transaction."""

    async def doing(context: Context) -> None:
        async with context.sessions.begin() as db:
            await does(db, context.clock())

    return Verb(name=name, does=doing)


def _job(
    name: str, job: Any, *, waits: timedelta = timedelta(), after: timedelta = timedelta()
) -> Verb:
    async def doing(context: Context) -> None:
        now = context.clock() + after
        later = Context(
            sessions=context.sessions,
            settings=context.settings,
            keys=context.keys,
            http=context.http,
            clock=lambda: now,
        )
        await job(later, [])

    return Verb(name=name, does=doing, waits=waits)


def place(plot: Plot) -> Verb:
    async def doing(context: Context) -> None:
        for cart_id in plot.carts:
            with suppress(Refusal):
                async with context.sessions.begin() as db:
                    await make.check_out(db, cart_id, now=context.clock())

    return Verb(name="check out", does=doing)


def pay(plot: Plot) -> Verb:
    async def doing(context: Context) -> None:
        provider = provider_of(context.settings, keys=context.keys, client=context.http)
        async with context.sessions.begin() as db:
            mine = select(Payment.id).join(Order, Order.id == Payment.order_id)
            ids = await db.scalars(mine.where(Order.cart_id.in_(plot.carts)).order_by(Order.id))
        for payment_id in ids.all():
            with suppress(Refusal, ProviderUnavailable):
                await orders.pay(
                    context.sessions,
                    provider,
                    payment_id=payment_id,
                    doors=make.DOORS,
                    token=plot.token,
                    now=context.clock(),
                )

    return Verb(name="pay", does=doing)


def works(plot: Plot, name: str, verb: Any, **given: object) -> Verb:
    """Return a verb on every fulfillment of the orders, each in its own transaction."""

    async def doing(context: Context) -> None:
        async with context.sessions.begin() as db:
            ids = await db.scalars(
                select(Fulfillment.id)
                .join(Order, Order.id == Fulfillment.order_id)
                .where(Order.cart_id.in_(plot.carts))
                .order_by(Fulfillment.id)
            )
        for work in ids.all():
            with suppress(Refusal):
                async with context.sessions.begin() as db:
                    await verb(db, fulfillment_id=work, by=BY, now=context.clock(), **given)

    return Verb(name=name, does=doing)


async def _let_go(context: Context, _events: object) -> None:
    await books.let_go(context)


SETTLE: Final = _job("settle payments", order_jobs.settle_due)
LABEL: Final = _job("ask for labels", order_jobs.label_due, waits=LATER)
CAPTURE: Final = _job("move money", payment_jobs.operate_due, waits=LATER)
LET_GO: Final = _job("let money go", _let_go)
SOURCE: Final = _job("source what waits", order_jobs.source_waiting)


def sold(plot: Plot) -> Sequence[Verb]:
    return [place(plot), pay(plot), SETTLE]


def prepared(plot: Plot) -> Sequence[Verb]:
    return [
        works(plot, "accept", orders.accept),
        works(plot, "pick", orders.pick, missing={}),
        works(plot, "pack", orders.pack),
    ]


def delivered(plot: Plot) -> Sequence[Verb]:
    return [
        *prepared(plot),
        LABEL,
        works(plot, "hand over", orders.hand_over),
        CAPTURE,
        works(plot, "deliver", orders.deliver),
    ]


def refused(plot: Plot) -> Sequence[Verb]:
    """Money that does not come: refused, and never heard of."""
    return [
        place(plot),
        pay(plot),
        _job("give up late payments", order_jobs.settle_due, after=timedelta(minutes=21)),
        LET_GO,
    ]


def abandoned(plot: Plot) -> Sequence[Verb]:
    async def end(db: AsyncSession, _now: datetime) -> None:
        await db.execute(update(Reservation).values(expires_at=func.now()))

    return [
        place(plot),
        _one("let time pass", end),
        _job("end reservations", order_jobs.expire_reservations),
        _job("give up late payments", order_jobs.settle_due, after=timedelta(minutes=21)),
    ]


def sent_from_elsewhere(plot: Plot) -> Sequence[Verb]:
    """Refused by one place, left lying by the next."""
    reject = works(plot, "reject", orders.reject, cause=Cause.DAMAGED)
    return [
        reject,
        SOURCE,
        _job("time out", order_jobs.keep_time, after=timedelta(hours=5)),
        SOURCE,
    ]


def canceled(plot: Plot) -> Sequence[Verb]:
    async def doing(context: Context) -> None:
        async with context.sessions.begin() as db:
            ids = await db.scalars(select(Order.id).where(Order.cart_id.in_(plot.carts)))
        for order_id in ids.all():
            with suppress(Refusal):
                async with context.sessions.begin() as db:
                    await orders.cancel_order(db, order_id=order_id, by=BY, now=context.clock())

    return [Verb(name="cancel", does=doing), LET_GO]


def taken_away(plot: Plot) -> Sequence[Verb]:
    """Packed and labeled, then it is sent from elsewhere: the label is taken back."""

    async def take_back(context: Context, _events: object) -> None:
        async with context.sessions.begin() as db:
            dropped = select(OutboxRow.payload).where(OutboxRow.name == "parcel.dropped")
            events = (await db.scalars(dropped)).all()
        await order_jobs.take_back_label(context, events)

    return [
        works(plot, "take away", orders.take_away, note="Not from there"),
        _job("take labels back", take_back, after=timedelta(minutes=2)),
        SOURCE,
    ]


def returned(plot: Plot) -> Sequence[Verb]:
    return_id = ReturnId(plot.id("return"))

    async def announce(db: AsyncSession, now: datetime) -> None:
        mine = select(OrderLine).join(Order, Order.id == OrderLine.order_id)
        lines = await db.scalars(mine.where(Order.cart_id == plot.carts[0]).order_by(OrderLine.id))
        found = lines.all()
        plan = Plan(
            order_id=found[0].order_id,
            wishes=[
                Wish(line_id=line.id, quantity=line.quantity, reason=Reason.TOO_SMALL)
                for line in found
            ],
            way=ReturnWay.POST,
        )
        await returns.announce(db, return_id=return_id, plan=plan, by="customer", now=now)

    async def receive(db: AsyncSession, now: datetime) -> None:
        told = await return_queries.return_of(db, return_id=return_id)
        assert told is not None
        counted = {line.id: line.quantity for line in told.lines}
        at = plot.network.others[0]
        await returns.receive(db, return_id=return_id, at=at, received=counted, by=BY, now=now)

    async def inspect(db: AsyncSession, now: datetime) -> None:
        told = await return_queries.return_of(db, return_id=return_id)
        assert told is not None
        each = {"look": Look.AS_NEW, "disposition": Disposition.RESTOCK}
        found = {line.id: [Finding(quantity=line.units, **each)] for line in told.lines}  # type: ignore[arg-type]
        await returns.inspect(db, return_id=return_id, findings=found, by=BY, now=now)

    async def settle(db: AsyncSession, now: datetime) -> None:
        await returns.settle(db, return_id=return_id, by=BY, now=now)

    return [
        _one("announce a return", announce),
        _one("receive a return", receive),
        _one("inspect a return", inspect),
        _one("settle a return", settle),
        CAPTURE,
    ]


def transferred(plot: Plot) -> Sequence[Verb]:
    paper = TransferId(plot.id("transfer"))

    async def draft(db: AsyncSession, now: datetime) -> None:
        await transfers.draft(
            db,
            transfer_id=paper,
            origin_id=plot.network.closing,
            destination_id=plot.network.others[0],
            lines={SKU: 3},
            expected_at=None,
            now=now,
        )

    def turned(name: str, verb: Any, **given: object) -> Verb:
        async def doing(db: AsyncSession, now: datetime) -> None:
            await verb(db, turn=plot.turn("transfer", name), by=BY, now=now, **given)

        return _one(f"{name} a transfer", doing)

    return [
        _one("draft a transfer", draft),
        turned("request", transfers.request),
        turned("send", transfers.send, sent={SKU: 3}, expected_at=None),
        turned("receive", transfers.receive, arrived={SKU: Arrived(sound=1, damaged=1)}),
        turned("close", transfers.close),
    ]


def counted(plot: Plot) -> Sequence[Verb]:
    paper = StockCountId(plot.id("count"))

    async def begin(db: AsyncSession, now: datetime) -> None:
        await counts.open_count(
            db,
            count_id=paper,
            location_id=plot.network.closing,
            skus=[SKU],
            shelf=None,
            tolerance=0,
            now=now,
        )

    def turned(name: str, verb: Any, **given: object) -> Verb:
        async def doing(db: AsyncSession, now: datetime) -> None:
            await verb(db, turn=plot.turn("count", name), by=BY, now=now, **given)

        return _one(f"{name} a count", doing)

    return [
        _one("open a count", begin),
        turned("tally", counts.tally, found={SKU: 1}),
        turned("hand in", counts.submit),
        turned("approve", counts.approve),
        _job("settle shorts", stock_jobs.settle),
    ]


def received(plot: Plot) -> Sequence[Verb]:
    paper = PurchaseOrderId(plot.id("purchase"))

    async def draft(db: AsyncSession, now: datetime) -> None:
        await purchases.expect(
            db,
            purchase_order_id=paper,
            reference=f"PO-{paper}",
            supplier="Tannerie",
            location_id=plot.network.closing,
            lines={SKU: 4},
            expected_at=now + DAYS,
            now=now,
        )

    def come(name: str, units: int) -> Verb:
        async def doing(db: AsyncSession, now: datetime) -> None:
            turn = plot.turn("purchase", name)
            await purchases.receive(
                db, turn=turn, arrived={SKU: Arrived(sound=units)}, by=BY, now=now
            )

        return _one(f"{name} of a delivery", doing)

    return [_one("expect a delivery", draft), come("receive some", 1), come("receive the rest", 3)]


def closed(plot: Plot) -> Sequence[Verb]:
    async def schedule(db: AsyncSession, now: datetime) -> None:
        wish = closures.Wish(
            location_ids=[plot.network.closing],
            reason="Works",
            starts_at=now,
            planned_reopening=now + 4 * DAYS,
        )
        await closures.schedule(db, wish=wish, by=BY, now=now)

    async def reopen(db: AsyncSession, now: datetime) -> None:
        closure_id = await db.scalar(select(Closure.id).order_by(Closure.id.desc()).limit(1))
        assert closure_id is not None
        await closures.reopen(db, closure_id=closure_id, by=BY, now=now)

    return [
        _one("close a boutique", schedule),
        _job("carry a closure out", closure_jobs.keep),
        _one("reopen a boutique", reopen),
    ]


def pickup(plot: Plot) -> Sequence[Verb]:
    return [
        *prepared(plot)[:2],
        works(plot, "make ready", orders.make_ready),
        _job("put pickups back", order_jobs.keep_time, after=DAYS),
        LET_GO,
    ]


def imported(plot: Plot) -> Sequence[Verb]:
    async def doing(context: Context) -> None:
        async with context.sessions.begin() as db:
            codes = await db.scalars(select(Location.code).order_by(Location.code))
        rows = [{"sku": SKU, "location": code, "on_hand": "7"} for code in codes]
        path = files.write(context.settings.home, rows, f"{plot.id('file')}.csv")
        desk = Desk(sessions=context.sessions, home=context.settings.home, now=context.clock())
        assert (await import_stock(desk, path)).exit_code == 0
        path.unlink()

    return [Verb(name="import stock", does=doing)]


def told(plot: Plot) -> Sequence[Verb]:
    async def add(context: Context) -> None:
        async with context.sessions.begin() as db:
            wish = webhooks.Wish(name="Warehouse", url=plot.hooks, events=receivers.ALL)
            await webhooks.add(db, wish=wish, by=BY, now=context.clock())

    async def dispatch(context: Context, _events: object) -> None:
        app = jobs.application(procrastinate.PsycopgConnector(), worker.JOBS, None)
        await worker.dispatch_all(app, context.sessions, now=context.clock())

    async def tell(context: Context, _events: object) -> None:
        async with context.sessions.begin() as db:
            rows = (await db.scalars(select(OutboxRow).order_by(OutboxRow.id))).all()
        events = [{"id": row.id, "name": row.name, **row.payload} for row in rows]
        await webhook_jobs.tell(context, [one for one in events if one["name"] in TOLD])

    async def deliver(context: Context, _events: object) -> None:
        async with receivers.post() as post:
            while await receivers.deliver(
                context.sessions, post, now=context.clock(), keys=context.keys
            ):
                pass

    return [
        Verb(name="add an endpoint", does=add),
        _job("hand events on", dispatch),
        _job("tell others", tell),
        _job("send webhooks", deliver, waits=LATER),
    ]


async def _agree(context: Context, _events: object) -> None:
    """Both books of money agree, and nothing is past its deadline once the worker had its turn."""
    provider = provider_of(context.settings, keys=context.keys, client=context.http)
    compared = await payments.reconcile(context.sessions, provider, now=context.clock())
    # The provider is shared, and keeps what earlier tests left with it.
    wrong = [one for one in compared.found if one.difference is not Difference.UNKNOWN_HERE]
    assert not wrong, wrong
    async with context.sessions() as db:
        late = [one.invariant.says for one in await overdue(db, now=context.clock())]
    # No dispatcher runs here, and nobody sends webhooks but who dies of it.
    assert not [says for says in late if "event" not in says and "webhook" not in says], late


def ended(days: int) -> Sequence[Verb]:
    """Let the worker have its turn, and look at both books."""
    after = timedelta(days=days)
    names = {
        "settle": order_jobs.settle_due,
        "expire": order_jobs.expire_reservations,
        "let go": _let_go,
        "labels": order_jobs.label_due,
        "money": payment_jobs.operate_due,
        "time": order_jobs.keep_time,
        "closures": closure_jobs.keep,
        "agree": _agree,
    }
    return [_job(name, job, after=after) for name, job in names.items()]
