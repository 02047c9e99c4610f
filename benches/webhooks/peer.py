"""What a competent volunteer would write: FastAPI, the provider's own signature check, SQLite, one durable commit a message.

    DB=/tmp/peer.db TOKEN=... PUBLIC_URL=http://127.0.0.1:8080/twilio/sms uvicorn peer:app --port 8080 --no-access-log

It checks the signature, keeps the message by its number, commits with fsync and answers. It reads nothing and tells nobody: less
than tocsin has to do.
"""
import os
import sqlite3

from fastapi import FastAPI, Request, Response
from twilio.request_validator import RequestValidator

validator = RequestValidator(os.environ["TOKEN"])
url = os.environ["PUBLIC_URL"]
db = sqlite3.connect(os.environ["DB"], isolation_level=None, timeout=10)
db.execute("PRAGMA journal_mode=WAL")
db.execute("PRAGMA synchronous=FULL")
db.execute("CREATE TABLE IF NOT EXISTS inbound(sid TEXT PRIMARY KEY, sender TEXT, body TEXT) WITHOUT ROWID")
app = FastAPI(openapi_url=None)


@app.get("/readyz")
async def ready():
    return Response("ready")


@app.post("/twilio/sms")
async def sms(request: Request):
    form = await request.form(max_fields=200)
    if not validator.validate(url, form, request.headers.get("x-twilio-signature", "")):
        return Response(status_code=403)
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT OR IGNORE INTO inbound(sid, sender, body) VALUES(?, ?, ?)",
               (form["MessageSid"], form["From"], form.get("Body", "")))
    db.execute("COMMIT")
    return Response("<Response/>", media_type="text/xml")
