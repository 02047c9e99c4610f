# Waxa maamulayaashu sameeyeen, sameeyaan oo soo jeediyaan.

acted = { $who } { $deed }.
log = { $lines }
log-empty = Dhawaan waxba lama samayn.
log-line = { $clock } { $who } { $deed }
deed-proposed = wuxuu soo jeediyay { $handle }
deed-seconded = wuu ogolaaday { $handle }
deed-shredded = wuxuu tirtiray wax kasta oo laga hayay { $area }
deed-dropped = wuu tuuray { $handle }

proposal = **{ $handle }** · { $who } wuxuu soo jeedinayaa: { $what } · { $stage }
proposal-shred = in la tirtiro wax kasta oo laga hayo { $area }: { $incidents } dhacdo, { $phones } taleefan
proposal-say = { $areas }, { $rooms } kooxood iyo { $phones } taleefan ({ $segments } qaybood): "{ $words }"
proposal-say-priced = { $areas }, { $rooms } kooxood iyo { $phones } taleefan ({ $segments } qaybood, { $price }): "{ $words }"
proposal-say-quiet = { $areas }, { $rooms } kooxood; saacaddan taleefannada waxba looma diro: "{ $words }"
stage-waits = maamule kale: ok { $handle } / drop { $handle }
stage-done = la sameeyay ✅
stage-dropped = la tuuray
stage-lapsed = cidna kuma ogolaan maalin gudaheed
proposing = { $handle } wuxuu sugayaa maamule kale oo yiraahda: ok { $handle }
needs-another = Adigaa soo jeediyay { $handle }. Maamule kale waa inuu yiraahdaa: ok { $handle }
too-many-proposals = Wax badan ayaa hore u sugaya maamule labaad. Marka hore mid tuur: drop B3

broadcast = 📣 { $words } - { $community }
