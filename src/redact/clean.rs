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
