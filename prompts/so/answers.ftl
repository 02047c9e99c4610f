# Somali, not yet read by a native speaker.

ask-place = Xagee? Laba waddo ama magaca goobta ayaa ku filan. Ha u dhowaan.
place-unknown = Goobtaas halkan lagama yaqaan. Soo dir laba waddo oo is-goysa.
ask-this-place = { $place }? 1 haa, 2 meel kale
ask-which-place = Goobtee? { $choices }, { $other } meel kale
ask-which-area = Xaafaddee? { $choices }
    .phone = Xaafaddee? Ku jawaab { $row }
ask-which-area-more = Xaafaddee? { $choices }, ama qor magaca oo dhan
    .phone = Xaafaddee? Ku jawaab { $row } ama magaca oo dhan
ask-zip-area = Lambarkaas wuxuu leeyahay { $count } xaafadood: { $choices }
    .phone = Lambarkaas wuxuu leeyahay { $count } xaafadood. Ku jawaab { $row }
ask-zip-area-more = Lambarkaas wuxuu leeyahay { $count } xaafadood: { $choices }, ama qor magac kale
    .phone = Lambarkaas wuxuu leeyahay { $count } xaafadood. Ku jawaab { $row } ama magac kale

received = Mahadsanid, waa la gudbiyay { $handle }: { $facts }. Ka fogow.
received-where = Waa la gudbiyay { $handle }: { $facts }. Xagee? Laba waddo ama magaca goobta ayaa ku filan. Ka fogow.
received-this = Waa la gudbiyay { $handle }: { $facts }. { $place }? 1 haa, 2 meel kale
received-which = Waa la gudbiyay { $handle }: { $facts }. Goobtee? { $choices }, { $other } meel kale
counted-as = Mahadsanid. Dad kale ayaa sidoo kale arkay: { $handle }.
thanks = { $handle } waa la xaqiijiyay. Mahadsanid.

done = { $handle }: { $state }.
already-so = { $handle } mar hore: { $state }.
no-such-id = Halkan kuma jiro wax furan oo la yiraahdo { $handle }.
not-allowed = Taas halkan kuma samayn kartid.
not-allowed-verifier = Taas waxaa sameeya hubiye. Qor waxa aad aragtay, hubiye ayaa akhrin doona.
not-allowed-moderator = Taas waxaa sameeya maamule.
did-you-mean = Ma waxaad ula jeeddaa "{ $usage }"?

help = Qor waxa aad aragto iyo meesha: imisa, maxay samaynayaan, waddooyinka, saacadda, gawaarida.
    Adiguna ma aragtay? +1 iyo lambarka, tusaale +1 K7.
    .phone = Qor waxa aad aragto iyo meesha. Adiguna ma aragtay: +1 K7. XAAFAD x, DIGNIIN dhow/maya, HAKAD 8, WAR, XAGEE x, LUQAD, SIRTA, I ILOOW. JOOJI=ka bax
help-verifier = ok K7 way jirtaa, no K7 ma jirto, clear K7 waa dhammaatay, going K7 waan eegayaa.
    undo K7 waa laga noqday tallaabada ugu dambaysa.
    .phone = ok K7 xaqiiji, no K7 diid, clear K7 dhammee. Si aad u sheegto qor waxa aad aragto iyo meesha. XAAFAD x, HAKAD 8, WAR. JOOJI=ka bax
help-moderator = Sida hubiyeyaasha, iyo: held, ok/edit/drop H2, merge M2 K7, delete K7, sheeg whittier: qoraal, ok B3.
    Jawaab ahaan: ban, mute 24h, unban. roles, role add/remove, vouch, log, albaab whittier, boosteer whittier so.
    .phone = ok K7 xaqiiji, no K7 diid, clear K7 dhammee. Si aad u sheegto qor waxa aad aragto iyo meesha. XAAFAD x, HAKAD 8, WAR. JOOJI=ka bax

example = , tus: { $zip }
hello = { $community }: digniinta xaafadda. Qor waxa aad aragto iyo meesha, ama ZIP ama magaca xaafaddaada{ $example }.
    .phone = { $community }, digniinta xaafadda. Soo dir ZIP ama xaafaddaada{ $example }. SMS ma aha sir. English: EN. Espanol: ES. CAAWI=caawin JOOJI=ka bax
invite = Si aad u hesho digniin la xaqiijiyay qor ZIP ama xaafaddaada{ $example }.
    .phone = Si aad u hesho digniin la xaqiijiyay soo dir ZIP ama xaafaddaada{ $example }. SMS ma aha sir: magac ha qorin. CAAWI=caawin JOOJI=ka bax
area-unknown = Xaafaddaas halkan lagama yaqaan. Qor magaceeda ama ZIP{ $example }.
    .phone = Xaafaddaas halkan lagama yaqaan. Soo dir magaceeda ama ZIP{ $example }, ama XAGEE iyo laba waddo oo is-goysa.
subscribed = Waa diyaar: { $areas }. Kaliya digniin la xaqiijiyay, ugu badnaan { $count } maalintii. Si aad uga baxdo qor jooji.
    .phone = Waa diyaar: { $areas }. Digniin la xaqiijiyay, { $count }/maalin. SMS ma aha sir: magac ha qorin. Lacag baa kugu bixi karta. CAAWI=caawin JOOJI=ka bax
areas-full = Waxaad heshaa digniinta { $areas }: wax kale kuma jiri karaan.
    .phone = Waxaad heshaa digniinta { $areas }, wax kale kuma jiri karaan. XAAFAD iyo magac: mid kaliya.

alerts-confirmed = { $areas }: waxaad heshaa digniin la xaqiijiyay, xuduudahana. digniin dhow / digniin maya
    .phone = { $areas }: waxaad heshaa digniin la xaqiijiyay, xuduudahana. DIGNIIN dhow, DIGNIIN maya, HAKAD 8
alerts-near = { $areas }: waxaad heshaa digniin la xaqiijiyay oo halkaas ah kaliya. digniin haa / digniin maya
    .phone = { $areas }: waxaad heshaa digniin la xaqiijiyay oo halkaas ah kaliya. DIGNIIN haa, DIGNIIN maya
alerts-off = { $areas }: digniin ma heli doontid. Weli wax waad soo sheegi kartaa. digniin haa ayaa soo celinaysa.
    .phone = { $areas }: digniin ma heli doontid. Weli wax waad soo sheegi kartaa. DIGNIIN haa ayaa soo celinaysa.
only-confirmed = Halkan kaliya digniin la xaqiijiyay ayaa timaadda. digniin haa / digniin dhow / digniin maya
    .phone = SMS-ka kaliya digniin la xaqiijiyay ayaa timaadda. DIGNIIN haa, DIGNIIN dhow, DIGNIIN maya
paused = Digniin ma jirto ilaa { $clock }. Waa laguu sheegi doonaa marka mid aad heshay dhammaato. start ayaa dhammaynaysa.
    .phone = Digniin ma jirto ilaa { $clock }. Waa laguu sheegi doonaa marka mid aad heshay dhammaato. START ayaa dhammaynaysa.
language-set = Hadda laga bilaabo af Soomaali.
ask-language = Luqaddee? EN English, ES Espanol, SO Soomaali, HMN Hmoob

where-is = { $found }
whole-city = Magaalada
news = { $areas } maanta: { $confirmed } la xaqiijiyay{ $ended ->
    [none] {""}
   *[some] {" "}({ $over } way dhammaadeen)
    }, { $checked } la hubiyay oo aan ahayn wixii laga baqay.{ $open }
news-confirmed = { $areas } maanta: { $confirmed } la xaqiijiyay{ $ended ->
    [none] {""}
   *[some] {" "}({ $over } way dhammaadeen)
    }.{ $open }
news-checked = { $areas } maanta: waxba lama xaqiijin; { $checked } la hubiyay oo aan ahayn wixii laga baqay.
news-none = { $areas } maanta: waxba lama xaqiijin.
news-open = {" "}Hadda: { $open }.

ask-forget = Ma la tirtiraa wax kasta oo adiga kugu saabsan? Lambarka, xaafadaha iyo digniinta waa la tirtirayaa. 1 haa
forgotten = Waa diyaar: waxba lagama hayo adiga.
    .phone = Waa diyaar: waxba lagama hayo adiga. Si aad u soo noqoto soo dir xaafaddaada.
privacy = Waxa la hayo: warbixinta { $reports } saac, adiga oo aan ku jirin; waxa xaafad ka dhacay { $incidents } maalmood, waddo la'aan; cinwaankaaga oo qarsoodi ah, kaliya inta aad digniin hesho; jooji, i iloow ama { $subscribers } maalmood oo aamusnaan ah ayaa tirtira; waxa maamulayaashu sameeyaan { $acts } maalmood. Cidna ma aragto cinwaankaaga.
    .phone = La hayo: lambarkaaga, qarsoodi, inta aad digniin hesho; JOOJI, I ILOOW ama { $subscribers } maalmood oo aamus ah ayaa tirtira. Warbixin { $reports } saac, xaafad { $incidents } maalmood. Maamulka { $acts } maalmood. Shirkaduhu SMS way akhriyaan: magac ha qorin.
media-not-kept = Sawirro ma hayn karno. Asalka hayso, ha beddelin; qor saacadda iyo meesha.
    .phone = Sawirro ma hayn karno. Asalka hayso, ha beddelin; qor saacadda iyo meesha. Halkan ku qor waxa aad aragto.
unsubscribed = Waa diyaar: fariin dambe ma heli doontid, cinwaankaagana waa la tirtiray. start ayaa ku soo celinaysa.
    .phone = Waa diyaar: fariin dambe ma heli doontid, lambarkaagana waa la tirtiray. START=ku soo noqo

our-fault = Khalad ayaa naga dhacay. Isku day mar kale dhowr daqiiqo kadib.
our-fault-call = Khalad ayaa naga dhacay. Haddii ay degdeg tahay wac { $hotline }.

# Cidda la raadsado; ururo kaliya.
helping = { $topic }:
    { $found }
    .phone = { $found }
helping-none = Halkan cidna uma qorna { $topic } agtaada.
helper = { $name }, { $contact } (la hubiyay { $checked })
ask-who = Yaa ku caawiya? Qor yaa iyo mid ka mid ah: { $topics }
ask-who-none = Weli ururo halkan kuma qorna.
topic-food = cunto
topic-legal = qareen
topic-housing = guri
topic-health = caafimaad
topic-ride = gaadiid
