"""A port that cannot be had is named at once, with the option that chooses another."""

import pytest

from sonarium.app.ports import PortTaken, refuse_taken_port


def test_a_free_port_is_let_pass_and_stays_free(free_port: int) -> None:
    refuse_taken_port("web", "127.0.0.1", free_port, "--http-port")
    refuse_taken_port("web", "127.0.0.1", free_port, "--http-port")


def test_a_taken_port_is_refused_with_its_option(taken_port: int) -> None:
    with pytest.raises(PortTaken, match=r"already in use\): free it, .* --http-port"):
        refuse_taken_port("web", "127.0.0.1", taken_port, "--http-port")


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(PortTaken, match=r"the DICOM port 11112 on 192\.0\.2\.1 cannot be used"):
        refuse_taken_port("DICOM", "192.0.2.1", 11112, "--dimse-port")
