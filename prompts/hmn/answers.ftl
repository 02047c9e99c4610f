# White Hmong (RPA), not yet read by a native speaker.

ask-place = Qhov twg? Ob txoj kev los yog lub npe ntawm qhov chaw. Nyob deb deb.
place-unknown = Tsis paub qhov chaw ntawd. Xa ob txoj kev uas sib tshuam.
ask-this-place = { $place }? 1 yog, 2 lwm qhov
ask-which-place = Qhov twg? { $choices }, { $other } lwm qhov
ask-which-area = Lub zej zog twg? { $choices }
    .phone = Lub zej zog twg? Teb { $row }
ask-which-area-more = Lub zej zog twg? { $choices }, los yog sau tag nrho lub npe
    .phone = Lub zej zog twg? Teb { $row } los yog tag nrho lub npe
ask-zip-area = Tus lej ntawd muaj { $count } lub zej zog: { $choices }
    .phone = Tus lej ntawd muaj { $count } lub zej zog. Teb { $row }
ask-zip-area-more = Tus lej ntawd muaj { $count } lub zej zog: { $choices }, los yog sau lwm lub npe
    .phone = Tus lej ntawd muaj { $count } lub zej zog. Teb { $row } los yog lwm lub npe

received = Ua tsaug, xa mus lawm { $handle }: { $facts }. Nyob deb deb.
received-where = Xa mus lawm { $handle }: { $facts }. Qhov twg? Ob txoj kev los yog lub npe ntawm qhov chaw. Nyob deb deb.
received-this = Xa mus lawm { $handle }: { $facts }. { $place }? 1 yog, 2 lwm qhov
received-which = Xa mus lawm { $handle }: { $facts }. Qhov twg? { $choices }, { $other } lwm qhov
counted-as = Ua tsaug. Lwm tus kuj pom thiab: { $handle }.
thanks = { $handle } paub tseeb lawm. Ua tsaug.

done = { $handle }: { $state }.
already-so = { $handle } twb yog li ntawd: { $state }.
no-such-id = Tsis muaj { $handle } qhib ntawm no.
not-allowed = Koj ua tsis tau qhov ntawd ntawm no.
not-allowed-verifier = Tus neeg xyuas ua qhov ntawd. Sau yam koj pom, tus neeg xyuas yuav nyeem.
not-allowed-moderator = Tus thawj coj ua qhov ntawd.
did-you-mean = Koj hais txog "{ $usage }"?

help = Sau yam koj pom thiab qhov twg: pes tsawg leej, ua dab tsi, txoj kev, sij hawm, tsheb.
    Koj pom thiab? +1 thiab tus lej, xws li +1 K7.
    .phone = Sau yam koj pom thiab qhov twg. Koj pom thiab: +1 K7. AREA x, ADD x, ALERTS ze/tsis, PAUSE 8, NEWS, WHERE x, LANG, PRIVACY, FORGET ME. STOP=tawm
help-verifier = ok K7 muaj tiag, no K7 tsis muaj, clear K7 tas lawm, going K7 kuv mus saib.
    undo K7 thim qhov kawg.
    .phone = ok K7 muaj tiag, no K7 tsis muaj, clear K7 tas lawm. Sau yam koj pom thiab qhov twg. AREA x, PAUSE 8, NEWS. STOP=tawm
help-moderator = Ib yam li cov neeg xyuas, thiab: held, ok/edit/drop H2, merge M2 K7, delete K7, hais whittier: lus, ok B3.
    Teb ib tug neeg: ban, mute 24h, unban. roles, role add/remove, vouch, log, qhov rooj whittier, ntawv tshaj tawm whittier hmn.
    .phone = ok K7 muaj tiag, no K7 tsis muaj, clear K7 tas lawm. Sau yam koj pom thiab qhov twg. AREA x, PAUSE 8, NEWS. STOP=tawm

example = , piv: { $zip }
hello = { $community }: ceeb toom zej zog. Sau yam koj pom thiab qhov twg, los yog ZIP los yog lub npe ntawm koj lub zej zog{ $example }.
    .phone = { $community }, ceeb toom zej zog. Xa ZIP los yog npe zej zog{ $example }. SMS tsis zais. English: EN. Espanol: ES. Soomaali: SO. HELP=pab STOP=tawm
invite = Yog xav tau ceeb toom paub tseeb, sau ZIP los yog npe zej zog{ $example }.
    .phone = Yog xav tau ceeb toom paub tseeb, xa ZIP los yog npe zej zog{ $example }. SMS tsis zais: txhob sau npe neeg. HELP=pab STOP=tawm
area-unknown = Tsis paub lub zej zog ntawd. Sau lub npe los yog ZIP{ $example }.
    .phone = Tsis paub lub zej zog ntawd. Xa lub npe los yog ZIP{ $example }, los yog WHERE thiab ob txoj kev.
subscribed = Tau lawm: { $areas }. Tsuas yog yam paub tseeb xwb, { $count } zaug ib hnub. Yog xav tawm sau stop.
    .phone = Tau lawm: { $areas }. Tsuas yog yam paub tseeb, { $count } zaug ib hnub. SMS tsis zais: txhob sau npe. Tej zaum yuav them nqi. HELP=pab STOP=tawm
areas-full = Koj tau ceeb toom ntawm { $areas }: ntxiv tsis tau lawm.
    .phone = Koj tau ceeb toom ntawm { $areas }, ntxiv tsis tau lawm. AREA thiab ib lub npe: ib lub xwb.

alerts-confirmed = { $areas }: koj tau ceeb toom paub tseeb, thiab ntawm ciam. alerts ze / alerts tsis
    .phone = { $areas }: koj tau ceeb toom paub tseeb, thiab ntawm ciam. ALERTS ze, ALERTS tsis, PAUSE 8
alerts-near = { $areas }: koj tau ceeb toom paub tseeb hauv xwb. alerts qhib / alerts tsis
    .phone = { $areas }: koj tau ceeb toom paub tseeb hauv xwb. ALERTS qhib, ALERTS tsis
alerts-off = { $areas }: koj yuav tsis tau ceeb toom. Koj tseem qhia tau. alerts qhib muab rov qab.
    .phone = { $areas }: koj yuav tsis tau ceeb toom. Koj tseem qhia tau. ALERTS qhib muab rov qab.
only-confirmed = Tsuas muaj ceeb toom paub tseeb xwb. alerts qhib / alerts ze / alerts tsis
    .phone = SMS tsuas muaj ceeb toom paub tseeb xwb. ALERTS qhib, ALERTS ze, ALERTS tsis
paused = Tsis muaj ceeb toom txog { $clock }. Yuav qhia koj thaum ib qho koj tau lawm tas. start rov qhib.
    .phone = Tsis muaj ceeb toom txog { $clock }. Yuav qhia koj thaum ib qho koj tau lawm tas. START rov qhib.
language-set = Txij no mus lus Hmoob.
ask-language = Hom lus twg? EN English, ES Espanol, SO Soomaali, HMN Hmoob

where-is = { $found }
whole-city = Lub nroog
news = { $areas } hnub no: { $confirmed } paub tseeb{ $ended ->
    [none] {""}
   *[some] {" "}({ $over } tas lawm)
    }, { $checked } xyuas lawm tsis yog yam uas ntshai.{ $open }
news-confirmed = { $areas } hnub no: { $confirmed } paub tseeb{ $ended ->
    [none] {""}
   *[some] {" "}({ $over } tas lawm)
    }.{ $open }
news-checked = { $areas } hnub no: tsis muaj yam paub tseeb; { $checked } xyuas lawm tsis yog yam uas ntshai.
news-none = { $areas } hnub no: tsis muaj yam paub tseeb.
news-open = {" "}Tam sim no: { $open }.

ask-forget = Rho txhua yam txog koj tawm? Koj tus xov tooj, zej zog thiab ceeb toom yuav raug lwv. 1 yog
forgotten = Tau lawm: tsis khaws dab tsi txog koj.
    .phone = Tau lawm: tsis khaws dab tsi txog koj. Yog xav rov los xa npe zej zog.
privacy = Khaws: yam koj qhia { $reports } teev, tsis muaj koj; yam tshwm sim hauv cheeb tsam { $incidents } hnub, tsis muaj kev; koj qhov chaw nyob zais cia, thaum koj tau ceeb toom xwb; stop, forget me los yog { $subscribers } hnub ntsiag to yuav lwv; yam cov saib xyuas ua { $acts } hnub. Tsis muaj leej twg pom koj qhov chaw nyob.
    .phone = Khaws: koj tus xov tooj, zais cia, thaum koj tau ceeb toom; STOP, FORGET ME los yog { $subscribers } hnub ntsiag to yuav lwv. Yam koj qhia { $reports } teev, cheeb tsam { $incidents } hnub. Cov saib xyuas { $acts } hnub. Tuam txhab xov tooj nyeem tau SMS: txhob sau npe.
media-not-kept = Peb khaws tsis tau duab. Khaws daim qub, txhob kho; sau sij hawm thiab qhov chaw.
    .phone = Peb khaws tsis tau duab. Khaws daim qub, txhob kho; sau sij hawm thiab qhov chaw. Sau ntawm no yam koj pom.
unsubscribed = Tau lawm: yuav tsis xa ntxiv, koj qhov chaw nyob raug lwv lawm. start rov qab los.
    .phone = Tau lawm: yuav tsis xa ntxiv, koj tus xov tooj raug lwv lawm. START=rov los

our-fault = Peb ua yuam kev lawm. Sim dua ob peb feeb tom qab.
our-fault-call = Peb ua yuam kev lawm. Yog maj hu { $hotline }.

# Yuav nrhiav leej twg pab; cov koom haum xwb.
helping = { $topic }:
    { $found }
    .phone = { $found }
helping-none = Tsis muaj leej twg nyob ntawm no rau { $topic } ze koj.
helper = { $name }, { $contact } (xyuas { $checked })
ask-who = Leej twg pab dab tsi? Sau leej twg thiab ib qho: { $topics }
ask-who-none = Tseem tsis tau muaj koom haum ntawm no.
topic-food = zaub mov
topic-legal = kws lij choj
topic-housing = tsev
topic-health = kws kho mob
topic-ride = caij tsheb
