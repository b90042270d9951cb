"""Article numbers for circulation inside one company: GTIN-13 in the restricted range 2."""


def check_digit(digits: str) -> int:
    """Return the GS1 check digit of the twelve digits before it."""
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits))
    return -total % 10


def gtin(*, house: int, serial: int) -> str:
    """Return the number of one variant: 2, the house in two digits, its serial in nine."""
    body = f"2{house:02d}{serial:09d}"
    return f"{body}{check_digit(body)}"
