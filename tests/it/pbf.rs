//! Writes a small OpenStreetMap extract (.osm.pbf), unpacked, so that tests need no file from elsewhere.

/// What is to be written.
#[derive(Default)]
pub struct Extract {
    texts: Vec<String>,
    nodes: Vec<(i64, (f64, f64), Vec<u64>)>,
    ways: Vec<Vec<u8>>,
    relations: Vec<Vec<u8>>,
}

fn varint(mut value: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    loop {
        let byte = u8::try_from(value & 0x7f).unwrap_or(0);
        value >>= 7;
        if value == 0 {
            bytes.push(byte);
            return bytes;
        }
        bytes.push(byte | 0x80);
    }
}

/// A signed number as protobuf's sint64.
fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)).cast_unsigned()
}

fn number(field: u64, value: u64) -> Vec<u8> {
    [varint(field << 3), varint(value)].concat()
}

fn bytes(field: u64, value: &[u8]) -> Vec<u8> {
    [
        varint(field << 3 | 2),
        varint(value.len() as u64),
        value.to_vec(),
    ]
    .concat()
}

fn packed(field: u64, values: impl IntoIterator<Item = u64>) -> Vec<u8> {
    let values: Vec<u8> = values.into_iter().flat_map(varint).collect();
    bytes(field, &values)
}

/// Each number as its difference from the one before.
fn deltas(values: &[i64]) -> Vec<u64> {
    let mut before = 0;
    values
        .iter()
        .map(|value| {
            let delta = zigzag(value - before);
            before = *value;
            delta
        })
        .collect()
}

/// Degrees in units of 100 nanodegrees.
fn units(degrees: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "degrees fit by far")]
    let units = (degrees * 1e7).round() as i64;
    units
}

fn block(kind: &str, data: &[u8]) -> Vec<u8> {
    let blob = bytes(1, data);
    let header = [bytes(1, kind.as_bytes()), number(3, blob.len() as u64)].concat();
    let length = u32::try_from(header.len()).unwrap_or(0);
    [length.to_be_bytes().to_vec(), header, blob].concat()
}

impl Extract {
    pub fn new() -> Self {
        Self {
            texts: vec![String::new()],
            ..Self::default()
        }
    }

    fn text(&mut self, text: &str) -> u64 {
        let at = self.texts.iter().position(|known| known == text);
        let at = at.unwrap_or_else(|| {
            self.texts.push(text.to_owned());
            self.texts.len() - 1
        });
        at as u64
    }

    fn tags(&mut self, tags: &[(&str, &str)]) -> (Vec<u64>, Vec<u64>) {
        tags.iter()
            .map(|(key, value)| (self.text(key), self.text(value)))
            .unzip()
    }

    /// A node; said again, it is the same.
    pub fn node(&mut self, id: i64, at: (f64, f64), tags: &[(&str, &str)]) {
        if self.nodes.iter().any(|(known, ..)| *known == id) {
            return;
        }
        let tags = tags
            .iter()
            .flat_map(|(key, value)| [self.text(key), self.text(value)])
            .collect();
        self.nodes.push((id, at, tags));
    }

    pub fn way(&mut self, tags: &[(&str, &str)], nodes: &[i64]) -> i64 {
        let id = 1 + self.ways.len() as u64;
        let (keys, values) = self.tags(tags);
        let way = [
            number(1, id),
            packed(2, keys),
            packed(3, values),
            packed(8, deltas(nodes)),
        ];
        self.ways.push(way.concat());
        id.cast_signed()
    }

    /// A relation of outer ways.
    pub fn relation(&mut self, tags: &[(&str, &str)], ways: &[i64]) {
        let id = 1 + self.relations.len() as u64;
        let (keys, values) = self.tags(tags);
        let outer = self.text("outer");
        let relation = [
            number(1, id),
            packed(2, keys),
            packed(3, values),
            packed(8, ways.iter().map(|_| outer)),
            packed(9, deltas(ways)),
            packed(10, ways.iter().map(|_| 1)),
        ];
        self.relations.push(relation.concat());
    }

    /// The file: the first half of the nodes dense, the rest one by one.
    pub fn encoded(&self) -> Vec<u8> {
        let (dense, single) = self.nodes.split_at(self.nodes.len() / 2);
        let ids: Vec<i64> = dense.iter().map(|(id, ..)| *id).collect();
        let lats: Vec<i64> = dense.iter().map(|(_, at, _)| units(at.0)).collect();
        let lons: Vec<i64> = dense.iter().map(|(_, at, _)| units(at.1)).collect();
        let tags = dense
            .iter()
            .flat_map(|(.., tags)| tags.iter().copied().chain([0]));
        let dense = [
            packed(1, deltas(&ids)),
            packed(8, deltas(&lats)),
            packed(9, deltas(&lons)),
            packed(10, tags),
        ]
        .concat();
        let single = single.iter().flat_map(|(id, (lat, lon), tags)| {
            let keys = tags.iter().step_by(2).copied();
            let values = tags.iter().skip(1).step_by(2).copied();
            let node = [
                number(1, zigzag(*id)),
                packed(2, keys),
                packed(3, values),
                number(8, zigzag(units(*lat))),
                number(9, zigzag(units(*lon))),
            ];
            bytes(1, &node.concat())
        });
        let group = |field, of: &[Vec<u8>]| -> Vec<u8> {
            let all: Vec<u8> = of.iter().flat_map(|each| bytes(field, each)).collect();
            bytes(2, &all)
        };
        let texts: Vec<u8> = self
            .texts
            .iter()
            .flat_map(|text| bytes(1, text.as_bytes()))
            .collect();
        let texts = bytes(1, &texts);
        let features = ["OsmSchema-V0.6", "DenseNodes"]
            .iter()
            .flat_map(|feature| bytes(4, feature.as_bytes()));
        let with_texts = |group: Vec<u8>| block("OSMData", &[texts.clone(), group].concat());
        [
            block("OSMHeader", &features.collect::<Vec<_>>()),
            with_texts(bytes(2, &bytes(2, &dense))),
            with_texts(bytes(2, &single.collect::<Vec<_>>())),
            with_texts(group(3, &self.ways)),
            with_texts(group(4, &self.relations)),
        ]
        .concat()
    }
}
