"""TLS contexts by the profiles of PS3.15 B.12 and B.13 (BCP 195: RFC 8996 and RFC 9325)."""

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from sonarium.base.errors import SonariumError
from sonarium.net.settings import ClientCertificates, TLSProfile, TLSSettings

# TLS 1.2 suites; those of TLS 1.3 are OpenSSL's own three, which both profiles allow. Level 2
# refuses keys under 112 bits of strength (RSA 2048, ECDSA 224) and signatures by SHA-1.
_CIPHERS: Final[Mapping[TLSProfile, str]] = {
    TLSProfile.BCP_195: ":".join(
        (
            "ECDHE-ECDSA-AES256-GCM-SHA384",
            "ECDHE-RSA-AES256-GCM-SHA384",
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            "ECDHE-RSA-AES128-GCM-SHA256",
            "@SECLEVEL=2",
        )
    ),
    TLSProfile.MODIFIED_BCP_195: ":".join(
        (
            "ECDHE-ECDSA-AES256-GCM-SHA384",
            "ECDHE-RSA-AES256-GCM-SHA384",
            "ECDHE-ECDSA-CHACHA20-POLY1305",
            "ECDHE-RSA-CHACHA20-POLY1305",
            "ECDHE-ECDSA-AES256-CCM",
            "ECDHE-ECDSA-AES256-CCM8",
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            "ECDHE-RSA-AES128-GCM-SHA256",
            "ECDHE-ECDSA-AES128-CCM",
            "ECDHE-ECDSA-AES128-CCM8",
            "@SECLEVEL=2",
        )
    ),
}
_VERIFY: Final[Mapping[ClientCertificates, ssl.VerifyMode]] = {
    ClientCertificates.IGNORED: ssl.CERT_NONE,
    ClientCertificates.OPTIONAL: ssl.CERT_OPTIONAL,
    ClientCertificates.REQUIRED: ssl.CERT_REQUIRED,
}


class TLSUnusable(SonariumError):
    """Our own certificate, key or list of authorities cannot be used; the message says which."""


def server_context(settings: TLSSettings) -> ssl.SSLContext:
    """Build the context of a listener from its files.

    Raises:
        TLSUnusable: a file is missing or does not fit.
    """
    if settings.certificate is None:
        raise TLSUnusable("a TLS listener needs a certificate")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _apply_profile(context, settings)
    context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
    context.verify_mode = _VERIFY[settings.client_certificates]
    return context


def check_pair(certificate: Path, private_key: Path) -> None:
    """Make sure that a certificate and a key belong together, for a door that others open.

    Raises:
        TLSUnusable: a file is missing or they do not fit.
    """
    server_context(TLSSettings(certificate=certificate, private_key=private_key))


def client_context(settings: TLSSettings) -> ssl.SSLContext:
    """Build the context of a requestor from its files.

    Raises:
        TLSUnusable: a file is missing or does not fit.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = settings.check_host_name
    _apply_profile(context, settings)
    return context


def _apply_profile(context: ssl.SSLContext, settings: TLSSettings) -> None:
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    context.set_ciphers(_CIPHERS[settings.profile])
    try:
        if settings.certificate is not None:
            context.load_cert_chain(_file(settings.certificate), settings.private_key)
        if settings.trusted is None:
            context.load_default_certs()
        else:
            context.load_verify_locations(cafile=_file(settings.trusted))
    except (ssl.SSLError, OSError) as error:
        raise TLSUnusable(f"the TLS files cannot be used: {error}") from error


def _file(path: Path) -> Path:
    if not path.is_file():
        raise TLSUnusable(f"{path.name} is not there")
    return path
