from sellier.kernel.errors import Forbidden, Invalid, TooMany


class WrongSignIn(Forbidden):
    """The same for an unknown e-mail, a wrong password and a person who left."""

    code = "identity.wrong_sign_in"


class TooManyAttempts(TooMany):
    """Too many wrong passwords for this account or from this address."""

    code = "identity.too_many_attempts"


class SignInBusy(TooMany):
    """More people sign in at once than passwords can be checked."""

    code = "identity.sign_in_busy"


class NotSignedIn(Forbidden):
    """The page is for staff, and nobody is signed in."""

    code = "identity.not_signed_in"


class NotAllowed(Forbidden):
    """The role of whoever is signed in does not have this right."""

    code = "identity.not_allowed"


class StaffRefused(Invalid):
    """An account as described cannot be."""

    code = "identity.staff_refused"
