# Nplooj ntawv uas daim ntawv tshaj tawm coj mus, daim ntawv ntawd, thiab lus hais txog. Not yet read by a native speaker.

language-name = Hmoob

door-title = { $area } - { $community }
door-what = Cov neeg zej zog ntawm no ceeb toom rau lwm tus thaum ICE nyob ze, thiab sib pab.
door-choose = Koj xav koom li cas?
door-signal = Koom hauv Signal
door-signal-for = Siv lub app Signal.
door-matrix = Koom hauv Matrix
door-matrix-for = Siv Element los yog lwm lub app Matrix.
door-sms = Xa SMS rau { $number }
door-sms-for = Xov tooj twg los tau: xa lo lus uas twb sau lawm. SMS tsis zais.
door-playground = Qhib lub zos sim
door-playground-for = Ib lub zos cuav, rau kev sim.
door-approval = Koj thov nkag, ces ib tug neeg zej zog tso koj nkag. Tej zaum yuav siv ob peb teev.
door-preparing-note = Tab tom npaj ib pab tshiab: rov qab los tom qab ob peb feeb.
door-preparing = Tab tom npaj ib pab tshiab
door-preparing-how = Lwm pab puv lawm. Nplooj ntawv no saib dua nws tus kheej txhua 20 vib nas this; koj rov qab los tom qab los tau.
door-look-again = Saib dua
door-other-ways = Lwm txoj kev koom
door-no-room = Tseem tsis tau muaj ib pab rau lub zej zog no.
door-lost = Qhov chaw nyob no tsis mus rau qhov twg
door-lost-how = Tej zaum daim ntawv tshaj tawm qub lawm, los yog ib tug tsiaj ntawv txawv. Nrhiav ib daim tshiab ze koj, los yog nug tus uas qhia koj.
door-lost-number = Los yog xa koj lub zej zog lub npe rau { $number }.
door-keeps-nothing = Nplooj ntawv no tsis nug koj dab tsi, tsis khaws dab tsi txog koj, thiab tsis siv cookies.
door-legal = Kev pab cai lij choj: { $hotline }
door-languages = Lwm hom lus

poster-scan = Siv koj lub koob yees duab scan
poster-text-to = los yog xa **{ $word }** rau
poster-or-type = los yog qhib

posters = Daim ntawv tshaj tawm rau { $area }, tus lej { $code }. Rau kev luam:
    { $url }.pdf?paper=letter
    { $url }.pdf?paper=letter&strip=1 muaj tej daim dua tau. paper=a4 yog lwm qhov loj, { $url }.svg yog rau koj tus kheej kho.
    Yog poob rau neeg phem tes: qhov rooj tshem { $code }
doors = Lub qhov rooj ntawm { $area }: { $url }
    { $lines }
doors-without-posters = Lub qhov rooj ntawm { $area }: { $url }
    Tseem tsis muaj daim ntawv tshaj tawm: ntawv tshaj tawm { $area }
poster-line = { $code } ({ $language }) qhib { $opened } zaug
poster-revoked = { $code } tsis mus rau qhov twg lawm. Lub qhov rooj ntawm { $area } thiab lwm daim nyob li qub.
no-such-code = Tsis muaj daim ntawv twg muaj tus lej { $code }, los yog tshem lawm.
which-area-of = Lub twg: { $areas }?
no-address = Tsis muaj leej twg qhib tau cov nplooj ntawv los ntawm sab nraud. Thov tus saib xyuas bot sau public_url hauv [web].
deed-made-poster = ua daim ntawv { $code } rau { $area }
deed-revoked-code = tshem daim ntawv { $code } ntawm { $area }

meet = { $area }: { $url }
meet-unknown = Tsis muaj daim ntawv twg muaj tus lej ntawd lawm. Xa koj lub zej zog lub npe.
