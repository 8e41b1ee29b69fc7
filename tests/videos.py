"""Synthetic objects that hold video, as scanners store them."""

from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
from pydicom.encaps import encapsulate
from pydicom.uid import UID, generate_uid

MPEG2 = "1.2.840.10008.1.2.4.100"
H264 = "1.2.840.10008.1.2.4.102"
FRAMES = 40
ROWS, COLUMNS = 240, 320


def video_object(
    like: Path,
    codec: str = "mpeg2video",
    transfer_syntax_uid: str = MPEG2,
    container_format: str = "mpegts",
) -> bytes:
    """Write a file whose one fragment is a film of a bar that moves."""
    made = pydicom.dcmread(like)
    made.SOPInstanceUID = made.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    made.SeriesInstanceUID = generate_uid()
    made.file_meta.TransferSyntaxUID = UID(transfer_syntax_uid)
    made.Rows, made.Columns, made.NumberOfFrames = ROWS, COLUMNS, FRAMES
    made.SamplesPerPixel, made.PhotometricInterpretation = 3, "YBR_PARTIAL_420"
    made.PlanarConfiguration = 0
    made.PixelData = encapsulate([_film(codec, container_format)])
    made["PixelData"].is_undefined_length = True
    sink = BytesIO()
    made.save_as(sink)
    return sink.getvalue()


def calibrated_mp4_object(like: Path, centimetres_per_pixel: float) -> bytes:
    """Write a file of its own study: the bar as H.264 in MP4, in one calibrated region."""
    made = pydicom.dcmread(BytesIO(video_object(like, "libx264", H264, "mp4")))
    made.StudyInstanceUID = generate_uid()
    made.PatientName, made.PatientID = "SYNTHETIC^VIDEO", "SYN-VIDEO"
    region = pydicom.Dataset()
    region.RegionSpatialFormat, region.RegionDataType, region.RegionFlags = 1, 1, 0
    region.RegionLocationMinX0 = region.RegionLocationMinY0 = 0
    region.RegionLocationMaxX1, region.RegionLocationMaxY1 = COLUMNS - 1, ROWS - 1
    region.PhysicalUnitsXDirection = region.PhysicalUnitsYDirection = 3  # cm
    region.PhysicalDeltaX = region.PhysicalDeltaY = centimetres_per_pixel
    made.SequenceOfUltrasoundRegions = [region]
    sink = BytesIO()
    made.save_as(sink)
    return sink.getvalue()


def _film(codec: str, container_format: str) -> bytes:
    import av  # noqa: PLC0415  # optional: it brings libraries under the GPL

    sink = BytesIO()
    with av.open(sink, "w", format=container_format) as container:
        stream = container.add_stream(codec, rate=25)
        assert isinstance(stream, av.VideoStream)
        stream.height, stream.width, stream.pix_fmt = ROWS, COLUMNS, "yuv420p"
        for at in range(FRAMES):
            picture = np.full((ROWS, COLUMNS, 3), 40, np.uint8)
            picture[:, 4 * at : 4 * at + 40] = 200
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = at
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return sink.getvalue()
