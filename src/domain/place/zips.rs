//! Zip codes: which areas one covers, the largest part first, as `zips.csv` has it.

use crate::domain::{
    ids::AreaId,
    parse::tokens::folded,
    place::{Gazetteer, GazetteerProblem},
};

pub(super) const ZIPS: &str = "zips.csv";

/// What people write before the name of their area.
const LEADS: [&str; 41] = [
    "i",
    "im",
    "am",
    "live",
    "living",
    "in",
    "at",
    "from",
    "my",
    "is",
    "its",
    "near",
    "the",
    "neighborhood",
    "area",
    "hi",
    "hello",
    "zip",
    "code",
    "vivo",
    "vivimos",
    "en",
    "soy",
    "somos",
    "de",
    "del",
    "estoy",
    "mi",
    "es",
    "hola",
    "colonia",
    "codigo",
    "postal",
    "waxaan",
    "ku",
    "noolahay",
    "deganahay",
    "kuv",
    "nyob",
    "hauv",
    "zej",
];

/// What they write behind it.
const TRAILS: [&str; 9] = [
    "please", "pls", "thanks", "gracias", "favor", "por", "fadlan", "thov", "mn",
];

/// In a message of so many words a code is what it is about.
const FEW: usize = 6;

/// Who writes more words says more than where they live.
const MOST: usize = 10;

impl Gazetteer {
    /// The same city with the zip codes of `zips.csv`: lines of `zip,areas`, the areas parted by `|`, the largest part first.
    /// What areas.toml says of a code counts where the table does not have it.
    ///
    /// # Errors
    /// Every line that is not that, or names an area that is not there.
    pub fn with_zips(mut self, zips_csv: &str) -> Result<Self, Vec<GazetteerProblem>> {
        let mut problems = Vec::new();
        let mut zips: Vec<(String, Vec<AreaId>)> = Vec::new();
        for (n, line) in zips_csv.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') || line == "zip,areas" {
                continue;
            }
            match self.zip_row(line) {
                Ok((zip, _)) if zips.iter().any(|(known, _)| *known == zip) => {
                    problems.push(problem(n, format!("{zip} is there twice")));
                }
                Ok(row) => zips.push(row),
                Err(says) => problems.push(problem(n, says)),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        zips.append(&mut self.zips_of_areas());
        self.zips.clear();
        for (zip, areas) in zips {
            if self.zips.iter().all(|(known, _)| *known != zip) {
                self.zips.push((zip, areas));
            }
        }
        Ok(self)
    }

    fn zip_row(&self, line: &str) -> Result<(String, Vec<AreaId>), String> {
        let Some((zip, areas)) = line.split_once(',') else {
            return Err("a line has a code and its areas: 55408,mpls/whittier|mpls/lyndale".into());
        };
        let zip = zip.trim();
        if zip.len() != 5 || !zip.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(format!("{zip:?} is not a zip code of five digits"));
        }
        let areas: Vec<AreaId> = areas
            .split('|')
            .map(str::trim)
            .filter(|id| !id.is_empty())
            .map(AreaId::new)
            .collect();
        if areas.is_empty() {
            return Err(format!("{zip} has no areas"));
        }
        let is_known = |area: &AreaId| self.areas.iter().any(|known| known.id == *area);
        match areas.iter().find(|area| !is_known(area)) {
            Some(area) => Err(format!("there is no area {area}")),
            None => Ok((zip.to_owned(), areas)),
        }
    }

    /// The codes that areas.toml gives, with their areas in its order.
    pub(super) fn zips_of_areas(&self) -> Vec<(String, Vec<AreaId>)> {
        let mut zips: Vec<(String, Vec<AreaId>)> = Vec::new();
        for area in &self.areas {
            for zip in &area.info.zips {
                match zips.iter_mut().find(|(known, _)| known == zip) {
                    Some((_, areas)) => areas.push(area.id.clone()),
                    None => zips.push((zip.clone(), vec![area.id.clone()])),
                }
            }
        }
        zips
    }

    /// The areas that a zip code covers, the largest part first; none if the code is not of this city.
    #[must_use]
    pub fn areas_of_zip(&self, zip: &str) -> &[AreaId] {
        self.zips
            .iter()
            .find(|(known, _)| known == zip)
            .map_or(&[], |(_, areas)| areas.as_slice())
    }

    /// The areas that a message means which does nothing but name one: "vivo en Whittier", "my zip is 55408". A code may stand
    /// among a few other words as well, unless `is_strict`.
    #[must_use]
    pub fn area_meant(&self, text: &str, is_strict: bool) -> Vec<AreaId> {
        let said = folded(text);
        let mut words: Vec<&str> = said.split_whitespace().collect();
        if words.len() > MOST {
            return Vec::new();
        }
        if zip_in(text).is_some() {
            let is_small = |word: &&str| {
                LEADS.contains(word)
                    || TRAILS.contains(word)
                    || word.bytes().all(|byte| byte.is_ascii_digit())
            };
            let is_alone = words.iter().all(is_small);
            return if is_alone || (!is_strict && words.len() <= FEW) {
                self.area_named(text)
            } else {
                Vec::new()
            };
        }
        let found = self.area_named(text);
        if !found.is_empty() {
            return found;
        }
        while words.last().is_some_and(|word| TRAILS.contains(word)) {
            words.pop();
        }
        // A name may begin with such a word: what is left is tried each time.
        while words.first().is_some_and(|word| LEADS.contains(word)) {
            words.remove(0);
            let found = self.area_named(&words.join(" "));
            if !found.is_empty() {
                return found;
            }
        }
        self.area_named(&words.join(" "))
    }

    /// A code of this city, to show newcomers what one looks like: the first of `zips.csv`.
    #[must_use]
    pub fn example_zip(&self) -> Option<&str> {
        self.zips.first().map(|(zip, _)| zip.as_str())
    }

    /// How many codes the city has, and the areas that none leads to, in the order of areas.toml.
    #[must_use]
    pub fn zip_cover(&self) -> (usize, Vec<&AreaId>) {
        let is_covered = |id: &AreaId| self.zips.iter().any(|(_, areas)| areas.contains(id));
        let left_out = self.areas.iter().map(|area| &area.id);
        (
            self.zips.len(),
            left_out.filter(|id| !is_covered(id)).collect(),
        )
    }
}

/// The zip code in a text: five digits that stand alone, with or without the four that may follow: `55408`, `55408-1234`.
#[must_use]
pub fn zip_in(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(from) = bytes[at..].iter().position(u8::is_ascii_digit) {
        let from = at + from;
        let length = bytes[from..]
            .iter()
            .take_while(|byte| byte.is_ascii_digit())
            .count();
        let before = text[..from].chars().next_back();
        let after = text[from + length..].chars().next();
        let is_alone = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        if (length == 5 || length == 9)
            && is_alone(before)
            && is_alone(after)
            && before != Some('-')
            && before != Some('+')
        {
            return text.get(from..from + 5);
        }
        at = from + length;
    }
    None
}

fn problem(n: usize, says: String) -> GazetteerProblem {
    GazetteerProblem {
        file: ZIPS,
        line: Some(n + 1),
        says,
    }
}
