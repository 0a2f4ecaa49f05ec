import pytest

from constellation.transport.addresses import source_of


@pytest.mark.parametrize(
    ("address", "source"),
    [
        (("192.0.2.1", 1), "192.0.2.1"),
        (("2001:db8:1:2:3:4:5:6", 1, 0, 0), "2001:db8:1:2::"),
        (("2001:db8:1:2:ffff::1", 1, 0, 0), "2001:db8:1:2::"),
        (("2001:db8:1:3::1", 1, 0, 0), "2001:db8:1:3::"),
        (("::ffff:192.0.2.1", 1, 0, 0), "192.0.2.1"),
        (("fe80::1%eth0", 1, 0, 2), "fe80::"),
        (("not:an:address", 1), "not:an:address"),
        (None, ""),
        ((), ""),
        ("/a/path", ""),
    ],
)
def test_whom_an_address_counts_as(address: object, source: str) -> None:
    assert source_of(address) == source
