# Somali, not yet read by a native speaker.

ask-place = Xagee? Laba waddo ama magaca goobta ayaa ku filan. Ha u dhowaan.
place-unknown = Goobtaas halkan lagama yaqaan. Soo dir laba waddo oo is-goysa.
ask-this-place = { $place }? 1 haa, 2 meel kale
ask-which-place = Goobtee? { $choices }, { $other } meel kale
ask-which-area = Xaafaddee? { $choices }

received = Mahadsanid, waa la gudbiyay { $handle }: { $facts }. Ka fogow.
counted-as = Mahadsanid. Dad kale ayaa sidoo kale arkay: { $handle }.
thanks = { $handle } waa la xaqiijiyay. Mahadsanid.

hello = { $community }: digniinta xaafadda. Qor waxa aad aragto iyo meesha, ama magaca xaafaddaada.
    .phone = { $community }, digniinta xaafadda. Soo dir xaafaddaada, ama waxa aad aragto iyo meesha. SMS ma aha sir: magac ha qorin. CAAWI=caawin JOOJI=ka bax
subscribed = Waa diyaar: { $area }. Kaliya digniin la xaqiijiyay.
    .phone = Waa diyaar: { $area }. Kaliya digniin la xaqiijiyay, ugu badnaan 6 maalintii. SMS ma aha sir: magac ha qorin. CAAWI=caawin JOOJI=ka bax
unsubscribed = Waa diyaar: digniin dambe ma heli doontid. Si aad dib u hesho, qor magaca xaafaddaada.
