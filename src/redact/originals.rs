//! What the placeholders of one report stand for: for the screen of whoever has the recording, never for a report.
//!
//! A page that hides from its user what the file on his own disk says is of no use to him. Cookies and credentials stay
//! hidden there as well: screens are shown to others.

use crate::order::Arrange;
use crate::redact::placeholder;

/// A text of the report with what was recorded in place of its placeholders. `originals` in the order of the numbers.
pub fn restore(text: &str, originals: &[(u32, String)]) -> String {
    let mut restored = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((range, kind, number)) = placeholder::find(rest) {
        restored.push_str(rest.get(..range.start).unwrap_or_default());
        let found = originals.binary_search_by_key(&number, |(number, _)| *number).ok();
        let original = found.filter(|_| !kind.is_secret()).and_then(|at| originals.get(at));
        let mark = rest.get(range.clone()).unwrap_or_default();
        restored.push_str(original.map_or(mark, |(_, original)| original));
        rest = rest.get(range.end..).unwrap_or_default();
    }
    restored + rest
}

/// Those whose placeholders stand in a text.
pub fn used(mut originals: Vec<(u32, String)>, text: &str) -> Vec<(u32, String)> {
    let mut numbers = Vec::new();
    let mut rest = text;
    while let Some((range, kind, number)) = placeholder::find(rest) {
        if !kind.is_secret() {
            numbers.push(number);
        }
        rest = rest.get(range.end..).unwrap_or_default();
    }
    numbers.arrange();
    originals.retain(|(number, _)| numbers.binary_search(number).is_ok());
    originals
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::{Redactor, Share};
    use crate::text::Untrusted;

    #[test]
    fn what_was_removed_is_put_back() {
        let mut redactor = Redactor::new(Share::Internal);
        let url = "https://shop.example/jane-haddad/17?token=hunter2";
        let clean = redactor.url(Untrusted::new(url));
        let file = redactor.file_name(Untrusted::new("jane.har"));
        assert!(!clean.as_str().contains("jane") && !clean.as_str().contains("hunter2"), "{clean}");
        let originals = redactor.originals();
        let text = format!("of {file}: {clean}!");
        assert_eq!(restore(&text, &originals), format!("of jane.har: {url}!"));
        assert_eq!(restore(&text, &used(originals.clone(), &text)), restore(&text, &originals));
        assert_eq!(used(originals, "nothing"), []);
    }

    #[test]
    fn a_secret_is_one_in_every_place() {
        let check = |header: &str, line: &str, value: &str, is_shown: bool| {
            let mut redactor = Redactor::new(Share::Internal);
            let url = format!("https://shop.example/?s={value}");
            let clean = redactor.url(Untrusted::new(&url));
            let header = redactor.header(Untrusted::new(header), Untrusted::new(line));
            let originals = redactor.originals();
            assert!(!restore(header.value.as_str(), &originals).contains(value), "{line}");
            assert_eq!(restore(clean.as_str(), &originals).contains(value), is_shown, "{line}: {clean}");
        };
        check("set-cookie", "sid=7f3k2m9x0q4w8e1r5t; Path=/", "7f3k2m9x0q4w8e1r5t", false);
        check("authorization", "Bearer hunter2", "hunter2", false);
        check("set-cookie", "currency=Qzx7", "Qzx7", true);
    }

    #[test]
    fn secrets_and_unknown_marks_stay() {
        let all = [(1, "hunter2".to_owned()), (3, "x~".to_owned())];
        let check = |text: &str, expected: &str| assert_eq!(restore(text, &all), expected);
        check("‹cookie a1› ‹credential a1, 40 B› ‹value a1›", "‹cookie a1› ‹credential a1, 40 B› hunter2");
        check("~p.a3~ ~p.a2~ ~ ‹ › ~p.a~ ~~q.a3.40~", "x~ ~p.a2~ ~ ‹ › ~p.a~ ~x~");
        check("", "");
    }
}
