# Wixii la hayo: waxa qofka qoray maqlo, waxa maamulayaashu arkaan.

held-violence = Lama faafin. Hanjabaad ma gudbino. Haddii qof khatar ku jiro wac 911.
held-identity = Lama faafin: qof ayay fashilin kartaa. Dib u dir magac iyo cinwaan la'aan.
held-vehicle = Weli lama faafin: raadi calaamado ama jaakado. Ku dar waxaad aragtay.
held-interference = Lama faafin: tani waa daawasho iyo caawin, ma aha faragelin.
held-hearsay = Adigu ma aragtay? Haddii kale, qof baa hubin doona.
held-solicitation = Linkiyada marka hore waa la hubiyaa.
held-shelter = Sidan looma faafin: waxay sheegtaa meel dadku ku badbaadaan. Dir geeska kaliya.
held-odd = Weli lama faafin: maamule ayaa marka hore eegaya.
plate-masked = Taarikada lama kaydiyo lamana gudbiyo (MN ...). Adigu u hay qareen.
place-coarsened = Waa la faafiyay, goobta saxda ah la'aanteed: waxay sheegtaa meel dadku ku badbaadaan.

hold-violence = hanjabaad
hold-identity = magac qof
hold-vehicle = gaari aan calaamad lahayn
hold-interference = faragelin
hold-hearsay = maqal
hold-flood = daad
hold-solicitation = link
hold-shelter = meel dad ku badbaado
hold-odd = astaamo yaab leh

hold-card = **{ $handle }** waa la hayaa ({ $reason }) · { $facts }. ok { $handle } / edit { $handle } ... / drop { $handle }
hold-card-several = **{ $handle }** waa la hayaa ({ $reason }) · { $facts } · { $count } warbixin. ok { $handle } / drop { $handle }
hold-card-released = **{ $handle }** waxay noqotay { $as } · { $facts }.
hold-card-dropped = **{ $handle }** waa la tuuray ({ $reason }).
hold-released = { $handle } waxay noqotay { $as }.
hold-dropped = { $handle } waa la tuuray.
hold-queue = La hayo: { $waiting }.
hold-queue-empty = Waxba lama hayo.

deed-released = wuu sii daayay { $handle }: { $incident }
deed-amended = wuu beddelay oo sii daayay { $handle }: { $incident }
