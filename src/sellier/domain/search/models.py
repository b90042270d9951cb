from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from sellier.infra.db import Base
from sellier.kernel.ids import StyleColorId


class SearchChange(Base):
    """A style-color whose document is out of date; the refresh job takes many at once."""

    __tablename__ = "search_change"

    style_color_id: Mapped[StyleColorId] = mapped_column(primary_key=True)
    changed_at: Mapped[datetime]
