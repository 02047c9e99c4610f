# Cov neeg tshiab hauv ib chav, thiab cov uas thov nkag.

welcome = { $lines }
welcome-room = Zoo siab txais tos rau { $room }. { $what }
welcome-to-response = Ntawm no cov neeg zej zog sau yam lawv pom, thiab hnov yam lwm tus pom.
welcome-to-verifiers = Ntawm no cov uas mus saib sib ntsib.
welcome-to-info = Ntawm no tshwm cov ceeb toom uas lees paub lawm, tsis muaj lwm yam.
welcome-to-aid = Ntawm no cov neeg zej zog thov kev pab thiab muab kev pab.
welcome-to-shifts = Ntawm no faib sij hawm ua hauj lwm.
welcome-to-city = Ntawm no muaj yam uas lees paub hauv lub nroog tag nrho.
welcome-keeps = Ntawm ib qho qhia lub bot khaws yam, qhov twg thiab thaum twg, tag nrho ntev tshaj { $hours } teev: tsis khaws npe, tsis khaws kev sib tham. Lus uas pib nrog - tsis nyeem.
welcome-how-here = Qhia: sau rau ntawd, los yog ntawm no rau kuv: pes tsawg leej, ua dab tsi, qhov twg, thaum twg.
welcome-how-alone = Qhia: sau ntawm no rau kuv: pes tsawg leej, ua dab tsi, qhov twg, thaum twg.
welcome-how-verifiers = Cov qhia tuaj ua daim npav. Teb nrog going, ok los yog no.
welcome-legal = Saib deb deb, tsis txhob cuam tshuam. Kev pab cai: { $hotline }
welcome-careful = Saib deb deb, tsis txhob cuam tshuam.
welcome-kind = Ua siab zoo: txhua tus ntawm no yog neeg zej zog. Tsis txhob sau npe, tsis txhob sau chaw nyob. Xav paub ntxiv: sau pab los yog ntiag tug.
welcome-here = Zoo siab txais tos cov tshiab hauv { $room }. Ua haujlwm li cas, khaws dab tsi, qhia li cas: sau pab rau kuv ib leeg.

somebody = Ib tug neeg
asks = { $handle }: { $who } thov nkag { $room }. Nej puas paub nws? vouch { $handle } / refuse { $handle } ({ $needed } leej yuav tsum lees paub)
asks-vouched = { $handle }: { $who } thov nkag { $room }. { $vouched } ntawm { $needed } lees paub lawm. vouch { $handle } / refuse { $handle }
asks-let-in = { $handle }: { $room }: { $needed } leej lees paub thiab cia nkag lawm.
asks-refused = { $handle }: { $room }: tsis cia nkag.
asks-lapsed = { $handle }: { $room }: tsis muaj leej twg lees paub raws sij hawm; nws thov dua tau.
asks-gone = { $handle }: { $room }: tsis thov lawm, los yog cia nkag ntawm tes lawm.
another-must-vouch = { $handle } yuav tsum muaj lwm tus lees paub.
not-let-in = ⚠️ Tus uas thov nkag { $room } cia nkag tsis tau thiab tsis kam tsis tau ({ $reason }). Thov ua ntawm tes.

deed-vouched-for = lees paub { $handle } kom nkag { $title }
deed-turned-away = tsis cia { $handle } nkag { $title }
