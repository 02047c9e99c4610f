# Somali, written plainly and without accents. Not yet read by a native speaker: please correct it before relying on it.
# What is missing here is said in English.

distance = Meel fog ka fiiri, ha faragelin.
legal = Sharci { $hotline }

alert-unconfirmed = ⚠️ **LAMA XAQIIJIN** { $clock } · { $facts }. Weli lama hubin. { distance } { $tail }
    .phone = LAMA XAQIIJIN { $clock } { $facts }. Lama hubin. { distance } { $tail }
alert-corroborated = ⚠️ **LAMA XAQIIJIN** { $clock } · { $facts }. { $people } qof ayaa aragtay, weli lama hubin. { distance } { $tail }
    .phone = LAMA XAQIIJIN { $clock } { $facts }. { $people } qof ayaa aragtay. { distance } { $tail }
alert-confirmed = ✅ **WAA LA XAQIIJIYAY** { $clock } · { $facts }. { distance } { $tail }
    .phone = WAA LA XAQIIJIYAY { $clock } { $facts }. { distance } { $tail }
alert-merged = { $handle } waa isla digniin kale; taas fiiri.

all-clear = **{ $handle } waa dhammaaday** { $clock }. Hadda waxba ma joogaan.
dismissed = ☑️ **{ $handle } waa la hubiyay** { $clock }: ma ahayn wixii laga baqay.
withdrawn = { $handle }: qofkii soo sheegay ayaa ka noqday.
