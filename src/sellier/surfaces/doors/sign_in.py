"""`/staff/sign-in` and `/staff/sign-out`."""

from typing import Annotated, Final

import msgspec
from litestar import Router, get, post
from litestar.di import Provide
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect, Template

from sellier.domain.identity import rules
from sellier.domain.identity import service as identity
from sellier.domain.identity.errors import SignInBusy, TooManyAttempts, WrongSignIn
from sellier.infra.web import Configuration, Db, Form, Now, Sessions, Visitor, cookie_name, page
from sellier.surfaces.doors.staff import (
    SIGN_IN,
    SIGN_OUT,
    Lang,
    alternates,
    keep_language,
    language,
    token_of,
    way_in,
)

BUSY_RETRY_S: Final = 5


class SignInForm(Form, frozen=True, kw_only=True):
    email: Annotated[str, msgspec.Meta(max_length=320)]
    password: Annotated[str, msgspec.Meta(max_length=1024)]
    next: Annotated[str, msgspec.Meta(max_length=2000)] = ""


SignInBody = Annotated[SignInForm, Body(media_type=RequestEncodingType.URL_ENCODED)]


@get(SIGN_IN)
async def ask(request: Visitor, lang: Lang) -> Template:
    """Ask who is there."""
    return _page(request, lang=lang, wanted=request.query_params.get("next", ""))


@post(SIGN_IN)
async def sign_in(
    *,
    request: Visitor,
    lang: Lang,
    sessions: Sessions,
    settings: Configuration,
    now: Now,
    data: SignInBody,
) -> Template | Redirect:
    """Let the person in, or say why not and keep what was typed but the password."""
    try:
        opened = await identity.sign_in(
            sessions,
            email=data.email,
            password=data.password,
            address=request.client.host if request.client else "unknown",
            previous=token_of(request, settings),
            now=now,
        )
    except (WrongSignIn, TooManyAttempts, SignInBusy) as refusal:
        return _refused(request, lang=lang, form=data, refusal=refusal)
    inside = Redirect(way_in(data.next, rules.RIGHTS[opened.role]), status_code=303)
    # Ends with the browser: tablets are shared.
    inside.set_cookie(
        cookie_name("staff", settings),
        opened.token,
        path="/",
        httponly=True,
        secure=settings.is_https,
        samesite="lax",
    )
    return inside


@post(SIGN_OUT)
async def sign_out(request: Visitor, db: Db, settings: Configuration) -> Redirect:
    """End this session, here and in the database."""
    token = token_of(request, settings)
    if token:
        await identity.sign_out(db, token=token)
    outside = Redirect(SIGN_IN, status_code=303)
    outside.delete_cookie(cookie_name("staff", settings), path="/")
    return outside


def _refused(
    request: Visitor,
    *,
    lang: str,
    form: SignInForm,
    refusal: WrongSignIn | TooManyAttempts | SignInBusy,
) -> Template:
    match refusal:
        case WrongSignIn():
            status, wait_s = 403, 0
        case TooManyAttempts():
            status, wait_s = 429, int(str(refusal.details["retry_after_s"]))
        case SignInBusy():
            status, wait_s = 429, BUSY_RETRY_S
    shown = _page(
        request,
        lang=lang,
        wanted=form.next,
        status=status,
        email=form.email,
        code=refusal.code,
        wait_minutes=-(-wait_s // 60),
    )
    if wait_s:
        shown.headers["retry-after"] = str(wait_s)
    return shown


def _page(
    request: Visitor,
    *,
    lang: str,
    wanted: str,
    status: int = 200,
    email: str = "",
    code: str = "",
    wait_minutes: int = 0,
) -> Template:
    return page(
        request,
        "doors/sign_in/page.html",
        lang=lang,
        status=status,
        wanted=wanted,
        email=email,
        code=code,
        wait_minutes=wait_minutes,
        alternates=alternates(request),
    )


router: Final = Router(
    "/",
    route_handlers=[ask, sign_in, sign_out],
    dependencies={"lang": Provide(language, sync_to_thread=False)},
    after_request=keep_language,
)
