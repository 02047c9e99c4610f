# Bogga uu boosteerku kuu geeyo, boosteerka laftiisa, iyo waxa laga yiraahdo. Not yet read by a native speaker.

language-name = Soomaali

door-title = { $area } - { $community }
door-what = Halkan derisku way isu digaan marka ICE ay dhow yihiin, wayna is caawiyaan.
door-choose = Sidee ayaad rabtaa inaad ku biirto?
door-signal = Ku biir Signal
door-signal-for = Waxaad u baahan tahay app-ka Signal.
door-matrix = Ku biir Matrix
door-matrix-for = Waxaad u baahan tahay Element ama app kale oo Matrix ah.
door-sms = SMS u dir { $number }
door-sms-for = Taleefan kasta wuu ku shaqeeyaa: dir ereyga horay u qoran. SMS ma aha sir.
door-playground = Fur tuulada tijaabada
door-playground-for = Tuulo been ah oo wax lagu tijaabiyo.
door-approval = Waxaad codsanaysaa inaad gasho, deris ayaa ku soo gelinaya. Saacado ayay qaadan kartaa.
door-preparing-note = Koox cusub ayaa la diyaarinayaa: soo noqo dhowr daqiiqo kaddib.
door-preparing = Koox cusub ayaa la diyaarinayaa
door-preparing-how = Kuwa kale way buuxaan. Boggan keligiis ayaa mar kale fiirinaya 20 ilbiriqsi kasta; waxba ma lumayaan haddii aad hadhow soo noqoto.
door-look-again = Mar kale fiiri
door-other-ways = Siyaabo kale oo lagu biiro
door-no-room = Xaafaddan weli koox uma jirto.
door-lost = Ciwaankani meelna kuma geeyo
door-lost-how = Boosteerku wuu duugoobi karaa, ama xaraf ayaa ka duwan. Raadi boosteer cusub oo kuu dhow, ama weydii qofkii ku tusay.
door-lost-number = Ama magaca xaafaddaada SMS ugu dir { $number }.
door-keeps-nothing = Boggani waxba kuma weydiiyo, waxba kaama kaydiyo, cookies-na ma isticmaalo.
door-legal = Caawimo sharci: { $hotline }
door-languages = Luqado kale

poster-scan = Kamarada ku sawir
poster-text-to = ama **{ $word }** SMS ugu dir
poster-or-type = ama fur

posters = Boosteer loogu talagalay { $area }, lambar { $code }. Si loo daabaco:
    { $url }.pdf?paper=letter
    { $url }.pdf?paper=letter&strip=1 wuxuu leeyahay xariiqyo la jari karo. paper=a4 waa cabbirka kale, { $url }.svg waa naqshaddaada.
    Haddii uu gacan xun galo: albaab tirtir { $code }
doors = Albaabka { $area }: { $url }
    { $lines }
doors-without-posters = Albaabka { $area }: { $url }
    Weli boosteer ma leh: boosteer { $area }
poster-line = { $code } ({ $language }) waxaa la furay { $opened } jeer
poster-revoked = { $code } hadda meelna ma geeyo. Albaabka { $area } iyo boosteeradiisa kale sidii ayay yihiin.
no-such-code = Boosteer leh lambarka { $code } ma jiro, ama waa la tirtiray.
which-area-of = Midkee: { $areas }?
no-address = Cidna dibadda kama furi karto bogagga. Weydii qofka bot-ka maamula inuu public_url ku qoro [web].
deed-made-poster = wuxuu boosteerka { $code } u sameeyay { $area }
deed-revoked-code = wuxuu tirtiray boosteerka { $code } ee { $area }

meet = { $area }: { $url }
meet-unknown = Boosteer lambarkaas leh ma jiro hadda. Soo dir magaca xaafaddaada.
