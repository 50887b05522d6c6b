"""What a page without scripts holds, read as a browser would: its inputs, its messages, its words."""

from __future__ import annotations

import re


def shown(page: str) -> dict[str, str]:
    """What the inputs of a page hold, hidden ones too, as a browser would post them back."""
    found = dict(re.findall(r'<input[^>]*? name="([^"]+)"[^>]*? value="([^"]*)"', page))
    found |= {name: text.strip("\n") for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>([^<]*)<', page)}
    for name, options in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', page, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return found


def errors(page: str) -> dict[str, str]:
    said = r'<p id="([^"]+)-error" class="govuk-error-message"><span[^>]*>[^<]*</span> ([^<]+)</p>'
    return dict(re.findall(said, page))


def plain(page: str) -> str:
    """The page with ordinary spaces, and addresses that no line breaks."""
    return re.sub("[\u00a0\u202f]", " ", page.replace("<wbr>", ""))
