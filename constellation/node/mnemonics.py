"""Keys from the words of a mnemonic: BIP-39 words, derived as SEP-5 says (``m/44'/148'/account'``)."""

from typing import Final

from constellation.protocol.signing import KeyPair
from constellation.protocol.strkey import decode_seed

WORDS: Final = (12, 15, 18, 21, 24)

_BITS_PER_WORD = 32 / 3
_ACCOUNT_MAX = 2**31 - 1


class MnemonicError(ValueError):
    """These words are no mnemonic; the message does not repeat them."""


def new_mnemonic(words: int) -> str:
    """So many fresh words, from the system's random numbers."""
    from stellar_sdk import Keypair  # costs a second

    return Keypair.generate_mnemonic_phrase(strength=round(words * _BITS_PER_WORD))


def derive_key_pair(phrase: str, account: int, passphrase: str = "") -> KeyPair:
    """The key pair of an account.

    Args:
        phrase: the words.
        account: its number; 0 is the first.
        passphrase: of the mnemonic itself (BIP-39), another word that is not written with the others.

    Raises:
        MnemonicError: a word is not in the list, one is missing, or the checksum does not fit.
    """
    from stellar_sdk import Keypair

    if not 0 <= account <= _ACCOUNT_MAX:
        raise MnemonicError(f"an account's number is from 0 to {_ACCOUNT_MAX}")
    words = " ".join(phrase.lower().split())
    count = words.count(" ") + 1
    if count not in WORDS:
        raise MnemonicError(f"a mnemonic has {', '.join(map(str, WORDS[:-1]))} or {WORDS[-1]} words, not {count}")
    try:
        derived = Keypair.from_mnemonic_phrase(words, passphrase=passphrase, index=account)
    except ValueError:
        raise MnemonicError("this is no mnemonic: a word is wrong, or they are not in their order") from None
    return KeyPair(decode_seed(derived.secret))
