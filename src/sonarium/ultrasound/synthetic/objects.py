"""What the synthetic department hands over: one encoded DICOM instance at a time."""

from dataclasses import dataclass

from sonarium.dicom.part10 import file_meta


@dataclass(frozen=True, slots=True)
class SyntheticObject:
    """One instance, encoded, and the keys that a sender needs."""

    sop_class_uid: str
    sop_instance_uid: str
    series_instance_uid: str
    study_instance_uid: str
    transfer_syntax_uid: str
    patient_id: str
    description: str
    """What a person would call it: "Apical four chamber, peak"."""
    data_set: bytes

    def part10(self) -> bytes:
        """Write the instance as a Part 10 file."""
        meta = file_meta(
            sop_class_uid=self.sop_class_uid,
            sop_instance_uid=self.sop_instance_uid,
            transfer_syntax_uid=self.transfer_syntax_uid,
            source_ae_title="SYNTHETIC",
        )
        return meta + self.data_set
