# White Hmong (RPA), written plainly. Not yet read by a native speaker: please correct it before relying on it.
# What is missing here is said in English.

distance = Saib deb deb, tsis txhob cuam tshuam.
legal = Kev cai { $hotline }

alert-unconfirmed = ⚠️ **TSIS TAU PAUB TSEEB** { $clock } · { $facts }. Tseem tsis tau xyuas. { distance } { $tail }
    .phone = TSIS TAU PAUB TSEEB { $clock } { $facts }. { distance } { $tail }
alert-corroborated = ⚠️ **TSIS TAU PAUB TSEEB** { $clock } · { $facts }. { $people } leej pom, tseem tsis tau xyuas. { distance } { $tail }
    .phone = TSIS TAU PAUB TSEEB { $clock } { $facts }. { $people } leej pom. { distance } { $tail }
alert-confirmed = ✅ **PAUB TSEEB LAWM** { $clock } · { $facts }. { distance } { $tail }
    .phone = PAUB TSEEB LAWM { $clock } { $facts }. { distance } { $tail }
alert-merged = { $handle } yog ib yam li lwm qhov ceeb toom; saib qhov ntawd.

all-clear = **{ $handle } tas lawm** { $clock }. Tam sim no tsis muaj dab tsi lawm.
dismissed = ☑️ **{ $handle } xyuas lawm** { $clock }: tsis yog yam uas ntshai.
withdrawn = { $handle }: tus neeg qhia rov qab lawm. Txhob quav ntsej.
