# Kuwa cusub ee qolka, iyo kuwa codsada inay galaan.

welcome = { $lines }
welcome-room = Ku soo dhawow { $room }. { $what }
welcome-to-response = Halkan dersku waxay ku qoraan waxa ay arkaan, waxayna ka maqlaan waxa kuwa kale arkeen.
welcome-to-verifiers = Halkan waxaa ku kulma kuwa taga oo soo eega.
welcome-to-info = Halkan waxaa ka soo baxa digniinaha la xaqiijiyay, wax kale ma jiraan.
welcome-to-aid = Halkan dersku caawin bay ku weydiistaan kuna bixiyaan.
welcome-to-shifts = Halkan waxaa lagu qaybsadaa shaqooyinka.
welcome-to-city = Halkan waxaa yaal wixii magaalada oo dhan laga xaqiijiyay.
welcome-keeps = Warbixin kasta bot-ku wuxuu ka hayaa waxa, meesha iyo goorta, faahfaahin ugu badnaan { $hours } saac: weligii magac ma hayo, sheekadana ma hayo. Fariinta ku bilaabata - lama akhriyo.
welcome-how-here = Si aad u sheegto, halkaas ku qor, ama halkan aniga ii qor: imisa, maxay samaynayaan, xagee, goorma.
welcome-how-alone = Si aad u sheegto, halkan aniga ii qor: imisa, maxay samaynayaan, xagee, goorma.
welcome-how-verifiers = Warbixinnadu waxay u yimaadaan kaararka. Ku jawaab going, ok ama no.
welcome-legal = Meel fog ka eeg, ha faragelin. Caawin sharci: { $hotline }
welcome-careful = Meel fog ka eeg, ha faragelin.
welcome-kind = Naxariis lahow: halkan dhammaan waa deris. Magac ha qorin, cinwaan guri ha qorin. Wax dheeraad ah: qor caawi ama sirta.
welcome-here = Ku soo dhawaada kuwa cusub ee { $room }. Sida ay u shaqayso, waxa la hayo, sida loo sheego: aniga oo keliya ii qor caawi.

somebody = Qof
asks = { $handle }: { $who } wuxuu codsanayaa inuu galo { $room }. Ma taqaannaan? vouch { $handle } / refuse { $handle } ({ $needed } qof waa inay dammaanad qaadaan)
asks-vouched = { $handle }: { $who } wuxuu codsanayaa inuu galo { $room }. { $vouched } ka mid ah { $needed } ayaa dammaanad qaaday. vouch { $handle } / refuse { $handle }
asks-let-in = { $handle }: { $room }: { $needed } qof ayaa dammaanad qaaday, waana la geliyay.
asks-refused = { $handle }: { $room }: waa la diiday.
asks-lapsed = { $handle }: { $room }: cidna waqtigii dammaanad kuma qaadin; mar kale way codsan karaan.
asks-gone = { $handle }: { $room }: hadda ma codsanayo, ama gacanta ayaa lagu geliyay.
another-must-vouch = { $handle } waxaa dammaanad u qaadi kara qof kale.
not-let-in = ⚠️ Qofka codsada { $room } lama gelin karin lamana celin karin ({ $reason }). Fadlan gacanta ku samee.

deed-vouched-for = wuxuu dammaanad u qaaday { $handle } si uu u galo { $title }
deed-turned-away = wuxuu diiday { $handle } ee { $title }
