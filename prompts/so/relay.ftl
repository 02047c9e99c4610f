# Hadalka lagu gudbiyo qolalka xaafad.

relay-nobody = Qof deris ah
relay-left-out = (wixii la socday waa laga reebay)

relay-began = Hadda wixii ka dambeeya waxa halkan lagu yiraahdo waxaa sidoo kale laga akhriyaa { $rooms }, magacaaga ayaana ka horreeya; waxa halkaas lagu yiraahdana halkan ayaa laga akhriyaa. Sawirrada lama gudbiyo. Fariinta ku bilaabata - halkan ayay ku harsaa.
relay-began-alone = Hadda wixii ka dambeeya waxa halkan lagu yiraahdo waxaa sidoo kale laga akhriyi doonaa qolalka kale ee xaafaddan marka ay jiraan, magacaaga ayaana ka horrayn doona. Sawirrada lama gudbiyo. Fariinta ku bilaabata - halkan ayay ku harsaa.
relay-ended = Hadda wixii ka dambeeya waxa halkan lagu yiraahdo halkan ayay ku harayaan. Digniinuhu weli xaafadda oo dhan way gaarayaan.

deed-relay-chat = wuxuu ka dhigay in waxa lagu yiraahdo qolalka { $title } la isugu gudbiyo
deed-relay-alerts = wuxuu ka dhigay in digniinaha oo keliya la isugu gudbiyo qolalka { $title }
