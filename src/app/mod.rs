//! The shell: load facts, ask the domain, save, commit.
