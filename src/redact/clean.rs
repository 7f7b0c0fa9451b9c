//! [`Clean`]: text that may leave the program. Only this folder can make it from text of a recording.

/// Text that may be written to a report, a file or the clipboard: our own words, numbers, and what `redact` has
/// parsed and re-serialised.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clean(String);

impl Clean {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Several put together.
    pub fn concat<'a>(parts: impl IntoIterator<Item = &'a Clean>) -> Self {
        Self(parts.into_iter().map(Clean::as_str).collect())
    }

    /// An address without its query, its middle folders and at last its path, as far as it takes to be no longer than
    /// `longest` characters; "…" stands for what was left out.
    pub fn short_address(&self, longest: usize) -> Self {
        let fits = |text: &str| text.chars().count() <= longest;
        if fits(&self.0) {
            return self.clone();
        }
        let path_end = self.0.find('?').unwrap_or(self.0.len());
        let (path, query) = self.0.split_at(path_end);
        let rest = if query.is_empty() { "" } else { "?…" };
        let whole_path = format!("{path}{rest}");
        if fits(&whole_path) {
            return Self(whole_path);
        }
        let host_at = path.find("://").map_or(0, |at| at + "://".len());
        let host_end = path.get(host_at..).and_then(|after| after.find('/')).map_or(path.len(), |at| host_at + at);
        let (origin, folders) = path.split_at(host_end);
        let name = folders.rsplit('/').next().unwrap_or_default();
        let without_folders = format!("{origin}/…/{name}{rest}");
        Self(if fits(&without_folders) { without_folders } else { format!("{origin}/…") })
    }

    /// Text that was parsed clean. Private to this folder: whoever calls it vouches for `text`.
    pub(super) fn vouched(text: String) -> Self {
        Self(text)
    }

    /// A number with `decimals` digits after the point, thousands not separated.
    pub fn number(value: f64, decimals: usize) -> Self {
        Self(format!("{value:.decimals$}"))
    }
}

impl From<&'static str> for Clean {
    /// Our own words.
    fn from(words: &'static str) -> Self {
        Self(words.to_owned())
    }
}

impl From<u64> for Clean {
    fn from(number: u64) -> Self {
        Self(number.to_string())
    }
}

impl std::fmt::Display for Clean {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl serde::Serialize for Clean {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Clean {
    /// For reports that this program wrote: a message of the worker, a saved report. Whoever reads a report of
    /// unknown origin gets text of unknown origin; it is still shown as text only.
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shortened_where_they_part() {
        #[track_caller]
        fn check(address: &str, expected: &str) {
            assert_eq!(Clean::vouched(address.to_owned()).short_address(32).as_str(), expected);
        }
        check("https://shop.example/a?b=1", "https://shop.example/a?b=1");
        check("https://shop.example/app.js?version=12345", "https://shop.example/app.js?…");
        check("https://shop.example/one/two/three/a.js", "https://shop.example/…/a.js");
        check("https://shop.example/one/two/three/a.js?b=12", "https://shop.example/…/a.js?…");
        check("https://shop.example/a-very-long-name-indeed.js", "https://shop.example/…");
        check("https://a-very-long-name-indeed.shop.example", "https://a-very-long-name-indeed.shop.example/…");
        check("/äöü/äöü/äöü/äöü/äöü/äöü/äöü/äöü/ä", "/…/ä");
    }
}
