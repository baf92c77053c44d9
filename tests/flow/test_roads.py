"""Ways between places: the straight line, or a road server of one's own that answers in time and in full."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from mingcha.flow.draws import roads
from mingcha.kernel.routing import straight

POINTS = [(34.43 + n / 200, 104.03 + n / 300) for n in range(7)]


class Server(BaseHTTPRequestHandler):
    """A road server: every way is as long as the places are apart in its list, and answers as `mood` has it."""

    mood = "well"

    def do_GET(self):
        parts = urlsplit(self.path)
        query = {name: [int(i) for i in values[0].split(";")] for name, values in parse_qs(parts.query).items()
                 if name in ("sources", "destinations")}  # fmt: skip
        self.server.asked.append((parts.path, query))
        places = [float(pair.split(",")[1]) for pair in parts.path.rsplit("/", 1)[1].split(";")]
        every = range(len(places))
        far = [[round(abs(places[i] - places[j]) * 200) for j in query.get("destinations", every)]
               for i in query.get("sources", every)]  # fmt: skip
        self.answer({"code": "Ok", "durations": [[600 * each for each in row] for row in far],
                     "distances": [[5000 * each for each in row] for row in far]})  # fmt: skip

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, asked))
        row = [{"time": 60, "distance": 1.5} for _ in asked["targets"]]
        self.answer({"sources_to_targets": [row for _ in asked["sources"]]})

    def answer(self, told):
        mood = self.server.mood
        if mood == "gap":
            told["durations"][0][1] = None
        elif mood == "island":
            told["durations"][0] = [None] * len(told["durations"][0])
        elif mood == "short":
            told["durations"].pop()
        elif mood == "mad":
            told["durations"][0][1] = -5
        elif mood == "slow":
            time.sleep(1.5)
            return
        self.send_response({"lost": 404, "away": 302}.get(mood, 200))
        self.send_header("Content-Type", "application/json")
        self.send_header("Location", "/elsewhere/1,1")
        self.end_headers()
        self.wfile.write(b"<html>" if mood == "page" else json.dumps(told).encode())

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def server(settings):
    found = ThreadingHTTPServer(("127.0.0.1", 0), Server)
    found.asked, found.mood = [], "well"
    threading.Thread(target=found.serve_forever, daemon=True).start()
    settings.MINGCHA_ROADS = f"osrm:http://127.0.0.1:{found.server_port}"
    yield found
    found.shutdown()
    found.server_close()


def test_without_a_server_the_straight_line_holds(settings):
    settings.MINGCHA_ROADS = ""
    assert roads.ways(POINTS) == roads.Ways(straight(POINTS))


@pytest.mark.parametrize("block", [50, 3])
def test_a_server_of_ones_own_is_asked_in_blocks(server, monkeypatch, block):
    monkeypatch.setattr(roads, "BLOCK", block)
    found = roads.ways(POINTS)
    assert (found.source, found.why) == ("osrm", "")
    assert found.travel.seconds[2][5] == 3 * 600 + roads.PARKING and found.travel.metres[5][2] == 15000
    assert [found.travel.seconds[n][n] for n in range(7)] == [0] * 7
    assert len(server.asked) == (1 if block == 50 else 9)
    assert max(len(path.rsplit("/", 1)[1].split(";")) for path, _ in server.asked) <= 2 * block


def test_valhalla_is_asked_in_its_own_words(server, settings):
    settings.MINGCHA_ROADS = settings.MINGCHA_ROADS.replace("osrm", "valhalla")
    found = roads.ways(POINTS[:3])
    assert found.source == "valhalla" and found.travel.seconds[0][1] == 180 and found.travel.metres[0][1] == 1500


def test_a_pair_without_a_way_is_taken_from_the_straight_line(server):
    server.mood = "gap"
    found = roads.ways(POINTS)
    assert found.source == "osrm" and found.travel.seconds[0][1] == straight(POINTS).seconds[0][1]


@pytest.mark.parametrize(
    ("mood", "why"),
    [
        ("island", "unknown"),
        ("short", "silent"),
        ("mad", "silent"),
        ("slow", "silent"),
        ("lost", "silent"),
        ("away", "silent"),
        ("page", "silent"),
    ],
)
def test_whatever_a_server_does_the_round_is_not_held_up(server, monkeypatch, mood, why):
    monkeypatch.setattr(roads, "PATIENCE", 0.5)
    server.mood = mood
    started = time.monotonic()
    assert roads.ways(POINTS) == roads.Ways(straight(POINTS), why=why)
    assert time.monotonic() - started < 3


@pytest.mark.parametrize(
    ("named", "why"),
    [("osrm:http://127.0.0.1:9", "silent"), ("osrm:http://8.8.8.8", "outside"), ("osrm:ftp://127.0.0.1", "setting"),
     ("maps:http://127.0.0.1", "setting"), ("http://127.0.0.1", "setting"), ("osrm:http://", "outside")],
)  # fmt: skip
def test_a_server_that_is_not_ones_own_learns_of_no_place(settings, monkeypatch, named, why):
    monkeypatch.setattr(roads, "PATIENCE", 1)
    settings.MINGCHA_ROADS = named
    assert roads.ways(POINTS) == roads.Ways(straight(POINTS), why=why)
