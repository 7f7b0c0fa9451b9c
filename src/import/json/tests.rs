//! Each text is read whole and in pieces of every small size; the results must be the same.

use super::*;
use crate::import::source::Trickle;
use proptest::prelude::*;
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_64;

const STEPS: [usize; 6] = [usize::MAX, 1, 2, 3, 5, 64];

/// Reads a whole value the way an importer does. Numbers that are not finite become strings; of keys the last wins.
fn read(json: &mut Json<impl Read>) -> Result<Value> {
    Ok(match json.peek()? {
        Token::Object => {
            let mut object = serde_json::Map::new();
            let mut key = String::new();
            json.begin_object()?;
            while json.next_key(&mut key)? {
                object.insert(key.clone(), read(json)?);
            }
            Value::Object(object)
        }
        Token::Array => {
            let mut array = Vec::new();
            json.begin_array()?;
            while json.next_item()? {
                array.push(read(json)?);
            }
            Value::Array(array)
        }
        Token::String => {
            let mut string = String::new();
            json.string(&mut string)?;
            Value::String(string)
        }
        Token::Number => match json.number()? {
            number if number.is_finite() => number.into(),
            number => number.to_string().into(),
        },
        Token::Bool => json.boolean()?.into(),
        Token::Null => json.null().map(|()| Value::Null)?,
        Token::End => return Err(JsonError { kind: JsonErrorKind::Truncated, offset: json.offset() }),
    })
}

/// Runs `read` over `text` in pieces of several sizes and gives the result all agree on.
fn in_pieces<T: PartialEq + std::fmt::Debug>(text: &[u8], mut read: impl FnMut(&mut Json<Trickle>) -> T) -> T {
    let mut results = STEPS.map(|step| read(&mut Json::new(Trickle { bytes: text, step }))).into_iter();
    let first = results.next().unwrap();
    results.for_each(|other| assert_eq!(other, first));
    first
}

fn read_all(text: &[u8]) -> (Result<Value>, Repairs, u64) {
    in_pieces(text, |json| (read(json), json.repairs().clone(), json.offset()))
}

fn skip_all(text: &[u8]) -> (Result<()>, u64) {
    in_pieces(text, |json| (json.skip(), json.offset()))
}

/// `text` is read as `expected`, without repairs; skipping ends at the same place.
fn check_valid(text: &str, expected: Value) {
    let (value, repairs, offset) = read_all(text.as_bytes());
    assert_eq!(as_floats(value.unwrap()), as_floats(expected), "{text}");
    assert_eq!(repairs, Repairs::default(), "{text}");
    assert_eq!(skip_all(text.as_bytes()), (Ok(()), offset), "{text}");
}

/// serde_json keeps integers apart from other numbers; we do not.
fn as_floats(value: Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().unwrap().into(),
        Value::Array(items) => items.into_iter().map(as_floats).collect(),
        Value::Object(members) => members.into_iter().map(|(key, value)| (key, as_floats(value))).collect(),
        other => other,
    }
}

/// `text` is read as `expected` after exactly one kind of repair, first made at `first`.
fn check_repaired(text: &[u8], expected: &str, repair: fn(&mut Repairs) -> &mut Repair, count: u64, first: u64) {
    let (value, repairs, _) = read_all(text);
    assert_eq!(as_floats(value.unwrap()), as_floats(serde_json::from_str(expected).unwrap()), "{expected}");
    let mut expected_repairs = Repairs::default();
    *repair(&mut expected_repairs) = Repair { count, first: Some(first) };
    assert_eq!(repairs, expected_repairs, "{expected}");
}

fn check_error(text: &str, kind: JsonErrorKind, offset: u64) {
    assert_eq!(read_all(text.as_bytes()).0, Err(JsonError { kind, offset }), "{text}");
}

#[test]
fn reads_what_is_valid() {
    for text in [
        "{}",
        "[]",
        " [ ] ",
        "{ }",
        "0",
        "-0.5e-3",
        "\"\"",
        "true",
        "false",
        "null",
        r#"{"a":1,"b":[true,false,null,"x"],"c":{"d":{}}}"#,
        "\t{\r\n\"a\" : [ 1 , 2 ] , \"b\":\"\" }\n",
        r#"["\"\\\/\b\f\n\r\t","\u00e9\u20ac\ud83d\ude00","é€😀"]"#,
        r#"{"a":1,"a":2}"#,
        "[123456789012345678901234567890,1.7976931348623157e308,5e-324]",
        r#"["\\","\\\\\"",":,{}[]//"]"#,
    ] {
        check_valid(text, serde_json::from_str(text).unwrap());
    }
}

#[test]
fn repairs_what_is_nearly_json() {
    check_repaired(br#"["\ud83d"]"#, "[\"\u{fffd}\"]", |r| &mut r.lone_surrogates, 1, 2);
    check_repaired(br#"["a\ud83d\ud83d\ude00"]"#, "[\"a\u{fffd}😀\"]", |r| &mut r.lone_surrogates, 1, 3);
    check_repaired(br#"["\ud83d\n\ude00x"]"#, "[\"\u{fffd}\\n\u{fffd}x\"]", |r| &mut r.lone_surrogates, 2, 2);
    check_repaired(b"[\"caf\xe9\"]", "[\"café\"]", |r| &mut r.invalid_utf8, 1, 5);
    check_repaired(
        b"[\"\xe2\x82x\xe2\x82\xac\xf0\x9f\x98\"]",
        "[\"â\u{82}x€ð\u{9f}\u{98}\"]",
        |r| &mut r.invalid_utf8,
        5,
        2,
    );
    check_repaired(b"[\"\xc3\\n\xed\xa0\x80\"]", "[\"Ã\\ní\u{a0}\u{80}\"]", |r| &mut r.invalid_utf8, 4, 2);
    check_repaired(b"[\"a\tb\0\n\"]", r#"["a\tb\u0000\n"]"#, |r| &mut r.control_characters, 3, 3);
    check_repaired(br#"["\x41\'\u12G4"]"#, "[\"x41'\u{fffd}G4\"]", |r| &mut r.bad_escapes, 3, 2);
    check_repaired(b"[1,NaN,Infinity,-Infinity]", r#"[1,"NaN","inf","-inf"]"#, |r| &mut r.non_finite_numbers, 3, 3);
    check_repaired(b"[+1,.5,01,1.,-.5,1-2]", r#"[1,0.5,1,1,-0.5,"NaN"]"#, |r| &mut r.odd_numbers, 6, 1);
    check_repaired(b"/*{*/[1,// ]\n2/***/]", "[1,2]", |r| &mut r.comments, 3, 0);
    check_repaired(br#"[1,[2,],{"a":3 , },]"#, r#"[1,[2],{"a":3}]"#, |r| &mut r.trailing_commas, 3, 5);
    check_repaired(br#"[1 "a"{}{"a":1 "b":2}]"#, r#"[1,"a",{},{"a":1,"b":2}]"#, |r| &mut r.missing_commas, 4, 3);
}

#[test]
fn numbers_too_large_are_infinite() {
    for (text, expected) in [("1e400", f64::INFINITY), ("-1e400", f64::NEG_INFINITY), ("1e-400", 0.0)] {
        let read = in_pieces(text.as_bytes(), |json| (json.number(), json.repairs().is_empty()));
        assert_eq!(read, (Ok(expected), true));
    }
    let endless = "1".repeat(5000);
    assert!(in_pieces(endless.as_bytes(), |json| json.number().is_ok_and(f64::is_nan)));
}

#[test]
fn says_what_is_wrong_and_where() {
    use JsonErrorKind::{Syntax, Truncated};
    check_error("", Truncated, 0);
    check_error("  ", Truncated, 2);
    check_error("{", Truncated, 1);
    check_error(r#"{"a"#, Truncated, 3);
    check_error(r#"{"a":"#, Truncated, 5);
    check_error(r#"{"a":1"#, Truncated, 6);
    check_error(r#"{"a":1,"#, Truncated, 7);
    check_error(r#"["a\"#, Truncated, 4);
    check_error(r#"["a\u12"#, Truncated, 7);
    check_error("[tr", Truncated, 3);
    check_error("tr", Truncated, 0);
    check_error("[1 /* ", Truncated, 6);
    check_error("}", Syntax("a value was expected"), 0);
    check_error("[1,,2]", Syntax("a value was expected, not a comma"), 3);
    check_error("[,1]", Syntax("a value was expected, not a comma"), 1);
    check_error("[1}", Syntax("this bracket closes nothing"), 2);
    check_error(r#"{"a":1]"#, Syntax("this bracket closes nothing"), 6);
    check_error(r#"{a:1}"#, Syntax("a key in quotes or the end of the object was expected"), 1);
    check_error(r#"{"a" 1}"#, Syntax("a colon was expected"), 5);
    check_error("[undefined]", Syntax("a value was expected"), 1);
    check_error("[None]", Syntax("a value was expected"), 1);
    check_error("[truth]", Syntax("true or false was expected"), 1);
    check_error("[nil]", Syntax("null was expected"), 1);
    check_error("[1 / 2]", Syntax("a value was expected"), 3);
}

#[test]
fn the_caller_may_be_wrong_about_the_kind() {
    type Read = fn(&mut Json<Trickle>) -> Result<()>;
    let kinds: [(&str, Read); 6] = [
        ("an object was expected", |json| json.begin_object()),
        ("an array was expected", |json| json.begin_array()),
        ("a string was expected", |json| json.string(&mut String::new())),
        ("a string was expected", |json| json.measure(1, &mut String::new()).map(|_| ())),
        ("a number was expected", |json| json.number().map(|_| ())),
        ("there is no such object or array to go on with", |json| json.next_key(&mut String::new()).map(|_| ())),
    ];
    for (expected, read) in kinds {
        let error = JsonError { kind: JsonErrorKind::Syntax(expected), offset: 1 };
        assert_eq!(
            in_pieces(b" true", |json| (json.peek(), read(json), json.boolean())),
            (Ok(Token::Bool), Err(error), Ok(true))
        );
    }
}

#[test]
fn what_is_not_read_is_skipped() {
    let keys = in_pieces(br#"{"a":[{"b":"]"}],"c":1,"d":{"e":2}}"#, |json| {
        let (mut keys, mut key) = (Vec::new(), String::new());
        json.begin_object()?;
        while json.next_key(&mut key)? {
            keys.push(key.clone());
        }
        Ok::<_, JsonError>(keys)
    });
    assert_eq!(keys.unwrap(), ["a", "c", "d"]);
}

#[test]
fn documents_may_follow_each_other() {
    let values = in_pieces(b"{\"a\":1}\n[2]3 \"4\"\n", |json| {
        let mut values = Vec::new();
        while json.peek()? != Token::End {
            values.push(read(json)?.to_string());
        }
        Ok::<_, JsonError>(values)
    });
    assert_eq!(values.unwrap(), [r#"{"a":1.0}"#, "[2.0]", "3.0", r#""4""#]);
}

#[test]
fn depth_costs_next_to_nothing() {
    let deep = format!("{}{}", "[{\"a\":".repeat(20_000), "}]".repeat(20_000)).replace(":}", ":0}");
    assert_eq!(Json::new(deep.as_bytes()).skip(), Ok(()));
    let mut json = Json::new(deep.as_bytes());
    for _ in 0..20_000 {
        json.begin_array().unwrap();
        assert!(json.next_item().unwrap());
        json.begin_object().unwrap();
        assert!(json.next_key(&mut String::new()).unwrap());
    }
    assert_eq!(json.number(), Ok(0.0));
    for _ in 0..20_000 {
        assert!(!json.next_key(&mut String::new()).unwrap());
        assert!(!json.next_item().unwrap());
    }
    assert_eq!(json.peek(), Ok(Token::End));
}

#[test]
fn measures_what_it_does_not_keep() {
    let raw = r#"SGVs\nbG8\u003d"#;
    let document = format!("[\"{raw}\",1]");
    let (measured, kept, next) = in_pieces(document.as_bytes(), |json| {
        let mut kept = String::new();
        json.begin_array().unwrap();
        json.next_item().unwrap();
        let measured = json.measure(6, &mut kept).unwrap();
        (measured, kept, json.next_item())
    });
    let base64 = Base64Shape { decoded_len: 5, valid: true };
    let hash = xxh3_64(raw.as_bytes());
    assert_eq!(measured, Measured { decoded_bytes: 9, hash, base64, truncated_keep: true });
    assert_eq!((kept.as_str(), next), ("SGVs\nb", Ok(true)));
}

#[test]
fn the_window_edge_does_not_show() {
    let body = "é\\n\\ud83d\\ude00 \\\\".repeat(60_000);
    let document = format!("{{\"text\":\"{body}\",\"n\":[1.25]}}");
    let decoded: Value = serde_json::from_str(&document).unwrap();
    let text = decoded["text"].as_str().unwrap();
    for step in [usize::MAX, 1000, 4099] {
        let source = || Trickle { bytes: document.as_bytes(), step };
        assert_eq!(read(&mut Json::new(source())).unwrap(), decoded);
        let mut json = Json::new(source());
        json.begin_object().unwrap();
        json.next_key(&mut String::new()).unwrap();
        let mut kept = String::new();
        let measured = json.measure(100_000, &mut kept).unwrap();
        assert_eq!(measured.hash, xxh3_64(body.as_bytes()));
        assert_eq!((measured.decoded_bytes, kept.as_str()), (text.len() as u64, &text[..99_999]));
        let mut json = Json::new(source());
        assert_eq!((json.skip(), json.offset()), (Ok(()), document.len() as u64));
    }
}

#[test]
fn errors_of_the_source_come_through() {
    struct Broken(&'static str);
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            match self.0 {
                "cancel" => Err(std::io::Error::other(crate::import::source::Cancelled)),
                _ => Err(std::io::ErrorKind::PermissionDenied.into()),
            }
        }
    }
    let kind = |source| Json::new(source).peek().unwrap_err().kind;
    assert_eq!(kind(Broken("cancel")), JsonErrorKind::Cancelled);
    assert_eq!(kind(Broken("disk")), JsonErrorKind::Io(std::io::ErrorKind::PermissionDenied));
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_filter("finite", |n| n.is_finite()).prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        r#"[\\"/a-z\n\u{0}é😀]{0,20}"#.prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..8).prop_map(|members| members.into_iter().collect()),
        ]
    })
}

/// Replaces everything outside ASCII by `\u` escapes, as Python's json does.
fn escape_non_ascii(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        match character.is_ascii() {
            true => escaped.push(character),
            false => character.encode_utf16(&mut [0; 2]).iter().for_each(|unit| escaped += &format!("\\u{unit:04x}")),
        }
    }
    escaped
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn agrees_with_serde_json(value in any_value()) {
        check_valid(&value.to_string(), value.clone());
        check_valid(&serde_json::to_string_pretty(&value).unwrap(), value.clone());
        check_valid(&escape_non_ascii(&value.to_string()), value);
    }

    #[test]
    fn damage_never_panics(
        value in any_value(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = value.to_string().into_bytes();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = read_all(&bytes);
        let _ = skip_all(&bytes);
        let _ = read_all(&bytes[..cut.index(bytes.len())]);
    }

    #[test]
    fn every_prefix_is_truncated(value in any_value()) {
        let bytes = serde_json::json!([value]).to_string().into_bytes();
        for end in 0..bytes.len() {
            let mut json = Json::new(&bytes[..end]);
            prop_assert_eq!(read(&mut json).unwrap_err().kind, JsonErrorKind::Truncated);
            prop_assert_eq!(Json::new(&bytes[..end]).skip().unwrap_err().kind, JsonErrorKind::Truncated);
        }
    }

    #[test]
    fn measures_as_it_reads(
        text in any::<String>(),
        raw_bytes in prop::collection::vec(any::<u8>(), 0..40),
        keep in 0usize..50,
    ) {
        let mut document = serde_json::to_string(&text).unwrap().into_bytes();
        document.pop();
        document.extend(&raw_bytes);
        document.extend(b"\" \"");
        let read = in_pieces(&document, |json| {
            let mut whole = String::new();
            json.string(&mut whole).map(|()| (whole, json.offset(), json.repairs().clone()))
        });
        let measured = in_pieces(&document, |json| {
            let mut kept = String::new();
            json.measure(keep, &mut kept).map(|measured| (measured, kept, json.offset(), json.repairs().clone()))
        });
        let ((whole, end, repairs), (measured, kept, measured_end, measured_repairs)) = match (read, measured) {
            (Ok(read), Ok(measured)) => (read, measured),
            (read, measured) => {
                prop_assert_eq!(read.err(), measured.err());
                return Ok(());
            }
        };
        prop_assert_eq!(measured.decoded_bytes, whole.len() as u64);
        prop_assert_eq!(measured.hash, xxh3_64(&document[1..end as usize - 1]));
        prop_assert_eq!(kept.as_str(), &whole[..whole.floor_char_boundary(keep)]);
        prop_assert_eq!(measured.truncated_keep, kept.len() < whole.len());
        prop_assert_eq!((end, repairs), (measured_end, measured_repairs));
    }
}
