"""Where the client goes next: hints are tried, quorums are followed, and nobody leads it in circles."""

import pytest

from constellation.protocol.messages import Code
from constellation.sdk.errors import ConnectionClosed, SdkError, VerificationFailed
from constellation.sdk.route import Route

GONE = ConnectionClosed(None, "no connection")
IMPOSTOR = VerificationFailed("handshake", "not alpha")


def moved(url: str) -> SdkError:
    return ConnectionClosed(Code.MOVED, url)


def hinted(url: str = "ws://new") -> Route:
    """A route on its way to where the proven alpha at ``ws://old`` has sent it."""
    route = Route("ws://old")
    route.proven(0)
    assert route.ended(moved(url), proven=True)
    assert (route.url, route.follows_hint) == (url, True)
    return route


def test_a_hint_is_followed_and_becomes_home_when_alpha_proves_itself_there() -> None:
    route = hinted()
    route.proven(1)
    assert not route.follows_hint
    assert not route.ended(GONE, proven=True)
    assert not route.ended(GONE, proven=False)
    assert route.url == "ws://new"


def test_who_has_not_proven_to_be_alpha_moves_nobody() -> None:
    route = Route("ws://old")
    assert not route.ended(moved("ws://thief"), proven=False)
    assert route.url == "ws://old"


def test_where_nobody_is_yet_and_home_are_tried_in_turn() -> None:
    route = hinted()
    tried = []
    for _ in range(4):
        assert not route.ended(GONE, proven=False)
        tried.append(route.url)
    assert tried == ["ws://old", "ws://new"] * 2


def test_where_somebody_else_is_nobody_goes_again() -> None:
    route = hinted()
    route.ended(IMPOSTOR, proven=False)
    route.ended(GONE, proven=False)
    assert (route.url, route.follows_hint) == ("ws://old", False)


def test_hints_do_not_run_in_circles_within_a_term() -> None:
    route = hinted()
    route.proven(0)
    assert not route.ended(moved("ws://old"), proven=True)
    assert route.url == "ws://new"
    assert not route.ended(moved("ws://new"), proven=True)
    route.proven(1)
    assert route.ended(moved("ws://old"), proven=True), "another term, another place"


def test_a_chain_of_hints_within_a_term_ends() -> None:
    route = Route("ws://0")
    hops = 0
    while hops < 100:
        route.proven(0)
        hops += 1
        if not route.ended(moved(f"ws://{hops}"), proven=True):
            break
    assert hops < 12


@pytest.mark.parametrize(
    "url", ["", "nonsense", "ws://", "http://new", "wss://new", "ws://[new", "ws://new:x", "ws://a:b@new", "ws://new#x"]
)
def test_a_hint_must_be_an_address_of_the_same_kind(url: str) -> None:
    route = Route("ws://old")
    route.proven(0)
    assert not route.ended(moved(url), proven=True)
    assert route.url == "ws://old"


def test_a_hint_does_not_end_encryption() -> None:
    route = Route("wss://old")
    route.proven(0)
    assert not route.ended(moved("ws://new"), proven=True)
    assert route.ended(moved("wss://new"), proven=True)


def test_a_quorum_is_followed_from_anywhere() -> None:
    route = hinted()
    route.appointed("wss://appointed", 2)
    assert (route.url, route.follows_hint) == ("wss://appointed", False)
    route.ended(GONE, proven=False)
    assert route.url == "wss://appointed"
