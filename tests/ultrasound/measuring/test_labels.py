"""Labels carry codes of the standard's lists, and can be told apart."""

from collections import Counter

from pydicom.sr.codedict import Collection

from sonarium.ultrasound.measuring.labels import LABELS


def test_a_label_never_looks_like_a_number() -> None:
    assert all(key == label.key and not key[-1].isspace() for key, label in LABELS.items())
    assert all(not key.rpartition(" ")[2].isdigit() for key in LABELS)


def test_labels_with_one_code_differ_in_site_side_or_view() -> None:
    told_apart = Counter(
        (label.code[:2], label.site, label.laterality, label.view) for label in LABELS.values()
    )
    assert told_apart.most_common(1)[0][1] == 1


def test_codes_are_in_the_lists_of_the_standard() -> None:
    echo, obstetrics = Collection("CID12300"), Collection("CID12005")
    assert LABELS["AV Vmax"].code.value in {code.value for code in echo.concepts.values()}
    assert LABELS["BPD"].code.value in {code.value for code in obstetrics.concepts.values()}


def test_every_tool_of_a_label_can_give_its_number() -> None:
    assert all(label.tools for label in LABELS.values())
