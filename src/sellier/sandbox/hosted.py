"""The page where the customer pays. Needs no script; holds no card number after the answer."""

import re
from collections.abc import Mapping
from typing import Annotated, Final

import msgspec
from litestar import Response, Router, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect

from sellier.sandbox import counter, ledger, pages, rules
from sellier.sandbox.doors import Lang, only_from_here
from sellier.sandbox.outside import Sandbox
from sellier.sandbox.values import Card, Payment, State

Box = NamedDependency[Sandbox]
Answer = Response[str] | Redirect

_NUMBERS: Final = {card: number for number, card in rules.CARDS.items()}
_EXPIRY: Final = "12 / 40"
_CODE: Final = "123"


class CardForm(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    number: Annotated[str, msgspec.Meta(max_length=64)] = ""
    expiry: Annotated[str, msgspec.Meta(max_length=16)] = ""
    code: Annotated[str, msgspec.Meta(max_length=16)] = ""


class CodeForm(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    code: Annotated[str, msgspec.Meta(max_length=16)] = ""


@get("/pay/{payment_id:str}")
async def page(
    *,
    box: Box,
    request: pages.Asked,
    payment_id: FromPath[str],
    lang: Lang = None,
    card: FromQuery[Card | None] = None,
) -> Response[str]:
    payment = ledger.get(box.store, payment_id=payment_id)
    spoken = pages.language(request, lang)
    if payment.state is not State.REQUIRES_ACTION:
        return _done(payment, spoken)
    if payment.second_step:
        return _second_step(payment, spoken)
    form = CardForm()
    if card is not None:
        form = CardForm(number=rules.spaced(_NUMBERS[card]), expiry=_EXPIRY, code=_CODE)
    return _card(payment, spoken, form=form, chosen=card)


@post("/pay/{payment_id:str}", status_code=200, guards=[only_from_here])
async def pay(
    *,
    box: Box,
    request: pages.Asked,
    payment_id: FromPath[str],
    data: URLEncodedBody[CardForm],
    lang: Lang = None,
) -> Answer:
    payment = ledger.get(box.store, payment_id=payment_id)
    spoken = pages.language(request, lang)
    card, faults = rules.card_of(data.number), _faults(data)
    if payment.state is State.REQUIRES_ACTION and (faults or card is None):
        # What was typed may be a real card: it is not shown again.
        kept = data if card else CardForm(expiry=data.expiry)
        return _card(payment, spoken, form=kept, faults=faults)
    if card is not None:
        payment = counter.pay(
            box.store, payment_id=payment_id, card=card, settings=box.settings, now=box.clock()
        )
    return _onward(payment, spoken)


@post("/pay/{payment_id:str}/confirmation", status_code=200, guards=[only_from_here])
async def confirm(
    *,
    box: Box,
    request: pages.Asked,
    payment_id: FromPath[str],
    data: URLEncodedBody[CodeForm],
    lang: Lang = None,
) -> Answer:
    payment = counter.confirm(
        box.store, payment_id=payment_id, code=data.code, settings=box.settings, now=box.clock()
    )
    spoken = pages.language(request, lang)
    if payment.state is State.REQUIRES_ACTION and payment.second_step:
        return _second_step(payment, spoken)
    return _onward(payment, spoken)


@post("/pay/{payment_id:str}/cancellation", status_code=200, guards=[only_from_here])
async def cancel(
    *, box: Box, request: pages.Asked, payment_id: FromPath[str], lang: Lang = None
) -> Answer:
    payment = counter.walk_away(
        box.store, payment_id=payment_id, settings=box.settings, now=box.clock()
    )
    return _onward(payment, pages.language(request, lang))


def router() -> Router:
    return Router("/", route_handlers=[page, pay, confirm, cancel])


def _faults(form: CardForm) -> Mapping[str, str]:
    """Name the field and the word that explains it, for each field that cannot be right."""
    faults = {}
    if rules.card_of(form.number) is None:
        faults["number"] = "fault_number"
    if not re.fullmatch(r"\s*(0[1-9]|1[0-2])\s*/?\s*\d{2}\s*", form.expiry):
        faults["expiry"] = "fault_expiry"
    if not re.fullmatch(r"\s*\d{3,4}\s*", form.code):
        faults["code"] = "fault_code"
    return faults


def _onward(payment: Payment, lang: pages.Language) -> Redirect:
    if payment.state is State.REQUIRES_ACTION:
        return Redirect(f"/pay/{payment.id}?lang={lang}", status_code=303)
    return Redirect(rules.way_back(payment.return_url, key=payment.key), status_code=303)


def _card(
    payment: Payment,
    lang: pages.Language,
    *,
    form: CardForm,
    chosen: Card | None = None,
    faults: Mapping[str, str] | None = None,
) -> Response[str]:
    return pages.show(
        "pay.html",
        lang=lang,
        values={
            "payment": payment,
            "form": form,
            "chosen": chosen,
            "faults": faults or {},
            "cards": _NUMBERS,
            "self_url": f"/pay/{payment.id}",
        },
        status=422 if faults else 200,
        form_to=rules.origin(payment.return_url) or "",
    )


def _second_step(payment: Payment, lang: pages.Language) -> Response[str]:
    return pages.show(
        "confirm.html",
        lang=lang,
        values={
            "payment": payment,
            "tries_left": rules.SECOND_STEP_TRIES - payment.tries,
            "test_code": rules.SECOND_STEP_CODE,
            "self_url": f"/pay/{payment.id}",
        },
        status=422 if payment.tries else 200,
        form_to=rules.origin(payment.return_url) or "",
    )


def _done(payment: Payment, lang: pages.Language) -> Response[str]:
    return pages.show(
        "done.html",
        lang=lang,
        values={
            "payment": payment,
            "back_url": rules.way_back(payment.return_url, key=payment.key),
            "self_url": f"/pay/{payment.id}",
        },
    )
