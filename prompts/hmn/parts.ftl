# White Hmong (RPA), not yet read by a native speaker.

status-unverified = tsis tau xyuas
status-corroborated = ntau leej pom
status-dismissed = tsis yog
status-stale = qub, tsis muaj xov
status-merged = muab koom ua ke
status-confirmed = paub tseeb
status-cleared = tas lawm

people = { $shown } leej
vehicles = { $shown } lub tsheb
reports = { $shown } tsab xov
firsthand = { $shown } pom kiag
rooms = { $shown } chav
seen = pom { $clock }
clock = { $hour12 }:{ $minute }{ $half }

clock-other-day = { $weekday } { $clock }
weekday-mon = Mon
weekday-tue = Tue
weekday-wed = Wed
weekday-thu = Thu
weekday-fri = Fri
weekday-sat = Sat
weekday-sun = Sun

activity-parked = nres tsheb
activity-driving = tsav tsheb
activity-on-foot = mus kotaw
activity-watching = saib
activity-staging = sib sau
activity-knocking = khob qhov rooj
activity-entering = nkag mus
activity-questioning = nug lus
activity-vehicle-stop = nres tsheb
activity-detaining = ntes neeg
activity-leaving = tawm mus
activity-aerial = saum ntuj
activity-chemical = siv roj
activity-crowd = kab tub ceev xwm

agency-ice = ICE
agency-ero = ERO
agency-hsi = HSI
agency-cbp = Border Patrol
agency-dhs = DHS
agency-fbi = FBI
agency-atf = ATF
agency-usms = US Marshals
agency-fed = federal
agency-local-police = tub ceev xwm

weapon-firearm = phom
uniform-mask = npog ntsej muag
gear-k9 = dev
