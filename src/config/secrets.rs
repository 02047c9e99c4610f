//! Secrets: from a file that only its owner can read, or from the environment; never from TOML.

use std::{fs, path::Path};

use secrecy::SecretString;

use super::reader::Section;

/// Asks for a variable of the environment.
pub(super) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Docker and Kubernetes mount secrets here, readable by everyone inside the container.
const MOUNTED: &str = "/run/secrets";

/// The secret called `name` in a section: the variable wins over the file named by `file_field`.
pub(super) fn secret(
    section: &Section,
    name: &'static str,
    file_field: &'static str,
    variable: &str,
    environment: Environment,
) -> Option<SecretString> {
    if section.has(name) {
        section.problem(
            name,
            format!(
                "secrets do not belong here: put it into a file that only you can read and write \
                 {file_field} = \"its path\", or set {variable}"
            ),
        );
    }
    let file = section.text(file_field);
    if let Some(value) = environment(variable).filter(|value| !value.trim().is_empty()) {
        return Some(SecretString::from(value.trim().to_owned()));
    }
    let path = file?;
    match read(Path::new(&path)) {
        Ok(value) => Some(value),
        Err(message) => {
            section.problem(file_field, message);
            None
        }
    }
}

fn read(path: &Path) -> Result<SecretString, String> {
    let shown = path.display();
    only_its_owner_reads(path)?;
    let text =
        fs::read_to_string(path).map_err(|error| format!("{shown} cannot be read: {error}"))?;
    let text = text.trim();
    if text.is_empty() {
        return Err(format!("{shown} is empty: write the secret into it"));
    }
    Ok(SecretString::from(text.to_owned()))
}

/// Whether a secret file is there and is nobody else's to read.
pub(super) fn only_its_owner_reads(path: &Path) -> Result<(), String> {
    let shown = path.display();
    let known = fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            format!("{shown} is not there: create it (paths are relative to the directory tocsin is started in)")
        }
        _ => format!("{shown} cannot be read: {error}"),
    })?;
    if is_open_to_others(&known) && !path.starts_with(MOUNTED) {
        return Err(format!("{shown} can be read by others: chmod 600 {shown}"));
    }
    Ok(())
}

#[cfg(unix)]
fn is_open_to_others(file: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    file.permissions().mode() & 0o077 != 0
}

#[cfg(not(unix))]
fn is_open_to_others(_: &fs::Metadata) -> bool {
    false
}
