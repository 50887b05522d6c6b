"""The pages of administration."""

from __future__ import annotations

from grc.web import tiles
from grc.web.admin import home
from grc.web.frame import MenuItem
from tests.support.previews.world import Preview, desk_frame

HERE = "/tilleul/agents/administration"


def admin_page(template: str, page: object) -> Preview:
    menu = [MenuItem("Demandes", "/tilleul/agents"), MenuItem("Administration", HERE, current=True)]
    return Preview(f"admin/{template}.html", {"frame": desk_frame(menu=menu), "page": page})


def admin() -> dict[str, Preview]:
    groups = [
        home.TileGroup(
            name,
            [
                home.TileLink(tile.title, f"/tilleul/agents/{tile.path}", tile.text)
                for tile in tiles.TILES
                if tile.group == name
            ],
        )
        for name in dict.fromkeys(tile.group for tile in tiles.TILES)
    ]
    return {"admin": admin_page("home", home.HomePage(groups))}
