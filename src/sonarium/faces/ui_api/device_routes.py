"""What an administrator does about devices: let in, change, try, remove."""

from litestar import Router, delete, get, post, put
from litestar.di import NamedDependency
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, JSONBody

from sonarium.base.errors import PeerError, UnavailableError
from sonarium.domain.principal import Permission
from sonarium.faces.ui_api.device_model import (
    DeviceDetail,
    DeviceList,
    DeviceSettings,
    Echo,
    KnockDetail,
)
from sonarium.faces.web_access import access
from sonarium.services.devices import DeviceService, UnknownDevice


@get("/devices", summary="List devices")
async def list_devices(devices: NamedDependency[DeviceService]) -> DeviceList:
    """List the known devices by AE title, and unknown callers that were refused."""
    return DeviceList(
        devices=[
            DeviceDetail(ae_title=one.ae_title, settings=DeviceSettings.of(one))
            for one in await devices.all()
        ],
        knocks=[KnockDetail.of(one) for one in await devices.knocks()],
    )


@put(
    "/devices/{ae_title:str}",
    summary="Let a device in, or change it",
    opt=access(Permission.MANAGE_DEVICES, step_up=True),
    status_code=204,
)
async def put_device(
    devices: NamedDependency[DeviceService],
    ae_title: FromPath[str],
    data: JSONBody[DeviceSettings],
) -> None:
    """Add a device, or change the one of this AE title; it has then not knocked."""
    await devices.put(data.device(ae_title))


@delete(
    "/devices/{ae_title:str}",
    summary="Remove a device",
    status_code=204,
    raises=[NotFoundException],
)
async def remove_device(devices: NamedDependency[DeviceService], ae_title: FromPath[str]) -> None:
    """Forget a device; its next association is refused."""
    try:
        await devices.remove(ae_title)
    except UnknownDevice as error:
        raise NotFoundException(detail=str(error)) from error


@post(
    "/devices/{ae_title:str}/echo",
    summary="Ask a device whether it answers",
    status_code=200,
    raises=[NotFoundException],
)
async def echo_device(devices: NamedDependency[DeviceService], ae_title: FromPath[str]) -> Echo:
    """Send C-ECHO; no answer is an answer too."""
    try:
        status = await devices.verify(ae_title)
    except UnknownDevice as error:
        raise NotFoundException(detail=str(error)) from error
    except (PeerError, UnavailableError) as error:
        return Echo(answered=False, detail=str(error))
    return Echo(answered=status == 0, detail=f"status {status:04X}H")


def device_routes() -> Router:
    """Return every route about devices."""
    return Router(
        "/api",
        route_handlers=[list_devices, put_device, remove_device, echo_device],
        opt=access(Permission.MANAGE_DEVICES),
        tags=["administration"],
        request_max_body_size=64 * 1024,
    )
