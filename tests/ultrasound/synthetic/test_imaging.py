import numpy as np

from sonarium.ultrasound.synthetic.beam import Beam
from sonarium.ultrasound.synthetic.imaging import Imager, Settings

BEAM = Beam(10.0, 35.0, lines=96, samples=160)


def noise(strength: float, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    grid = rng.standard_normal((BEAM.lines, BEAM.samples, 2)).astype(np.float32)
    return (grid.view(np.complex64)[..., 0] * np.float32(strength)).astype(np.complex64)


def imager(**settings: float) -> Imager:
    return Imager(BEAM, Settings(**settings), np.random.default_rng(3))  # type: ignore[arg-type]


def test_stronger_scatterers_are_brighter() -> None:
    seen = [imager().see(noise(strength)).mean() for strength in (0.001, 0.01, 0.1)]
    assert seen == sorted(seen)
    assert seen[2] > seen[0] + 60


def test_levels_are_those_of_a_picture() -> None:
    seen = imager(gain_db=30).see(noise(1.0))
    assert seen.shape == (BEAM.lines, BEAM.samples)
    assert 0 <= seen.min() <= seen.max() <= 255


def test_gain_brightens_and_dynamic_range_flattens() -> None:
    plain = imager().see(noise(0.02)).mean()
    assert imager(gain_db=6).see(noise(0.02)).mean() > plain
    assert imager(dynamic_range_db=80).see(noise(0.02)).mean() > plain


def test_a_point_is_spread_wider_across_than_along() -> None:
    grid = np.zeros((BEAM.lines, BEAM.samples), dtype=np.complex64)
    grid[48, 80] = 3
    envelope = imager(clutter_db=-90, noise_db=-90).envelope(grid)
    bright = envelope > 0.3 * envelope.max()
    assert bright[48, 80]
    assert np.count_nonzero(bright[:, 80]) >= np.count_nonzero(bright[48])


def test_what_was_seen_persists() -> None:
    machine = imager(persistence=0.5)
    machine.see(noise(1.0))
    ghost = machine.see(noise(0.0001, seed=2)).mean()
    assert ghost > imager().see(noise(0.0001, seed=2)).mean() + 20


def test_speckle_is_fully_developed() -> None:
    """Mean over spread is 1.91 for many random scatterers; side lobes add a little haze."""
    flat = Settings(noise_db=-120, clutter_db=-120, loss_db_per_cm=0, uneven_lines_db=0.001,
                    edge_loss_db=0)  # fmt: skip
    envelope = Imager(BEAM, flat, np.random.default_rng(3)).envelope(noise(0.1))
    middle = envelope[20:-20, 70:90]
    assert 1.85 < middle.mean() / middle.std() < 2.4


def test_neighbouring_lines_look_as_in_the_whole_picture() -> None:
    grid = noise(0.1)
    whole = imager(persistence=0).see(grid)
    some = imager(persistence=0).see_lines(grid[40:49], slice(40, 49))
    assert some.shape == (9, BEAM.samples)
    assert abs(float(whole[44].mean()) - float(some[4].mean())) < 15
