import io

import pydicom

from sonarium.ultrasound.synthetic.objects import SyntheticObject


def test_a_part_10_file_holds_the_data_set_and_says_who_made_it() -> None:
    data_set = bytes.fromhex("08001800") + b"UI\x04\x001.2\0"
    made = SyntheticObject(
        "1.2.840.10008.5.1.4.1.1.6.1", "1.2", "1.3", "1.4", "1.2.840.10008.1.2.1", "SYN-1", "x",
        data_set,
    )  # fmt: skip
    file = made.part10()
    assert file[128:132] == b"DICM"
    assert file.endswith(data_set)
    read = pydicom.dcmread(io.BytesIO(file))
    assert read.file_meta.MediaStorageSOPInstanceUID == "1.2"
    assert read.file_meta.TransferSyntaxUID == "1.2.840.10008.1.2.1"
    assert read.file_meta.SourceApplicationEntityTitle == "SYNTHETIC"
    assert read.SOPInstanceUID == "1.2"
