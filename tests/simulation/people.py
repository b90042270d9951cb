"""Who uses the shop: customers, associates, and who moves stock about."""

from collections.abc import Sequence
from functools import partial
from typing import Any, Final

from sellier.domain.orders.states import NOT_PICKED, REJECTIONS, TO_DO, Cause, Work, WorkEvent
from sellier.domain.payments.errors import ProviderError
from sellier.domain.payments.rules import ProviderState
from sellier.domain.payments.states import OperationKind, PaymentState
from sellier.domain.promising.states import Way
from sellier.domain.stock.errors import OutOfStock
from sellier.domain.stock.rules import Move, inspection
from sellier.domain.stock.states import Cause as Movement
from sellier.domain.stock.states import Condition
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import Sku
from tests.simulation.loop import Steps
from tests.simulation.sagas import Sagas
from tests.simulation.store import Row, Transaction

TOKENS: Final = ("approve", "approve", "approve", "page", "page", "refuse", "wrong")
PAGE: Final = (ProviderState.AUTHORIZED, ProviderState.AUTHORIZED, ProviderState.REFUSED)


class People:
    """What people do, as they like; once it is calm they do their work and nothing else."""

    def __init__(self, sagas: Sagas, *, skus: Sequence[Sku], places: Sequence[Any]) -> None:
        self.sagas = sagas
        self.loop, self.store = sagas.loop, sagas.store
        self.chance = sagas.loop.chance
        self.skus, self.places = skus, places
        self.is_calm = False
        self.carts = 0
        self.hands = 0

    def basket(self) -> list[Row]:
        """Choose pieces, and how they are to be had."""
        found: list[Row] = []
        for sku in self.chance.sample(self.skus, self.chance.randint(1, min(2, len(self.skus)))):
            row: Row = {"sku": sku, "quantity": self.chance.randint(1, 2)}
            row |= {"way": Way.SHIP, "at": None}
            if self.loop.one_in(4):
                row |= {"way": Way.COLLECT, "at": self.chance.choice(self.places[1:])}
            found.append(row)
            if self.loop.one_in(6):  # the same piece twice, in two ways
                other = {"way": Way.SHIP, "at": None, "quantity": 1}
                found.append({**row, **other})
        return found

    def come(self) -> None:
        """Let a customer come; some press twice."""
        self.carts += 1
        cart, basket = self.carts, self.basket()
        stays = self.loop.one_in(2)
        for _ in range(1 + self.loop.one_in(8)):
            self.loop.start("customer", lambda: self.buy(cart, basket), is_reborn=stays)

    def buy(self, cart: Any, basket: Sequence[Row]) -> Steps[None]:
        sagas = self.sagas
        try:
            order = yield from sagas.transact(
                lambda tx: sagas.orders.place(tx, cart=cart, wanted=basket)
            )
        except OutOfStock:
            return
        ((payment, _),) = self.store.of("payment", order)
        if self.loop.one_in(10):
            return  # never heard of again
        try:
            yield self.chance.expovariate(1 / 60)
            yield from sagas.pay(payment, self.chance.choice(TOKENS))
            told = sagas.provider.find(payment)
            if told is not None and told.state is ProviderState.REQUIRES_ACTION:
                yield self.chance.expovariate(1 / 400)
                if not self.loop.one_in(4):
                    sagas.provider.act(payment, self.chance.choice(PAGE))
                yield from sagas.settle(payment)
        except ProviderError:
            return
        if self.loop.one_in(8):
            yield self.chance.expovariate(1 / 900)
            yield from self.change_mind(order)

    def change_mind(self, order: Any) -> Steps[None]:
        """Cancel one unit of a line, or all of it."""
        key, row = self.chance.choice(list(self.store.of("line", order)))
        units = self.chance.randint(1, row["quantity"])
        try:
            yield from self.sagas.transact(
                lambda tx: self.sagas.works.cancel_units(tx, order, {key: units})
            )
        except Refusal:
            return

    def prepare(self, place: Any) -> Steps[None]:
        """Take the next step of some work of a location."""
        works = [
            key
            for key, row in self.store.rows("fulfillment").items()
            if row["at"] == place and (row["state"] in TO_DO or row["state"] is Work.READY)
        ]
        if not works:
            return
        key = self.chance.choice(works[:3])  # there are two of them, and they do not look up
        row = self.store.rows("fulfillment")[key]
        try:
            yield from self.sagas.transact(lambda tx: self.do(tx, key, row))
        except Refusal:
            return  # somebody was quicker

    def do(self, tx: Transaction, key: Any, row: Row) -> Steps[None]:
        works, state = self.sagas.works, row["state"]
        if not self.is_calm and self.loop.one_in(8):
            yield from works.reject(tx, key, cause=self.chance.choice(REJECTIONS))
        elif not self.is_calm and self.loop.one_in(20):
            yield from works.withdraw(tx, [key], cause=Cause.MOVED)
        elif state is Work.OFFERED:
            yield from works.accept(tx, key)
        elif state is Work.ACCEPTED:
            cause = self.chance.choice(REJECTIONS)
            yield from works.pick(tx, key, missing=self.missing(row), cause=cause)
        elif state is Work.PICKED:
            is_sent = row["way"] is Way.SHIP
            event = WorkEvent.PACK if is_sent else WorkEvent.MAKE_READY
            yield from works.step(tx, key, event)
        elif state is Work.PACKED:
            yield from works.leave(tx, key, WorkEvent.HAND_OVER)
        elif key % 4:  # nobody comes for every fourth
            yield from works.leave(tx, key, WorkEvent.COLLECT)

    def missing(self, row: Row) -> dict[Any, int]:
        """Say which units are not on the shelf; mostly all are."""
        if self.is_calm or not self.loop.one_in(6):
            return {}
        line, units = self.chance.choice(sorted(row["units"].items()))
        return {line: self.chance.randint(1, units)}

    def handle(self) -> Steps[None]:
        """Do something to stock by hand."""
        self.hands += 1
        told = f"hand:{self.store.new_id()}"
        sku, place = self.chance.choice(self.skus), self.chance.choice(self.places)
        doing = self.chance.choice((self.bring, self.inspect, self.count, self.send, self.send))
        try:
            yield from self.sagas.transact(lambda tx: doing(tx, sku, place, told))
        except Refusal:
            return

    def bring(self, tx: Transaction, sku: Sku, place: Any, told: str) -> Steps[None]:
        units = self.chance.choice((1, 1, 2, -1))
        moves = [Move(sku=sku, location_id=place, quantity=units)]
        cause = Movement.RECEIPT if units > 0 else Movement.ADJUSTMENT
        yield from self.sagas.stock.move(tx, moves, cause=cause, source=told)

    def inspect(self, tx: Transaction, sku: Sku, place: Any, told: str) -> Steps[None]:
        before, after = self.chance.sample(list(Condition), 2)
        moves = inspection(sku=sku, location_id=place, quantity=1, before=before, after=after)
        yield from self.sagas.stock.move(tx, moves, cause=Movement.INSPECTION, source=told)

    def count(self, tx: Transaction, sku: Sku, place: Any, told: str) -> Steps[None]:
        variance = self.chance.choice((-2, -1, 0, 1))
        yield from self.sagas.stock.settle(tx, place, {sku: variance}, source=told)

    def send(self, tx: Transaction, sku: Sku, place: Any, told: str) -> Steps[None]:
        """Let a unit leave for another place."""
        other = self.chance.choice([each for each in self.places if each != place])
        moves = [Move(sku=sku, location_id=place, quantity=-1)]
        yield from self.sagas.stock.move(tx, moves, cause=Movement.TRANSFER_OUT, source=told)
        tx.add("transfer", {"sku": sku, "to": other, "transit": 1})

    def receive(self) -> Steps[None]:
        """Take in what arrived, once, whoever else does too."""
        for key, row in list(self.store.rows("transfer").items()):
            if row["transit"]:
                yield from self.sagas.transact(partial(self._receive, key=key))

    def _receive(self, tx: Transaction, key: Any) -> Steps[None]:
        row = yield from tx.lock("transfer", key)
        if row is not None and row["transit"]:
            moves = [Move(sku=row["sku"], location_id=row["to"], quantity=row["transit"])]
            cause = Movement.TRANSFER_IN
            yield from self.sagas.stock.move(tx, moves, cause=cause, source=f"transfer:{key}")
            tx.change("transfer", key, transit=0)

    def desk(self) -> Steps[None]:
        """Give money back; once it is calm, cancel what nobody has."""
        for order in list(self.store.rows("order")):
            if self.is_calm:
                yield from self._cancel_waiting(order)
        if orders := list(self.store.rows("order")):
            order = self.chance.choice(orders)
            told = f"desk:{self.store.new_id()}"
            for _ in range(2):  # two of the desk at once, of the same thing or not
                again = told if self.loop.one_in(2) else f"{told}:too"
                self.loop.start("desk", partial(self._refund, order, again))

    def _refund(self, order: Any, source: str) -> Steps[None]:
        kind, amount = OperationKind.REFUND, self.chance.choice((50_00, 109_00))
        payments = self.sagas.payments
        try:
            yield from self.sagas.transact(
                lambda tx: payments.due(tx, kind, order=order, amount=amount, source=source)
            )
        except Refusal:
            return

    def _cancel_waiting(self, order: Any) -> Steps[None]:
        waiting = [
            dict(row["units"])
            for _, row in self.store.of("fulfillment", order)
            if row["state"] is Work.UNSOURCED
        ]
        for units in waiting:
            try:
                yield from self.sagas.transact(
                    partial(self.sagas.works.cancel_units, order=order, units=units)
                )
            except Refusal:
                return

    def void_there(self) -> Steps[None]:
        """Somebody at the provider lets money go that nobody has begun to work for."""
        held = [
            key
            for key, row in self.store.rows("payment").items()
            if row["state"] is PaymentState.AUTHORIZED
            and all(
                work["state"] in NOT_PICKED
                for _, work in self.store.of("fulfillment", row["order"])
            )
        ]
        yield 0.0
        if held:
            self.sagas.provider.act(self.chance.choice(held), ProviderState.VOIDED)
