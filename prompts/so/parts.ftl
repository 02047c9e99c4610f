# Somali, not yet read by a native speaker.

status-unverified = lama hubin
status-corroborated = dad badan ayaa arkay
status-confirmed = waa la xaqiijiyay
status-cleared = waa dhammaaday
status-dismissed = waa la diiday
status-merged = mid kale ayaa lagu daray
status-stale = waa duug, war ma jiro

people = { $shown } qof
vehicles = { $shown } gaari
reports = { $shown } warbixin
firsthand = { $shown } isha ku arkay
rooms = { $shown } qol
seen = la arkay { $clock }
clock = { $hour12 }:{ $minute }{ $half }

clock-other-day = { $weekday } { $clock }
weekday-mon = Isn
weekday-tue = Tal
weekday-wed = Arb
weekday-thu = Kha
weekday-fri = Jim
weekday-sat = Sab
weekday-sun = Axd

activity-parked = way taagan yihiin
activity-driving = way wadayaan
activity-on-foot = lug
activity-watching = way ilaalinayaan
activity-staging = way isu ururayaan
activity-entering = way galayaan
activity-vehicle-stop = gaari ayay joojiyeen
activity-aerial = hawada
activity-chemical = gaas ayay isticmaalayaan
activity-crowd = saf booliis
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

agency-ice = ICE
agency-ero = ERO
agency-hsi = HSI
agency-cbp = Ilaalada xuduudda
agency-dhs = DHS
agency-fbi = FBI
agency-atf = ATF
agency-usms = US Marshals
agency-fed = federaal
agency-local-police = booliska magaalada
