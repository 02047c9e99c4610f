#!/usr/bin/env python3
"""Measures how fast, and how faithfully, bots carry messages from one Matrix room to another.

Started by `benches/relay/run`, which provides the homeserver and the bots. One sender writes reports into room A, one
observer sits in room B with a /sync of their own. A report names a corner; by it the alert is recognised. Standard
library only; in encrypted rooms the two people write and read through `peers/chat.py`, on matrix-nio.
"""
import argparse
import asyncio
import hashlib
import hmac
import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

HERE = Path(__file__).resolve().parent
REPO = HERE.parent.parent
PARTS = {
    "west": ["whittier", "lyndale", "lowry-hill-east", "stevens-square", "south-uptown", "kingfield"],
    "middle": ["powderhorn-park", "central", "corcoran", "phillips-west", "midtown-phillips", "east-phillips",
               "ventura-village", "bryant", "bancroft"],
    "east": ["longfellow", "cooper", "howe", "hiawatha", "seward", "minnehaha", "ericsson", "standish"],
    "southwest": ["fulton", "linden-hills", "lynnhurst", "armatage", "kenny", "windom", "tangletown", "east-harriet",
                  "west-maka-ska"],
}
TICK = os.sysconf("SC_CLK_TCK")


# ---- A small HTTP client: asyncio has none, and threads would cost more than what is measured. --------------------------

class Http:
    """Keeps connections open, one for each request under way."""

    def __init__(self, base):
        url = urlsplit(base)
        self.host, self.port, self.idle = url.hostname, url.port, []

    async def call(self, method, path, token=None, body=None):
        data = b"" if body is None else json.dumps(body).encode()
        head = f"{method} {path} HTTP/1.1\r\nHost: {self.host}:{self.port}\r\nContent-Length: {len(data)}\r\n"
        if token:
            head += f"Authorization: Bearer {token}\r\n"
        if data:
            head += "Content-Type: application/json\r\n"
        connection = self.idle.pop() if self.idle else await asyncio.open_connection(self.host, self.port, limit=1 << 24)
        reader, writer = connection
        writer.write(head.encode() + b"\r\n" + data)
        status = int((await reader.readline()).split()[1])
        length = chunked = None
        while (line := await reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode().partition(":")
            if name.lower() == "content-length":
                length = int(value)
            if name.lower() == "transfer-encoding":
                chunked = True
        answer = b""
        if chunked:
            while size := int(await reader.readline(), 16):
                answer += await reader.readexactly(size)
                await reader.readline()
            await reader.readline()
        else:
            answer = await reader.readexactly(length or 0)
        self.idle.append(connection)
        value = json.loads(answer or b"{}")
        if status != 200:
            raise RuntimeError(f"{method} {path.split('?')[0]}: {status} {value}")
        return value


class Person:
    def __init__(self, http, registered, password):
        self.http, self.password = http, password
        self.id, self.token, self.device = (registered[key] for key in ("user_id", "access_token", "device_id"))

    async def call(self, method, path, body=None):
        return await self.http.call(method, "/_matrix/client/v3" + path, self.token, body)

    async def room(self, name, invite, encrypted):
        state = [{"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}]
        body = {"preset": "private_chat", "name": name, "invite": invite, "initial_state": state if encrypted else []}
        return (await self.call("POST", "/createRoom", body))["room_id"]


async def register(http, secret, name):
    nonce = (await http.call("GET", "/_synapse/admin/v1/register"))["nonce"]
    password = "correct horse battery"
    mac = hmac.new(secret.encode(), b"\0".join(p.encode() for p in (nonce, name, password, "notadmin")), hashlib.sha1)
    body = {"nonce": nonce, "username": name, "password": password, "admin": False, "mac": mac.hexdigest()}
    return Person(http, await http.call("POST", "/_synapse/admin/v1/register", None, body), password)


# ---- What is sent and seen ----------------------------------------------------------------------------------------------

def corners():
    by_part = {part: [] for part in PARTS}
    for line in (HERE / "corners.csv").read_text().splitlines():
        if not line.startswith("#"):
            part, one, other, shown = line.split(",")
            by_part[part].append((f"{one} and {other}", shown))
    return by_part


CORNERS = corners()
SHOWN = {shown: text for some in CORNERS.values() for text, shown in some}
# The longest first: "24th & Park" also holds "4th & Park".
KNOWN = re.compile("|".join(re.escape(name) for name in sorted([*SHOWN, *SHOWN.values()], key=len, reverse=True)))


def corner_in(body):
    found = KNOWN.search(body)
    return found and SHOWN.get(found[0], found[0])


class Seen:
    """What the observer saw: the first sighting of each corner in its room, how often, in which order."""

    def __init__(self):
        self.first, self.count, self.order = {}, {}, {}

    def note(self, room, body, at):
        corner = corner_in(body)
        if corner is None:
            return
        self.count[corner] = self.count.get(corner, 0) + 1
        if corner not in self.first:
            self.first[corner] = at
            self.order.setdefault(room, []).append(corner)


class Plain:
    """Two people in plain rooms: raw requests."""

    def __init__(self, stage):
        self.stage = stage

    async def start(self):
        rooms = [room for pair in self.stage.pairs for room in pair[1:]]
        self.filter = quote(json.dumps({
            "presence": {"types": []}, "account_data": {"types": []},
            "room": {"rooms": rooms, "timeline": {"limit": 1000, "types": ["m.room.message"]}, "state": {"types": []},
                     "ephemeral": {"types": []}, "account_data": {"types": []}}}))
        first = await self.stage.observer.call("GET", f"/sync?timeout=0&filter={self.filter}")
        self.task = asyncio.create_task(self.observe(first["next_batch"]))

    async def observe(self, since):
        while True:
            answer = await self.stage.observer.call("GET", f"/sync?timeout=10000&since={since}&filter={self.filter}")
            now, since = time.monotonic(), answer["next_batch"]
            for room, update in answer.get("rooms", {}).get("join", {}).items():
                for event in update["timeline"]["events"]:
                    if event["sender"] != self.stage.observer.id:
                        self.stage.seen.note(room, event["content"].get("body", ""), now)

    async def send(self, room, txn, body):
        answer = await self.stage.sender.call(
            "PUT", f"/rooms/{quote(room)}/send/m.room.message/{txn}", {"msgtype": "m.text", "body": body})
        return answer["event_id"]

    async def stop(self):
        self.task.cancel()


class Encrypted:
    """Two people in encrypted rooms: a `chat.py` each, a line a message."""

    def __init__(self, stage):
        self.stage, self.waiting, self.lock = stage, {}, {}

    async def start(self):
        self.chats = []
        for who in (self.stage.sender, self.stage.observer):
            chat = await asyncio.create_subprocess_exec(
                str(Path(self.stage.options.cache) / "peers-venv/bin/python"), str(HERE / "peers/chat.py"), self.stage.options.hs, who.id, who.token, who.device,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, limit=1 << 20)
            assert (await chat.stdout.readline()).strip() == b'{"up":true}'
            self.chats.append(chat)
        self.tasks = [asyncio.create_task(self.read(chat, n == 1)) for n, chat in enumerate(self.chats)]

    async def read(self, chat, is_observer):
        while line := await chat.stdout.readline():
            told = json.loads(line)
            if "sent" in told:
                self.waiting.pop(told["sent"]).set_result(told["event"])
            elif is_observer and told["sender"] != self.stage.observer.id:
                self.stage.seen.note(told["room"], told["body"], time.monotonic())

    async def send(self, room, txn, body):
        # One at a time in one room, as a person writes.
        async with self.lock.setdefault(room, asyncio.Lock()):
            self.waiting[txn] = asyncio.get_running_loop().create_future()
            line = json.dumps({"room": room, "txn": txn, "body": body}) + "\n"
            self.chats[0].stdin.write(line.encode())
            return await self.waiting[txn]

    async def stop(self):
        for chat in self.chats:
            chat.terminate()
            await chat.wait()


# ---- The machine ----------------------------------------------------------------------------------------------------------

def usage(root):
    """CPU seconds and resident MiB of a process and its descendants."""
    parents, cpu = {}, {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents[int(entry)], cpu[int(entry)] = int(fields[1]), (int(fields[11]) + int(fields[12])) / TICK
    seconds = mib = 0.0
    for pid in parents:
        at = pid
        while at != root and at > 1:
            at = parents.get(at, 0)
        if at == root:
            seconds += cpu[pid]
            try:
                rss = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
                mib += int(rss[1]) / 1024 if rss else 0
            except OSError:
                pass
    return seconds, mib


def waiting_for_cpu():
    """Seconds in which some task of the machine waited for a CPU."""
    try:
        return int(re.search(r"some.*total=(\d+)", Path("/proc/pressure/cpu").read_text())[1]) / 1e6
    except (OSError, TypeError):
        return float("nan")


def percentile(values, share):
    values = sorted(values)
    return values[max(0, min(len(values), -int(-share * len(values) // 1)) - 1)] if values else float("nan")


# ---- The bots -------------------------------------------------------------------------------------------------------------

class Tocsin:
    """The program as released. `pure`: no reactions, no verifiers' room. `chat`: talk is passed on instead of reports alerted."""

    def __init__(self, pure=False, chat=False):
        self.pure, self.chat = pure, chat

    def command(self, stage, store):
        config = store / "config"
        config.mkdir(parents=True)
        for name in ("cities", "lexicon", "holds"):
            (config / name).symlink_to(REPO / "bot-config" / name)
        rooms = []
        parts = list(PARTS)
        for n, (part, room_a, room_b) in enumerate(stage.pairs):
            areas = PARTS[part] if len(stage.pairs) > 1 else [area for some in PARTS.values() for area in some]
            for room in (room_a, room_b):
                rooms.append((room, "response", [f"mpls/{area}" for area in areas]))
        if not self.pure:
            rooms.append((stage.verifiers, "verifiers", []))
        rooms.append((stage.moderators, "moderators", []))
        toml = [f'data_dir = "{store}/data"', f'key_file = "{store}/data/key"', f'prompts_dir = "{REPO}/prompts"',
                "[community]", 'name = "Bench"', 'city = "twin-cities"', 'language = "en"', 'legal_hotline = "612-555-0100"',
                "[store]", f'url = "sqlite:{store}/data/tocsin.db"', "[web]", 'listen = "127.0.0.1:0"',
                "[matrix]", f'homeserver = "{stage.options.hs}"', f'user = "{stage.bot.id}"']
        for room, purpose, areas in rooms:
            toml += ["[[rooms]]", f'room = "{room}"', f'name = "{purpose}"', f'purpose = "{purpose}"', f"areas = {json.dumps(areas)}"]
        (config / "tocsin.toml").write_text("\n".join(toml) + "\n")
        # Each report is an incident of its own.
        (config / "policy.toml").write_text(
            f"marks = {str(not self.pure).lower()}\nrelay = \"{'chat' if self.chat else 'alerts'}\"\n"
            "[joining]\nnear_metres = 0\ntight_metres = 0\n[holds]\nreports_by_one = 100000\n")
        return [stage.options.tocsin, "--config", str(config), "run"], {"TOCSIN_MATRIX_PASSWORD": stage.bot.password}


class Peer:
    """Another library's bot; it copies the text."""

    def __init__(self, command, **environment):
        self.parts, self.environment = command, environment

    def command(self, stage, store):
        (part, room_a, room_b), bot = stage.pairs[0], stage.bot
        setup = {"hs": stage.options.hs, "encrypted": stage.encrypted, "room_a": room_a, "room_b": room_b,
                 "bot": {"user_id": bot.id, "password": bot.password, "access_token": bot.token, "device_id": bot.device}}
        (store / "setup.json").write_text(json.dumps(setup))
        return [*self.parts, str(store / "setup.json"), str(store / "store")], self.environment


def bots(options):
    peers, cache = HERE / "peers", Path(options.cache)
    python = str(cache / "peers-venv/bin/python")
    return {
        "direct": None,
        "tocsin": Tocsin(),
        "tocsin-pure": Tocsin(pure=True),
        "tocsin-chat": Tocsin(pure=True, chat=True),
        "nio": Peer([python, str(peers / "nio_relay.py")]),
        "maubot": Peer([str(peers / "maubot_relay.sh")], MAUBOT_PYTHON=python),
        "botsdk": Peer(["node", str(peers / "botsdk_relay.js")], NODE_MODULES=str(cache / "peers-node/node_modules")),
    }


# ---- One measurement ------------------------------------------------------------------------------------------------------

class Stage:
    """Fresh accounts and rooms for one bot, and what is measured with them."""

    def __init__(self, options, label, bot, pairs, encrypted):
        self.options, self.label, self.bot_kind, self.encrypted = options, label, bot, encrypted
        self.http, self.seen, self.used, self.process = Http(options.hs), Seen(), 0, None
        self.parts = list(PARTS)[:pairs]

    async def build(self):
        secret = Path(self.options.secret).read_text().strip()
        tag = f"{self.label}-{random.randrange(16**8):08x}"
        self.sender, self.observer, self.bot = [
            await register(self.http, secret, f"{who}-{tag}") for who in ("sender", "observer", "bot")]
        self.pairs = []
        for part in self.parts:
            if self.bot_kind is None:
                room = await self.sender.room("direct", [self.observer.id], self.encrypted)
                await self.observer.call("POST", f"/join/{quote(room)}", {})
                self.pairs.append((part, room, room))
            else:
                room_a = await self.sender.room("A", [self.bot.id], self.encrypted)
                room_b = await self.observer.room("B", [self.bot.id], self.encrypted)
                self.pairs.append((part, room_a, room_b))
        self.verifiers = await self.sender.room("verifiers", [self.bot.id], self.encrypted)
        self.moderators = await self.sender.room("moderators", [self.bot.id], self.encrypted)
        # Every corner once: a second report of it would count towards the first. Several rooms take turns.
        lists = [[(pair, *corner) for corner in CORNERS[pair[0]]] for pair in self.pairs]
        if len(lists) == 1:
            lists = [[(self.pairs[0], *corner) for some in CORNERS.values() for corner in some]]
        self.reports = [report for turn in zip(*lists) for report in turn]

    async def __aenter__(self):
        await self.build()
        self.store = Path(self.options.work) / f"{self.label}-{random.randrange(16**8):08x}"
        self.store.mkdir(parents=True)
        if self.bot_kind is not None:
            command, environment = self.bot_kind.command(self, self.store)
            began = time.monotonic()
            self.log = open(self.store / "bot.log", "wb")
            self.process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=self.log, stderr=self.log,
                                            process_group=0)
            await self.joined()
            self.started_s = time.monotonic() - began
        self.people = (Encrypted if self.encrypted else Plain)(self)
        await self.people.start()
        await self.warm_up()
        return self

    async def __aexit__(self, *_):
        await self.people.stop()
        if self.process:
            os.killpg(self.process.pid, signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
            self.log.close()
        if not self.options.keep:
            shutil.rmtree(self.store, ignore_errors=True)

    async def joined(self):
        """Waits until the bot is in both rooms: a failed join is the first thing that goes unnoticed."""
        rooms = [(person, room) for _, a, b in self.pairs for person, room in ((self.sender, a), (self.observer, b))]
        if isinstance(self.bot_kind, Tocsin):
            others = [self.moderators] if self.bot_kind.pure else [self.verifiers, self.moderators]
            rooms += [(self.sender, room) for room in others]
        for person, room in rooms:
            for _ in range(600):
                members = await person.call("GET", f"/rooms/{quote(room)}/joined_members")
                if self.bot.id in members["joined"]:
                    break
                if self.process.poll() is not None:
                    raise RuntimeError(f"{self.label} ended: {(self.store / 'bot.log').read_text()[-2000:]}")
                await asyncio.sleep(0.1)
            else:
                raise RuntimeError(f"{self.label} did not join {room}")

    def next_report(self):
        pair, corner, _ = self.reports[self.used]
        self.used += 1
        if getattr(self.bot_kind, "chat", False):
            return pair, corner, f"somebody near {corner} has lost a cat"
        return pair, corner, f"{self.used % 9 + 2} ICE agents in tac vests at {corner}"

    async def warm_up(self):
        came, until = 0, time.monotonic() + 90
        while came < 5:
            if time.monotonic() > until:
                raise RuntimeError(f"{self.label}: only {came} of 5 messages came through in the warm-up")
            pair, corner, body = self.next_report()
            await self.people.send(pair[1], f"w{self.used}", body)
            for _ in range(200):
                if corner in self.seen.first:
                    came += 1
                    break
                await asyncio.sleep(0.02)
        await self.quiet()

    async def quiet(self):
        """Waits until the bot has nothing left to do."""
        await asyncio.sleep(1.5)
        while self.process and self.busy(await self.spent(1.0)):
            pass

    @staticmethod
    def busy(spent):
        return spent > 0.05

    async def spent(self, seconds):
        before = usage(self.process.pid)[0]
        await asyncio.sleep(seconds)
        return usage(self.process.pid)[0] - before

    async def measure(self, n, rate=None):
        """Sends `n` reports, at `rate` a second or else with 8 in flight, and waits for their alerts."""
        self.seen.__init__()
        reports = [self.next_report() for _ in range(n)]
        sent, failures, peak = {}, [], 0.0
        width = asyncio.Semaphore(10_000 if rate else 1 if self.encrypted and len(self.pairs) == 1 else 8)
        before = usage(self.process.pid) if self.process else (0, 0)
        pressure, load = waiting_for_cpu(), os.getloadavg()[0]
        start = time.monotonic()

        async def send(number, pair, corner, body):
            async with width:
                at = time.monotonic()
                try:
                    event = await self.people.send(pair[1], f"{self.used}-{number}", body)
                    sent[corner] = (at, time.monotonic(), event, pair)
                except Exception as error:  # A failed send is told in the result.
                    failures.append(str(error))

        tasks = []
        for number, (pair, corner, body) in enumerate(reports):
            if rate:
                await asyncio.sleep(start + number / rate - time.monotonic())
            tasks.append(asyncio.create_task(send(number, pair, corner, body)))
        done = asyncio.gather(*tasks)
        progress = (0, time.monotonic())
        while not done.done() or len(self.seen.first) < len(sent):
            if len(self.seen.first) != progress[0]:
                progress = (len(self.seen.first), time.monotonic())
            if time.monotonic() - progress[1] > 20:
                break
            if self.process:
                peak = max(peak, usage(self.process.pid)[1])
            await asyncio.sleep(0.1)
        last = max(self.seen.first.values(), default=start)
        await self.quiet()
        after = usage(self.process.pid) if self.process else (0, 0)
        wall = time.monotonic() - start
        latencies = [(self.seen.first[c] - at) * 1e3 for c, (at, *_) in sent.items() if c in self.seen.first]
        ours = {corner for _, corner, _ in reports}
        return {
            "label": self.label, "encrypted": self.encrypted, "rooms": len(self.pairs), "load": f"{rate}/s" if rate else "burst",
            "n": n, "failures": failures[:3], "lost": len(sent) - len(latencies),
            "doubled": sum(count - 1 for corner, count in self.seen.count.items() if corner in ours),
            "out_of_order": await self.out_of_order(sent),
            "p50": round(percentile(latencies, .5), 1), "p95": round(percentile(latencies, .95), 1),
            "send_p50": round(percentile([(to - at) * 1e3 for at, to, *_ in sent.values()], .5), 1),
            "per_s": round(len(latencies) / (last - start), 1),
            "cpu_ms": round((after[0] - before[0]) * 1e3 / max(1, len(latencies)), 2), "rss": round(max(peak, after[1]), 1),
            "rss_before": round(before[1], 1), "start_s": round(getattr(self, "started_s", 0), 2),
            "load_average": load, "cpu_wait_share": round((waiting_for_cpu() - pressure) / wall, 2),
        }

    async def out_of_order(self, sent):
        """How many alerts came before one whose report the homeserver had accepted earlier in the same room."""
        wrong = 0
        for pair in self.pairs:
            accepted, at = {}, ""
            while True:
                page = await self.sender.call("GET", f"/rooms/{quote(pair[1])}/messages?dir=b&limit=500{at}")
                for event in page["chunk"]:
                    accepted[event["event_id"]] = -len(accepted)
                if not page["chunk"] or "end" not in page:
                    break
                at = "&from=" + quote(page["end"])
            ranks = [accepted[sent[c][2]] for c in self.seen.order.get(pair[2], []) if c in sent]
            wrong += sum(one > other for one, other in zip(ranks, ranks[1:]))
        return wrong


def say(result):
    print(f"  {result['label']:12} {'e2ee ' if result['encrypted'] else ''}{result['rooms']} room(s) {result['load']:6}"
          f" p50 {result['p50']:8.1f} p95 {result['p95']:8.1f} ms {result['per_s']:6.1f}/s  lost {result['lost']}"
          f" doubled {result['doubled']} unordered {result['out_of_order']}  cpu {result['cpu_ms']:5.2f} ms"
          f"  rss {result['rss_before']:5.1f}-{result['rss']:5.1f} MiB  load {result['load_average']:.1f}"
          f" wait {result['cpu_wait_share']:.2f} {' '.join(result['failures'])}", flush=True)


async def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hs", required=True)
    parser.add_argument("--secret", required=True)
    parser.add_argument("--tocsin", default=str(REPO / "target/release/tocsin"))
    parser.add_argument("--cache", default=os.path.expanduser("~/.cache/tocsin/bench"))
    parser.add_argument("--work", required=True)
    parser.add_argument("--out")
    parser.add_argument("--bots", default="direct,tocsin,tocsin-pure,nio,maubot,botsdk")
    parser.add_argument("--loads", default="paced,burst,rooms", help="also: encrypted")
    parser.add_argument("--n", type=int, default=60)
    parser.add_argument("--burst", type=int, default=150)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--keep", action="store_true", help="keep the bots' logs and stores")
    options = parser.parse_args()
    known, loads = bots(options), options.loads.split(",")

    def keep(result):
        say(result)
        if options.out:
            with open(options.out, "a") as out:
                out.write(json.dumps(result) + "\n")

    for number in range(options.rounds):
        print(f"round {number + 1}", flush=True)
        for label in options.bots.split(","):
            bot = known[label]
            try:
                if "paced" in loads or "burst" in loads:
                    async with Stage(options, label, bot, 1, False) as stage:
                        if "paced" in loads:
                            keep(await stage.measure(options.n, 5))
                        if "burst" in loads:
                            keep(await stage.measure(options.burst))
                if "rooms" in loads and not isinstance(bot, Peer):
                    async with Stage(options, label, bot, 4, False) as stage:
                        keep(await stage.measure(options.burst))
                if "encrypted" in loads and label != "botsdk":
                    async with Stage(options, label, bot, 1, True) as stage:
                        keep(await stage.measure(options.n, 5))
                        keep(await stage.measure(options.burst))
            except (RuntimeError, OSError, AssertionError) as error:
                print(f"  {label}: FAILED: {error}", flush=True)


asyncio.run(main())
