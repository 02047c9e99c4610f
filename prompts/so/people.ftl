# Yaa waxa samayn kara, iyo yaan la dhegaysanayn.

role-neighbor = deris
role-liaison = xiriiriye
role-verifier = hubiye
role-moderator = maamule

roles = { $lines }
    Maamulayaasha koox iyo xubnaha qol xiran ayaa sidoo kale door ku leh taas.
roles-none = Cidna magac door kuma laha. Maamulayaasha koox iyo xubnaha qol xiran ayaa door ku leh taas.
role-line = { $who }: { $role }, { $areas }
role-line-rests = { $who }: { $role }, { $areas }; waa joogsan ilaa qof yiraahdo: vouch { $who }
role-line-until = { $who }: { $role }, { $areas }, ilaa { $date }
role-line-until-rests = { $who }: { $role }, { $areas }, ilaa { $date }; waa joogsan ilaa qof yiraahdo: vouch { $who }

whom = Yaad ka hadlaysaa? U jawaab farriintiisa, ama qor ciwaankiisa, sida @ana:example.org. Lambar ma shaqeeyo: waa la been abuuri karaa.
not-known = Halkan lagama yaqaan qof la yiraahdo { $who }. U jawaab farriintiisa, ama qor ciwaankiisa.
no-such-area = Xaafad la yiraahdo { $name } ma jirto.
holds-no-role = { $who } halkaas magac kuma aha { $role }.
nothing-rests = Wax u joogsan ma jiro { $who }.
not-banned = { $who } lama mamnuucin lamana aamusiin.
several-authors = Dhowr qof ayaa soo sheegay { $handle }. U jawaab farriinta qofka aad ka hadlayso.
yourself = Taasi adiga ayay kugu saabsan tahay. Maamule kale waa inuu sameeyaa.
not-yours = Waxaad maamule ka tahay { $areas }. Taas waxaa leh maamule halkaas ama magaalada oo dhan.
only-ignored = { $who } lama dhegaysanayo hadda, laakiin wuu ku jiraa kooxaha. Si loo saaro ku dar magaca xaafad, ama: meel walba
role-rests = Furayaashaadii way isbeddeleen, doorkaagu waa joogsan yahay. Weydii maamule kale inuu hubiyo inaad adiga tahay oo yiraahdo: vouch { $who }
by-hand-out = Bot-ku kama saari karo { $who } { $rooms }. Fadlan gacanta ku samee.
by-hand-in = Bot-ku mar kale uma ogolaan karo { $who } { $rooms }. Fadlan gacanta ku samee.

deed-gave-role = wuxuu { $whom } ka dhigay { $role }
deed-took-role = wuxuu { $whom } ka qaaday doorka { $role }
deed-rests = wuxuu leeyahay furayaal kale, doorkiisu waa joogsan
deed-vouched = wuu dammaanad qaaday { $whom }
deed-banned = wuu mamnuucay { $whom }
deed-banned-everywhere = wuu mamnuucay { $whom } meel walba
deed-muted = wuxuu aamusiiyay { $whom } { $hours } saac
deed-unbanned = mar kale ayuu u ogolaaday { $whom }
deed-deleted = wuu soo celiyay { $handle }

proposal-give-role = { $whom } ka dhig { $role } ({ $areas }) ilaa { $date }
proposal-take-role = { $whom } ka qaad doorka { $role } ({ $areas })
proposal-ban = mamnuuc { $whom } ({ $areas })
proposal-mute = aamusii { $whom } { $hours } saac

not-allowed-liaison = Taas waxaa sameeya xiriiriye.
help-liaison = war wuxuu sheegaa maalinta magaalada oo dhan. K7 iyo hadalkaagu waxay ku daraan waxa la xaqiijiyay.
    .phone = WAR wuxuu sheegaa maalinta magaalada oo dhan. Si aad u sheegto qor waxa aad aragtay iyo meesha. HAKAD 8. JOOJI=ka bax
keys-changed-liaison = Xiriiriye{ $count ->
    [0] {""}
   *[other] {" "}{ $areas }
} wuxuu { $platform } ku leeyahay furayaal cusub: taleefan cusub, ama qof kale. Doorku waa joogsan. Fool ka fool u weydii, kaddib dheh: vouch { $who }
