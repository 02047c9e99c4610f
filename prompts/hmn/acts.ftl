# Yam cov saib xyuas tau ua, ua thiab hais tawm.

acted = { $who } { $deed }.
log = { $lines }
log-empty = Tsis tau ua dab tsi tsis ntev los no.
log-line = { $clock } { $who } { $deed }
deed-proposed = hais tawm { $handle }
deed-seconded = pom zoo { $handle }
deed-shredded = lwv tag nrho yam khaws ntawm { $area }
deed-dropped = tso tseg { $handle }

proposal = **{ $handle }** · { $who } hais tawm: { $what } · { $stage }
proposal-shred = lwv tag nrho yam khaws ntawm { $area }: { $incidents } yam tshwm sim, { $phones } lub xov tooj
proposal-say = rau { $areas }, { $rooms } pab thiab { $phones } lub xov tooj ({ $segments } ntu): "{ $words }"
proposal-say-priced = rau { $areas }, { $rooms } pab thiab { $phones } lub xov tooj ({ $segments } ntu, { $price }): "{ $words }"
proposal-say-quiet = rau { $areas }, { $rooms } pab; lub sijhawm no tsis xa rau xov tooj: "{ $words }"
stage-waits = lwm tus saib xyuas: ok { $handle } / drop { $handle }
stage-done = ua tas ✅
stage-dropped = tso tseg lawm
stage-lapsed = tsis muaj leej twg pom zoo hauv ib hnub
proposing = { $handle } tos lwm tus saib xyuas hais tias: ok { $handle }
needs-another = Koj yog tus hais { $handle }. Lwm tus saib xyuas yuav tsum hais: ok { $handle }
too-many-proposals = Muaj ntau yam tos tus saib xyuas thib ob lawm. Tso ib yam tseg ua ntej: drop B3

broadcast = 📣 { $words } - { $community }
