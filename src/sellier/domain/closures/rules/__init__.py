"""Decisions about closures, without a database."""

from sellier.domain.closures.rules.greedy import greedy
from sellier.domain.closures.rules.problem import Asking, Line, Plan, Problem, Share, cost
from sellier.domain.closures.rules.solve import solve

__all__ = ["Asking", "Line", "Plan", "Problem", "Share", "cost", "greedy", "solve"]
