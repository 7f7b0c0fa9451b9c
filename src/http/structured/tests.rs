//! Expected values are from RFC 9651's grammar and examples.

use super::*;

#[track_caller]
fn check_item(text: &str, expected: Option<Bare<'_>>) {
    assert_eq!(item(text).map(|item| item.value), expected, "{text}");
}

#[test]
fn items() {
    check_item("42", Some(Bare::Integer(42)));
    check_item("  -0  ", Some(Bare::Integer(0)));
    check_item("999999999999999", Some(Bare::Integer(999_999_999_999_999)));
    check_item("1000000000000000", None);
    check_item("4.5", Some(Bare::Decimal(4.5)));
    check_item("-1.125", Some(Bare::Decimal(-1.125)));
    check_item("1.1234", None);
    check_item("1.", None);
    check_item(".5", None);
    check_item("-", None);
    check_item("1234567890123.1", None);
    check_item("\"a \\\"b\\\\\"", Some(Bare::String("a \"b\\".into())));
    check_item("\"\"", Some(Bare::String("".into())));
    check_item("\"a\\n\"", None);
    check_item("\"a", None);
    check_item("\"a\u{e9}\"", None);
    check_item("foo123/456", Some(Bare::Token("foo123/456")));
    check_item("*x:y", Some(Bare::Token("*x:y")));
    check_item(":aGk=:", Some(Bare::Bytes("aGk=")));
    check_item("::", Some(Bare::Bytes("")));
    check_item(":a:", None);
    check_item(":a=b=:", None);
    check_item(":aGk=", None);
    check_item("?1", Some(Bare::Boolean(true)));
    check_item("?2", None);
    check_item("@1659578233", Some(Bare::Date(1_659_578_233)));
    check_item("@1.5", None);
    check_item("%\"f%c3%bc\"", Some(Bare::Display("f\u{fc}".to_owned())));
    check_item("%\"f%C3%BC\"", None);
    check_item("%\"%ff\"", None);
    check_item("", None);
    check_item("1 2", None);
    check_item("\t1", None);
    check_item("a;b=1; c;b=2", Some(Bare::Token("a")));
    check_item("a;B", None);
    check_item("a ;b", None);
}

#[test]
fn the_last_parameter_counts() {
    let item = item("a;b=1; c;b=\"x\"").expect("an item");
    assert_eq!(item.parameters.get("b").and_then(Bare::text), Some("x"));
    assert_eq!(item.parameters.get("c").and_then(Bare::boolean), Some(true));
    assert_eq!(item.parameters.get("d"), None);
}

#[test]
fn lists() {
    #[track_caller]
    fn check(text: &str, expected: Option<usize>) {
        assert_eq!(list(text).map(|members| members.len()), expected, "{text}");
    }
    check("", Some(0));
    check("a, b ,\tc", Some(3));
    check("a, (b c );x, ()", Some(3));
    check("a,", None);
    check(",a", None);
    check("a,,b", None);
    check("(a", None);
    check("(a,b)", None);
    check("(a\tb)", None);
    check("a b", None);
}

#[test]
fn dictionaries() {
    let read = dictionary("a=1, b, a=?0, c=(x y);z, d;p=2").expect("a dictionary");
    assert_eq!(read.value("a"), Some(&Bare::Boolean(false)));
    assert_eq!(read.value("b"), Some(&Bare::Boolean(true)));
    assert_eq!(read.value("c"), None);
    assert!(
        matches!(read.get("c"), Some(Member::Inner(items, parameters)) if items.len() == 2 && parameters.0.len() == 1)
    );
    for invalid in ["A=1", "a= 1", "a =1", "a=", "a,", "a;b=", "1=a"] {
        assert_eq!(dictionary(invalid), None, "{invalid}");
    }
    assert_eq!(joined(["a", "b=1"].into_iter()).as_deref(), Some("a, b=1"));
    assert_eq!(joined(std::iter::empty()), None);
}
