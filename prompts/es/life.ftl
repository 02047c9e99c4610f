# La vida de los incidentes: unidos, separados otra vez, deshechos; quién va a mirar; qué se pregunta a quien reporta.

same-as = { $handle } es lo mismo que { $into }: mire ahí.
    .phone = { $handle } es lo mismo que { $into }.
same-as-at = { $handle } es lo mismo que { $into } · { $place }: mire ahí.
    .phone = { $handle } es lo mismo que { $into }, { $place }.
not-same-as = { $handle } no es lo mismo que { $into }. Los dos siguen como antes.
taken-back-confirmed = { $handle } no está confirmado: fue un error. Aún sin verificar. { distance }
    .phone = { $handle } no esta confirmado: fue un error. Aun sin verificar. { distance }
taken-back-cleared = { $handle } no ha terminado: fue un error. { distance }
taken-back-dismissed = { $handle } sigue en pie: se descartó por error. { distance }
    .phone = { $handle } sigue en pie: fue un error. { distance }
nothing-to-undo = No hay nada que deshacer: son 10 minutos como máximo, y solo el último paso. undo K7 deshace lo que se hizo con K7.
    .phone = No hay nada que deshacer: son 10 minutos y solo el ultimo paso.

going-count = { $shown } en camino

ask-going = { $handle } · { $facts }. Aún sin verificar. ¿Puede ir a mirar? Responda sí, o voy { $handle }. Nadie ve quién va. { distance }
    .phone = { $handle } { $facts }. Puede ir a mirar? Responda SI. Nadie ve quien va. { distance }
going = Gracias: anotado que va a { $handle }, solo como número. Mire desde lejos, grabe lo que ve, no interfiera. Después escriba { $handle } y lo que ve.
    .phone = Gracias: anotado que va a { $handle }, solo como numero. Mire desde lejos, no interfiera. Luego mande { $handle } y lo que ve.
going-deciding = Gracias: anotado que va a { $handle }, solo como número. Mire desde lejos, grabe lo que ve, no interfiera. Después: ok { $handle } / no { $handle } por qué / clear { $handle }, o escriba { $handle } y lo que ve.
    .phone = Gracias: anotado que va a { $handle }, solo como numero. Mire desde lejos, no interfiera. Luego mande { $handle } y lo que ve.

ask-more = { $handle }: quien verifica pregunta si puede decir más{ $missing }. Escriba { $handle } y lo que vio. No se acerque.
    .phone = { $handle }: quien verifica pide mas datos{ $missing }. Mande { $handle } y lo que vio. No se acerque.
asked = Se le pregunta a quien reportó { $handle }.
    .phone = Se le pregunta a quien reporto { $handle }.
nobody-to-ask = No se puede preguntar a nadie que reportó { $handle }.
    .phone = No se puede preguntar a nadie que reporto { $handle }.

deed-merged = contó { $handle } como { $into }
deed-undone = deshizo el último paso de { $handle }
