"""Points of Ed25519's curve, slow and plain: for signatures that no honest signer makes."""

from hashlib import sha512

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
ROOT = pow(2, (P - 1) // 4, P)

Point = tuple[int, int]
NEUTRAL: Point = (0, 1)


def add(one: Point, other: Point) -> Point:
    (x1, y1), (x2, y2) = one, other
    product = D * x1 * x2 * y1 * y2 % P
    return (
        (x1 * y2 + x2 * y1) * pow(1 + product, -1, P) % P,
        (y1 * y2 + x1 * x2) * pow(1 - product, -1, P) % P,
    )


def times(factor: int, point: Point) -> Point:
    result = NEUTRAL
    while factor:
        if factor & 1:
            result = add(result, point)
        point, factor = add(point, point), factor >> 1
    return result


def x_of(y: int) -> int | None:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    for root in (x, x * ROOT % P):
        if root * root % P == square:
            return root
    return None


def encode(point: Point) -> bytes:
    x, y = point
    return (y | (x & 1) << 255).to_bytes(32, "little")


def base() -> Point:
    y = 4 * pow(5, -1, P) % P
    x = x_of(y)
    assert x is not None
    return (x if x % 2 == 0 else P - x), y


BASE = base()


def torsion() -> list[Point]:
    """The eight points of small order."""
    y = 2
    while True:
        x = x_of(y)
        if x is not None:
            point = times(L, (x, y))
            if times(4, point) != NEUTRAL:
                return [times(number, point) for number in range(8)]
        y += 1


def challenge(r: bytes, key: bytes, message: bytes) -> int:
    return int.from_bytes(sha512(r + key + message).digest(), "little") % L


def signature(
    secret: int, nonce: int, message: bytes, in_key: Point = NEUTRAL, in_r: Point = NEUTRAL
) -> tuple[bytes, bytes]:
    """A key and its signature, each with a point of small order added to what an honest signer has."""
    key = encode(add(times(secret, BASE), in_key))
    r = encode(add(times(nonce, BASE), in_r))
    s = (nonce + challenge(r, key, message) * secret) % L
    return key, r + s.to_bytes(32, "little")
