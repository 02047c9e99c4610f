#!/usr/bin/env python3
"""Measures the way of a message from a Signal daemon's line to a verifiers' card.

Started by `benches/signal/run`. The daemon is pretended: it lists groups, answers every request at once, and pushes recorded kinds
of lines. So what is measured is tocsin alone: reading, sealing and keeping the line, understanding it, joining, committing, and
asking the daemon to send the card. Two loads: paced (one message each 20 ms, PRODUCT's 50 a second) and a flood (all at once).
One message in twenty is a report at a corner of its own.
"""
import argparse
import base64
import hashlib
import json
import os
import random
import re
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent.parent
TICK = os.sysconf("SC_CLK_TCK")
ACCOUNT = "+16125550101"


def group_id(n):
    return base64.b64encode(hashlib.sha256(f"group {n}".encode()).digest()).decode()


def uuid(n):
    digits = hashlib.md5(f"person {n}".encode()).hexdigest()
    return "-".join([digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]])


ME = uuid("bot")


def listing(groups, members):
    """What listGroups answers: each group has its own members and, as on Signal, the account itself."""
    everybody = []
    for n in range(groups):
        people = [{"number": None, "uuid": uuid(f"{n}/{m}"), "isAdmin": m == 0} for m in range(members - 1)]
        people.append({"number": ACCOUNT, "uuid": ME, "isAdmin": True})
        everybody.append({
            "id": group_id(n), "name": f"Group {n}", "description": "", "isMember": True, "isBlocked": False,
            "messageExpirationTime": 0, "members": people, "pendingMembers": [], "requestingMembers": [], "banned": [],
            "admins": [{"number": None, "uuid": uuid(f"{n}/0")}, {"number": ACCOUNT, "uuid": ME}],
            "permissionAddMember": "ONLY_ADMINS", "permissionEditDetails": "ONLY_ADMINS",
            "permissionSendMessage": "EVERY_MEMBER", "groupInviteLink": None,
        })
    return everybody


class Daemon:
    """Answers, pushes, and remembers when which card was asked for."""

    def __init__(self, path, groups, members):
        self.listed = {group["id"]: json.dumps(group) for group in listing(groups, members)}
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(path)
        self.server.listen()
        self.connection = None
        self.connected = threading.Event()
        self.sent = []  # (when, group, text)
        self.clock = 0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            self.connection, _ = self.server.accept()
            self.lock = threading.Lock()
            reader = self.connection.makefile("rb")
            for line in reader:
                self.answer(json.loads(line))
                self.connected.set()

    def answer(self, request):
        method, params = request["method"], request.get("params", {})
        result = "{}"
        if method == "version":
            result = '{"version":"0.14.6"}'
        elif method == "listGroups":
            wanted = params.get("groupId") or list(self.listed)
            result = "[" + ",".join(self.listed[one] for one in wanted if one in self.listed) + "]"
        elif method in ("listIdentities", "listDevices", "listContacts"):
            result = "[]"
        elif method in ("send", "sendReaction", "remoteDelete") and params.get("groupId") != "-":
            now = time.monotonic()
            self.sent.append((now, params.get("groupId"), params.get("message", "")))
            self.clock = max(self.clock + 1, int(time.time() * 1000))
            result = json.dumps({"timestamp": self.clock, "results": []})
        elif method == "capabilities" or params.get("groupId") == "-":
            error = {"code": -32601 if method == "capabilities" else -1, "message": "No recipients given"}
            return self.write(json.dumps({"jsonrpc": "2.0", "id": request["id"], "error": error}).encode() + b"\n")
        self.write(f'{{"jsonrpc":"2.0","id":{json.dumps(request["id"])},"result":{result}}}\n'.encode())

    def write(self, line):
        with self.lock:
            self.connection.sendall(line)

    def push(self, n, group, member, text):
        now = int(time.time() * 1000) * 1000 // 1000 + n % 7
        who = uuid(f"{group}/{member}")
        envelope = {
            "source": who, "sourceNumber": None, "sourceUuid": who, "sourceName": "x", "sourceDevice": 1, "timestamp": now + n,
            "serverReceivedTimestamp": now + n, "serverDeliveredTimestamp": now + n,
            "dataMessage": {"timestamp": now + n, "message": text, "expiresInSeconds": 0, "viewOnce": False,
                            "groupInfo": {"groupId": group_id(group), "groupName": "x", "revision": 1, "type": "DELIVER"}},
        }
        line = json.dumps({"jsonrpc": "2.0", "method": "receive", "params": {"envelope": envelope, "account": ACCOUNT}})
        self.write(line.encode() + b"\n")
        return time.monotonic()


def cpu(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def resident(pid):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def corners():
    found = []
    for line in (REPO / "benches/relay/corners.csv").read_text().splitlines():
        if not line.startswith("#") and line.strip():
            _, one, other, shown = line.split(",")
            found.append((one, other, shown))
    return found


TALK = ["thanks everyone, see you soon", "good morning neighbors", "the soup last night was so good",
        "is the meeting still on", "love this block so much", "my dog says hello", "ok sounds good to me"]


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))] if values else float("nan")


def settings(work, sock, groups):
    for name in ("cities", "lexicon", "holds"):
        (work / name).symlink_to(REPO / "bot-config" / name)
    rooms = []
    for n in range(groups):
        purpose = "verifiers" if n == 0 else "moderators" if n == 1 else "response"
        # One group hears of nothing but its own reports: the card is the only message of a report.
        areas = "" if n < 2 else 'areas = ["stp/como"]\n'
        rooms.append(f'[[rooms]]\nplatform = "signal"\nroom = "{group_id(n)}"\nname = "G{n}"\npurpose = "{purpose}"\n{areas}')
    (work / "tocsin.toml").write_text(
        f'data_dir = "{work}/data"\nprompts_dir = "{REPO}/prompts"\n[community]\nname = "Bench"\ncity = "twin-cities"\n'
        f'[store]\nurl = "sqlite:{work}/tocsin.db"\n[signal]\nsocket = "{sock}"\naccount = "{ACCOUNT}"\n' + "".join(rooms))
    (work / "policy.toml").write_text('gate = "verify"\nmarks = false\n[joining]\nnear_metres = 0\ntight_metres = 0\n')


def load(daemon, pid, messages, pause, some, groups, members):
    """Pushes messages and waits until every card is there; what it took."""
    dice = random.Random(7)
    began, spent = time.monotonic(), cpu(pid)
    pushed = {}
    daemon.sent.clear()
    for n in range(messages):
        group, member = dice.randrange(2, groups), dice.randrange(members - 1)
        if n % 20 == 0 and some:
            one, other, shown = some.pop()
            pushed[shown] = daemon.push(n, group, member, f"3 agents at {one} and {other}")
        else:
            daemon.push(n, group, member, dice.choice(TALK))
        if pause:
            time.sleep(max(0.0, began + (n + 1) * pause - time.monotonic()))
    verifiers = group_id(0)
    waits = {}
    end = time.monotonic() + 120
    while len(waits) < len(pushed) and time.monotonic() < end:
        for when, group, text in list(daemon.sent):
            for shown, at in pushed.items():
                if group == verifiers and shown not in waits and shown in text:
                    waits[shown] = when - at
        time.sleep(0.01)
    took = time.monotonic() - began
    return {
        "messages": messages, "reports": len(pushed), "cards": len(waits), "seconds": round(took, 2),
        "p50_ms": round(percentile(list(waits.values()), 0.5) * 1000, 1),
        "p95_ms": round(percentile(list(waits.values()), 0.95) * 1000, 1),
        "cpu_ms_per_message": round((cpu(pid) - spent) * 1000 / messages, 3), "rss_mib": round(resident(pid), 1),
    }


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--tocsin", required=True)
    options.add_argument("--work", required=True)
    options.add_argument("--groups", type=int, default=300)
    options.add_argument("--members", type=int, default=1000)
    options.add_argument("--messages", type=int, default=2000)
    options.add_argument("--out")
    options = options.parse_args()
    work = Path(options.work)
    sock = str(work / "socket")
    daemon = Daemon(sock, options.groups, options.members)
    settings(work, sock, options.groups)
    log = open(work / "log", "wb")
    process = subprocess.Popen([options.tocsin, "run", "--config", str(work), "--listen", "127.0.0.1:0"],
                               stdout=log, stderr=log, env={**os.environ, "TOCSIN_LOG": "warn"})
    results = []
    try:
        if not daemon.connected.wait(60):
            raise SystemExit((work / "log").read_text())
        # Every group is greeted once.
        end = time.monotonic() + 180
        greeted = lambda: sum("tocsin" in text for _, _, text in list(daemon.sent))
        while greeted() < options.groups and time.monotonic() < end:
            time.sleep(0.2)
        places = corners()
        random.Random(3).shuffle(places)
        idle = round(resident(process.pid), 1)
        for name, pause in (("paced", 0.02), ("flood", 0.0)):
            result = load(daemon, process.pid, options.messages, pause, places, options.groups, options.members)
            result.update(load=name, groups=options.groups, members=options.members, idle_rss_mib=idle,
                          machine_load=os.getloadavg()[0])
            results.append(result)
            print(json.dumps(result))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    if options.out:
        with open(options.out, "a") as out:
            out.writelines(json.dumps(result) + "\n" for result in results)


if __name__ == "__main__":
    main()
