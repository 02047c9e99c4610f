# Lo que oye una persona: preguntas, respuestas, ayuda.

ask-place = ¿Dónde? Bastan dos calles o el nombre de un lugar. No se acerque.
place-unknown = Aquí no se conoce ese lugar. Mande dos calles que se cruzan, o un sitio conocido.
ask-this-place = ¿{ $place }? 1 sí, 2 otro
ask-which-place = ¿Cuál lugar? { $choices }, { $other } otro
ask-which-area = ¿Cuál barrio? { $choices }
    .phone = ¿Cuál barrio? Responda { $row }
ask-which-area-more = ¿Cuál barrio? { $choices }, o escriba el nombre completo
    .phone = ¿Cuál barrio? Responda { $row } o el nombre completo
ask-zip-area = Ese código tiene { $count } barrios: { $choices }
    .phone = Ese código tiene { $count } barrios. Responda { $row }
ask-zip-area-more = Ese código tiene { $count } barrios: { $choices }, o escriba el nombre de otro
    .phone = Ese código tiene { $count } barrios. Responda { $row } o el nombre de otro

received = Gracias, pasado como { $handle }: { $facts }. Guarde su distancia.
received-where = Gracias, pasado como { $handle }: { $facts }. ¿Dónde es? Bastan dos calles o el nombre de un lugar. No se acerque.
    .phone = Pasado como { $handle }: { $facts }. ¿Dónde? Bastan dos calles o el nombre de un lugar. No se acerque.
received-this = Gracias, pasado como { $handle }: { $facts }. ¿Es { $place }? 1 sí, 2 otro
    .phone = Pasado como { $handle }: { $facts }. ¿{ $place }? 1 sí, 2 otro
received-which = Gracias, pasado como { $handle }: { $facts }. ¿Cuál lugar? { $choices }, { $other } otro
    .phone = Pasado como { $handle }: { $facts }. ¿Cuál lugar? { $choices }, { $other } otro
counted-as = Gracias. Otros también lo vieron: contado con { $handle }.
thanks = { $handle } está confirmado. Gracias por reportarlo.

done = { $handle }: { $state }.
already-so = { $handle } ya está { $state }.
no-such-id = Aquí no hay nada abierto que se llame { $handle }.
not-allowed = Aquí no puede hacer eso.
not-allowed-verifier = Eso lo hace un verificador. Gracias por mirar; escriba lo que vio y un verificador lo leerá.
    .phone = Eso lo hace un verificador. Escriba lo que vio y un verificador lo leerá.
not-allowed-moderator = Eso lo hace un moderador.
did-you-mean = ¿Quiso decir «{ $usage }»?

help = Escriba qué ve y dónde: cuántos, qué hacen, calles, hora, vehículos.
    ¿También lo vio? +1 y la clave, por ejemplo +1 K7. Un mensaje que empieza con - no se lee.
    .phone = Mande qué ve y dónde. Lo vio también: +1 K7. ZONA x, AGREGAR x, ALERTAS cerca/no, PAUSA 8h, NOTICIAS, DONDE x, IDIOMA, PRIVACIDAD, BORRAME. ALTO=salir
help-verifier = Bajo una ficha: ok K7 ahí está, no K7 y por qué no, clear K7 ya terminó, voy K7 usted va a mirar. O responda a la ficha: ok, no, clear, voy.
    Las reacciones a una ficha también cuentan: ✅ confirma, ❌ descarta, ❓ pregunta a quien reportó. undo K7 deshace el último paso.
    .phone = ok K7 confirma, no K7 descarta, clear K7 termina. Para reportar mande qué ve y dónde. ZONA x, PAUSA 8h, NOTICIAS. ALTO=salir
help-moderator = Como los verificadores, y: retenidos, ok/editar/drop H2, unir M2 K7, undo, eliminar K7, decir whittier: texto, ok B3 para lo que otro propone.
    Contestando a alguien: ban, silenciar 24h, unban. roles, rol agregar, vouch, registro, costo whittier: texto, puerta whittier, cartel whittier so.
    .phone = ok K7 confirma, no K7 descarta, clear K7 termina. Para reportar mande qué ve y dónde. ZONA x, PAUSA 8h, NOTICIAS. ALTO=salir

introduction = Hola, soy tocsin, el bot de alertas de { $community }. Lee esta sala para encontrar reportes de lo que pasa, y guarda solo qué, dónde y cuándo, en detalle a lo más 72 horas: nunca nombres, nunca la plática. Un mensaje que empieza con - no se lee. Para detenerlo, sáquelo de la sala.

example = , ej: { $zip }
hello = { $community }: alertas vecinales. Escriba qué ve y dónde para reportarlo, o su código postal o barrio{ $example } para recibir sus alertas confirmadas.
    .phone = { $community }, alertas vecinales. Mande su código postal o barrio{ $example }. English: EN. Soomaali: SO. AYUDA=ayuda ALTO=salir
invite = Para recibir también alertas confirmadas escriba su código postal o barrio{ $example }.
    .phone = Para recibir alertas confirmadas mande su código postal o barrio{ $example }. SMS no es privado: no mande nombres. AYUDA=ayuda ALTO=salir
area-unknown = Aquí no se conoce ese barrio. Escriba su nombre o código postal{ $example }.
    .phone = Aquí no se conoce ese barrio. Mande su nombre o código postal{ $example }, o DONDE y dos calles que se cruzan.
subscribed = Listo: { $areas }. Solo alertas confirmadas, máximo { $count } al día, y cuando terminan. Para salir escriba alto.
    .phone = Listo: { $areas }. Solo alertas confirmadas, max { $count }/día. SMS no es privado: no mande nombres. AYUDA=ayuda ALTO=salir
areas-full = Usted recibe alertas de { $areas }: no caben más. zona y un nombre recibe solo esa.
    .phone = Recibe alertas de { $areas } y no caben más. ZONA y un nombre: solo esa.

alerts-confirmed = { $areas }: recibe alertas confirmadas, también de las orillas. alertas cerca / alertas no / pausa 8h
    .phone = { $areas }: recibe alertas confirmadas, también de las orillas. ALERTAS cerca, ALERTAS no, PAUSA 8h
alerts-near = { $areas }: recibe alertas confirmadas de ahí mismo, no de las orillas. alertas confirmadas / alertas no
    .phone = { $areas }: recibe alertas confirmadas de ahí mismo, no de las orillas. ALERTAS confirmadas, ALERTAS no
alerts-off = { $areas }: no recibe alertas. Puede seguir reportando. alertas confirmadas las trae de vuelta.
    .phone = { $areas }: no recibe alertas. Puede seguir reportando. ALERTAS confirmadas las trae de vuelta.
only-confirmed = Por aquí solo llegan alertas confirmadas. alertas confirmadas / alertas cerca / alertas no
    .phone = Por SMS solo llegan alertas confirmadas, para que no haya falsas alarmas. ALERTAS confirmadas, ALERTAS cerca, ALERTAS no
paused = Sin alertas hasta { $clock }. Sí se le avisa cuando termina una que recibió. reanudar termina la pausa.
    .phone = Sin alertas hasta { $clock }. Sí se le avisa cuando termina una que recibió. INICIO termina la pausa.
language-set = Desde ahora en español.
ask-language = ¿Qué idioma? EN English, ES Español, SO Soomaali, HMN Hmoob

where-is = { $found }
whole-city = La ciudad
news = { $areas } hoy: { $confirmed ->
    [one] { $confirmed } confirmada
   *[other] { $confirmed } confirmadas
    }{ $ended ->
    [none] {""}
    [one] {" "}(ya terminó)
    [both] {" "}(ambas terminaron)
    [all] {" "}(todas terminaron)
   *[some] {" "}({ $over } ya terminó)
    }, { $checked } revisadas que no eran lo que se temía.{ $open }
news-confirmed = { $areas } hoy: { $confirmed ->
    [one] { $confirmed } confirmada
   *[other] { $confirmed } confirmadas
    }{ $ended ->
    [none] {""}
    [one] {" "}(ya terminó)
    [both] {" "}(ambas terminaron)
    [all] {" "}(todas terminaron)
   *[some] {" "}({ $over } ya terminó)
    }.{ $open }
news-checked = Nada confirmado hoy en { $areas }; { $checked } revisadas que no eran lo que se temía.
news-none = Nada confirmado hoy en { $areas }.
news-open = {" "}Ahora: { $open }.

ask-forget = ¿Borrar todo sobre usted? Se borran su número, barrios y alertas; lo que reportó queda sin dueño. 1 sí
    .phone = ¿Borrar todo sobre usted? Se borran su número, barrios y alertas; sus reportes quedan sin dueño. 1 sí
forgotten = Listo: no se guarda nada sobre usted.
    .phone = Listo: no se guarda nada sobre usted. Para volver mande su barrio.
privacy = Se guarda: lo que reporta { $reports } horas, sin usted; lo que pasó en un barrio { $incidents } días, sin calles; su dirección cifrada, solo mientras recibe alertas, y se borra cuando dice alto o borrame o tras { $subscribers } días de silencio; lo que hacen los moderadores { $acts } días. Nunca el chat, nunca fotos. Nadie ve su dirección.
    .phone = Se guarda: su número, cifrado, mientras recibe alertas; ALTO, BORRAME o { $subscribers } días de silencio lo borran. Reportes { $reports } h, barrios { $incidents } días, sin usted. Lo de moderadores { $acts } días. Las compañías leen los SMS: no mande nombres.
media-not-kept = No podemos guardar fotos ni grabaciones. Guarde el original sin editarlo; anote hora y lugar. Escriba aquí lo que ve.
    .phone = No podemos guardar fotos. Guarde el original sin editarlo; anote hora y lugar. Mande aquí lo que ve y dónde.
unsubscribed = Listo: no más alertas, y su dirección se borró. inicio lo trae de vuelta.
    .phone = Listo: no más mensajes, y su número se borró. INICIO=volver

# A quien acudir; solo organizaciones.
helping = { $topic }:
    { $found }
    .phone = { $found }
helping-none = Aquí no hay nadie en la lista para { $topic } cerca de usted.
helper = { $name }, { $contact } (visto { $checked })
ask-who = ¿Quién ayuda con qué? Diga quien y uno de: { $topics }
ask-who-none = Todavía no hay organizaciones en la lista.
topic-food = comida
topic-legal = abogado
topic-housing = vivienda
topic-health = salud
topic-ride = viaje
