"""What the wheel carries beside the code: templates, static files (third-party ones included), form catalogue."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FOLDERS = ("templates", "static", "form_catalogue")


class CarryFolders(BuildHookInterface[Any]):
    """Puts the folders under grc/ in a real wheel; an editable install reads them where they are (grc.resources)."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Adds the folders; ends the build when static/vendor, which git does not hold, was not made first."""
        if version == "editable":
            return
        root = Path(self.root)
        if not (root / "static" / "vendor").is_dir():
            raise SystemExit("wheel: static/vendor is missing; run `make vendor` first")
        build_data["force_include"].update({str(root / name): f"grc/{name}" for name in FOLDERS})
