#!/usr/bin/env python3
"""Write a run-time copy of a twilio-oai document that a mock can serve better.

    patch-spec.py SPEC OUT

Two additions and one correction, nothing removed (the copy is for /tmp, not for a repository):
1. form bodies with array properties (MediaUrl, PersistentAction ...) get
   `encoding: {X: {style: form, explode: true, allowReserved: true}}`; the published
   document has no encoding, and Prism then refuses every MediaUrl with "must be
   array". (Prism keeps only the last of repeated keys, so it can't count them.)
2. every operation gets 400, 401, 404, 429, 500 and 503 answers with Twilio's error body,
   so that `Prefer: code=429` (Prism) asks for a failure by choice. Examples per
   error code (`Prefer: code=400, example=e21610`).
3. page addresses in list answers: format uri becomes uri-reference.
"""
import json, sys

spec, out = sys.argv[1:3]
d = json.load(open(spec))
ERR = {
    "type": "object", "required": ["code", "message", "more_info", "status"],
    "properties": {"code": {"type": "integer"}, "message": {"type": "string"},
                   "more_info": {"type": "string"}, "status": {"type": "integer"}},
}
def body(code, msg, status):
    return {"code": code, "message": msg, "more_info": f"https://www.twilio.com/docs/errors/{code}", "status": status}

# code, http status, message in our own words; the numbers are Twilio's
CODES = [
    (20001, 400, "Invalid parameter"), (21211, 400, "Invalid 'To' phone number"),
    (21212, 400, "Invalid 'From' number"), (21408, 400, "Region not enabled for this account"),
    (21602, 400, "Message body is required"), (21603, 400, "A 'From' or MessagingServiceSid is required"),
    (21604, 400, "A 'To' phone number is required"), (21606, 400, "'From' is not a message-capable number of this account"),
    (21609, 400, "StatusCallback is not a valid URL"), (21610, 400, "Attempt to send to unsubscribed recipient"),
    (21611, 400, "'From' number has exceeded the maximum number of queued messages"),
    (21612, 400, "'To' is not reachable via SMS from this 'From'"), (21614, 400, "'To' is not a valid mobile number"), (21624, 400, "Invalid validity period value"),
    (21617, 400, "Body exceeds the 1600 character limit"), (21635, 400, "'To' is a landline"),
    (63016, 400, "Free-form message outside the 24 h window: a template is needed"),
    (20003, 401, "Authenticate"), (20404, 404, "The requested resource was not found"),
    (20009, 409, "Delivery has not ended, it is too early to delete"),
    (20429, 429, "Too many requests"), (20500, 500, "Internal server error"), (20503, 503, "Service unavailable"),
]
by = {}
for c, st, m in CODES:
    by.setdefault(str(st), {})[f"e{c}"] = {"value": body(c, m, st)}
n_enc = n_err = 0
for p, item in d["paths"].items():
    for m, op in item.items():
        if m not in ("get", "post", "put", "delete", "patch"):
            continue
        for ct, media in op.get("requestBody", {}).get("content", {}).items():
            sch = media.get("schema", {})
            arr = [k for k, v in sch.get("properties", {}).items() if v.get("type") == "array"]
            if ct == "application/x-www-form-urlencoded" and arr:
                enc = media.setdefault("encoding", {})
                for k in arr:
                    enc.setdefault(k, {"style": "form", "explode": True, "allowReserved": True}); n_enc += 1
        for st, ex in by.items():
            if st not in op.setdefault("responses", {}):
                r = {"description": "error", "content": {"application/json": {"schema": ERR, "examples": ex}}}
                if st == "429":
                    r["headers"] = {"Retry-After": {"schema": {"type": "integer", "example": 1, "minimum": 1, "maximum": 5}}}
                op["responses"][st] = r; n_err += 1
# list answers say format: uri, but Twilio's page addresses are relative (as the document's
# own examples are): a validating proxy would refuse the real thing
for item in d["paths"].values():
    for op in item.values():
        if isinstance(op, dict):
            for r in op.get("responses", {}).values():
                for media in r.get("content", {}).values():
                    for k, v in media.get("schema", {}).get("properties", {}).items():
                        if k.endswith("uri") and v.get("format") == "uri":
                            v["format"] = "uri-reference"
json.dump(d, open(out, "w"))
print(f"{out}: {n_enc} array encodings, {n_err} error answers added", file=sys.stderr)
