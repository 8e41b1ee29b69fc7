"""Retrieve Capabilities."""

from xml.etree import ElementTree as ET

from tests.faces.conftest import Shelf

from sonarium.faces.dicomweb.capabilities import RESOURCES

WADL = "{http://wadl.dev.java.net/2009/02}"


async def test_the_document_names_every_resource_and_its_methods(shelf: Shelf) -> None:
    answer = await shelf.web.client.options("/dicom-web/")
    assert answer.headers["content-type"].startswith("application/vnd.sun.wadl+xml")
    root = ET.fromstring(answer.content)
    (resources,) = root
    assert resources.attrib["base"] == "http://127.0.0.1/dicom-web"
    described = {
        resource.attrib["path"]: {method.attrib["name"] for method in resource}
        for resource in resources.iter(f"{WADL}resource")
    }
    assert described == {path: set(methods) for path, methods in RESOURCES.items()}
