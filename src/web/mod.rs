//! The web server: health, metrics, and the routes that platforms bring.
