"""What stands before every staff page: who is asking, what they may do, in which language."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlencode

from litestar import Response, Router
from litestar.di import NamedDependency, Provide
from litestar.handlers import HTTPRouteHandler
from litestar.response import Redirect, Template
from sqlalchemy.ext.asyncio import AsyncSession

from sellier.domain.identity import rules
from sellier.domain.identity import service as identity
from sellier.domain.identity.errors import NotAllowed, NotSignedIn
from sellier.domain.identity.queries import SignedIn
from sellier.domain.identity.states import Right
from sellier.infra.settings import Settings
from sellier.infra.web import (
    LANGUAGES,
    STATUS,
    Configuration,
    Db,
    Now,
    Sessions,
    Visitor,
    cookie_name,
    is_for_programs,
    language_of,
    page,
    refused,
)
from sellier.kernel.errors import Conflict, Invalid, Refusal

Staff = NamedDependency[SignedIn]
Lang = NamedDependency[str]
Answer = Template | Redirect

SIGN_IN: Final = "/staff/sign-in"
SIGN_OUT: Final = "/staff/sign-out"
# What one needs to enter each surface; the first that one may enter is home.
ENTRANCES: Final[Mapping[str, Right]] = {
    "/studio": Right.ENTER_STUDIO,
    "/boutique": Right.LOOK_UP_PIECES,
}
STATUS_MISSING: Final = 404
LANGUAGE_COOKIE: Final = "staff_lang"
LANGUAGE_LASTS_S: Final = 365 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who of the staff asks, in which language and when: what every step of a page needs."""

    request: Visitor
    db: AsyncSession
    staff: SignedIn
    lang: str
    now: datetime

    @property
    def by(self) -> str:
        return author(self.staff)

    async def attempt(self, act: Awaitable[object]) -> Refusal | None:
        """Do something whole or not at all; return what refused it, for the page to say."""
        try:
            async with self.db.begin_nested():
                await act
        except (Conflict, Invalid) as refusal:
            return refusal
        return None

    def page(self, template: str, *, refusal: Refusal | None = None, **context: object) -> Template:
        """Show a page, and why something was not done."""
        return staff_page(
            self.request,
            template,
            staff=self.staff,
            lang=self.lang,
            status=status_of(refusal),
            refusal=refusal,
            **context,
        )


Visiting = NamedDependency[Visit]


def begin(*, request: Visitor, db: Db, staff: Staff, lang: Lang, now: Now) -> Visit:
    """Put together what every step needs. Asks nothing of the database yet."""
    return Visit(request=request, db=db, staff=staff, lang=lang, now=now)


def staff_router(
    path: str,
    handlers: Sequence[HTTPRouteHandler],
    *,
    dependencies: Mapping[str, Provide] = MappingProxyType({}),
) -> Router:
    """Return a router whose every page demands a right: `@get("/orders", right=Right...)`.

    A page that names none, or takes neither `staff` nor what takes it, does not start: nothing is
    open by mistake.
    """
    given = {
        "staff": Provide(recognized),
        "lang": Provide(language, sync_to_thread=False),
        "visit": Provide(begin, sync_to_thread=False),
        **dependencies,
    }
    for handler in handlers:
        assert isinstance(handler.opt.get("right"), Right), f"{handler} demands no right"
        assert _asks_who(handler.fn, given), f"{handler} does not ask who is there"
    return Router(
        path,
        route_handlers=list(handlers),
        dependencies=given,
        exception_handlers={NotSignedIn: to_sign_in, Refusal: refusal_page},
        after_request=keep_language,
    )


def _asks_who(asker: Callable[..., object], given: Mapping[str, Provide]) -> bool:
    """Tell whether something asks who is there, itself or through what it is given."""
    asked = asker.__annotations__
    through = (given[name].dependency for name in asked if name in given)
    return asked.get("staff") == Staff or any(_asks_who(each, given) for each in through)


async def recognized(
    *, request: Visitor, sessions: Sessions, now: Now, settings: Configuration
) -> SignedIn:
    """Return who holds the cookie's token, if they have the right that the page demands.

    In a transaction of its own, never in the page's: when a dependency raises, Litestar leaves
    those that it resolved before open, and a refusal would keep a connection.
    """
    found = None
    if token := token_of(request, settings):
        async with sessions.begin() as db:
            found = await identity.recognize(db, token=token, now=now)
    if found is None:
        raise NotSignedIn("Please sign in.")
    right = request.route_handler.opt.get("right")
    if not isinstance(right, Right) or not rules.may(found.role, right):
        raise NotAllowed("Your role does not open this page. An administrator can change that.")
    return found


def token_of(request: Visitor, settings: Settings) -> str | None:
    """Return the session's token as the browser sent it."""
    return request.cookies.get(cookie_name("staff", settings))


def language(request: Visitor) -> str:
    """Return the language just chosen, else the one chosen before, else the browser's."""
    chosen = (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE))
    return next((code for code in chosen if code in LANGUAGES), None) or language_of(request)


def staff_page(
    request: Visitor,
    template: str,
    *,
    staff: SignedIn,
    lang: str,
    status: int = 200,
    **context: object,
) -> Template:
    """Show a page with what the layouts of staff need beside its own context."""
    return page(
        request,
        template,
        lang=lang,
        status=status,
        staff=staff.name,
        rights=rules.RIGHTS[staff.role],
        path=request.url.path,
        alternates=alternates(request),
        **context,
    )


def status_of(refusal: Refusal | None) -> int:
    """Return the status of a page that says what was refused."""
    if refusal is None:
        return 200
    return next(STATUS[kind] for kind in type(refusal).__mro__ if kind in STATUS)


def author(staff: SignedIn) -> str:
    """Return who answers for what is written, as ledgers keep it."""
    return f"staff:{staff.staff_id}"


def alternates(request: Visitor) -> Mapping[str, str]:
    """Return this page's address in each language."""
    kept = [(name, value) for name, value in request.query_params.multi_items() if name != "lang"]
    return {code: f"{request.url.path}?{urlencode([*kept, ('lang', code)])}" for code in LANGUAGES}


async def keep_language(response: Response[Any]) -> Response[Any]:
    """Remember the language of a page whose address chose one."""
    shown = response.context.get("lang") if isinstance(response, Template) else None
    if shown in LANGUAGES:
        response.set_cookie(
            LANGUAGE_COOKIE,
            shown,
            max_age=LANGUAGE_LASTS_S,
            path="/",
            httponly=True,
            samesite="lax",
        )
    return response


def to_sign_in(request: Visitor, refusal: NotSignedIn) -> Response[Any]:
    """Lead to the sign-in page and, after it, back to the page that was asked for."""
    if is_for_programs(request) and "hx-request" not in request.headers:
        return refused(request, refusal)
    query = f"?{request.url.query}" if request.url.query else ""
    asked = request.url.path + query if request.method == "GET" else request.url.path
    address = f"{SIGN_IN}?{urlencode({'next': asked})}"
    if "hx-request" in request.headers:  # a fragment cannot be replaced by a whole page
        return Response(None, status_code=204, headers={"hx-redirect": address})
    return Redirect(address, status_code=303)


def refusal_page(request: Visitor, refusal: Refusal) -> Response[Any]:
    """Say no in the language of the person, with a way back; programs read it as ever."""
    if is_for_programs(request):
        return refused(request, refusal)
    status = status_of(refusal)
    home = next(path for path in ENTRANCES if request.url.path.startswith(path))
    return page(
        request,
        "doors/refused/page.html",
        lang=language(request),
        status=status,
        refusal=refusal,
        is_missing=status == STATUS_MISSING,
        home=home,
    )


def way_in(wanted: str, staff_rights: frozenset[Right]) -> str:
    """Return the page to open after signing in: the one asked for, else the person's home.

    Only addresses of ours: anything else would lend our name to a stranger's page.
    """
    open_doors = [path for path, right in ENTRANCES.items() if right in staff_rights]
    is_plain = wanted.isprintable() and "\\" not in wanted
    inside = (wanted == path or wanted.startswith((f"{path}/", f"{path}?")) for path in open_doors)
    return wanted if is_plain and any(inside) else open_doors[0]
