from sellier.kernel.errors import Forbidden, Invalid


class WrongSignIn(Forbidden):
    """The same for an unknown e-mail, a wrong password and a person who left."""

    code = "identity.wrong_sign_in"


class TooManyAttempts(Forbidden):
    code = "identity.too_many_attempts"


class SignInBusy(Forbidden):
    code = "identity.sign_in_busy"


class NotSignedIn(Forbidden):
    code = "identity.not_signed_in"


class NotAllowed(Forbidden):
    code = "identity.not_allowed"


class StaffRefused(Invalid):
    code = "identity.staff_refused"
