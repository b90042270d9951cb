"""The ways in which goods reach a customer."""

from enum import StrEnum


class Way(StrEnum):
    """How units of a line leave a location."""

    SHIP = "ship"  # sent to an address
    COLLECT = "collect"  # collected in a boutique
    CARRY = "carry"  # carried out of a boutique


class RuleKind(StrEnum):
    """What a rule prefers among plans that are possible."""

    FEWEST_PARCELS = "fewest_parcels"
    WAREHOUSES_FIRST = "warehouses_first"
    BOUTIQUES_FIRST = "boutiques_first"
    SAME_COUNTRY = "same_country"
    NEAREST = "nearest"
    LEAST_BUSY = "least_busy"
    SPARE_LAST_SIZES = "spare_last_sizes"
    DEEPEST_STOCK = "deepest_stock"
    CHEAPEST = "cheapest"
    PREFERRED = "preferred"
    CODE = "code"  # always the last: the same question gets the same answer


class Fence(StrEnum):
    """Why a location may not serve at all."""

    CLOSED = "closed"
    WAY = "way"  # it does not give to this channel in this way
    ELSEWHERE = "elsewhere"  # what is collected comes from its boutique alone
    EXCLUDED = "excluded"  # it was asked before and could not
    COUNTRY = "country"
    BANNER = "banner"
    MAISON = "maison"
    DISTANCE = "distance"
    CAPACITY = "capacity"
    LAST_SIZES = "last_sizes"
    EMPTY = "empty"  # what it had went to another line of the order


class Relaxation(StrEnum):
    """What is given up, step by step, before an order is refused."""

    LAST_SIZES = "last_sizes"
    DISTANCE = "distance"
    CAPACITY = "capacity"
    COUNTRIES = "countries"
    PARCELS = "parcels"


class Purpose(StrEnum):
    """What availability is asked for. What is committed counts what is there, and nothing else."""

    BROWSE = "browse"  # the page of a piece
    PROMISE = "promise"  # a bag, a checkout, a program's question
    COMMIT = "commit"  # placing the order
