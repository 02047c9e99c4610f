# Leej twg ua tau dab tsi, thiab tsis mloog leej twg.

role-neighbor = neeg zej zog
role-liaison = neeg txuas
role-verifier = neeg xyuas
role-moderator = thawj coj

roles = { $lines }
    Cov coj pab thiab cov nyob hauv chav kaw kuj muaj hauj lwm los ntawm qhov ntawd.
roles-none = Tsis muaj leej twg muaj hauj lwm los ntawm npe. Cov coj pab thiab cov nyob hauv chav kaw muaj los ntawm qhov ntawd.
role-line = { $who }: { $role }, { $areas }
role-line-rests = { $who }: { $role }, { $areas }; so mus txog thaum ib tug hais: vouch { $who }
role-line-until = { $who }: { $role }, { $areas }, mus txog { $date }
role-line-until-rests = { $who }: { $role }, { $areas }, mus txog { $date }; so mus txog thaum ib tug hais: vouch { $who }

whom = Koj hais txog leej twg? Teb nws cov lus, los yog sau nws qhov chaw nyob, xws li @ana:example.org. Xov tooj siv tsis tau: luag cuav tau.
not-known = Tsis paub leej twg hu ua { $who } ntawm no. Teb nws cov lus, los yog sau nws qhov chaw nyob.
no-such-area = Tsis muaj zej zog hu ua { $name }.
holds-no-role = { $who } tsis yog { $role } ntawd.
nothing-rests = Tsis muaj dab tsi so rau { $who }.
not-banned = { $who } tsis raug txwv los yog kaw lus.
several-authors = Muaj ntau tus qhia { $handle }. Teb cov lus ntawm tus koj hais txog.
yourself = Qhov ntawd yog hais txog koj. Lwm tus thawj coj yuav tsum ua.
not-yours = Koj yog thawj coj ntawm { $areas }. Qhov ntawd yog thawj coj ntawm qhov ntawd, los yog tag nrho lub nroog, ua.
only-ignored = Tsis mloog { $who } lawm, tab sis nws tseem nyob hauv cov pab. Yog xav rho nws tawm, sau npe zej zog ntxiv, los yog: txhua qhov
role-rests = Koj cov yuam sij hloov lawm, yog li koj txoj hauj lwm so. Thov lwm tus thawj coj saib tias yog koj thiab hais: vouch { $who }
by-hand-out = Bot rho tsis tau { $who } tawm ntawm { $rooms }. Thov koj ua.
by-hand-in = Bot tso tsis tau { $who } rov los rau { $rooms }. Thov koj ua.

deed-gave-role = muab { $whom } ua { $role }
deed-took-role = tshem { $role } ntawm { $whom }
deed-rests = muaj lwm cov yuam sij, yog li txoj hauj lwm so
deed-vouched = lees paub { $whom }
deed-banned = txwv { $whom }
deed-banned-everywhere = txwv { $whom } txhua qhov
deed-muted = kaw { $whom } lus { $hours } teev
deed-unbanned = tso { $whom } rov los
deed-deleted = rho { $handle } rov qab

proposal-give-role = muab { $whom } ua { $role } ({ $areas }) mus txog { $date }
proposal-take-role = tshem { $role } ntawm { $whom } ({ $areas })
proposal-ban = txwv { $whom } ({ $areas })
proposal-mute = kaw { $whom } lus { $hours } teev

not-allowed-liaison = Tus neeg txuas ua qhov ntawd.
help-liaison = xov xwm qhia hnub no ntawm tag nrho lub nroog. K7 thiab koj cov lus ntxiv rau qhov tau lees.
    .phone = XOV XWM qhia hnub no ntawm tag nrho lub nroog. Sau yam koj pom thiab qhov twg. PAUSE 8. STOP=tawm
keys-changed-liaison = Ib tug neeg txuas{ $count ->
    [0] {""}
   *[other] {" "}{ $areas }
} muaj yuam sij tshiab hauv { $platform }: xov tooj tshiab, los yog lwm tus. Txoj hauj lwm so. Nug nws ntsej muag, ces hais: vouch { $who }
