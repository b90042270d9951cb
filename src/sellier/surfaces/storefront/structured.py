"""What machines read on a product page: schema.org, as JSON-LD."""

from sellier.domain.catalog.queries import Picture
from sellier.domain.stock.queries import Size
from sellier.kernel.money import Money
from sellier.surfaces.storefront.shown import Piece
from sellier.surfaces.storefront.visit import Visit

_SIZE_SYSTEMS = {
    "AU": "WearableSizeSystemAU",
    "BR": "WearableSizeSystemBR",
    "CN": "WearableSizeSystemCN",
    "DE": "WearableSizeSystemDE",
    "EU": "WearableSizeSystemEurope",
    "FR": "WearableSizeSystemFR",
    "IT": "WearableSizeSystemIT",
    "JP": "WearableSizeSystemJP",
    "MEX": "WearableSizeSystemMX",
    "UK": "WearableSizeSystemUK",
    "US": "WearableSizeSystemUS",
}
_GENDERS = {"female": "female", "male": "male", "unisex": "unisex"}


def product(piece: Piece, visit: Visit) -> dict[str, object]:
    """Describe a piece as a ProductGroup whose variants are its sizes, each with an offer."""
    page = f"{visit.site}/{visit.lang}/p/{piece.code}"
    group: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "ProductGroup",
        "@id": f"{page}#group",
        "productGroupID": piece.product_code,
        "name": piece.title,
        "description": piece.description,
        "url": page,
        "brand": {"@type": "Brand", "name": piece.brand},
        "variesBy": ["https://schema.org/size", "https://schema.org/color"],
        "hasVariant": [
            _variant(piece=piece, size=size, page=page, visit=visit)
            for size in piece.sizes
            if size.price
        ],
    }
    if piece.pictures:
        group["image"] = [address(picture, visit) for picture in piece.pictures]
    if piece.material:
        group["material"] = piece.material
    if piece.gender in _GENDERS:
        group["audience"] = {"@type": "PeopleAudience", "suggestedGender": _GENDERS[piece.gender]}
    return group


def address(picture: Picture, visit: Visit) -> str:
    """Return the full address of a picture, in a form that everyone can show."""
    if picture.kind == "svg":
        return f"{visit.site}/media/{picture.sha}.svg"
    return f"{visit.site}/media/{picture.sha}/1280.jpg"


def _variant(*, piece: Piece, size: Size, page: str, visit: Visit) -> dict[str, object]:
    found: dict[str, object] = {
        "@type": "Product",
        "sku": size.sku,
        "name": f"{piece.title} {size.name}".strip(),
        "offers": _offer(size, page, visit),
    }
    if size.name:
        found["size"] = _size(size)
    if piece.color:
        found["color"] = piece.color
    if piece.pictures:
        found["image"] = address(piece.pictures[0], visit)
    if size.gtin:
        found["gtin"] = size.gtin
    if size.mpn:
        found["mpn"] = size.mpn
    return found


def _size(size: Size) -> object:
    system = _SIZE_SYSTEMS.get(size.system or "")
    if system is None:
        return size.name
    return {
        "@type": "SizeSpecification",
        "name": size.name,
        "sizeSystem": f"https://schema.org/{system}",
    }


def _offer(size: Size, page: str, visit: Visit) -> dict[str, object]:
    price: Money | None = size.price
    assert price is not None
    stock = "InStock" if size.available else "OutOfStock"
    return {
        "@type": "Offer",
        "url": page,
        "price": str(price.decimal),
        "priceCurrency": price.currency,
        "availability": f"https://schema.org/{stock}",
        "itemCondition": "https://schema.org/NewCondition",
        "eligibleRegion": visit.market.country,
        "seller": {"@type": "Organization", "name": visit.channel.banner_name},
    }
