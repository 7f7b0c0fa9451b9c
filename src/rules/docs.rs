//! The documentation of a rule in parts, for the page, the reports and `weir rules`.

use crate::rules::Rule;

/// The headings that every rule has, in this order.
pub const HEADINGS: [&str; 7] = [
    "In plain words",
    "What it finds",
    "Why it matters",
    "How to fix it",
    "How savings are estimated",
    "When to ignore it",
    "References",
];

/// One part of a rule's documentation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its heading: one of [`HEADINGS`] in every rule that the tests let pass.
    pub heading: &'static str,
    /// Its text as Markdown: paragraphs, lists, links, code. No blank lines around it.
    pub text: String,
}

/// The documentation of a rule in its parts, in reading order.
pub fn sections(rule: &Rule) -> Vec<Section> {
    parse(rule.docs)
}

/// The part under a heading.
pub fn section(rule: &Rule, heading: &str) -> Option<String> {
    sections(rule).into_iter().find(|section| section.heading == heading).map(|section| section.text)
}

/// Doc comments reach a macro with the space that stands behind `///`.
fn parse(docs: &'static str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    for line in docs.lines() {
        let line = line.strip_prefix(' ').unwrap_or(line);
        if let Some(heading) = line.strip_prefix("## ") {
            sections.push(Section { heading: heading.trim(), text: String::new() });
        } else if let Some(section) = sections.last_mut() {
            section.text.push_str(line.trim_end());
            section.text.push('\n');
        }
    }
    for section in &mut sections {
        section.text = section.text.trim_matches('\n').to_owned();
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_divide_the_text() {
        let parts =
            parse(" ## In plain words\n One.\n\n  - indented\n ## What it finds\n\n Two\n ### not a section\n\n");
        let of = |heading, text: &str| Section { heading, text: text.to_owned() };
        assert_eq!(parts, [of("In plain words", "One.\n\n - indented"), of("What it finds", "Two\n### not a section")]);
    }

    #[test]
    fn text_before_the_first_heading_belongs_nowhere() {
        assert_eq!(parse(" Intro\n"), []);
    }
}
