"""Every change to payments. The provider is asked between transactions, never inside one."""

from sellier.domain.payments.service.authorize import (
    PAYMENT_LASTS,
    Recorded,
    abandon,
    lock,
    open_payment,
    postpone,
    record,
    take_notice,
    void,
)
from sellier.domain.payments.service.operate import (
    capture_due,
    drop,
    operate,
    refund_due,
    retry,
)
from sellier.domain.payments.service.reconcile import Found, Reconciliation, reconcile

__all__ = [
    "PAYMENT_LASTS",
    "Found",
    "Reconciliation",
    "Recorded",
    "abandon",
    "capture_due",
    "drop",
    "lock",
    "open_payment",
    "operate",
    "postpone",
    "reconcile",
    "record",
    "refund_due",
    "retry",
    "take_notice",
    "void",
]
