import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from constellation.sandbox import Ledger
from constellation.sandbox.faults import FaultKind, FaultRule, FaultRuleError, Faults, TooManyFaults
from constellation.sandbox.limits import FAULT_RULES_MAX
from constellation.sandbox.views import Viewer


@pytest.fixture
def faults():
    return Faults(Viewer(Ledger()))


def strikes(active, requests):
    return [active.strikes() for _ in range(requests)]


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ({}, "fault"),
        ({"fault": "earthquake"}, "fault"),
        ({"fault": []}, "fault"),
        ({"fault": "drop", "colour": "red"}, "colour"),
        ({"fault": "drop", "delay_s": 1}, "delay_s"),
        ({"fault": "stall", "path": "/payments"}, "path"),
        ({"fault": "drop", "times": 0}, "times"),
        ({"fault": "drop", "times": 1_000_001}, "times"),
        ({"fault": "drop", "times": True}, "times"),
        ({"fault": "drop", "skip": None}, "skip"),
        ({"fault": "drop", "probability": 1.1}, "probability"),
        ({"fault": "drop", "probability": float("nan")}, "probability"),
        ({"fault": "drop", "path": ""}, "path"),
        ({"fault": "drop", "path": "x" * 257}, "path"),
        ({"fault": "drop", "moment": "during"}, "moment"),
        ({"fault": "delay", "delay_s": 1_000}, "delay_s"),
        ({"fault": "status", "status": 100}, "status"),
        ({"fault": "status", "body": "xml"}, "body"),
        ({"fault": "lag", "ledgers": 0}, "ledgers"),
        ({"fault": "freeze", "ledger": -1}, "ledger"),
    ],
)
def test_rules_that_make_no_sense(rule, field):
    with pytest.raises(FaultRuleError) as caught:
        FaultRule.parse(rule)
    assert caught.value.field == field


@given(st.dictionaries(st.sampled_from(["fault", "path", "times", "status", "x"]), st.from_type(object)))
def test_no_input_breaks_the_parser(given_parts):
    try:
        rule = FaultRule.parse(given_parts)
    except FaultRuleError:
        return
    json.dumps(rule.describe())


@pytest.mark.parametrize("kind", list(FaultKind))
def test_what_a_rule_says_of_itself_makes_the_same_rule(kind):
    rule = FaultRule.parse({"fault": kind.value})
    assert FaultRule.parse(rule.describe()) == rule


def test_conditions_last_and_events_happen_once(faults):
    assert faults.add("lag").rule.times is None
    assert faults.add("drop").rule.times == 1


def test_a_rule_strikes_so_many_times_after_so_many_requests(faults):
    active = faults.add("drop", times=2, skip=1)
    assert strikes(active, 5) == [False, True, True, False, False]
    assert (active.struck, active.is_spent) == (2, True)


def test_chance_is_reproducible(faults):
    def run(seed):
        return strikes(faults.add("drop", times=None, probability=0.5, seed=seed), 64)

    first = run(7)
    assert first == run(7)
    assert first != run(8)
    assert 10 < sum(first) < 54


def test_paths_and_methods_are_globs(faults):
    faults.add("drop", path="/accounts/*", method="G*", times=None)
    assert faults.strikes("GET", "/accounts/GA/payments", FaultKind.DROP)
    assert not faults.strikes("POST", "/accounts/GA", FaultKind.DROP)
    assert not faults.strikes("GET", "/payments", FaultKind.DROP)


def test_the_number_of_rules_is_bounded_and_spent_ones_make_room(faults):
    for _ in range(FAULT_RULES_MAX):
        faults.add("lag")
    with pytest.raises(TooManyFaults):
        faults.add("drop")
    faults.clear()
    spent = [faults.add("drop") for _ in range(FAULT_RULES_MAX)]
    assert all(active.strikes() for active in spent)
    assert faults.list()[-1] is spent[-1]
    added = faults.add("drop")
    assert faults.list() == [added]
    assert added.id > spent[-1].id
