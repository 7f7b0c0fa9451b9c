//! The cache table on the screen: one line a response, with its filter, its order and its groups.
//!
//! Lines hold numbers of words in a common list: of 20,000 responses most say the same.

use crate::order::Arrange;
use crate::report::cache_rows::{self, CacheRow};
use crate::report::format as words;
use crate::report::schema::LoadReport;
use crate::units::Seconds;
use crate::view::filter::{Facts, How, Key};
use crate::view::format;
use crate::view::rows::Rows;
use std::collections::BTreeMap;

/// What the table has of a load.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CacheTable {
    /// Every text of the lines, once. The first one is empty: not told.
    pub words: Vec<String>,
    /// In the order of the requests.
    pub lines: Vec<CacheLine>,
}

/// One response.
#[derive(Clone, Debug, PartialEq)]
pub struct CacheLine {
    /// The request's id in the report.
    pub request: u32,
    /// Bytes on the wire.
    pub bytes: Option<u64>,
    /// Seconds; `None`: it may not be kept, or it is not told.
    pub lifetime_s: Option<u64>,
    /// Seconds, on arrival.
    pub age_s: Option<f64>,
    /// Places in [`CacheTable::words`], in the order of [`Column::ALL`].
    pub cells: [u32; Column::ALL.len()],
}

/// Columns of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Column {
    Name,
    Host,
    Verdict,
    Answered,
    Lifetime,
    Age,
    Validator,
    KeptBy,
    Cdn,
    CdnStatus,
    Pop,
    AfterHour,
    AfterDay,
    AfterWeek,
    Why,
}

impl Column {
    /// In the order of the table.
    pub const ALL: [Self; 15] = [
        Self::Name,
        Self::Host,
        Self::Verdict,
        Self::Answered,
        Self::Lifetime,
        Self::Age,
        Self::Validator,
        Self::KeptBy,
        Self::Cdn,
        Self::CdnStatus,
        Self::Pop,
        Self::AfterHour,
        Self::AfterDay,
        Self::AfterWeek,
        Self::Why,
    ];

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Name => "Response",
            Self::Host => "Host",
            Self::Verdict => "Verdict",
            Self::Answered => "Came from",
            Self::Lifetime => "Lifetime",
            Self::Age => "Age",
            Self::Validator => "Validator",
            Self::KeptBy => "Kept by",
            Self::Cdn => "CDN",
            Self::CdnStatus => "CDN status",
            Self::Pop => "Edge at",
            Self::AfterHour => "After 1 hour",
            Self::AfterDay => "After 1 day",
            Self::AfterWeek => "After 1 week",
            Self::Why => "Why",
        }
    }
}

/// What the words of the verdict mean, for those who meet them first.
pub const VERDICTS: [(&str, &str); 7] = [
    ("fresh", "a later visit takes it from the browser's cache without asking, even after a week"),
    ("short-lived", "the same, but not for a week: by then it is asked about or downloaded again"),
    ("guessed", "no lifetime is given: browsers make one up from the age of the file"),
    ("stale", "its lifetime was over before it arrived"),
    ("asks", "kept, but the server is asked before each use"),
    ("not-kept", "may not be kept: each visit downloads it again"),
    ("unsaid", "nothing is said, and nothing to guess from: it is downloaded again or asked about"),
];

/// The table of a load; addresses are those of its waterfall, as recorded.
pub fn collect(load: &LoadReport, waterfall: &Rows) -> CacheTable {
    let mut table = CacheTable { words: vec![String::new()], lines: Vec::new() };
    let mut places: BTreeMap<String, u32> = BTreeMap::new();
    for row in cache_rows::rows(load).filter(|row| row.verdict.is_some() || row.answered.is_some()) {
        let url = waterfall.get(row.request.id as usize).map_or(row.request.url.as_str(), |row| row.url);
        let cells = texts(&row, url).map(|text| {
            if text.is_empty() {
                return 0;
            }
            *places.entry(text).or_insert_with_key(|text| {
                table.words.push(text.clone());
                table.words.len() as u32 - 1
            })
        });
        let CacheRow { request, lifetime_s, age_s, .. } = row;
        let (request, bytes) = (request.id as u32, request.transfer_bytes);
        table.lines.push(CacheLine { request, bytes, lifetime_s, age_s, cells });
    }
    table
}

fn texts(row: &CacheRow<'_>, url: &str) -> [String; Column::ALL.len()] {
    let (host, name) = format::short_url(url);
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let seconds = |seconds: u64| words::lifetime(Seconds(seconds)).to_string();
    let [hour, day, week] = row.visits;
    [
        name.to_owned(),
        host.to_owned(),
        text(row.verdict),
        text(row.answered),
        row.lifetime_s.map(seconds).unwrap_or_default(),
        row.age_s.map(|age| seconds(age.max(0.0) as u64)).unwrap_or_default(),
        row.validator.to_owned(),
        text(row.kept_by),
        text(row.cdn),
        text(row.cdn_status),
        text(row.pop),
        text(hour),
        text(day),
        text(week),
        text(row.why),
    ]
}

impl CacheTable {
    /// The text of a cell; empty: not told.
    pub fn text(&self, line: &CacheLine, column: Column) -> &str {
        let at = line.cells.get(column as usize).copied().unwrap_or_default();
        self.words.get(at as usize).map_or("", String::as_str)
    }

    /// Those lines that a filter let pass, in the order wanted.
    pub fn arranged(&self, passed: &[u32], order: Option<(Column, Direction)>) -> Vec<&CacheLine> {
        let mut lines: Vec<&CacheLine> = passed.iter().filter_map(|at| self.lines.get(*at as usize)).collect();
        if let Some((column, direction)) = order {
            let number = |line: &CacheLine| match column {
                Column::Lifetime => line.lifetime_s.map(|seconds| seconds as f64),
                _ => line.age_s,
            };
            lines.arrange_by(|a, b| {
                let order = match column {
                    // What is not told comes before zero.
                    Column::Lifetime | Column::Age => number(a).unwrap_or(-1.0).total_cmp(&number(b).unwrap_or(-1.0)),
                    _ => self.text(a, column).cmp(self.text(b, column)),
                };
                if direction == Direction::Down { order.reverse() } else { order }
            });
        }
        lines
    }

    /// Lines together by what they have in a column, the largest group first.
    pub fn grouped<'a>(&self, lines: Vec<&'a CacheLine>, by: Column) -> Vec<(String, Vec<&'a CacheLine>)> {
        let mut groups: BTreeMap<&str, Vec<&CacheLine>> = BTreeMap::new();
        for line in lines {
            groups.entry(self.text(line, by)).or_default().push(line);
        }
        let mut groups: Vec<_> = groups.into_iter().map(|(name, lines)| (name.to_owned(), lines)).collect();
        groups.arrange_by(|a, b| b.1.len().cmp(&a.1.len()));
        groups
    }
}

/// Which way a column is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Direction {
    Up,
    Down,
}

/// What the table can be filtered by. The last one is for terms without a key.
pub static KEYS: [Key; 5] = [
    Key { name: "cache:", how: How::Whole, words: &[] },
    Key { name: "cdn:", how: How::Whole, words: &[] },
    Key { name: "domain:", how: How::Part, words: &[] },
    Key { name: "host:", how: How::Part, words: &[] },
    Key { name: "", how: How::Part, words: &[] },
];

impl Facts for CacheTable {
    fn len(&self) -> usize {
        self.lines.len()
    }

    fn words(&self, key: &'static str, at: usize, tell: &mut dyn FnMut(&str)) {
        let columns: &[Column] = match key {
            "cache:" => &[Column::Verdict, Column::Answered, Column::KeptBy],
            "cdn:" => &[Column::CdnStatus, Column::Cdn, Column::Pop],
            "domain:" | "host:" => &[Column::Host],
            _ => &[Column::Name, Column::Host],
        };
        if let Some(line) = self.lines.get(at) {
            columns.iter().for_each(|column| tell(self.text(line, *column)));
        }
    }

    fn number(&self, _: &'static str, _: usize) -> Option<f64> {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::filter::Filter;

    /// Name, host, verdict, CDN status, lifetime.
    fn table(lines: &[(&str, &str, &str, &str, Option<u64>)]) -> CacheTable {
        let mut table = CacheTable { words: vec![String::new()], lines: Vec::new() };
        for (at, (name, host, verdict, status, lifetime_s)) in lines.iter().enumerate() {
            let mut cells = [0; Column::ALL.len()];
            let texts =
                [(Column::Name, name), (Column::Host, host), (Column::Verdict, verdict), (Column::CdnStatus, status)];
            for (column, text) in texts {
                table.words.push((*text).to_owned());
                cells[column as usize] = table.words.len() as u32 - 1;
            }
            table.lines.push(CacheLine {
                request: at as u32,
                bytes: None,
                lifetime_s: *lifetime_s,
                age_s: None,
                cells,
            });
        }
        table
    }

    fn made() -> CacheTable {
        table(&[
            ("/", "shop.example", "asks", "dynamic", None),
            ("app.js", "cdn.shop.example", "fresh", "hit", Some(60)),
            ("hero.webp", "img.shop.example", "stale", "miss", Some(0)),
            ("logo.svg", "cdn.shop.example", "fresh", "miss", Some(86_400)),
        ])
    }

    #[test]
    fn a_filter_lets_pass() {
        let check = |filter: &str, expected: &[u32]| {
            let passed = Filter::parse(filter, &KEYS).apply(&made());
            assert_eq!((passed.rows.as_slice(), passed.complaints.len()), (expected, 0), "{filter}");
        };
        check("", &[0, 1, 2, 3]);
        check("cache:fresh", &[1, 3]);
        check("CACHE:Fresh cdn:miss", &[3]);
        check("-cdn:miss", &[0, 1]);
        check("host:cdn.", &[1, 3]);
        check("cache:fre*", &[1, 3]);
        check("webp", &[2]);
        check("cdn:", &[0, 1, 2, 3]);
    }

    #[test]
    fn what_leaves_nothing_is_named() {
        let check = |filter: &str, term: &str, says: &str| {
            let complaint = Filter::parse(filter, &KEYS).apply(&made()).complaints.remove(0);
            assert_eq!(complaint.term, term);
            assert!(complaint.says.contains(says), "{}", complaint.says);
        };
        check("cache:fre", "cache:fre", "there is asks, fresh, stale");
        check("cache:fresh cdn:dynamic app", "cdn:dynamic", "none of the 2 lines");
        check("-shop.example", "-shop.example", "none of 4 lines");
        check("scheme:https", "scheme:https", "there are cache: cdn: domain: host:");
    }

    #[test]
    fn order_and_groups() {
        let table = made();
        let order = |order| {
            let lines = table.arranged(&[0, 1, 2, 3], Some(order));
            lines.iter().map(|line| line.request).collect::<Vec<_>>()
        };
        assert_eq!(order((Column::Lifetime, Direction::Up)), [0, 2, 1, 3]);
        assert_eq!(order((Column::Lifetime, Direction::Down)), [3, 1, 2, 0]);
        assert_eq!(order((Column::Name, Direction::Up)), [0, 1, 2, 3]);
        let groups = table.grouped(table.arranged(&[0, 1, 2, 3], None), Column::Host);
        let groups: Vec<_> = groups.iter().map(|(name, lines)| (name.as_str(), lines.len())).collect();
        assert_eq!(groups, [("cdn.shop.example", 2), ("img.shop.example", 1), ("shop.example", 1)]);
    }
}
