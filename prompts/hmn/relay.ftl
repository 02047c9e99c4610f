# Lus uas xa mus rau lwm chav hauv ib zej zog.

relay-nobody = Ib tug neeg zej zog
relay-left-out = (yam uas nrog tuaj tsis xa)

relay-began = Txij no yam uas hais ntawm no kuj nyeem tau hauv { $rooms }, muaj koj lub npe ua ntej, thiab yam uas hais ntawd nyeem tau ntawm no. Duab tsis xa. Lus uas pib nrog - nyob ntawm no xwb.
relay-began-alone = Txij no yam uas hais ntawm no kuj yuav nyeem tau hauv lwm chav hauv zej zog no thaum muaj, muaj koj lub npe ua ntej. Duab tsis xa. Lus uas pib nrog - nyob ntawm no xwb.
relay-ended = Txij no yam uas hais ntawm no nyob ntawm no xwb. Ceeb toom tseem mus txog thoob zej zog.

deed-relay-chat = cia yam uas hais hauv cov chav ntawm { $title } xa rau ib leeg
deed-relay-alerts = cia ceeb toom xwb xa rau ib leeg ntawm cov chav hauv { $title }
