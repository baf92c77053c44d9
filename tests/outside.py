"""
What lies outside the house, on this machine: a server that answers as WeCom, DingTalk and Feishu do, and a mail server.

    with Group() as group:              settings.MINGCHA_CHAT_HOSTS = group.hosts
        group.heard                     the messages as (path with query, text), in order
        group.answers = [...]           what is said to the next ones: (status, body); then all is well again
    with Post() as post:                post.port, post.letters, post.refuse
"""

import json
import socketserver
import threading
from dataclasses import dataclass
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PUBLIC = ("qyapi.weixin.qq.com", "oapi.dingtalk.com", "open.feishu.cn")
TAKEN = {"errcode": 0, "code": 0, "msg": "success"}


class _Served:
    """A server in a thread of its own, while the `with` lasts."""

    server: socketserver.BaseServer

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, args=[0.05], daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def port(self) -> int:
        return self.server.server_address[1]


class Group(_Served):
    """The robots of chat groups."""

    def __init__(self):
        self.heard: list[tuple[str, str]] = []
        self.answers: list[tuple[int, object]] = []
        self.before = lambda: None  # called before an answer is given
        outer = self

        class Robot(BaseHTTPRequestHandler):
            def do_POST(self):
                told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                text = told["text"]["content"] if "text" in told else told["content"]["text"]
                outer.heard.append((self.path, text))
                outer.before()
                status, body = outer.answers.pop(0) if outer.answers else (200, TAKEN)
                self.send_response(status)
                for name, value in (body if status in (301, 302) else {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body.encode() if isinstance(body, str) else json.dumps(body).encode())

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Robot)

    @property
    def hosts(self) -> dict[str, str]:
        return dict.fromkeys(PUBLIC, f"http://127.0.0.1:{self.port}")

    @property
    def texts(self) -> list[str]:
        return [text for _, text in self.heard]


@dataclass
class Letter:
    """A mail as it came in: to whom, its subject, its text, and the bytes."""

    to: str
    subject: str
    text: str
    raw: bytes


class Post(_Served):
    """A mail server that takes everything in the open; `refuse` names addresses it does not know."""

    def __init__(self):
        self.letters: list[Letter] = []
        self.refuse: set[str] = set()
        outer = self

        class Talk(socketserver.StreamRequestHandler):
            def handle(self):
                self.say("220 post")
                to = ""
                for line in self.rfile:
                    word = line.decode().strip()
                    verb = word.upper()
                    if verb.startswith("RCPT"):
                        to = word.partition("<")[2].partition(">")[0]
                        self.say("550 unknown" if to in outer.refuse else "250 ok")
                    elif verb == "DATA":
                        self.say("354 go on")
                        outer.letters.append(outer.letter(to, self.content()))
                        self.say("250 ok")
                    elif verb == "QUIT":
                        return self.say("221 bye")
                    else:
                        self.say("250 post")
                return None

            def say(self, words):
                self.wfile.write(f"{words}\r\n".encode())

            def content(self):
                lines = []
                for line in self.rfile:
                    if line == b".\r\n":
                        break
                    lines.append(line)
                return b"".join(lines)

        self.server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk)
        self.server.daemon_threads = True

    @staticmethod
    def letter(to: str, raw: bytes) -> Letter:
        message = message_from_bytes(raw, policy=policy.default)
        return Letter(to, str(message["subject"]), message.get_content(), raw)
