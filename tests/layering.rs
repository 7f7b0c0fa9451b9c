//! The house rules that can be read off the sources: who imports whom, what a rule file holds, where text of a
//! recording may not be touched.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use weir::rules::{self, docs};

/// Layer → layers it may import, besides itself. The picture is in `src/README.md`.
const LAYERS: &[(&str, &[&str])] = &[
    ("units", &[]),
    ("order", &[]),
    ("lists", &[]),
    ("text", &[]),
    ("javascript", &[]),
    ("http", &["units", "order", "text"]),
    ("recording", &["units", "order", "text", "javascript", "http"]),
    ("import", &["units", "order", "text", "javascript", "http", "recording"]),
    ("page_load", &["units", "order", "lists", "text", "javascript", "http", "recording"]),
    ("rules", &["units", "order", "text", "javascript", "http", "recording", "page_load"]),
    ("redact", &["units", "order", "lists", "text", "http", "recording"]),
    ("report", &["units", "order", "text", "http", "recording", "page_load", "rules", "redact"]),
    ("view", &["units", "order", "text", "http", "recording", "import", "page_load", "rules", "redact", "report"]),
];

/// Words that name a cure instead of a problem, or forbid something.
const DISALLOWED_WORDS: &[&str] = &[
    "add",
    "allow",
    "avoid",
    "compress",
    "defer",
    "disable",
    "disallow",
    "eliminate",
    "enable",
    "ensure",
    "fix",
    "improve",
    "inline",
    "minify",
    "must",
    "no",
    "optimize",
    "reduce",
    "remove",
    "serve",
    "should",
    "use",
];

/// A source file: its path below `src`, and its text.
struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// The first folder or the file's stem: `rules` for `rules/mod.rs`, `units` for `units.rs`.
    fn layer(&self) -> String {
        let first = self.path.iter().next().expect("a path").to_str().expect("UTF-8");
        first.trim_end_matches(".rs").to_owned()
    }

    /// Its lines of code with their numbers: no comments, nothing from the tests' module on.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let is_test_file = self.path.ends_with("tests.rs") || self.name().ends_with("_tests.rs");
        let lines = self.text.lines().enumerate().map(|(at, line)| (at + 1, line));
        let lines = lines.take_while(move |(_, line)| !is_test_file && *line != "mod tests {");
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// Lines of code that hold a word, as "path:line".
    fn lines_with(&self, word: &str) -> Vec<String> {
        let hits = self.code().filter(|(_, line)| line.contains(word));
        hits.map(|(at, _)| format!("src/{}:{at}", self.name())).collect()
    }
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, root: &Path, all: &mut Vec<Source>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, root, all);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).expect("text");
                all.push(Source { path: path.strip_prefix(root).expect("below the root").to_owned(), text });
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut all = Vec::new();
    walk(&root, &root, &mut all);
    all.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(20 < all.len());
    all
}

/// The layers a line names: `crate::page_load::…` and `crate::{page_load, units::Millis}`.
fn imported_layers(line: &str) -> Vec<String> {
    let word = |text: &str| -> String { text.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect() };
    let mut found = Vec::new();
    for rest in line.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            Some(group) => found.extend(group.split(',').map(|part| word(part.trim_start()))),
            None => found.push(word(rest)),
        }
    }
    found.retain(|word| !word.is_empty());
    found
}

#[test]
fn imported_layers_are_read() {
    assert_eq!(imported_layers("use crate::units::{Bytes, Millis};"), ["units"]);
    assert_eq!(imported_layers("use crate::{text, view::format};"), ["text", "view"]);
    assert_eq!(imported_layers("fn f(a: crate::http::url::Url) -> crate::app::X"), ["http", "app"]);
    assert_eq!(imported_layers("use std::fmt;"), Vec::<String>::new());
}

#[test]
fn layers_import_downwards_only() {
    let mut wrong = Vec::new();
    for source in sources() {
        let layer = source.layer();
        let allowed = LAYERS.iter().find(|(name, _)| *name == layer).map(|(_, allowed)| *allowed);
        for (at, line) in source.code() {
            for import in imported_layers(line) {
                let is_fine = match allowed {
                    Some(allowed) => import == layer || allowed.contains(&import.as_str()),
                    None if layer == "cli" => !["app", "worker", "web"].contains(&import.as_str()),
                    None => true,
                };
                if !is_fine {
                    wrong.push(format!("src/{}:{at} imports {import}", source.name()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_layer_is_known() {
    let free = ["lib", "main", "app", "worker", "web", "cli"];
    for source in sources() {
        let layer = source.layer();
        let known = LAYERS.iter().any(|(name, _)| *name == layer) || free.contains(&layer.as_str());
        assert!(known, "src/{} belongs to no layer", source.name());
    }
}

#[test]
fn every_module_says_what_it_is_for() {
    let starts = |text: &str| text.starts_with("//! ") || text.starts_with("#![doc = include_str!(");
    let silent: Vec<_> = sources().iter().filter(|source| !starts(&source.text)).map(Source::name).collect();
    assert!(silent.is_empty(), "{silent:#?}");
}

#[test]
fn recorded_text_does_not_reach_outputs_unredacted() {
    let is_output = |source: &Source| ["report", "cli"].contains(&source.layer().as_str());
    let wrong: Vec<_> = sources().iter().filter(|s| is_output(s)).flat_map(|s| s.lines_with(".expose()")).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Each sort of the standard library is 5 KB of the page; `src/order.rs` has one for all.
#[test]
fn one_sort_serves_all() {
    let own = |source: &&Source| source.layer() != "order";
    let wrong: Vec<_> = sources().iter().filter(own).flat_map(|source| source.lines_with(".sort_")).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn no_markup_is_made_from_text() {
    let words = ["inner_html", "set_inner_html", "outer_html", "insert_adjacent_html"];
    let wrong: Vec<_> = sources().iter().flat_map(|s| words.map(|word| s.lines_with(word)).concat()).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Reports are made of `Clean` text, which what was put back is not. What else could carry it away is seen here: only the
/// screen puts it back, and what writes files and the clipboard does not know how.
#[test]
fn what_is_put_back_for_the_screen_stays_on_it() {
    let puts_back = ["originals::restore", "prose_with(", "session.text("];
    let carries = ["clipboard().", "set_download", "create_object_url"];
    let (mut n_shown, mut n_carried) = (0, 0);
    let mut wrong = Vec::new();
    for source in sources() {
        let shows = puts_back.map(|word| source.lines_with(word)).concat();
        let carries = carries.map(|word| source.lines_with(word)).concat();
        n_shown += shows.len();
        n_carried += carries.len();
        if source.layer() != "app" || !carries.is_empty() {
            wrong.extend(shows);
        }
        // The one thing built with them, and the way from the worker to the screen.
        if !["report/build.rs", "worker/serve.rs"].contains(&source.name().as_str()) {
            wrong.extend(source.lines_with("build_for_screen("));
        }
    }
    assert!(0 < n_shown && 0 < n_carried, "nothing was looked at");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn only_the_edges_are_serialized() {
    let is_edge = |source: &Source| {
        let name = source.name();
        let edges = ["report/schema", "report/vocabulary", "worker/protocol"]; // vocabulary: the schema's words
        edges.iter().any(|edge| name.starts_with(edge))
    };
    let wrong: Vec<_> = sources()
        .iter()
        .filter(|source| !is_edge(source))
        .flat_map(|source| {
            let derives = source.code().filter(|(_, line)| line.contains("derive(") && line.contains("Serialize"));
            derives.map(|(at, _)| format!("src/{}:{at}", source.name())).collect::<Vec<_>>()
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The files that declare a rule.
fn rule_files() -> Vec<Source> {
    let declares = |source: &Source| source.layer() == "rules" && source.text.contains("\ndeclare_rule! {");
    sources().into_iter().filter(declares).collect()
}

#[test]
fn rule_files_are_registered_under_their_name() {
    let stems: BTreeSet<String> = rule_files()
        .iter()
        .map(|source| source.path.file_stem().expect("a stem").to_str().expect("UTF-8").replace('_', "-"))
        .collect();
    let ids: Vec<_> = rules::all().map(|rule| rule.id.to_owned()).collect();
    let distinct: BTreeSet<_> = ids.iter().cloned().collect();
    assert_eq!(distinct.len(), ids.len(), "two rules of the same id");
    assert_eq!(stems, distinct, "files left, ids right");
    for source in sources().iter().filter(|source| source.layer() == "rules") {
        let (folder, file) = (source.path.parent().expect("a folder"), source.path.file_stem().expect("a stem"));
        let stem = file.to_str().expect("UTF-8");
        let owner = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder).join("mod.rs");
        let is_declared =
            stem == "mod" || std::fs::read_to_string(owner).is_ok_and(|text| text.contains(&format!("mod {stem};")));
        assert!(is_declared, "src/{} is compiled by nobody", source.name());
    }
}

#[test]
fn rules_are_named_after_problems() {
    for rule in rules::all() {
        let is_kebab = rule.id.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        });
        assert!(is_kebab, "{}", rule.id);
        let words = rule.id.replace("no-store", ""); // a directive's name
        let word = words.split('-').find(|word| DISALLOWED_WORDS.contains(word));
        assert_eq!(word, None, "{} names a cure", rule.id);
    }
}

#[test]
fn rules_are_documented() {
    for rule in rules::all() {
        let sections = docs::sections(rule);
        let headings: Vec<_> = sections.iter().map(|section| section.heading).collect();
        assert_eq!(headings, docs::HEADINGS, "{}", rule.id);
        for section in &sections {
            assert!(!section.text.is_empty(), "{}: {} is empty", rule.id, section.heading);
        }
        let references = docs::section(rule, "References").expect("checked above");
        assert!(references.contains("](https://"), "{} refers to nothing", rule.id);
        assert!(!rule.title.is_empty() && !rule.title.ends_with('.'), "{}", rule.id);
    }
}

#[test]
fn thresholds_give_their_reason() {
    let mut bare = Vec::new();
    for source in rule_files() {
        let lines: Vec<_> = source.text.lines().take_while(|line| *line != "mod tests {").collect();
        for (at, line) in lines.iter().enumerate() {
            // Constants without a blank line between them share one comment.
            let is_const = |line: &str| {
                ["const ", "pub const ", "pub(super) const ", "pub(crate) const "]
                    .iter()
                    .any(|start| line.starts_with(start))
            };
            let above = lines[..at].iter().rev().find(|above| !above.starts_with("#[") && !is_const(above));
            if is_const(line) && !above.is_some_and(|line| line.starts_with("///")) {
                bare.push(format!("src/{}:{}", source.name(), at + 1));
            }
        }
    }
    assert!(bare.is_empty(), "{bare:#?}");
}
