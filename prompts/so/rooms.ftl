# Qolal buuxsamaya iyo walaalahood.

room-nearly-full = { $title } waa { $percent } % ({ $taken } ka mid ah { $limit }). { $ready } waa diyaar: isla xeerarka, isla maamulayaasha. Albaabku halkaas ayuu u socdaa laga bilaabo { $mark }. Ku jawaab: split now / wait / raise { $higher }
room-full = Kooxdani way sii buuxsantay. Waad joogi kartaa. Deriska cusub waxay tagaan { $next }; digniinuhu labadaba way ka soo baxaan.
room-not-made = ⚠️ { $title } lama samayn karin ({ $reason }). Bot-ka ka dhig maamule qolka buuxsamaya oo dheh: split now. Ama gacanta ku samee koox, bot-ka geli isagoo maamule ah, kuna dar habaynta. Ilaa markaas albaabku wuxuu u socdaa meesha boos leh.
room-not-closed = ⚠️ { $title } waa buuxsantay, laakiin bot-ku ma damin karin linkigeeda ({ $reason }). Fadlan gacanta ku samee. Albaabku meel kale ayuu u socdaa.
room-not-changed = ⚠️ Linkiga { $title } lama beddeli karin ({ $reason }). Fadlan gacanta ku samee.
room-wave = { $came } qof ayaa saacad gudaheed ku biiray { $title }. Hadda wixii ka dambeeya maamule ayaa dadka gelinaya. Si aad u geliso kuwa codsada: admit. Si aad u celiso: refuse.
rooms-small = { $from } iyo { $to } bil ayay dad yar lahaayeen. Si dadka { $from } loogu casuumo { $to }: merge down. Qofna lama raro.
room-merged-down = Kooxdani way deggan tahay. Waxaa laguugu casuumay { $to }: { $link } Halkan waad joogi kartaa; digniinuhu labadaba way ka soo baxaan.
room-being-made = { $title } waa la samaynayaa. Albaabku halkaas ayuu u socon doonaa marka uu diyaar noqdo.

limits = { $lines }
limits-none = Halkan qolal lagama tiriyo.
room-line = { $title }: { $taken } ka mid ah { $limit } ({ $percent } %), { $state }
room-line-asking = { $title }: { $taken } ka mid ah { $limit } ({ $percent } %), { $state }; { $asking } ayaa codsanaya inay galaan
room-making = waa la samaynayaa
room-failed = lama samayn karin
room-prepared = diyaar
room-open = furan
room-door = albaabku halkan ayuu u socdaa
room-retired = mid kale ayaa lagu daray

which-rooms = Qolalkee? Ku dar xaafad, ama ka jawaab wixii bot-ku ka yiri.
nothing-to-merge = Halkaas laba qol oo yar ma jiraan.
bad-mark = Qor tiro dad ah oo u dhaxaysa inta hadda joogta iyo { $limit }.

deed-split = albaabka ayuu ka leexiyay { $title }
deed-wait = albaabka ayuu ku hayaa { $title } ilaa aan cidna gelin
deed-raise = albaabka ayuu ku hayaa { $title } ilaa { $mark } qof
deed-new-link = link cusub ayuu siiyay { $title }
deed-merge-down = dadka { $title } ayuu ku casuumay { $into }
deed-admit = wuu geliyay kuwii codsaday { $title }
deed-refuse = wuu celiyay kuwii codsaday { $title }

room-ready = { $title } waa diyaar.
room-ready-link = { $title } waa diyaar: { $link }
nothing-to-set-up = { $area } waxay haysataa dhammaan qolalkeeda.
room-not-found = Bot-ku kuma jiro qol la yiraahdo { $title } oo aan weli cidna lahayn. Ku casuum, daqiiqad sug, oo mar kale dheh.
cannot-make-rooms = Qolal lama samayn karo: ma jirto meel bot-ku qolal ka samayn karo, ama rooms.toml ayaa ka maqan habaynta.
deed-set-up = qolal ayuu u samaynayaa { $area }: { $title }
deed-adopt = { $title } wuxuu ka dhigay qol { $area }
