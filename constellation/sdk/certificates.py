"""Whose certificates a client trusts."""

import ssl
from os import PathLike


def trusting(ca_file: str | PathLike[str]) -> ssl.SSLContext:
    """A context that trusts the certificate authorities of one file, in PEM, and no others.

    Raises:
        ValueError: there are none in it.
        OSError: it cannot be read.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_verify_locations(cafile=ca_file)
    except ssl.SSLError:
        raise ValueError(f"{ca_file}: there is no certificate in PEM") from None
    except OSError as error:
        raise OSError(error.errno, f"{ca_file}: {error.strerror}") from None
    return context
