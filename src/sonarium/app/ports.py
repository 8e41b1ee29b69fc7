"""Whether a port is there for us to listen on."""

import os
import socket

from sonarium.base.errors import UnavailableError


class PortTaken(UnavailableError):
    """Nothing can listen there; the message names the option that chooses another port."""


def refuse_taken_port(service: str, host: str, port: int, option: str) -> None:
    """Try a port, for a plain word before anything is started.

    Raises:
        PortTaken: another program has it, or the address is not this machine's.
    """
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
            probe.listen()
        except OSError as error:
            reason = os.strerror(error.errno) if error.errno else "no such address"
            raise PortTaken(
                f"the {service} port {port} on {host} cannot be used ({reason}): free it, or "
                f"choose another with {option}"
            ) from error
