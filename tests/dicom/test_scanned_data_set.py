"""What a scanner hands on."""

from sonarium.dicom.scanned_data_set import Hole, Oddity, ScannedDataSet


def test_the_table_is_a_shortcut_and_no_part_of_the_value() -> None:
    plain = ScannedDataSet("1.2", 10, b"header", (Hole(6, 4),), None)
    quick = ScannedDataSet("1.2", 10, b"header", (Hole(6, 4),), None, (), {1: (b"", 0, 6)})
    assert plain == quick
    assert "table" not in repr(quick)


def test_an_oddity_reads_as_a_sentence_without_values() -> None:
    assert all(oddity.value[0].islower() or oddity.value[0].isupper() for oddity in Oddity)
    assert len({oddity.value for oddity in Oddity}) == len(Oddity)
