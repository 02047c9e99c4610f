#!/usr/bin/env python3
"""Writes inbound text messages as Twilio posts them, each validly signed and with a number of its own.

    corpus.py URL TOKEN N [--seed S] > corpus.tsv

One line a request: signature TAB MessageSid TAB body of the form. Standard library only.
"""
import base64
import hashlib
import hmac
import random
import sys
from urllib.parse import urlencode

ACCOUNT, SERVICE, NUMBER = "AC" + "a" * 32, "MG" + "d" * 32, "+16125550100"
PLACES = ["15th Ave S & E Lake St", "Cedar & 6th", "34th and Bloomington", "Calle 38 y Chicago", "Lake & Pillsbury"]
TEXTS = ["S 4 A knocking on doors L {place} U POLICE vest T 14:35 E 2 dark SUVs",
         "SALUTE\nSize: {count}\nActivity: parked, engine on\nLocation: {place}\nUnit: unmarked\nTime: now\nEquipment: 2 vans",
         "2 vans at {place}", "55407", "¿Es cierto lo de {place}? Vi {count} camionetas", "HELP", "Laba gaari {place}",
         "🚨 {count} agents {place}", "thank you all, stay warm"]


def lines(url, token, count, seed=1):
    chance = random.Random(seed)
    for _ in range(count):
        sid = f"SM{chance.getrandbits(128):032x}"
        text = chance.choice(TEXTS).format(place=chance.choice(PLACES), count=chance.randrange(1, 9))
        form = {"ToCountry": "US", "ToState": "MN", "SmsMessageSid": sid, "NumMedia": "0", "ToCity": "MINNEAPOLIS",
                "FromZip": "55407", "SmsSid": sid, "FromState": "MN", "SmsStatus": "received", "FromCity": "MINNEAPOLIS",
                "Body": text, "FromCountry": "US", "To": NUMBER, "MessagingServiceSid": SERVICE, "ToZip": "55401",
                "NumSegments": "1", "MessageSid": sid, "AccountSid": ACCOUNT, "From": f"+1612555{chance.randrange(3000):04d}",
                "ApiVersion": "2010-04-01"}
        signed = url + "".join(name + form[name] for name in sorted(form))
        signature = base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()
        yield f"{signature}\t{sid}\t{urlencode(form)}\n"


if __name__ == "__main__":
    seed = int(sys.argv[sys.argv.index("--seed") + 1]) if "--seed" in sys.argv else 1
    sys.stdout.writelines(lines(sys.argv[1], sys.argv[2], int(sys.argv[3]), seed))
