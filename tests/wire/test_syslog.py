"""Syslog frames."""

from datetime import UTC, datetime

from sonarium.wire.syslog import Severity, SyslogMessage, frame

AT = datetime(2030, 1, 2, 3, 4, 5, 6, UTC)


def message(text: str, host: str = "pacs") -> SyslogMessage:
    return SyslogMessage(Severity.NOTICE, AT, host, "sonarium", "7", "DICOM+RFC3881", text)


def test_a_frame_counts_its_octets() -> None:
    framed = frame(message("é"))
    length, _, body = framed.partition(b" ")
    assert int(length) == len(body)
    assert body == (
        b"<85>1 2030-01-02T03:04:05.000006Z pacs sonarium 7 DICOM+RFC3881 - \xef\xbb\xbf\xc3\xa9"
    )


def test_a_name_that_is_not_printable_is_left_out() -> None:
    assert b"Z - sonarium" in frame(message("x", host=" \n"))
