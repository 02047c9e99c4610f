//! Says a [`Prompt`] in a language, from the Fluent files in `prompts/`; falls back to English per message.
