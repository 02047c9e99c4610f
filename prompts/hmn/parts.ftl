# White Hmong (RPA), not yet read by a native speaker.

status-unverified = tsis tau xyuas
status-confirmed = paub tseeb
status-cleared = tas lawm

people = { $shown } leej
vehicles = { $shown } lub tsheb
seen = pom { $clock }
clock = { $hour12 }:{ $minute }{ $half }

weapon-firearm = phom
uniform-mask = npog ntsej muag
gear-k9 = dev
