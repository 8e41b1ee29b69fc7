"""Builds the web application into the package, so that wheel and sdist install without Node."""

import os
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PREBUILT = "SONARIUM_WEB_PREBUILT"


class WebBuildHook(BuildHookInterface):  # type: ignore[type-arg]  # hatchling's own generic
    """Runs `npm ci` and `npm run build` unless the assets are there already."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build, and add the result to what is packed."""
        root = Path(self.root)
        assets = root / "src" / "sonarium" / "web_assets"
        prebuilt = os.environ.get(PREBUILT) == "1"
        stale = not (assets / "index.html").exists() or (root / ".git").exists()
        if version != "editable" and not prebuilt and stale:
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=root / "web", check=True)
            subprocess.run(["npm", "run", "build"], cwd=root / "web", check=True)
        if assets.is_dir():
            build_data["artifacts"].append("src/sonarium/web_assets/**")
