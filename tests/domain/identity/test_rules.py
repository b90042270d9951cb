from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sellier.domain.identity import rules
from sellier.domain.identity.errors import StaffRefused
from sellier.domain.identity.states import Right, Role

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def test_every_role_is_in_the_table_and_has_a_right() -> None:
    assert set(rules.RIGHTS) == set(Role)
    assert all(rules.RIGHTS.values())


def test_only_the_administrator_has_every_right() -> None:
    complete = [role for role in Role if all(rules.may(role, right) for right in Right)]
    assert complete == [Role.ADMINISTRATOR]


def test_a_role_without_an_entry_has_no_right() -> None:
    assert not rules.may("night_porter", Right.READ_ORDERS)  # type: ignore[arg-type]  # on purpose


def test_an_associate_never_enters_the_studio() -> None:
    assert not rules.may(Role.ASSOCIATE, Right.ENTER_STUDIO)
    assert not rules.may(Role.ASSOCIATE, Right.READ_ORDERS)


@given(st.lists(st.integers(0, 900), max_size=30), st.integers(1, 10))
def test_one_more_failure_never_shortens_the_wait(seconds: list[int], free: int) -> None:
    failures = [NOON + timedelta(seconds=value) for value in seconds]
    before = rules.next_attempt_at(failures, free=free)
    latest = max(failures, default=NOON)
    after = rules.next_attempt_at([*failures, latest], free=free)
    assert (before is None) == (len(failures) < free)
    assert before is None or (after is not None and after >= before)
    assert after is None or after - latest <= rules.WAIT_LONGEST


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" Claire@House.Example\n", "claire@house.example"), ("a\x00b@c.example", "ab@c.example")],
)
def test_an_email_is_kept_plain(typed: str, kept: str) -> None:
    assert rules.plain_email(typed) == kept


@pytest.mark.parametrize(
    ("email", "name", "role", "has_location"),
    [
        ("claire", "Claire", Role.ORDER_DESK, False),
        ("claire@house", "Claire", Role.ORDER_DESK, False),
        ("cl aire@house.example", "Claire", Role.ORDER_DESK, False),
        ("claire@house.example", "  ", Role.ORDER_DESK, False),
        ("claire@house.example", "x" * 101, Role.ORDER_DESK, False),
        ("claire@house.example", "Claire", Role.ASSOCIATE, False),
        ("claire@house.example", "Claire", Role.ADMINISTRATOR, True),
    ],
)
def test_staff_that_make_no_sense_are_refused(
    email: str, name: str, role: Role, *, has_location: bool
) -> None:
    with pytest.raises(StaffRefused):
        rules.check_staff(email=email, name=name, role=role, has_location=has_location)


@pytest.mark.parametrize("length", [0, 11, 129])
def test_a_password_too_short_or_too_long_is_refused(length: int) -> None:
    with pytest.raises(StaffRefused):
        rules.check_password("x" * length)
