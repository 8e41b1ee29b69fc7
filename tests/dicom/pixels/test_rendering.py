from sonarium.dicom.pixels.rendering import AS_STORED, Rendering, Viewport


def test_a_rendering_without_wishes_is_as_stored() -> None:
    assert Rendering() == AS_STORED
    assert Rendering(quality=50) != AS_STORED
    assert Rendering(viewport=Viewport(10, 10)) != AS_STORED
