# Cov chav uas yuav puv thiab lawv cov kwv tij.

room-nearly-full = { $title } muaj { $percent } % lawm ({ $taken } ntawm { $limit }). { $ready } npaj txhij: tib cov cai, tib cov thawj coj. Lub rooj mus rau ntawd txij { $mark }. Teb: split now / wait / raise { $higher }
room-full = Pab no yuav puv lawm. Koj nyob tau. Cov neeg zej zog tshiab mus rau { $next }; ceeb toom tshwm rau ob qho tib si.
room-not-made = ⚠️ Ua tsis tau { $title } ({ $reason }). Muab lub bot ua thawj coj ntawm chav uas yuav puv thiab hais: split now. Los yog ua ib pab ntawm tes, cia lub bot nkag ua thawj coj thiab ntxiv rau hauv kev teeb tsa. Txog thaum ntawd lub rooj mus rau qhov muaj chaw.
room-not-closed = ⚠️ { $title } puv lawm, tab sis lub bot kaw tsis tau nws qhov link ({ $reason }). Thov ua ntawm tes. Lub rooj mus rau lwm qhov lawm.
room-not-changed = ⚠️ Hloov tsis tau link ntawm { $title } ({ $reason }). Thov ua ntawm tes.
room-wave = { $came } leej nkag { $title } hauv ib teev. Txij no mus ib tug thawj coj yuav tsum cia neeg nkag. Cia cov uas thov nkag: admit. Tsis cia: refuse.
rooms-small = { $from } thiab { $to } muaj neeg tsawg ib hlis lawm. Caw cov neeg hauv { $from } mus rau { $to }: merge down. Tsis tsiv leej twg.
room-merged-down = Pab no ntsiag to lawm. Caw koj mus rau { $to }: { $link } Koj nyob ntawm no los tau; ceeb toom tshwm rau ob qho tib si.
room-being-made = Tab tom ua { $title }. Lub rooj yuav mus rau ntawd thaum npaj txhij.

limits = { $lines }
limits-none = Tsis muaj chav suav ntawm no.
room-line = { $title }: { $taken } ntawm { $limit } ({ $percent } %), { $state }
room-line-asking = { $title }: { $taken } ntawm { $limit } ({ $percent } %), { $state }; { $asking } leej thov nkag
room-making = tab tom ua
room-failed = ua tsis tau
room-prepared = npaj txhij
room-open = qhib
room-door = lub rooj mus rau no
room-retired = koom rau lwm qhov

which-rooms = Chav twg? Ntxiv ib lub zej zog, los yog teb rau qhov lub bot hais txog lawv.
nothing-to-merge = Qhov ntawd tsis muaj ob chav me.
bad-mark = Sau ib tug naj npawb neeg ntawm cov uas nyob tam sim no thiab { $limit }.

deed-split = tig lub rooj tawm ntawm { $title }
deed-wait = tseg lub rooj rau { $title } txog thaum tsis muaj leej twg nkag tau
deed-raise = tseg lub rooj rau { $title } txog { $mark } leej
deed-new-link = muab link tshiab rau { $title }
deed-merge-down = caw cov neeg hauv { $title } mus rau { $into }
deed-admit = cia cov uas thov nkag { $title }
deed-refuse = tsis cia cov uas thov nkag { $title }

room-ready = { $title } npaj txhij.
room-ready-link = { $title } npaj txhij: { $link }
nothing-to-set-up = { $area } muaj nws cov chav tag nrho lawm.
room-not-found = Lub bot tsis nyob hauv ib chav hu ua { $title } uas tseem tsis yog leej twg li. Caw nws, tos ib feeb, thiab hais dua.
cannot-make-rooms = Ua tsis tau chav: tsis muaj qhov uas lub bot ua tau chav, los yog tsis muaj rooms.toml hauv kev teeb tsa.
deed-set-up = ua chav rau { $area }: { $title }
deed-adopt = ua rau { $title } ua ib chav ntawm { $area }
