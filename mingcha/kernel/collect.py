"""
What ODK Collect reads from a QR code: where its server is, and how it keeps forms and sends.

Source: ODK documentation, "Importing and exporting settings": base64 of the zlib-compressed JSON of the settings;
`general` and `admin` must both be there.
"""

import base64
import json
import zlib

ICON, COLOUR = "明", "#1554ad"


def settings(server_url: str, project: str) -> str:
    """
    Return the text of a settings QR code; whoever scans it may send with the token that `server_url` ends with.

    Forms follow the server by themselves, and what is finished is sent whenever there is any network: nobody has to
    remember either at the end of a day in the villages. `project` is the name that Collect shows.
    """
    words = {
        "general": {"server_url": server_url, "form_update_mode": "match_exactly", "autosend": "wifi_and_cellular"},
        "admin": {},
        "project": {"name": project, "icon": ICON, "color": COLOUR},
    }
    text = json.dumps(words, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(zlib.compress(text.encode(), level=9)).decode()
