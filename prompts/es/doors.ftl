# La página a la que lleva un cartel, el cartel mismo, y lo que se dice de ambos.

language-name = Español

door-title = { $area } - { $community }
door-what = Aquí los vecinos se avisan cuando ICE está cerca y se ayudan entre sí.
door-choose = ¿Cómo quiere unirse?
door-signal = Unirse por Signal
door-signal-for = Con la aplicación Signal.
door-matrix = Unirse por Matrix
door-matrix-for = Con Element u otra aplicación de Matrix.
door-sms = Mensaje al { $number }
door-sms-for = Sirve cualquier teléfono: envíe la palabra que ya está escrita. Los mensajes de texto no son privados.
door-playground = Abrir el pueblo de prueba
door-playground-for = Un pueblo de mentira, para probar.
door-approval = Usted pide entrar y un vecino le abre. Puede tardar unas horas.
door-preparing-note = Se está preparando un grupo nuevo: vuelva en unos minutos.
door-preparing = Se está preparando un grupo nuevo
door-preparing-how = Los demás están llenos. Esta página vuelve a mirar sola cada 20 segundos; no pierde nada si vuelve más tarde.
door-look-again = Mirar otra vez
door-other-ways = Otras formas de unirse
door-no-room = Todavía no hay un grupo para este barrio.
door-lost = Esta dirección no lleva a ningún lado
door-lost-how = Puede ser un cartel viejo, o una letra es distinta. Busque un cartel más nuevo cerca, o pregunte a quien le mostró este.
door-lost-number = O mande el nombre de su barrio al { $number }.
door-keeps-nothing = Esta página no le pregunta nada, no guarda nada de usted y no usa cookies.
door-legal = Ayuda legal: { $hotline }
door-languages = Otros idiomas

poster-scan = Escanee con su cámara
poster-text-to = o mande **{ $word }** al
poster-or-type = o abra

posters = Cartel para { $area }, código { $code }. Para imprimir:
    { $url }.pdf?paper=letter
    { $url }.pdf?paper=letter&strip=1 tiene tiras para arrancar. paper=a4 es el otro tamaño, { $url }.svg es para su propio diseño.
    Si cae en malas manos: puerta anular { $code }
doors = La puerta de { $area }: { $url }
    { $lines }
doors-without-posters = La puerta de { $area }: { $url }
    Todavía no tiene carteles: cartel { $area }
poster-line = { $code } ({ $language }) se abrió { $opened } { $opened ->
    [one] vez
   *[other] veces
}
poster-revoked = { $code } ya no lleva a ningún lado. La puerta de { $area } y sus otros carteles quedan como están.
no-such-code = Ningún cartel tiene el código { $code }, o fue anulado.
which-area-of = ¿Cuál: { $areas }?
no-address = Nadie puede abrir las páginas desde fuera. Pida a quien mantiene el bot que escriba public_url en [web].
deed-made-poster = hizo el cartel { $code } para { $area }
deed-revoked-code = anuló el cartel { $code } de { $area }

meet = { $area }: { $url }
meet-unknown = Ningún cartel tiene ya ese código. Mande mejor el nombre de su barrio.
