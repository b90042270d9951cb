"""What holds of every decision, whatever the stock, the lines and the rules."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given

from sellier.domain.promising.rules import Decision, Need, Question, RuleSet, Source, decide
from sellier.domain.promising.rules.rule_set import Rule, body_of, parse
from sellier.domain.promising.states import RuleKind
from sellier.kernel.ids import Sku
from tests.domain.promising import worlds


def asked(needs: Sequence[Need]) -> dict[Sku, int]:
    wanted: Counter[Sku] = Counter()
    for need in needs:
        wanted[need.sku] += need.quantity
    return dict(wanted)


def used(sources: Sequence[Source], decision: Decision) -> set[str]:
    places = {take.location_id for take in decision.takes}
    return {each.code for each in sources if each.location_id in places}


@given(worlds.sources(), worlds.needs(), worlds.rule_sets())
def test_a_plan_is_what_a_judge_who_tries_them_all_would_choose(
    sources: Sequence[Source], needs: Sequence[Need], rule_set: RuleSet
) -> None:
    wanted = asked(needs)
    decision = decide(Question(sources=sources, needs=needs), rule_set)
    plans = list(worlds.plans(sources, rule_set, wanted))
    assert (decision.short is None) == bool(plans)
    if not plans:
        assert not decision.takes
        return

    rules = [*rule_set.rules, Rule(kind=RuleKind.FEWEST_PARCELS)]

    def judged(plan: tuple[Source, ...]) -> list[int]:
        return [worlds.said(plan, rule, rule_set, wanted) for rule in rules]

    chosen = tuple(each for each in sources if each.code in used(sources, decision))
    assert judged(chosen) == min(map(judged, plans))
    assert decision.log.parts[0].is_exact


@given(worlds.sources(), worlds.needs(), worlds.rule_sets())
def test_a_plan_takes_what_is_wanted_line_by_line_from_where_it_may(
    sources: Sequence[Source], needs: Sequence[Need], rule_set: RuleSet
) -> None:
    rule_set = worlds.relaxing(rule_set)
    decision = decide(Question(sources=sources, needs=needs), rule_set)
    lenient = replace(rule_set, fences=replace(parse({}).fences, banners=rule_set.fences.banners))
    there = {
        (each.location_id, sku): worlds.units(each, lenient, sku)
        for each in sources
        for sku in worlds.SKUS
    }
    enough = all(
        sum(units for (_, each), units in there.items() if each == sku) >= count
        for sku, count in asked(needs).items()
    )
    assert (decision.short is None) == enough
    if not enough:
        assert not decision.takes
        return
    by_line = Counter[object]()
    by_place = Counter[object]()
    for take in decision.takes:
        assert take.quantity > 0
        by_line[take.line_id, take.sku] += take.quantity
        by_place[take.location_id, take.sku] += take.quantity
    assert by_line == {(need.line_id, need.sku): need.quantity for need in needs}
    assert all(units <= there[place] for place, units in by_place.items())  # type: ignore[index]


@given(worlds.sources(), worlds.needs(), worlds.rule_sets())
def test_the_same_question_has_the_same_answer_in_any_order(
    sources: Sequence[Source], needs: Sequence[Need], rule_set: RuleSet
) -> None:
    one = decide(Question(sources=sources, needs=needs), rule_set)
    other = decide(Question(sources=list(reversed(sources)), needs=needs), rule_set)
    assert one.takes == other.takes
    assert one.log == other.log


@given(worlds.sources(), worlds.needs(), worlds.rule_sets())
def test_a_part_is_as_much_as_there_is(
    sources: Sequence[Source], needs: Sequence[Need], rule_set: RuleSet
) -> None:
    rule_set = worlds.relaxing(replace(rule_set, fences=parse({}).fences))
    rule_set = replace(rule_set, relaxations=rule_set.relaxations)
    decision = decide(Question(sources=sources, needs=needs, is_partial=True), rule_set)
    taken = Counter[Sku]()
    for take in decision.takes:
        taken[take.sku] += take.quantity
    for sku, count in asked(needs).items():
        there = sum(worlds.units(each, rule_set, sku) for each in sources)
        assert taken[sku] == min(count, there)


@given(worlds.sources(), worlds.needs(), worlds.rule_sets())
def test_the_log_accounts_for_every_location(
    sources: Sequence[Source], needs: Sequence[Need], rule_set: RuleSet
) -> None:
    (part,) = decide(Question(sources=sources, needs=needs), rule_set).log.parts
    for step in part.steps:
        assert step.able + sum(each.count for each in step.fenced.values()) == len(sources)
    if part.chosen:
        others = sum(part.beaten_by.values()) + part.partial
        assert others + len(part.chosen) == part.steps[-1].able
        assert all(each.theirs >= each.ours for each in part.beaten)


@given(worlds.sources(), worlds.needs(), worlds.rule_sets())
def test_what_bars_nothing_changes_nothing(
    sources: Sequence[Source], needs: Sequence[Need], rule_set: RuleSet
) -> None:
    question = Question(sources=sources, needs=needs)
    barring = replace(question, excluded={Sku("ELSE"): {each.location_id for each in sources}})
    quick, careful = decide(question, rule_set), decide(barring, rule_set)
    assert quick.takes == careful.takes
    assert quick.short == careful.short
    assert quick.log == careful.log


@given(worlds.rule_sets())
def test_a_rule_set_is_read_back_as_it_was_written(rule_set: RuleSet) -> None:
    assert parse(body_of(rule_set)) == rule_set
