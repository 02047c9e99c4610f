-- wrk script: posts a corpus of signed web hooks, each line once, and tells what came of it in one line.
--   CORPUS=corpus.tsv wrk -t1 -c16 -d10s -s replay.lua http://127.0.0.1:8080/twilio/sms
local requests, at = {}, 0
function init(args)
  local file = assert(io.open(os.getenv("CORPUS")))
  for line in file:lines() do
    local signature, body = line:match("^([^\t]*)\t[^\t]*\t(.*)$")
    local headers = { ["Content-Type"] = "application/x-www-form-urlencoded", ["X-Twilio-Signature"] = signature }
    requests[#requests + 1] = wrk.format("POST", nil, headers, body)
  end
  file:close()
  corpus, sent, good, bad = #requests, 0, 0, 0
end
function request()
  at = at % #requests + 1
  sent = sent + 1
  return requests[at]
end
function response(status)
  if status == 200 then good = good + 1 else bad = bad + 1 end
end
local threads = {}
function setup(thread) table.insert(threads, thread) end
function done(summary, latency)
  local thread, errors = threads[1], summary.errors
  io.write(string.format("RESULT good=%d bad=%d sent=%d corpus=%d seconds=%.3f p50_ms=%.2f p95_ms=%.2f p99_ms=%.2f max_ms=%.2f lost=%d\n",
    thread:get("good"), thread:get("bad"), thread:get("sent"), thread:get("corpus"), summary.duration / 1e6,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3,
    errors.connect + errors.read + errors.write + errors.timeout))
end
