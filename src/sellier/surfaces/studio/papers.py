"""The pages of papers about stock: how they are listed, shown, and worked on in turns."""

from collections.abc import Awaitable, Sequence
from dataclasses import dataclass

from litestar.response import Redirect, Template

from sellier.domain.locations import queries as locations
from sellier.domain.stock.queries import papers as stock
from sellier.domain.stock.queries.papers import Kind, PaperRead
from sellier.infra.web import Form
from sellier.kernel.errors import Refusal
from sellier.kernel.ids import new_id
from sellier.surfaces.doors import papers
from sellier.surfaces.doors.staff import Answer, Visit
from sellier.surfaces.studio.queries import figures


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperPages:
    """Where papers of a kind are: their addresses and their templates."""

    kind: Kind
    folder: str
    template: str  # of one

    async def found(self, visit: Visit, number: str) -> PaperRead:
        """Return a paper of this kind. Raises `PaperNotFound`."""
        return await papers.found(visit.db, number=number, kind=self.kind)

    async def overview(
        self,
        visit: Visit,
        listed: Sequence[PaperRead],
        *,
        over: bool,
        refused: tuple[Form, Refusal] | None = None,
    ) -> Template:
        """List papers beside the form that begins one, as it was filled in if it was refused."""
        form, refusal = refused or (None, None)
        return visit.page(
            f"{self.folder}/page.html",
            refusal=refusal,
            zone=await figures.clock(visit.db),
            listed=listed,
            is_over=over,
            places=await locations.locations(visit.db),
            key=new_id(),
            form=form,
        )

    async def show(self, visit: Visit, *, number: str, refusal: Refusal | None = None) -> Template:
        """Show a paper as it stands: its lines, and what happened to it."""
        paper = await self.found(visit, number)
        return visit.page(
            f"{self.folder}/{self.template}",
            refusal=refusal,
            zone=await figures.clock(visit.db),
            paper=paper,
            lines=await stock.lines(visit.db, paper=paper, lang=visit.lang),
            history=await stock.turns(visit.db, paper_id=paper.id),
            key=new_id(),
        )

    async def turn(self, visit: Visit, act: Awaitable[object], *, number: str) -> Answer:
        """Take a turn whole or not at all, and show what came of it."""
        if refusal := await visit.attempt(act):
            return await self.show(visit, number=number, refusal=refusal)
        return Redirect(f"/{self.folder}/{number}", status_code=303)
