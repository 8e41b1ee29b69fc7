"""What would leave, as the browser is told."""

from sonarium.faces.ui_api.sharing_model import PictureToShare, PixelRectangle
from sonarium.faces.ui_api.sharing_present import share_preview, share_request
from sonarium.services.sharing import Rectangle, ShareFormat, SharingPreview
from sonarium.ultrasound.identity_mask import IdentityMask, MaskSource


def test_a_drawn_rectangle_is_read() -> None:
    drawn = PixelRectangle(left=1, top=2, right=3, bottom=4)
    asked = PictureToShare(
        series_instance_uid="1.2", sop_instance_uid="1.3", first_frame=0, last_frame=0, drawn=drawn
    )
    assert share_request("1.1", asked).drawn == Rectangle(1, 2, 3, 4)


def test_attributes_are_shown_by_name_and_in_order() -> None:
    preview = SharingPreview(
        2,
        3,
        IdentityMask((), MaskSource.NO_REGIONS),
        {
            "00280010": {"vr": "US", "Value": [2]},
            "00100010": {"vr": "PN", "Value": [{"Alphabetic": "EXPORT-1"}]},
            "00080020": {"vr": "DA"},
            "00186060": {"vr": "FL", "Value": [1.5] * 200},
        },
        9,
        {ShareFormat.GIF: "One picture is no film."},
    )
    shown = share_preview(preview)
    assert [(one.tag, one.name, one.value[:8]) for one in shown.attributes] == [
        ("(0008,0020)", "StudyDate", ""),
        ("(0010,0010)", "PatientName", "EXPORT-1"),
        ("(0018,6060)", "RWaveTimeVector", r"1.5\1.5\\"[:8]),
        ("(0028,0010)", "Rows", "2"),
    ]
    assert len(shown.attributes[2].value) == 120
    assert [one.format for one in shown.formats if one.refusal] == ["gif"]
