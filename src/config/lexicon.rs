//! `lexicon/<language>.toml`: the words that the parser knows, and the reader made from them.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::Config;
use crate::domain::{
    parse::{Lexicon, Reader},
    problem::Problem,
};

/// The text of one lexicon.
#[derive(Debug, Clone)]
pub struct LexiconFile {
    /// Where it is.
    pub path: PathBuf,
    /// Its language, as the file is named.
    pub language: String,
    /// What stands in it.
    pub text: String,
}

impl LexiconFile {
    /// The lexicon in this file.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn lexicon(&self) -> Result<Lexicon, Vec<Problem>> {
        Lexicon::load(&self.language, &self.text).map_err(|found| {
            found
                .into_iter()
                .map(|found| Problem {
                    line: found.line.and_then(|line| u32::try_from(line).ok()),
                    ..Problem::of_file(self.path.display().to_string(), found.says)
                })
                .collect()
        })
    }
}

impl Config {
    /// The parser of messages, with this city's places and these languages' words.
    ///
    /// # Errors
    /// Everything that is wrong with the files; a config that was loaded has none.
    pub fn reader(&self) -> Result<Reader, Vec<Problem>> {
        let gazetteer = Arc::new(self.city.gazetteer()?);
        let lexicons: Result<Vec<_>, _> = self.lexicon.iter().map(LexiconFile::lexicon).collect();
        Ok(Reader::new(lexicons?, gazetteer))
    }
}

/// Reads a folder of lexicons, in the order of their names.
pub(super) fn read(dir: &Path, problems: &mut Vec<Problem>) -> Vec<LexiconFile> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut paths: Vec<_> = entries.map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    paths.sort();
    if paths.is_empty() {
        let message = "there is no lexicon here: without one no message can be read";
        problems.push(Problem::of_file(dir.display().to_string(), message));
    }
    let mut files = Vec::new();
    for path in paths {
        let language = path
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if let Some(text) = super::read_text(&path, problems) {
            let file = LexiconFile {
                path,
                language,
                text,
            };
            problems.extend(file.lexicon().err().unwrap_or_default());
            files.push(file);
        }
    }
    files
}
