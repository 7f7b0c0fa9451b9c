//! `Priority` (RFC 9218 §4): how urgent a response is and whether it is of use in parts.

use crate::http::structured;

/// Urgency without the header (§4.1).
const DEFAULT_URGENCY: u8 = 3;

/// The lowest urgency.
const LEAST_URGENT: i64 = 7;

/// What a `Priority` header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Priority {
    /// 0 is most urgent, 7 is background.
    pub urgency: u8,
    /// Whether parts of the response are of use before the end.
    pub incremental: bool,
}

/// Reads the field. What is invalid, of another type or out of range counts as not said (§4).
pub fn parse(text: &str) -> Priority {
    let dictionary = structured::dictionary(text).unwrap_or_default();
    let urgency = dictionary.value("u").and_then(structured::Bare::integer);
    let urgency = urgency.filter(|urgency| (0..=LEAST_URGENT).contains(urgency));
    Priority {
        urgency: urgency.map_or(DEFAULT_URGENCY, |urgency| urgency as u8),
        incremental: dictionary.value("i").and_then(structured::Bare::boolean).unwrap_or(false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urgencies() {
        for (text, urgency, incremental) in [
            ("u=0, i", 0, true),
            ("u=5", 5, false),
            ("u=8, i=?0", 3, false),
            ("u=high", 3, false),
            ("u=1,", 3, false),
            ("", 3, false),
        ] {
            assert_eq!(parse(text), Priority { urgency, incremental }, "{text}");
        }
    }
}
