//! Texts of scripts in enhanced traces, and their source maps: looked through as they pass, never kept.

use crate::import::trace::event::Event;
use crate::import::trace::value::Value;
use crate::javascript::LegacyCode;
use crate::order::Arrange;
use crate::recording::{ScriptSource, ScriptText};
use crate::text::{StrId, StrTable};
use std::collections::HashMap;
use xxhash_rust::xxh3::xxh3_64;

/// The category of events that hold text.
const TEXTS: &str = "disabled-by-default-devtools.v8-source-rundown-sources";
/// Lengths of lines are kept for the source maps that may come later: of so many lines at most.
const MAX_LINES: usize = 2_000_000;
/// Sources that became fewer units than this are not worth keeping (Chrome's duplication insight starts at 512 bytes).
const MIN_UNITS: u64 = 512;

/// Collects scripts.
#[derive(Default)]
pub struct Scripts {
    /// By isolate and number.
    drafts: HashMap<u64, Draft>,
    maps: Vec<SourceMap>,
    n_lines: usize,
}

#[derive(Default)]
struct Draft {
    url: Option<StrId>,
    has_map: bool,
    /// Texts are told again whenever recording starts; parts of long ones follow each other.
    n_parts: u64,
    n_units: u64,
    hash: u64,
    legacy: LegacyCode,
    /// Length of each line, if there may be a source map.
    lines: Vec<u32>,
}

/// A source map reduced to the sizes of sources, but for the last piece of each line: how long that is the script says.
struct SourceMap {
    url: StrId,
    sources: Vec<ScriptSource>,
    /// Line, column and source of each last piece.
    ends: Vec<(u32, u32, u32)>,
}

impl Scripts {
    /// `ScriptCatchup`, `LargeScriptCatchup`
    pub fn event(&mut self, event: &Event<'_>, strings: &mut StrTable) {
        let data = event.data();
        let (Some(isolate), Some(number)) = (data.get("isolate").id(), data.get("scriptId").id()) else { return };
        let key = xxh3_64(&[isolate, b".", number].concat());
        if !event.has_category(TEXTS) {
            let draft = self.drafts.entry(key).or_default();
            let url = data.get("url").text().filter(|url| !url.is_empty());
            draft.url = url.map(|url| strings.intern(&url)).or(draft.url);
            draft.has_map |= data.get("sourceMapUrl").text().is_some_and(|url| !url.is_empty())
                || data.get("sourceMapUrlElided").boolean() == Some(true);
            return;
        }
        let Some(text) = data.get("sourceText").text() else { return };
        let draft = self.drafts.entry(key).or_default();
        let part = data.get("splitIndex").count().unwrap_or_default();
        // What has no address is no file; and what was told before is not told again.
        if draft.url.is_none() || part < draft.n_parts {
            return;
        }
        draft.n_parts = part + 1;
        draft.hash = xxh3_64(text.as_bytes()) ^ draft.hash.rotate_left(1);
        draft.n_units += text.encode_utf16().count() as u64;
        draft.legacy.add(&text);
        if draft.has_map {
            for (at, line) in text.split('\n').enumerate() {
                let units = line.encode_utf16().count() as u32;
                match draft.lines.last_mut() {
                    Some(last) if at == 0 => *last = last.saturating_add(units),
                    _ if self.n_lines < MAX_LINES => {
                        draft.lines.push(units);
                        self.n_lines += 1;
                    }
                    _ => break,
                }
            }
        }
    }

    /// An item of the file's `sourceMaps`.
    pub fn map(&mut self, item: Value<'_>, strings: &mut StrTable) {
        let map = item.get("sourceMap");
        let (Some(url), Some(mappings)) = (item.get("url").text(), map.get("mappings").written()) else { return };
        let root = map.get("sourceRoot").text().unwrap_or_default();
        let mut sizes = vec![0_i64; map.get("sources").items().count()];
        let mut ends = Vec::new();
        if !measure(mappings, &mut sizes, &mut ends) {
            return;
        }
        let mut sources = Vec::new();
        for (name, n_units) in map.get("sources").items().zip(sizes) {
            let name = name.text().unwrap_or_default();
            let name = if root.is_empty() { strings.intern(&name) } else { strings.intern(&format!("{root}{name}")) };
            sources.push(ScriptSource { name, n_units: n_units.max(0) as u64 });
        }
        self.maps.push(SourceMap { url: strings.intern(&url), sources, ends });
    }

    /// The scripts that have an address and text, by address.
    pub fn finish(self, strings: &StrTable) -> Vec<ScriptText> {
        let maps: HashMap<StrId, SourceMap> = self.maps.into_iter().map(|map| (map.url, map)).collect();
        let mut scripts: Vec<ScriptText> = Vec::new();
        let with_text = self.drafts.into_values().filter(|draft| 0 < draft.n_units);
        let mut drafts: Vec<(StrId, Draft)> = with_text.filter_map(|draft| Some((draft.url?, draft))).collect();
        // Of the same script in several frames the one whose lines are all known comes first.
        drafts.arrange_by(|(a, x), (b, y)| {
            (strings.get(*a), x.hash, y.lines.len()).cmp(&(strings.get(*b), y.hash, x.lines.len()))
        });
        for (url, draft) in drafts {
            // The same script in another frame.
            if scripts.last().is_some_and(|last| (last.url, last.hash) == (url, draft.hash)) {
                continue;
            }
            let sources = maps.get(&url).and_then(|map| finish_sizes(&map.sources, &map.ends, &draft.lines));
            let Draft { n_units, hash, legacy, .. } = draft;
            scripts.push(ScriptText { url, n_units, hash, legacy, sources });
        }
        scripts
    }
}

/// Adds the last piece of each line. `None`: the map does not fit the script.
fn finish_sizes(sources: &[ScriptSource], ends: &[(u32, u32, u32)], lines: &[u32]) -> Option<Vec<ScriptSource>> {
    let mut sources = sources.to_vec();
    for (line, column, source) in ends {
        let length = lines.get(*line as usize).filter(|length| column <= *length)?;
        // With the end of the line.
        let n_units = u64::from(length - column) + 1;
        if let Some(source) = sources.get_mut(*source as usize) {
            source.n_units += n_units;
        }
    }
    sources.retain(|source| MIN_UNITS <= source.n_units);
    Some(sources)
}

/// Adds up by source how many units of the generated text are mapped to it (ECMA-426, "mappings"), and collects the
/// last piece of each line. `false`: these are no mappings.
fn measure(mappings: &[u8], sizes: &mut [i64], ends: &mut Vec<(u32, u32, u32)>) -> bool {
    let (mut line, mut source) = (0_u32, 0_i64);
    for of_line in mappings.split(|byte| *byte == b';') {
        let mut column = 0_i64;
        // Where the piece before began, and its source.
        let mut before: Option<(i64, i64)> = None;
        for segment in of_line.split(|byte| *byte == b',').filter(|segment| !segment.is_empty()) {
            let mut numbers = Numbers { rest: segment };
            let Some(delta) = numbers.next() else { return false };
            let start = column.saturating_add(delta);
            if let Some(size) = before.and_then(|(_, source)| sizes.get_mut(usize::try_from(source).ok()?)) {
                *size = size.saturating_add(start.saturating_sub(column).max(0));
            }
            column = start;
            before = numbers.next().map(|delta| {
                source = source.saturating_add(delta);
                (column, source)
            });
        }
        if let Some((column, source)) = before {
            let (Ok(column), Ok(source)) = (u32::try_from(column), u32::try_from(source)) else { return false };
            ends.push((line, column, source));
        }
        line = line.saturating_add(1);
    }
    true
}

/// Numbers in base 64, five bits in a digit, the sign first (VLQ).
struct Numbers<'a> {
    rest: &'a [u8],
}

impl Iterator for Numbers<'_> {
    type Item = i64;

    fn next(&mut self) -> Option<i64> {
        let (mut value, mut shift) = (0_i64, 0);
        loop {
            let (digit, rest) = self.rest.split_first()?;
            self.rest = rest;
            let digit = i64::from(match digit {
                b'A'..=b'Z' => digit - b'A',
                b'a'..=b'z' => digit - b'a' + 26,
                b'0'..=b'9' => digit - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => return None,
            });
            value |= (digit & 31) << shift;
            shift += 5;
            if digit & 32 == 0 {
                return Some(if value & 1 == 1 { -(value >> 1) } else { value >> 1 });
            }
            // No column is that large.
            if 60 <= shift {
                return None;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        // From ECMA-426: 0, 1, -1, 16, and several in a row.
        for (text, expected) in
            [("A", vec![0]), ("C", vec![1]), ("D", vec![-1]), ("gB", vec![16]), ("AAgBC", vec![0, 0, 16, 1])]
        {
            assert_eq!(Numbers { rest: text.as_bytes() }.collect::<Vec<_>>(), expected, "{text}");
        }
        assert_eq!(Numbers { rest: b"gggggggggggggggggggg" }.next(), None);
        assert_eq!(Numbers { rest: b"g" }.next(), None);
        assert_eq!(Numbers { rest: b"*" }.next(), None);
    }

    #[test]
    fn sizes_by_source() {
        // Line 0: columns 0–9 of source 0, 10–11 of none, from 12 on of source 1; line 1: all of source 0.
        let mut sizes = [0, 0];
        let mut ends = Vec::new();
        assert!(measure(b"AAAA,U,ECAA;ADAA;;", &mut sizes, &mut ends));
        assert_eq!(sizes, [10, 0]);
        assert_eq!(ends, [(0, 12, 1), (1, 0, 0)]);
        let source = |n_units| ScriptSource { name: StrId(0), n_units };
        let sized = finish_sizes(&[source(1_000), source(2_000)], &ends, &[20, 5]).expect("sizes");
        assert_eq!(sized.iter().map(|one| one.n_units).collect::<Vec<_>>(), [1_006, 2_009]);
        // The map of another script.
        assert_eq!(finish_sizes(&[source(1_000), source(2_000)], &ends, &[11, 5]), None);
        assert_eq!(finish_sizes(&[source(1_000), source(2_000)], &ends, &[20]), None);
        assert!(!measure(b"AAAA,*", &mut sizes, &mut ends));
    }

    #[test]
    fn numbers_that_no_script_has_do_no_harm() {
        // The largest number, as column and as source, over and over.
        let mappings = ["+//////////f+//////////f"; 40].join(",");
        assert!(!measure(mappings.as_bytes(), &mut [0], &mut Vec::new()));
        let mut sizes = [0];
        assert!(measure(format!("AA,{}", ["+//////////f"; 40].join(",")).as_bytes(), &mut sizes, &mut Vec::new()));
        assert_eq!(sizes, [(1 << 59) - 1]);
    }

    #[test]
    fn a_script_in_two_frames_is_one_however_it_was_seen() {
        let mut strings = StrTable::default();
        let url = strings.intern("https://shop.example/a.js");
        let draft =
            |lines: &[u32]| Draft { url: Some(url), n_units: 900, hash: 7, lines: lines.to_vec(), ..Draft::default() };
        let source = ScriptSource { name: url, n_units: 600 };
        // Maps give their items in any order: each of them is tried many times.
        for key in 0..20 {
            let map = SourceMap { url, sources: vec![source], ends: vec![(0, 800, 0)] };
            let drafts = [(key, draft(&[])), (key + 1, draft(&[900]))].into_iter().collect();
            let scripts = Scripts { drafts, maps: vec![map], n_lines: 1 }.finish(&strings);
            assert_eq!(scripts.len(), 1);
            assert_eq!(scripts[0].sources, Some(vec![ScriptSource { name: url, n_units: 701 }]));
        }
    }
}
