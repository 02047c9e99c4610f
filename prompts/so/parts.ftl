# Somali, not yet read by a native speaker.

status-unverified = lama hubin
status-corroborated = dad badan ayaa arkay
status-confirmed = waa la xaqiijiyay
status-cleared = waa dhammaaday
status-dismissed = waa la diiday
status-stale = waa duug, war ma jiro

people = { $shown } qof
vehicles = { $shown } gaari
reports = { $shown } warbixin
seen = la arkay { $clock }
clock = { $hour12 }:{ $minute }{ $half }

activity-parked = way taagan yihiin
activity-driving = way wadayaan
activity-on-foot = lug
activity-knocking = albaabbada ayay garaacayaan
activity-questioning = su'aalo ayay weydiinayaan
activity-detaining = qof ayay xirayaan
activity-leaving = way baxayaan

uniform-vest = jaakadaha aan gacmaha lahayn
uniform-mask = wejiga ayay daboolan yihiin
weapon-firearm = qoryo
gear-k9 = eeyo
gear-helicopter = helikobtar
color-black = madow
color-white = cad
body-car = gaari
body-vehicle = gaari
