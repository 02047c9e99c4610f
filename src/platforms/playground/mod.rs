//! A pretend town in the browser: rooms, phones, people. A real platform on the real pipeline.
