"""The closed words of who staff are and what they may do. Which role has which: `rules.py`."""

from enum import StrEnum


class Role(StrEnum):
    ASSOCIATE = "associate"
    ORDER_DESK = "order_desk"
    MERCHANDISER = "merchandiser"
    ADMINISTRATOR = "administrator"


class Right(StrEnum):
    LOOK_UP_PIECES = "look_up_pieces"  # in the boutique app, every piece and place of the group
    PREPARE_ORDERS = "prepare_orders"  # in the boutique app, those of one's own boutique alone
    ENTER_STUDIO = "enter_studio"
    READ_ORDERS = "read_orders"
    CHANGE_ORDERS = "change_orders"  # move work, cancel, amend, hold, for any boutique
    READ_STOCK = "read_stock"
    MOVE_STOCK = "move_stock"  # write movements by hand, anywhere
    MOVE_MONEY = "move_money"  # ask again for captures and refunds that failed, or drop them
    APPROVE_COUNTS = "approve_counts"  # say what becomes of a count that differs
    RECEIVE_STOCK = "receive_stock"  # in the boutique app, what comes to one's own boutique
    COUNT_STOCK = "count_stock"  # in the boutique app, one's own boutique
    TAKE_RETURNS = "take_returns"  # in the boutique app, pieces bought anywhere
    MANAGE_RETURNS = "manage_returns"  # in the studio, at any place
    MANAGE_WEBHOOKS = "manage_webhooks"  # who outside hears of what happens here
    CLOSE_LOCATIONS = "close_locations"  # any of them, and what that does to orders
    CHANGE_SOURCING = "change_sourcing"  # write rules of sourcing, and have them decide
    READ_CATALOG = "read_catalog"
