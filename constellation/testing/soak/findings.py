"""What the oracles found."""


class Violation(AssertionError):
    """Something is not as it must be.

    Args:
        oracle: that found it.
        message: one sentence.
    """

    def __init__(self, oracle: str, message: str) -> None:
        super().__init__(f"{oracle}: {message}")
        self.oracle = oracle
        self.message = message
