"""What every shop has to say once: who it is, how lists are ordered, which cookies it sets."""

from litestar import get
from litestar.response import Template

from sellier.infra.web import Visitor
from sellier.surfaces.storefront import visit
from sellier.surfaces.storefront.visit import Visiting


@get("/about")
async def about(request: Visitor, visiting: Visiting) -> Template:
    """Show imprint, ranking and cookies."""
    return visit.show(request, visiting, "storefront/about/page.html")
