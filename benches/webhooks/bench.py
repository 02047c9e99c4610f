#!/usr/bin/env python3
"""Measures how many signed web hooks a server takes in durably, what each costs it, and whether what it acknowledged is kept.

Started by `benches/webhooks/run`, which provides the programs. Everything listens on loopback. tocsin checks the signature,
understands the text, joins or opens an incident, owes the answers, commits and answers; the peer (peer.py) checks the signature,
keeps the message, commits and answers. CPU time per request holds on a busy machine, requests per second do not: both are told,
with the load.
"""
import argparse
import http.client
import http.server
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import corpus

HERE = Path(__file__).resolve().parent
REPO = HERE.parent.parent
TOKEN = "bench-token"
TICK = os.sysconf("SC_CLK_TCK")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# ---- The provider's other end: takes what is sent, lists nothing. ---------------------------------------------------------

class Provider(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    taken = 0

    def answer(self, status, value):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.answer(200, {"messages": [], "next_page_uri": None, "media_list": []})

    def do_DELETE(self):
        self.send_response(204)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        Provider.taken += 1
        self.answer(201, {"sid": f"SM{Provider.taken:032x}", "status": "accepted", "num_segments": "1", "num_media": "0",
                          "direction": "outbound-api", "date_created": "Thu, 15 Jan 2026 20:14:00 +0000"})

    def log_message(self, *_):
        pass


# ---- The servers that are measured. ---------------------------------------------------------------------------------------

class Server:
    """A process under test."""

    def __init__(self, name, work):
        self.name, self.work, self.port = name, Path(work), free_port()
        self.url = f"http://127.0.0.1:{self.port}/twilio/sms"
        self.process = None

    def start(self):
        log = open(self.work / f"{self.name}.log", "a")
        self.process = subprocess.Popen(self.command(), env={**os.environ, **self.environment()}, cwd=self.work,
                                        stdout=log, stderr=log)
        for _ in range(600):
            if self.process.poll() is not None:
                sys.exit(f"{self.name} ended: see {log.name}")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=1):
                    return
            except OSError:
                time.sleep(0.1)
        sys.exit(f"{self.name} does not get ready: see {log.name}")

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(60)

    def pids(self):
        children, todo, found = {}, [self.process.pid], []
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                stat = open(f"/proc/{pid}/stat").read()
            except OSError:
                continue
            children.setdefault(int(stat[stat.rindex(")") + 2:].split()[1]), []).append(int(pid))
        while todo:
            found.append(todo.pop())
            todo += children.get(found[-1], [])
        return found

    def cpu(self):
        """Seconds used so far, by children too."""
        ticks = 0
        for pid in self.pids():
            try:
                stat = open(f"/proc/{pid}/stat").read()
            except OSError:
                continue
            ticks += sum(map(int, stat[stat.rindex(")") + 2:].split()[11:15]))
        return ticks / TICK

    def memory(self):
        """Mebibytes that are its own share."""
        total = 0
        for pid in self.pids():
            try:
                total += int(re.search(r"Pss:\s+(\d+)", open(f"/proc/{pid}/smaps_rollup").read()).group(1))
            except (OSError, AttributeError):
                pass
        return total / 1024


class Tocsin(Server):
    def __init__(self, work, program, provider):
        super().__init__("tocsin", work)
        self.program, self.provider = program, provider

    def prepare(self):
        for name in ["cities", "lexicon", "holds"]:
            (self.work / name).symlink_to(REPO / "bot-config" / name)
        token = self.work / "token"
        token.write_text(TOKEN)
        token.chmod(0o600)
        (self.work / "tocsin.toml").write_text(
            f'data_dir = "{self.work}/data"\nprompts_dir = "{REPO}/prompts"\n'
            '[community]\nname = "Southside Watch"\ncity = "twin-cities"\nlegal_hotline = "612-555-0100"\n'
            f'[sms]\nnumbers = ["{corpus.NUMBER}"]\npublic_url = "http://127.0.0.1:{self.port}"\n'
            f'[sms.twilio]\naccount_sid = "{corpus.ACCOUNT}"\nauth_token_file = "{token}"\n'
            f'messaging_service = "{corpus.SERVICE}"\napi_base = "{self.provider}"\n')

    def command(self):
        return [self.program, "--config", str(self.work), "run"]

    def environment(self):
        return {"TOCSIN_LISTEN": f"127.0.0.1:{self.port}", "TOCSIN_LOG": "warn"}

    def kept(self):
        with sqlite3.connect(f"file:{self.work}/data/tocsin.db?mode=ro", uri=True) as db:
            return {row[0] for row in db.execute("SELECT id FROM envelopes WHERE platform = 'sms'")}


class Peer(Server):
    def __init__(self, work, python):
        super().__init__("fastapi", work)
        self.python = python

    def prepare(self):
        shutil.copy(HERE / "peer.py", self.work)

    def command(self):
        return [self.python, "-m", "uvicorn", "peer:app", "--host", "127.0.0.1", "--port", str(self.port), "--no-access-log",
                "--log-level", "warning"]

    def environment(self):
        return {"DB": str(self.work / "peer.db"), "TOKEN": TOKEN, "PUBLIC_URL": self.url}

    def kept(self):
        with sqlite3.connect(f"file:{self.work}/peer.db?mode=ro", uri=True) as db:
            return {row[0] for row in db.execute("SELECT sid FROM inbound")}


# ---- Measuring. -----------------------------------------------------------------------------------------------------------

def post_all(url, lines, connections, seconds, on_good=lambda sid: None):
    """Posts lines over kept connections until they or the time run out; the latencies of what was answered 200, and others."""
    port, path = int(url.split(":")[2].split("/")[0]), "/" + url.split("/", 3)[3]
    pending, lock, until = iter(lines), threading.Lock(), time.monotonic() + seconds
    latencies, bad, over = [], [0], threading.Event()

    def work():
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
        while time.monotonic() < until and not over.is_set():
            with lock:
                line = next(pending, None)
            if line is None:
                return
            signature, sid, body = line.rstrip("\n").split("\t", 2)
            began = time.perf_counter()
            try:
                connection.request("POST", path, body.encode(), {"Content-Type": "application/x-www-form-urlencoded",
                                                                 "X-Twilio-Signature": signature})
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                connection.close()
                with lock:
                    bad[0] += 1
                continue
            with lock:
                if answer.status == 200:
                    latencies.append((time.perf_counter() - began) * 1e3)
                    if on_good(sid):
                        over.set()
                else:
                    bad[0] += 1

    workers = [threading.Thread(target=work) for _ in range(connections)]
    began = time.monotonic()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sorted(latencies), bad[0], time.monotonic() - began


def loaded(url, lines, connections, seconds):
    """What a load gave, by wrk where there is one."""
    if shutil.which("wrk"):
        with tempfile.NamedTemporaryFile("w", suffix=".tsv") as file:
            file.writelines(lines)
            file.flush()
            told = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "15s", "-s",
                                   str(HERE / "replay.lua"), url], capture_output=True, text=True,
                                  env={**os.environ, "CORPUS": file.name})
        found = re.search(r"^RESULT (.*)$", told.stdout, re.M)
        if not found:
            sys.exit(f"wrk failed: {told.stdout}{told.stderr}")
        values = {name: float(value) for name, value in (pair.split("=") for pair in found.group(1).split())}
        if values["sent"] > values["corpus"]:
            print(f"  the corpus went round {values['sent'] / values['corpus']:.1f} times: write more with --messages",
                  file=sys.stderr)
        return {"loader": "wrk", **values}
    latencies, bad, took = post_all(url, lines, connections, seconds)
    at = (lambda share: latencies[min(int(len(latencies) * share), len(latencies) - 1)]) if latencies else lambda _: 0.0
    return {"loader": "python", "good": len(latencies), "bad": bad, "sent": len(latencies) + bad, "corpus": len(lines),
            "seconds": took, "p50_ms": at(0.5), "p95_ms": at(0.95), "p99_ms": at(0.99), "max_ms": at(1.0), "lost": 0}


def asked_of_the_store(server):
    """Statements and commits since the server's start, as its metrics tell; nothing if it has none."""
    try:
        base = server.url.split("/twilio/")[0]
        with urllib.request.urlopen(f"{base}/metrics", timeout=5) as answer:
            told = answer.read().decode()
    except OSError:
        return {}
    found = re.findall(r"^tocsin_store_(statements|commits) (\d+)", told, re.M)
    return {name: int(value) for name, value in found}


def measure(server, lines, connections, seconds):
    before = asked_of_the_store(server)
    cpu, load = server.cpu(), os.getloadavg()[0]
    result = loaded(server.url, lines, connections, seconds)
    good = max(result["good"], 1)
    after = asked_of_the_store(server)
    result |= {f"{name}_per_request": (after[name] - before[name]) / good for name in before if name in after}
    return {"name": server.name, "connections": connections, "per_second": round(result["good"] / result["seconds"], 1),
            "cpu_us_per_request": round((server.cpu() - cpu) / good * 1e6), "pss_mib": round(server.memory(), 1),
            "load_before": round(load, 2), **{name: round(value, 2) if isinstance(value, float) else value
                                              for name, value in result.items()}}


def killed(server, lines, after):
    """Kills the server after so many acknowledgements, starts it anew, and says how many of them it lost."""
    acknowledged = []

    def good(sid):
        acknowledged.append(sid)
        if len(acknowledged) == after:
            server.process.send_signal(signal.SIGKILL)
        return len(acknowledged) >= after

    post_all(server.url, lines, 8, 120, good)
    server.process.wait(60)
    server.start()
    kept = server.kept()
    lost = [sid for sid in acknowledged if sid not in kept]
    return {"name": server.name, "killed_after": len(acknowledged), "lost": len(lost)}


def main():
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    options.add_argument("--tocsin", required=True, help="the program")
    options.add_argument("--python", help="a Python with FastAPI and twilio, for the peer")
    options.add_argument("--work", required=True, help="a folder on the disk that is to be measured")
    options.add_argument("--connections", default="4,16,64")
    options.add_argument("--seconds", type=int, default=10)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--messages", type=int, default=60_000, help="for each round and number of connections")
    options.add_argument("--kill-after", type=int, default=800, help="0: nobody is killed")
    options.add_argument("--out", help="a file to which results are appended, one JSON object a line")
    options = options.parse_args()

    provider = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=provider.serve_forever, daemon=True).start()
    servers = [Tocsin(tempfile.mkdtemp(dir=options.work), options.tocsin, f"http://127.0.0.1:{provider.server_port}")]
    if options.python:
        servers.append(Peer(tempfile.mkdtemp(dir=options.work), options.python))
    results = []

    def note(result):
        print(json.dumps(result), flush=True)
        results.append(result)
        if options.out:
            with open(options.out, "a") as out:
                out.write(json.dumps(result) + "\n")

    seed = 0
    try:
        for server in servers:
            server.prepare()
            server.start()
        # In turns, so that both see the same weather on the machine; each round has messages of its own.
        for _ in range(options.rounds):
            for connections in map(int, options.connections.split(",")):
                for server in servers:
                    seed += 1
                    lines = list(corpus.lines(server.url, TOKEN, options.messages, seed))
                    note(measure(server, lines, connections, options.seconds))
        if options.kill_after:
            for server in servers:
                seed += 1
                note(killed(server, list(corpus.lines(server.url, TOKEN, options.kill_after * 4, seed)), options.kill_after))
    finally:
        for server in servers:
            if server.process:
                server.stop()
    if any(result["lost"] for result in results if "killed_after" in result):
        sys.exit("acknowledged messages were lost")
    if any(result.get("bad") for result in results):
        sys.exit("some web hooks were not answered with 200: see the logs in the working folder")


if __name__ == "__main__":
    main()
