//! What made the browser ask: `_initiator` in all its shapes.

use crate::import::har::Draft;
use crate::import::har::raw::RawInitiator;
use crate::import::har::reader::{Reader, Step, members};
use crate::import::json::{Json, Result, Token};
use crate::text::{StrId, StrTable};
use std::io::Read;

/// Asynchronous stacks continue in their parents. Chromium keeps up to 32 of them.
const MAX_PARENTS: usize = 64;

/// Reads Chrome's object, chrome-har's and WebPageTest's URL, or Chrome's object as text.
pub(super) fn read<R: Read>(r: &mut Reader<R>, draft: &mut Draft, initiator: &mut RawInitiator) -> Result<()> {
    let strings = &mut draft.recording.strings;
    match r.json.peek()? {
        Token::Object => object(r, strings, initiator),
        _ => {
            r.with_text(|text| match text.trim() {
                json if json.starts_with('{') => {
                    let mut inner = Reader::new(Json::new(json.as_bytes()));
                    // What cannot be read is no initiator.
                    let _ = object(&mut inner, strings, initiator);
                }
                text => initiator.url = url(strings, text).or(initiator.url),
            })?;
            Ok(())
        }
    }
}

/// A line number counted from `first` as one counted from 1.
pub(super) fn line(number: Option<f64>, first: i64) -> Option<u32> {
    let number = number.filter(|number| (0.0..f64::from(u32::MAX)).contains(number))?;
    // WebPageTest and chrome-har count from 1 and write 0 where there is no line.
    u32::try_from(number as i64 + 1 - first).ok().filter(|line| 0 < *line)
}

fn object<R: Read>(r: &mut Reader<R>, strings: &mut StrTable, initiator: &mut RawInitiator) -> Result<()> {
    let (mut own_url, mut own_line, mut frame) = (None, None, None);
    r.object(|r, key| {
        members!(r, key, {
            "type" => initiator.kind = r.interned(strings)?.or(initiator.kind),
            "url" => own_url = r.with_text(|text| url(strings, text))?.flatten(),
            "lineNumber" => own_line = line(r.number()?, 0),
            "stack" => frame = stack(r, strings, 0)?,
        })
    })?;
    let (url, line) = match (own_url, frame) {
        (Some(own_url), _) => (Some(own_url), own_line),
        (None, Some((url, line))) => (Some(url), line),
        (None, None) => (None, None),
    };
    if url.is_some() {
        (initiator.url, initiator.line) = (url, line);
    }
    Ok(())
}

/// The first frame with an address, from the innermost outwards: its address and line.
fn stack<R: Read>(r: &mut Reader<R>, strings: &mut StrTable, depth: usize) -> Result<Option<(StrId, Option<u32>)>> {
    let (mut own, mut parents) = (None, None);
    r.object(|r, key| match key {
        "callFrames" => {
            r.array(|r| {
                if own.is_some() {
                    return r.json.skip();
                }
                let (mut frame_url, mut frame_line) = (None, None);
                r.object(|r, key| {
                    members!(r, key, {
                        "url" => frame_url = r.with_text(|text| url(strings, text))?.flatten(),
                        "lineNumber" => frame_line = line(r.number()?, 0),
                    })
                })?;
                own = frame_url.map(|url| (url, frame_line));
                Ok(())
            })?;
            Ok(())
        }
        "parent" if own.is_none() && depth < MAX_PARENTS => {
            parents = stack(r, strings, depth + 1)?;
            Ok(())
        }
        _ => Ok(()),
    })?;
    Ok(own.or(parents))
}

/// An address without fragment. Snippets without address ("", "`<anonymous>`") are none.
fn url(strings: &mut StrTable, text: &str) -> Option<StrId> {
    let url = text.trim().split('#').next().unwrap_or_default();
    url.contains(':').then(|| strings.intern(url))
}
