"""
The few line drawings the doors use, as SVG path data on a 24 × 24 field.

They are written into the page, because a strict content policy and slow lines both prefer one answer to many.
"""

ICONS = {
    "home": "M4 11 12 4l8 7v8a1 1 0 0 1-1 1h-4v-6H9v6H5a1 1 0 0 1-1-1z",
    "campaign": "M5 4h14v16H5zM9 4V2.5M15 4V2.5M8.5 9.5h7M8.5 13.5h7M8.5 17h4",
    "site": "M12 21c4-4.6 6.5-8 6.5-11a6.5 6.5 0 0 0-13 0c0 3 2.5 6.4 6.5 11zM12 12.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z",
    "ledger": "M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14",
    "order": "M14 4H6a1 1 0 0 0-1 1v14a1 1 0 0 0 1 1h12a1 1 0 0 0 1-1V9zM14 4v5h5M8.5 14.5l2.5 2.5 4.5-4.5",
    "rulebook": "M5 5.5A2.5 2.5 0 0 1 7.5 3H19v15H7.5A2.5 2.5 0 0 0 5 20.5zM5 20.5A2.5 2.5 0 0 0 7.5 21H19v-3M9 7.5h6M9 11h6",
    "brief": "M6 3h9l4 4v14H6zM15 3v4h4M9.5 12h6M9.5 15.5h6M9.5 8.5h2",
    "notice": "M6 16V11a6 6 0 0 1 12 0v5l1.5 2h-15zM10 18.5a2 2 0 0 0 4 0",
    "field": "M7 3h10a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H7a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM9 9.5l1.5 1.5L13 8.5M9 14.5l1.5 1.5 2.5-2.5M15 10h.5M15 15h.5",
    "menu": "M4 7h16M4 12h16M4 17h16",
    "close": "M6 6l12 12M18 6 6 18",
    "back": "M15 5l-7 7 7 7",
    "next": "M9 5l7 7-7 7",
    "clock": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5.5l3.5 2",
    "info": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v5.5M12 7.5v.2",
    "warn": "M12 4 2.5 20h19zM12 10v4.5M12 17v.2",
    "error": "M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 8v5M12 16v.2",
    "success": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM8 12.5l3 3 5.5-6",
    "plus": "M12 5v14M5 12h14",
    "search": "M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 20 20",
    "upload": "M12 16V5M7.5 9 12 4.5 16.5 9M4.5 15.5V19a1 1 0 0 0 1 1h13a1 1 0 0 0 1-1v-3.5",
    "download": "M12 4.5V15M7.5 11 12 15.5 16.5 11M4.5 15.5V19a1 1 0 0 0 1 1h13a1 1 0 0 0 1-1v-3.5",
    "camera": "M4 8h3.5L9 5.5h6L16.5 8H20v11H4zM12 16.5a3.3 3.3 0 1 0 0-6.6 3.3 3.3 0 0 0 0 6.6z",
    "lock": "M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 14.5v2",
    "team": "M9 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.3-4 3-6 6.5-6s6.2 2 6.5 6M16 5a3.3 3.3 0 0 1 0 6.3M18 14.3c2 .8 3.3 2.6 3.5 5.2",
    "print": "M7 8V3.5h10V8M7 17H4V8h16v9h-3M7 14h10v6.5H7z",
    "out": "M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9",
    "globe": "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM3 12h18M12 3c5 5.5 5 12.5 0 18M12 3c-5 5.5-5 12.5 0 18",
}
