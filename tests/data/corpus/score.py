#!/usr/bin/env python3
"""score.py GOLD.jsonl PRED.jsonl [--brief] [--json out.json] [--errors N] [--worst N]

How well messages were understood.  tests/score builds tocsin, lets it predict and calls this.  --brief prints one line;
--errors the first N differences of kind or neighborhood, --worst the N that do most harm, with what was predicted instead.
Standard library only.  A prediction line is {"id": ..., "lang": ..., <same fields as gold>},
either flat or under "gold"/"pred".  Unknown ids are refused; missing ids count as an empty
"chatter" prediction.  See docs/measurements.md for what the numbers mean."""
import json, re, sys, random, datetime as dt
from collections import Counter, defaultdict

KINDS = ["sighting", "update", "all_clear", "need", "offer", "event", "question", "chatter"]
REPORT = {"sighting", "update", "all_clear"}

def load(p):
    out = {}
    for ln in open(p, encoding="utf-8"):
        if ln.strip():
            r = json.loads(ln)
            out[r["id"]] = r
    return out

def body(r):
    b = dict(r.get("gold") or r.get("pred") or r)
    b.setdefault("kind", "chatter")
    b["lang"] = r.get("lang") or b.get("lang")
    return b

def get(d, *path, default=None):
    for k in path:
        if not isinstance(d, dict) or d.get(k) is None:
            return default
        d = d[k]
    return d

def prf(tp, fp, fn):
    p = tp / (tp + fp) if tp + fp else 0.0
    r = tp / (tp + fn) if tp + fn else 0.0
    f = 2 * p * r / (p + r) if p + r else 0.0
    return dict(p=round(p, 4), r=round(r, 4), f1=round(f, 4), tp=tp, fp=fp, fn=fn)

DIRS = {"n", "s", "e", "w", "ne", "se", "nw", "sw", "north", "south", "east", "west", "northeast", "southeast"}
TYPES = {"st", "street", "ave", "av", "avenue", "blvd", "pkwy", "parkway", "rd", "road", "hwy", "highway", "pl", "ter", "dr", "ln", "mall"}
def street_base(s):
    t = re.findall(r"[a-z0-9]+", s.lower())
    t = [re.sub(r"^(\d+)(st|nd|rd|th)$", r"\1", x) for x in t]
    u = [x for x in t if x not in DIRS and x not in TYPES]
    return " ".join(u or t)

def norm(s):
    return re.sub(r"\s+", " ", re.sub(r"[^\w&/ ]+", " ", (s or "").lower())).strip()

def raw_lenient(a, b):
    ta, tb = set(norm(a).split()), set(norm(b).split())
    if not ta or not tb:
        return False
    return len(ta & tb) / len(ta | tb) >= 0.5 or ta <= tb or tb <= ta

def interval(v):
    if not v:
        return None
    lo, hi = (list(v) + [None, None])[:2]
    return (lo, hi)

def iv_exact(a, b):
    return a == b

def iv_lenient(a, b):
    """minimum within 1 (or 25 %) of the gold minimum, and the maxima, where both are given, likewise"""
    ok = lambda x, y: x is None or y is None or abs(x - y) <= max(1, 0.25 * y)
    return ok(a[0], b[0]) and ok(a[1], b[1])

def parse_t(s):
    try:
        return dt.datetime.fromisoformat(s) if s else None
    except ValueError:
        return None

class Acc:
    def __init__(self):
        self.c = defaultdict(lambda: [0, 0, 0])
    def sets(self, key, g, p):
        g, p = set(g), set(p)
        self.c[key][0] += len(g & p); self.c[key][1] += len(p - g); self.c[key][2] += len(g - p)
    def one(self, key, g, p, eq):
        if g is None and p is None:
            return
        if g is not None and p is not None and eq(p, g):
            self.c[key][0] += 1
        else:
            if p is not None: self.c[key][1] += 1
            if g is not None: self.c[key][2] += 1
    def out(self):
        return {k: prf(*v) for k, v in sorted(self.c.items())}

VATTR = ["color", "make", "model", "body", "plate"]
def veh_sim(g, p):
    return sum(1 for a in VATTR if g.get(a) and p.get(a) and str(g[a]).lower() == str(p[a]).lower())
def veh_pairs(G, P):
    P = list(P); out = []
    for g in G:
        best = max(range(len(P)), key=lambda i: veh_sim(g, P[i]), default=None)
        out.append((g, P.pop(best)) if best is not None else (g, None))
    return out + [(None, p) for p in P]

def score(gold, pred):
    bad = set(pred) - set(gold)
    if bad:
        sys.exit("prediction ids not in gold: %s" % sorted(bad)[:5])
    A = Acc(); conf = Counter(); rep = [0, 0, 0]; lang_ok = Counter(); lang_n = Counter()
    per = defaultdict(lambda: Counter()); rows = []; asks = Acc(); flags = Acc(); tcount = Counter(); errs = []
    for i, gr in gold.items():
        g = body(gr); p = body(pred.get(i, {}))
        gk, pk = g["kind"], p["kind"]
        gr_rep, p_rep = gk in REPORT, pk in REPORT
        conf[(gk, pk)] += 1
        rep[0] += gr_rep and p_rep; rep[1] += (not gr_rep) and p_rep; rep[2] += gr_rep and not p_rep
        lang_n[gr["lang"]] += 1; lang_ok[gr["lang"]] += p.get("lang") == gr["lang"]
        row = dict(id=i, kind=gk == pk, rep=gr_rep == p_rep)
        # ---- flags on every message
        gp, pp = set(get(g, "flags", "pii", default=[])), set(get(p, "flags", "pii", default=[]) or [])
        flags.sets("pii types", gp, pp)
        flags.one("pii any", True if gp else None, True if pp else None, lambda a, b: True)
        flags.one("threat", True if get(g, "flags", "threat") else None, True if get(p, "flags", "threat") else None, lambda a, b: True)
        # ---- fields: gold reports, plus what was wrongly published from non-reports
        if gr_rep or p_rep:
            E = {} if not gr_rep else g
            Q = p if p_rep else {}
            for f in ("people", "vehicles"):
                a, b = interval(get(E, "size", f)), interval(get(Q, "size", f))
                A.one("size.%s exact" % f, a, b, iv_exact); A.one("size.%s lenient" % f, a, b, iv_lenient)
            ga, pa = get(E, "activity", default=[]), get(Q, "activity", default=[]) or []
            A.sets("activity tags", ga, pa)
            A.one("activity any-overlap", tuple(ga) or None, tuple(pa) or None, lambda x, y: bool(set(x) & set(y)))
            gl, pl = get(E, "location", default={}), get(Q, "location", default={}) or {}
            A.one("location.raw exact", gl.get("raw") and norm(gl["raw"]), pl.get("raw") and norm(pl["raw"]), lambda x, y: x == y)
            A.one("location.raw lenient", gl.get("raw"), pl.get("raw"), raw_lenient)
            k = lambda l: l.get("kind") if l.get("kind") not in (None, "none") else None
            A.one("location.kind", k(gl), k(pl), lambda x, y: x == y)
            A.sets("location.streets exact", gl.get("streets") or [], pl.get("streets") or [])
            A.sets("location.streets base name", map(street_base, gl.get("streets") or []), map(street_base, pl.get("streets") or []))
            A.one("location.place lenient", gl.get("place"), pl.get("place"), raw_lenient)
            for f in ("agency", "uniform"):
                A.sets("unit." + f, get(E, "unit", f, default=[]), get(Q, "unit", f, default=[]) or [])
            for f in ("weapons", "other"):
                A.sets("equipment." + f, get(E, "equipment", f, default=[]), get(Q, "equipment", f, default=[]) or [])
            gv, pv = get(E, "equipment", "vehicles", default=[]), get(Q, "equipment", "vehicles", default=[]) or []
            for x, y in veh_pairs(gv, pv):
                x = x or {}; y = y or {}
                for a in VATTR:
                    A.one("vehicle.%s" % a, str(x[a]).lower() if x.get(a) else None, str(y[a]).lower() if y.get(a) else None, lambda m, n: m == n)
            # ---- time
            gt, pt = parse_t(get(E, "time", "at")), parse_t(get(Q, "time", "at"))
            basis = get(E, "time", "basis", default="none")
            if gr_rep and basis in ("clock", "relative", "now"):
                d = abs((pt - gt).total_seconds()) / 60 if pt else None
                tcount["stated n"] += 1; tcount["stated given"] += pt is not None
                tcount["stated <=5min"] += d is not None and d <= 5; tcount["stated <=15min"] += d is not None and d <= 15
                if basis in ("clock", "relative"):
                    tcount["clock/relative n"] += 1; tcount["clock/relative <=5min"] += d is not None and d <= 5
            elif gr_rep and basis == "assumed":
                tcount["assumed n"] += 1; tcount["assumed ok (null or <=5min)"] += pt is None or abs((pt - gt).total_seconds()) <= 300
            elif gr_rep and basis == "vague":
                tcount["vague n"] += 1; tcount["vague ok (null)"] += pt is None
            if gk == "sighting":
                asks.sets("ask back", g.get("ask") or [], (p.get("ask") or []) if p_rep else [])
                for f in ("location", "size", "activity", "time"):
                    asks.one("ask " + f, f if f in (g.get("ask") or []) else None, f if p_rep and f in (p.get("ask") or []) else None, lambda x, y: True)
        # ---- neighbourhood routing, gold reports only
        if gr_rep:
            gn, pn = set(get(g, "location", "neighborhoods", default=[])), set(get(p, "location", "neighborhoods", default=[]) or []) if p_rep else set()
            if gn:
                hit, strict = bool(gn & pn), bool(pn) and pn <= gn
                row.update(nb=hit); A.sets("location.neighborhoods set", gn, pn)
                for key in ("all", "lang " + gr["lang"], "stratum " + gr["stratum"], "loc " + g["location"]["kind"]):
                    c = per[key]; c["n"] += 1; c["hit"] += hit; c["strict"] += strict; c["misroute"] += bool(pn) and not hit; c["miss"] += not pn
                if not hit: errs.append((i, "nb", sorted(gn), sorted(pn), gr["text"][:110]))
            else:
                per["unroutable"]["n"] += 1; per["unroutable"]["abstained"] += not pn
        for key in ("lang " + gr["lang"], "stratum " + gr["stratum"]):
            per["K " + key]["n"] += 1; per["K " + key]["kind"] += gk == pk; per["K " + key]["rep"] += gr_rep == p_rep
        if gk != pk: errs.append((i, "kind", gk, pk, gr["text"][:110]))
        rows.append(row)
    n = len(gold)
    f1s = {}
    for k in KINDS:
        tp = conf[(k, k)]; fp = sum(v for (a, b), v in conf.items() if b == k and a != k); fn = sum(v for (a, b), v in conf.items() if a == k and b != k)
        f1s[k] = prf(tp, fp, fn)
    R = random.Random(1)
    def ci(key):
        v = [r[key] for r in rows if key in r]
        if not v: return None
        b = sorted(sum(R.choice(v) for _ in v) / len(v) for _ in range(600))
        return [round(b[14], 3), round(b[585], 3)]
    a = per["all"]
    return dict(
        n=n, kind_accuracy=round(sum(r["kind"] for r in rows) / n, 4), kind_accuracy_ci=ci("kind"),
        kind_macro_f1=round(sum(f1s[k]["f1"] for k in KINDS) / len(KINDS), 4), kind_per_class=f1s,
        report=prf(*rep), false_reports=rep[1], missed_reports=rep[2], nonreport_specificity=round(1 - rep[1] / max(1, sum(body(g)["kind"] not in REPORT for g in gold.values())), 4),
        fields=A.out(), time=dict(tcount),
        neighborhood=dict(n=a["n"], any_hit=round(a["hit"] / max(1, a["n"]), 4), any_hit_ci=ci("nb"), strict=round(a["strict"] / max(1, a["n"]), 4),
                          misrouted=a["misroute"], missed=a["miss"], unroutable=dict(per["unroutable"]),
                          by={k: dict(n=v["n"], any_hit=round(v["hit"] / v["n"], 3)) for k, v in sorted(per.items()) if k.split()[0] in ("lang", "stratum", "loc")}),
        language=dict(accuracy=round(sum(lang_ok.values()) / n, 4), per={k: round(lang_ok[k] / lang_n[k], 3) for k in lang_n}),
        flags=flags.out(), ask=asks.out(),
        kind_by={k[2:]: dict(n=v["n"], kind=round(v["kind"] / v["n"], 3), report=round(v["rep"] / v["n"], 3)) for k, v in sorted(per.items()) if k.startswith("K ")},
        confusion={"%s->%s" % k: v for k, v in conf.most_common() if k[0] != k[1]}), errs

def show(r):
    pr = lambda d: "P %.3f  R %.3f  F1 %.3f  (tp %d fp %d fn %d)" % (d["p"], d["r"], d["f1"], d["tp"], d["fp"], d["fn"])
    print("messages %d" % r["n"])
    print("kind accuracy   %.3f %s   macro-F1 %.3f" % (r["kind_accuracy"], r["kind_accuracy_ci"], r["kind_macro_f1"]))
    for k, d in r["kind_per_class"].items(): print("   %-10s %s" % (k, pr(d)))
    print("report / non-report  %s   non-reports kept quiet %.3f" % (pr(r["report"]), r["nonreport_specificity"]))
    print("fields"); [print("   %-28s %s" % (k, pr(d))) for k, d in r["fields"].items()]
    t = r["time"]; print("time")
    for a, b in (("stated <=5min", "stated n"), ("stated <=15min", "stated n"), ("clock/relative <=5min", "clock/relative n"), ("assumed ok (null or <=5min)", "assumed n"), ("vague ok (null)", "vague n")):
        if t.get(b): print("   %-28s %d/%d = %.3f" % (a, t.get(a, 0), t[b], t.get(a, 0) / t[b]))
    nb = r["neighborhood"]
    print("location->neighborhood  any-hit %.3f %s  strict %.3f  misrouted %d  missed %d of %d; unroutable %s" % (nb["any_hit"], nb["any_hit_ci"], nb["strict"], nb["misrouted"], nb["missed"], nb["n"], nb["unroutable"]))
    for k, d in nb["by"].items(): print("   %-22s n %3d  any-hit %.3f" % (k, d["n"], d["any_hit"]))
    print("language accuracy %.3f  %s" % (r["language"]["accuracy"], r["language"]["per"]))
    print("flags"); [print("   %-12s %s" % (k, pr(d))) for k, d in r["flags"].items()]
    print("ask back (sightings)"); [print("   %-12s %s" % (k, pr(d))) for k, d in r["ask"].items()]
    print("by group"); [print("   %-16s n %3d  kind %.3f  report %.3f" % (k, d["n"], d["kind"], d["report"])) for k, d in r["kind_by"].items()]
    print("confusions", dict(list(r["confusion"].items())[:12]))

def show_confusion(r):
    """Rows are what people say it is, columns what was understood."""
    short = dict(zip(KINDS, ("sight", "update", "clear", "need", "offer", "event", "quest", "chat")))
    print("confusion (row: labelled, column: understood)")
    print("   %-10s" % "" + "".join("%7s" % short[k] for k in KINDS))
    for g in KINDS:
        n = lambda p: r["kind_per_class"][g]["tp"] if g == p else r["confusion"].get("%s->%s" % (g, p), 0)
        print("   %-10s" % g + "".join("%7s" % (n(p) or ".") for p in KINDS))

def worst(gold, pred):
    """Every miss with its harm, most harm first: a lost report, a false alarm, a report in wrong rooms or in none, another
    kind.  Among equals the surer mistake is the worse one."""
    out = []
    for i, gr in gold.items():
        g, p = body(gr), body(pred.get(i, {}))
        gk, pk, sure = g["kind"], p["kind"], p.get("score") or 0
        gn, pn = set(get(g, "location", "neighborhoods", default=[])), set(get(p, "location", "neighborhoods", default=[]) or [])
        if gk in REPORT and pk not in REPORT: what = (5, "lost")
        elif gk not in REPORT and pk in REPORT: what = (4, "false alarm")
        elif gk in REPORT and gn and pn and not gn & pn: what = (3, "wrong rooms")
        elif gk in REPORT and gn and not pn: what = (2, "no room")
        elif gk != pk: what = (1, "kind")
        else: continue
        harm, name = what
        said = "%s, not %s" % (pk, gk) if name in ("lost", "false alarm", "kind") else "%s, not %s" % (sorted(pn), sorted(gn))
        out.append((harm, sure if pk in REPORT else 1 - sure, name, i, said, gr["text"]))
    out.sort(key=lambda m: (-m[0], -m[1], m[3]))
    return out

def brief(r):
    nb = r["neighborhood"]
    print("%4d messages  report P %.3f R %.3f  quiet %.3f  kind %.3f macro-F1 %.3f  any-hit %.3f strict %.3f misrouted %d  language %.3f" % (
        r["n"], r["report"]["p"], r["report"]["r"], r["nonreport_specificity"], r["kind_accuracy"], r["kind_macro_f1"],
        nb["any_hit"], nb["strict"], nb["misrouted"], r["language"]["accuracy"]))

if __name__ == "__main__":
    a = sys.argv[1:]
    if len(a) < 2: sys.exit(__doc__)
    r, errs = score(load(a[0]), load(a[1]))
    try:
        if "--brief" in a:
            brief(r)
        else:
            show(r)
            show_confusion(r)
    except BrokenPipeError:
        sys.exit(0)
    if "--json" in a: json.dump(r, open(a[a.index("--json") + 1], "w"), indent=1)
    if "--errors" in a:
        for e in errs[: int(a[a.index("--errors") + 1])]: print(*e, sep=" | ")
    if "--worst" in a:
        n = int(a[a.index("--worst") + 1])
        misses = worst(load(a[0]), load(a[1]))
        print("worst misses (%d of %d)" % (min(n, len(misses)), len(misses)))
        for harm, _, name, i, said, text in misses[:n]:
            print("   %-11s %s: %s\n       %s" % (name, i, said, " / ".join(text.split("\n"))))
