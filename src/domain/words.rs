//! What is finally said: plain text with the few emphasised parts marked, for platforms with and without markup.

/// A sentence ready to be sent. In prompts, `**` around a part makes it strong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    spans: Vec<(String, bool)>,
}

impl Words {
    /// Reads `**strong**` marks; everything else is taken as it is.
    #[must_use]
    pub fn from_marked(text: &str) -> Self {
        let spans = text
            .split("**")
            .enumerate()
            .filter(|(_, part)| !part.is_empty())
            .map(|(n, part)| (part.to_owned(), n % 2 == 1))
            .collect();
        Self { spans }
    }

    /// These parts, each with whether it is strong; no marks are looked for in them.
    #[must_use]
    pub fn of<const N: usize>(parts: [(String, bool); N]) -> Self {
        let spans = parts.into_iter().filter(|(text, _)| !text.is_empty());
        Self {
            spans: spans.collect(),
        }
    }

    /// The parts in order, each with whether it is strong.
    pub fn spans(&self) -> impl Iterator<Item = (&str, bool)> {
        self.spans
            .iter()
            .map(|(text, strong)| (text.as_str(), *strong))
    }

    /// The words without any markup.
    #[must_use]
    pub fn plain(&self) -> String {
        self.spans().map(|(text, _)| text).collect()
    }

    /// The words as HTML: strong parts in `<strong>`, line breaks as `<br>`, the rest escaped.
    #[must_use]
    pub fn html(&self) -> String {
        let escape = |text: &str| {
            text.replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
                .replace('"', "&quot;")
                .replace('\n', "<br>")
        };
        self.spans()
            .map(|(text, strong)| {
                if strong {
                    format!("<strong>{}</strong>", escape(text))
                } else {
                    escape(text)
                }
            })
            .collect()
    }
}
