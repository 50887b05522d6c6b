"""The files that the bench sends: what it says they are."""

from __future__ import annotations

from io import BytesIO

from PIL import Image

from grc.attachments import sniffing
from grc.bench import uploads
from grc.bench.installation import FILES


def test_the_samples_are_what_their_names_say_and_the_photograph_weighs_three_megabytes() -> None:
    samples = uploads.samples()
    for name, media_type in FILES:
        found = sniffing.examine(BytesIO(samples[name]), allowed=[media_type])
        assert (found.type, found.problem) == (media_type, ""), name
    photo = samples["photo.jpg"]
    assert Image.open(BytesIO(photo)).size == (4000, 3000)
    assert 2_800_000 < len(photo) < 3_600_000
