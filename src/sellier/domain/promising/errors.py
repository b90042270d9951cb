"""What promising refuses."""

from sellier.kernel.errors import Conflict, Invalid, NotFound


class RuleSetRefused(Invalid):
    """A rule set that cannot be meant. `field` names the part that is wrong."""

    code = "promising.rule_set_refused"


class CanSourceNothing(Invalid):
    """Under these fences no location may serve anyone."""

    code = "promising.can_source_nothing"


class ViewRefused(Invalid):
    """A view of availability that cannot be meant."""

    code = "promising.view_refused"


class RuleSetNotFound(NotFound):
    """There is no such version."""

    code = "promising.rule_set_not_found"


class RuleSetChanged(Conflict):
    """Somebody else wrote a version, or made one live, meanwhile."""

    code = "promising.rule_set_changed"
