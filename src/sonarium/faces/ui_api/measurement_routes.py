"""Measuring in the JSON API: calibration, labels, measurements and key images of a study."""

from typing import Any

from litestar import Request, Router, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.exceptions import ClientException, NotFoundException, ValidationException
from litestar.params import FromPath, JSONBody

from sonarium.domain.principal import Permission
from sonarium.faces.ui_api.measurement_model import (
    ImagesToMark,
    MeasurementLabels,
    MeasurementsToSave,
    StudyCalibration,
    StudyKeyImages,
    StudyMeasurements,
)
from sonarium.faces.ui_api.measurement_present import (
    measurement_labels,
    measurement_of,
    study_calibration,
    study_key_images,
    study_measurements,
)
from sonarium.faces.web_access import access, principal_of, viewer_of
from sonarium.services.key_images import KeyImageService, MarkedImage, NoSuchStudy
from sonarium.services.measurements import MeasurementService, StudyNotHere, VersionConflict

LONGEST_BODY_BYTES = 8 * 1024 * 1024


class Conflict(ClientException):
    """Somebody saved first."""

    status_code = 409


@get(
    "/studies/{study_instance_uid:str}/calibration",
    summary="Calibration of a study",
    raises=[NotFoundException],
)
async def show_calibration(
    request: Request[Any, Any, State],
    measuring: NamedDependency[MeasurementService],
    study_instance_uid: FromPath[str],
) -> StudyCalibration:
    """Tell what the pixels of every picture of a study measure."""
    try:
        instances = await measuring.headers(viewer_of(request), study_instance_uid)
    except StudyNotHere as error:
        raise NotFoundException(detail=str(error)) from error
    return study_calibration(instances)


@get(
    "/studies/{study_instance_uid:str}/measurements",
    summary="Measurements of a study",
    raises=[NotFoundException],
)
async def show_measurements(
    request: Request[Any, Any, State],
    measuring: NamedDependency[MeasurementService],
    study_instance_uid: FromPath[str],
) -> StudyMeasurements:
    """Return the newest measurements, their means and what follows from them."""
    try:
        saved = await measuring.current(viewer_of(request), study_instance_uid)
    except StudyNotHere as error:
        raise NotFoundException(detail=str(error)) from error
    return study_measurements(saved, principal_of(request).display_name)


@put(
    "/studies/{study_instance_uid:str}/measurements",
    summary="Save the measurements of a study",
    raises=[NotFoundException, Conflict],
    request_max_body_size=LONGEST_BODY_BYTES,
    opt=access(Permission.WRITE_STUDIES),
)
async def save_measurements(
    request: Request[Any, Any, State],
    measuring: NamedDependency[MeasurementService],
    study_instance_uid: FromPath[str],
    data: JSONBody[MeasurementsToSave],
) -> StudyMeasurements:
    """Store all measurements as a new document that supersedes the one before.

    409: another save came first; read again, join both and save.
    """
    try:
        measurements = [measurement_of(detail) for detail in data.measurements]
    except ValueError as error:
        raise ValidationException(detail="A measurement's time is not a date and time.") from error
    try:
        by = principal_of(request).display_name
        saved = await measuring.save(
            principal_of(request).viewer, study_instance_uid, data.version, measurements, by
        )
    except StudyNotHere as error:
        raise NotFoundException(detail=str(error)) from error
    except VersionConflict as error:
        raise Conflict(detail=str(error)) from error
    return study_measurements(saved, principal_of(request).display_name)


@get("/measurement-labels", summary="Labels of measurements", sync_to_thread=False)
def show_labels() -> MeasurementLabels:
    """List what measurements can be called, with codes, and their units."""
    return measurement_labels()


@get(
    "/studies/{study_instance_uid:str}/key-images",
    summary="Key images of a study",
    raises=[NotFoundException],
)
async def show_key_images(
    request: Request[Any, Any, State],
    marking: NamedDependency[KeyImageService],
    study_instance_uid: FromPath[str],
) -> StudyKeyImages:
    """List the images that were marked, here or on a scanner, and why."""
    try:
        return study_key_images(await marking.marked(viewer_of(request), study_instance_uid))
    except NoSuchStudy as error:
        raise NotFoundException(detail=str(error)) from error


@post(
    "/studies/{study_instance_uid:str}/key-images",
    summary="Mark key images",
    raises=[NotFoundException],
    request_max_body_size=LONGEST_BODY_BYTES,
    opt=access(Permission.WRITE_STUDIES),
)
async def mark_key_images(
    request: Request[Any, Any, State],
    marking: NamedDependency[KeyImageService],
    study_instance_uid: FromPath[str],
    data: JSONBody[ImagesToMark],
) -> StudyKeyImages:
    """Store a Key Object Selection of these images."""
    images = [MarkedImage(image.sop_instance_uid, image.frame) for image in data.images]
    try:
        marked = await marking.mark(
            viewer_of(request), study_instance_uid, data.reason, data.description, images
        )
    except NoSuchStudy as error:
        raise NotFoundException(detail=str(error)) from error
    return study_key_images(marked)


def measurement_routes() -> Router:
    """Return every route of measuring."""
    return Router(
        "/api",
        route_handlers=[
            show_calibration,
            show_measurements,
            save_measurements,
            show_labels,
            show_key_images,
            mark_key_images,
        ],
        tags=["measuring"],
        opt=access(Permission.OPEN_STUDIES),
    )
