# White Hmong (RPA), not yet read by a native speaker.

ask-place = Qhov twg? Ob txoj kev los yog lub npe ntawm qhov chaw. Nyob deb deb.
ask-this-place = { $place }? 1 yog, 2 lwm qhov
ask-which-place = Qhov twg? { $choices }, { $other } lwm qhov
ask-which-area = Lub zej zog twg? { $choices }

received = Ua tsaug, xa mus lawm { $handle }: { $facts }. Nyob deb deb.
counted-as = Ua tsaug. Lwm tus kuj pom thiab: { $handle }.
thanks = { $handle } paub tseeb lawm. Ua tsaug.

hello = { $community }: ceeb toom zej zog. Sau yam koj pom thiab qhov twg, los yog lub npe ntawm koj lub zej zog.
    .phone = { $community }, ceeb toom zej zog. Xa npe zej zog, los yog yam koj pom thiab qhov twg. SMS tsis zais: txhob sau npe. HELP=pab STOP=tawm
subscribed = Tau lawm: { $area }. Tsuas yog yam paub tseeb xwb.
    .phone = Tau lawm: { $area }. Tsuas yog yam paub tseeb, 6 zaug ib hnub. SMS tsis zais: txhob sau npe. HELP=pab STOP=tawm
unsubscribed = Tau lawm: yuav tsis xa ntxiv.
