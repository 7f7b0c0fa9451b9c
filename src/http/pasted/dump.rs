//! Header text as data: what `JSON.stringify([...response.headers])`, a console's `Headers {…}`, a dictionary of Python,
//! or "Copy as fetch" give. Read by its strings and punctuation only, so that no dialect needs a grammar of its own.

use std::borrow::Cow;

use crate::http::list;
use crate::http::pasted::{Message, Side, status};

/// A piece of the text.
#[derive(Debug, PartialEq)]
enum Piece<'a> {
    /// In quotes, or a bare word or number.
    Word(Cow<'a, str>),
    Mark(char),
}

/// Whether the text is such a dump.
pub(super) fn looks_like_one(text: &str) -> bool {
    let text = text.trim_start();
    let starts = |word: &str| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    text.starts_with(['{', '['])
        || starts("headers {")
        || starts("headers(")
        || starts("fetch(")
        || starts("await fetch(")
}

/// Reads it.
pub(super) fn read(text: &str) -> Vec<Message> {
    let is_fetch = text.trim_start().trim_start_matches("await ").starts_with("fetch(");
    let pieces = pieces(text);
    let mut message = Message::new(if is_fetch { Side::Request } else { Side::Response });
    let word = |at: usize| match pieces.get(at) {
        Some(Piece::Word(word)) => Some(word.as_ref()),
        _ => None,
    };
    let is_mark = |at: usize, mark: char| pieces.get(at) == Some(&Piece::Mark(mark));
    let mut name = None;
    let mut at = 0;
    while at < pieces.len() {
        // `key: value` of an object, `[key, value]` of a list of pairs.
        let in_object = word(at).filter(|_| is_mark(at + 1, ':')).zip(word(at + 2)).map(|pair| (pair, 3));
        let in_list = || {
            let pair = word(at + 1).filter(|_| is_mark(at, '[') && is_mark(at + 2, ',')).zip(word(at + 3))?;
            is_mark(at + 4, ']').then_some((pair, 5))
        };
        match in_object.or_else(in_list) {
            Some(((key, value), n)) => {
                match key.to_ascii_lowercase().as_str() {
                    "name" => name = Some(value),
                    "value" => {
                        if let Some(name) = name.take() {
                            message.take(name, value);
                        }
                    }
                    "url" => message.target = Some(value.to_owned()),
                    "method" => message.method = Some(value.to_owned()),
                    "status" | "statuscode" | "status_code" => message.status = status(value),
                    _ if list::is_token(key.trim_start_matches(':')) => message.take(key, value.trim()),
                    _ => {}
                }
                at += n;
            }
            None => at += 1,
        }
    }
    if message.is_empty() { Vec::new() } else { vec![message] }
}

fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        match c {
            '"' | '\'' => {
                let (word, after) = quoted(after, c);
                pieces.push(Piece::Word(word));
                rest = after;
            }
            // Firefox's console shows pairs with an arrow.
            '→' => {
                pieces.push(Piece::Mark(':'));
                rest = after;
            }
            '=' if after.starts_with('>') => {
                pieces.push(Piece::Mark(':'));
                rest = after.get(1..).unwrap_or_default();
            }
            ':' | ',' | '[' | ']' | '{' | '}' | '(' | ')' => {
                pieces.push(Piece::Mark(c));
                rest = after;
            }
            c if is_bare(c) => {
                let end = rest.find(|c| !is_bare(c)).unwrap_or(rest.len());
                let (word, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
                pieces.push(Piece::Word(Cow::Borrowed(word)));
                rest = after;
            }
            _ => rest = after,
        }
    }
    pieces
}

fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '$')
}

/// The text up to the closing quote, with its escapes undone, and what follows. A quote that is never closed takes the
/// rest.
fn quoted(text: &str, quote: char) -> (Cow<'_, str>, &str) {
    let Some(end) = text.find([quote, '\\']) else { return (Cow::Borrowed(text), "") };
    if text.get(end..).is_some_and(|rest| rest.starts_with(quote)) {
        return (Cow::Borrowed(text.get(..end).unwrap_or_default()), text.get(end + 1..).unwrap_or_default());
    }
    let mut word = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'r' | 't') => word.push(' '),
                Some(c) => word.push(c), // `\u` sequences stand for characters that headers have not
                None => break,
            },
            c if c == quote => break,
            c => word.push(c),
        }
    }
    (Cow::Owned(word), chars.as_str())
}
