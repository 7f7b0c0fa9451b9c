//! Lists of headers in every shape that tools give them.

use crate::import::har::Draft;
use crate::import::har::problems;
use crate::import::har::reader::{Reader, Step, members};
use crate::import::json::{Result, Token};
use crate::recording::{Header, HeaderRange};
use std::io::Read;

/// Reads `headers`: a list of `{name, value}`, of `[name, value]`, or a map. Names become lower case, values lose the
/// space around them, values joined with line feeds (chrome-har, Firebug) are split. Says also whether there were
/// pseudo headers, which are not kept.
pub(super) fn read<R: Read>(r: &mut Reader<R>, draft: &mut Draft) -> Result<(HeaderRange, bool)> {
    let mut lines = std::mem::take(&mut draft.lines);
    lines.clear();
    let mut name = std::mem::take(&mut draft.header_name);
    let mut value = std::mem::take(&mut draft.header_value);
    let mut list = List { draft, lines: &mut lines, has_pseudo_headers: false };
    match r.json.peek()? {
        Token::Object => {
            r.note(&problems::HEADER_SHAPE);
            r.object(|r, key| {
                name.clear();
                name.push_str(key);
                list.values(r, &name, &mut value)
            })?;
        }
        _ => {
            r.array(|r| {
                name.clear();
                value.clear();
                list.item(r, &mut name, &mut value)
            })?;
        }
    }
    let has_pseudo_headers = list.has_pseudo_headers;
    let range = draft.recording.headers.push(lines.drain(..));
    (draft.lines, draft.header_name, draft.header_value) = (lines, name, value);
    Ok((range, has_pseudo_headers))
}

struct List<'a> {
    draft: &'a mut Draft,
    lines: &'a mut Vec<Header>,
    has_pseudo_headers: bool,
}

impl List<'_> {
    /// One item of a list of headers.
    fn item<R: Read>(&mut self, r: &mut Reader<R>, name: &mut String, value: &mut String) -> Result<()> {
        match r.json.peek()? {
            // As most tools write it.
            Token::Object if let Some([name, value]) = r.json.plain_pair(["name", "value"]) => {
                if !self.add(name, value) {
                    r.note(&problems::BAD_HEADER);
                }
            }
            Token::Object => {
                let (mut has_name, mut has_value) = (false, false);
                // Members come in any order, so a list of values must wait for its name.
                let mut values: Vec<String> = Vec::new();
                r.object(|r, key| {
                    members!(r, key, {
                        "name" => has_name = r.text(name)?,
                        "value" => match r.json.peek()? {
                            Token::Array => {
                                r.array(|r| {
                                    let mut value = String::new();
                                    if r.text(&mut value)? {
                                        values.push(value);
                                    }
                                    Ok(())
                                })?;
                            }
                            Token::Null => {
                                r.json.null()?;
                                has_value = true;
                            }
                            _ => has_value = r.text(value)?,
                        },
                    })
                })?;
                if !has_name || !has_value && values.is_empty() {
                    r.note(&problems::BAD_HEADER);
                    return Ok(());
                }
                if has_value {
                    self.push(r, name, value);
                }
                for value in &values {
                    self.push(r, name, value);
                }
            }
            Token::Array => {
                r.note(&problems::HEADER_SHAPE);
                let mut at = 0;
                r.array(|r| {
                    at += 1;
                    match at {
                        1 => r.text(name).map(drop),
                        2 => r.text(value).map(drop),
                        _ => r.json.skip(),
                    }
                })?;
                self.push(r, name, value);
            }
            _ => {
                r.note(&problems::BAD_HEADER);
                r.json.skip()?;
            }
        }
        Ok(())
    }

    /// The value of a map's member: one or several.
    fn values<R: Read>(&mut self, r: &mut Reader<R>, name: &str, value: &mut String) -> Result<()> {
        match r.json.peek()? {
            Token::Array => {
                r.array(|r| {
                    if r.text(value)? {
                        self.push(r, name, value);
                    }
                    Ok(())
                })?;
            }
            Token::Object => {
                r.note(&problems::BAD_HEADER);
                r.json.skip()?;
            }
            _ => {
                if r.text(value)? {
                    self.push(r, name, value);
                }
            }
        }
        Ok(())
    }

    fn push<R: Read>(&mut self, r: &mut Reader<R>, name: &str, value: &str) {
        if !self.add(name, value) {
            r.note(&problems::BAD_HEADER);
        }
    }

    /// Says whether there was a name.
    fn add(&mut self, name: &str, value: &str) -> bool {
        let name = name.trim();
        if name.starts_with(':') {
            self.has_pseudo_headers = true;
            return true;
        }
        if name.is_empty() {
            return false;
        }
        let strings = &mut self.draft.recording.strings;
        let name = match name.bytes().any(|byte| byte.is_ascii_uppercase()) {
            true => strings.intern(&name.to_ascii_lowercase()),
            false => strings.intern(name),
        };
        for line in value.split('\n') {
            self.lines.push(Header { name, value: strings.intern(line.trim()) });
        }
        true
    }
}
