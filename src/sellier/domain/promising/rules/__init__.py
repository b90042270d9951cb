"""Decisions of promising, without a database."""

from sellier.domain.promising.rules.crowd import Given, Sale, Shared, Want, share_out
from sellier.domain.promising.rules.fences import Question
from sellier.domain.promising.rules.geography import addressed
from sellier.domain.promising.rules.log import Log
from sellier.domain.promising.rules.needs import Destination, Need, Take
from sellier.domain.promising.rules.network import Network, check_network
from sellier.domain.promising.rules.rule_set import DEFAULT, RuleSet, body_of, parse
from sellier.domain.promising.rules.source import Source
from sellier.domain.promising.rules.sourcing import Decision, decide

__all__ = [
    "DEFAULT",
    "Decision",
    "Destination",
    "Given",
    "Log",
    "Need",
    "Network",
    "Question",
    "RuleSet",
    "Sale",
    "Shared",
    "Source",
    "Take",
    "Want",
    "addressed",
    "body_of",
    "check_network",
    "decide",
    "parse",
    "share_out",
]
