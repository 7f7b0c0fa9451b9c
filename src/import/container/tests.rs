//! Every wrapping is read whole and in pieces, and cut and damaged everywhere.

use super::*;
use crate::import::source::Trickle;
use flate2::write::{DeflateEncoder, GzEncoder};
use flate2::{Compression, Crc, GzBuilder};
use std::io::Write;

/// Name, wrappings and content of a member.
type Found = (Option<String>, Vec<Container>, Vec<u8>);

fn unpack_with(bytes: &[u8], limits: Limits, step: usize) -> (Vec<Found>, Vec<Note>) {
    let mut found = Vec::new();
    let notes = open(Trickle { bytes, step }, limits, &mut |member| {
        let mut content = Vec::new();
        member.reader.read_to_end(&mut content).unwrap();
        let name = member.name.map(|name| name.expose().to_owned());
        found.push((name, member.containers.to_vec(), content));
        ControlFlow::Continue(())
    });
    (found, notes.unwrap())
}

/// What is inside `bytes`, however they are cut into pieces.
fn unpack_all(bytes: &[u8]) -> (Vec<Found>, Vec<Note>) {
    let whole = unpack_with(bytes, LIMITS, usize::MAX);
    for step in [1, 3, 1000] {
        assert_eq!(unpack_with(bytes, LIMITS, step), whole);
    }
    whole
}

/// `bytes` hold one text, in these wrappings and with these oddities.
fn check(bytes: &[u8], containers: &[Container], text: &str, oddities: &[Oddity]) {
    let (found, notes) = unpack_all(bytes);
    let texts: Vec<_> = found.iter().map(|(_, _, content)| String::from_utf8_lossy(content)).collect();
    assert_eq!(texts, [text]);
    assert_eq!(found[0].1, containers);
    assert_eq!(notes, oddities.iter().map(|oddity| Note { n_members: 1, oddity: *oddity }).collect::<Vec<_>>());
}

/// `bytes` hold nothing that can be read, for this reason.
fn check_refused(bytes: &[u8], oddity: Oddity) {
    assert_eq!(unpack_all(bytes), (vec![], vec![Note { n_members: 0, oddity }]));
}

fn gzip(text: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_ref()).unwrap();
    encoder.finish().unwrap()
}

fn deflate(text: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    text.encode_utf16().flat_map(bytes).collect()
}

/// How a member of a test archive is written.
#[derive(Clone, Copy)]
struct Style {
    method: u16,
    flags: u16,
    /// Sizes in the zip64 block of the header instead of the header.
    zip64: bool,
    /// What of the descriptor is written, if `flags` promise one.
    descriptor: DescriptorStyle,
}

#[derive(Clone, Copy, PartialEq)]
enum DescriptorStyle {
    Marked32,
    Bare32,
    Marked64,
    Bare64,
}

const PLAIN: Style = Style { method: 8, flags: 0, zip64: false, descriptor: DescriptorStyle::Marked32 };
const WITH_DESCRIPTOR: u16 = 1 << 3;

fn zip_entry(name: &str, content: &[u8], style: Style) -> Vec<u8> {
    let data = if style.method == 8 { deflate(content) } else { content.to_vec() };
    let mut crc = Crc::new();
    crc.update(content);
    let sizes = [data.len() as u64, content.len() as u64];
    let is_after = style.flags & WITH_DESCRIPTOR != 0;
    let mut extra = vec![0x99, 0x99, 2, 0, 7, 7];
    if style.zip64 {
        extra.extend([1, 0, 16, 0]);
        extra.extend(sizes.iter().rev().flat_map(|size| size.to_le_bytes()));
    }
    let mut entry = b"PK\x03\x04\x2d\0".to_vec();
    entry.extend([style.flags, style.method, 0, 0].iter().flat_map(|field| field.to_le_bytes()));
    entry.extend(if is_after { [0; 4] } else { crc.sum().to_le_bytes() });
    for size in sizes {
        let told = if style.zip64 { u32::MAX } else { size as u32 };
        entry.extend(if is_after { [0; 4] } else { told.to_le_bytes() });
    }
    entry.extend((name.len() as u16).to_le_bytes());
    entry.extend((extra.len() as u16).to_le_bytes());
    entry.extend(name.as_bytes());
    entry.extend(extra);
    entry.extend(data);
    if is_after {
        if matches!(style.descriptor, DescriptorStyle::Marked32 | DescriptorStyle::Marked64) {
            entry.extend(b"PK\x07\x08");
        }
        entry.extend(crc.sum().to_le_bytes());
        for size in sizes {
            match style.descriptor {
                DescriptorStyle::Marked32 | DescriptorStyle::Bare32 => entry.extend((size as u32).to_le_bytes()),
                DescriptorStyle::Marked64 | DescriptorStyle::Bare64 => entry.extend(size.to_le_bytes()),
            }
        }
    }
    entry
}

fn zip(entries: &[Vec<u8>]) -> Vec<u8> {
    let directory = b"PK\x01\x02 and so on, which nobody reads".to_vec();
    [entries.concat(), directory].concat()
}

const TEXT: &str = "{\"log\":{\"entries\":[\"\u{e9}\u{1f600}\"]}}";

#[test]
fn plain_files_are_passed_on() {
    check(b"", &[], "", &[]);
    check(b"{", &[], "{", &[]);
    check(TEXT.as_bytes(), &[], TEXT, &[]);
    check(b"\x1f\x8b", &[], "\x1f\u{fffd}", &[]);
}

#[test]
fn marks_and_utf16_become_utf8() {
    use Container::{Utf8Bom, Utf16Be, Utf16Le};
    check(format!("\u{feff}{TEXT}").as_bytes(), &[Utf8Bom], TEXT, &[]);
    check(&utf16(TEXT, u16::to_le_bytes), &[Utf16Le], TEXT, &[]);
    check(&utf16(TEXT, u16::to_be_bytes), &[Utf16Be], TEXT, &[]);
    check(&utf16(&format!("\u{feff}{TEXT}"), u16::to_le_bytes), &[Utf16Le], TEXT, &[]);
    check(&utf16(&format!("\u{feff}{TEXT}"), u16::to_be_bytes), &[Utf16Be], TEXT, &[]);
    check(b"{\0}\0\n", &[Utf16Le], "{}", &[Oddity::HalfUnit]);
    check(b"{\0}\0\x00\xd8\0\xdc", &[Utf16Le], "{}\u{10000}", &[]);
    check(b"{\0}\0\x00\xd8", &[Utf16Le], "{}\u{fffd}", &[Oddity::LoneSurrogates(1)]);
    check(b"{\0}\0\0\xdc\0\xd8.\0", &[Utf16Le], "{}\u{fffd}\u{fffd}.", &[Oddity::LoneSurrogates(2)]);
    let long = "[ \u{1f600}é]".repeat(100_000);
    assert_eq!(unpack_with(&utf16(&long, u16::to_le_bytes), LIMITS, 4099).0[0].2, long.as_bytes());
}

#[test]
fn gzip_is_opened() {
    use Container::Gzip;
    let whole = gzip(TEXT);
    check(&whole, &[Gzip], TEXT, &[]);
    check(&gzip(&whole), &[Gzip, Gzip], TEXT, &[]);
    check(&gzip(utf16(TEXT, u16::to_le_bytes)), &[Gzip, Container::Utf16Le], TEXT, &[]);
    check(&[gzip("{\"a\""), gzip(""), gzip(":1}")].concat(), &[Gzip], "{\"a\":1}", &[]);
    check(&[&whole[..], b"junk"].concat(), &[Gzip], TEXT, &[Oddity::TrailingBytes(Gzip, 4)]);
    check(&[&whole[..], b"\x1f\x8b\x08"].concat(), &[Gzip], TEXT, &[Oddity::Truncated(Gzip)]);
    let mut wrong_crc = whole.clone();
    wrong_crc[whole.len() - 8] ^= 1;
    check(&wrong_crc, &[Gzip], TEXT, &[Oddity::ChecksumMismatch(Gzip)]);
    check(&whole[..whole.len() - 1], &[Gzip], TEXT, &[Oddity::Truncated(Gzip)]);
    check(&whole[..5], &[Gzip], "", &[Oddity::Truncated(Gzip)]);
    check(b"\x1f\x8b\x08\0\0\0\0\0\0\0\x07", &[Gzip], "", &[Oddity::Corrupt(Gzip)]);
}

#[test]
fn gzip_headers_may_be_long() {
    let mut encoder = GzBuilder::new()
        .filename("a.har")
        .comment("c".repeat(3000))
        .extra(vec![1; 60_000])
        .write(Vec::new(), Compression::fast());
    encoder.write_all(TEXT.as_bytes()).unwrap();
    let (found, notes) = unpack_all(&encoder.finish().unwrap());
    assert_eq!(found, [(Some("a.har".to_owned()), vec![Container::Gzip], TEXT.as_bytes().to_vec())]);
    assert!(notes.is_empty());
}

#[test]
fn a_cut_gzip_gives_what_there_was() {
    let text: String = (0..20_000).map(|n| format!("{n},")).collect();
    let whole = gzip(&text);
    let (found, notes) = unpack_with(&whole[..whole.len() / 2], LIMITS, usize::MAX);
    let part = String::from_utf8(found[0].2.clone()).unwrap();
    assert!(text.starts_with(&part) && text.len() / 3 < part.len());
    assert_eq!(notes, [Note { n_members: 1, oddity: Oddity::Truncated(Container::Gzip) }]);
}

#[test]
fn zip_members_come_one_by_one() {
    let styles = [
        PLAIN,
        Style { method: 0, ..PLAIN },
        Style { zip64: true, ..PLAIN },
        Style { method: 0, zip64: true, ..PLAIN },
    ];
    let descriptors =
        [DescriptorStyle::Marked32, DescriptorStyle::Bare32, DescriptorStyle::Marked64, DescriptorStyle::Bare64];
    let with_descriptors = descriptors
        .map(|descriptor| Style { flags: WITH_DESCRIPTOR, descriptor, ..PLAIN })
        .into_iter()
        .chain([DescriptorStyle::Marked32, DescriptorStyle::Marked64].map(|descriptor| Style {
            method: 0,
            flags: WITH_DESCRIPTOR,
            descriptor,
            ..PLAIN
        }));
    for style in styles.into_iter().chain(with_descriptors) {
        // The marks inside the text are those of an archive stored in an archive.
        let tricky = "PK\x07\x08 PK\x03\x04 PPK";
        let archive = zip(&[
            zip_entry("dir/", b"", Style { method: 0, ..PLAIN }),
            zip_entry("dir/a.har", TEXT.as_bytes(), style),
            zip_entry("empty", b"", style),
            zip_entry("b", tricky.as_bytes(), style),
        ]);
        let (found, notes) = unpack_all(&archive);
        let found: Vec<_> = found.iter().map(|(name, _, text)| (name.as_deref().unwrap(), &text[..])).collect();
        assert_eq!(found, [("dir/a.har", TEXT.as_bytes()), ("empty", b""), ("b", tricky.as_bytes())]);
        assert_eq!(notes, []);
    }
}

#[test]
fn zip_members_may_be_wrapped_again() {
    use Container::{Gzip, Zip};
    let inner = zip(&[zip_entry("inner", &gzip(TEXT), Style { method: 0, ..PLAIN })]);
    check(&gzip(zip(&[zip_entry("outer", &inner, PLAIN)])), &[Gzip, Zip, Zip, Gzip], TEXT, &[]);
    let mut deep = TEXT.as_bytes().to_vec();
    for _ in 0..MAX_DEPTH {
        deep = gzip(deep);
    }
    check(&deep, &[Gzip; MAX_DEPTH], TEXT, &[]);
    check_refused(&gzip(deep), Oddity::TooDeep);
}

#[test]
fn zip_members_that_cannot_be_read_are_passed_over() {
    let readable = zip_entry("a", TEXT.as_bytes(), PLAIN);
    for (flags, method, oddity) in [
        (1, 0, Oddity::Encrypted),
        (1 | WITH_DESCRIPTOR, 0, Oddity::Encrypted),
        (0, 93, Oddity::UnsupportedMethod(93)),
        (WITH_DESCRIPTOR, 14, Oddity::UnsupportedMethod(14)),
    ] {
        let unreadable = zip_entry("secret", b"whatever", Style { method, flags, ..PLAIN });
        let (found, notes) = unpack_all(&zip(&[unreadable, readable.clone()]));
        assert_eq!(found.len(), 1);
        assert_eq!(notes, [Note { n_members: 0, oddity }]);
    }
}

#[test]
fn damaged_archives_give_what_they_have() {
    use Container::Zip;
    let entry = zip_entry("a", TEXT.as_bytes(), PLAIN);
    check(&entry, &[Zip], TEXT, &[Oddity::Truncated(Zip)]);
    check(&[&entry[..], b"something"].concat(), &[Zip], TEXT, &[Oddity::Corrupt(Zip)]);
    check(&[&entry[..], b"PK\x03\x04"].concat(), &[Zip], TEXT, &[Oddity::Truncated(Zip)]);
    let stored = zip_entry("a", TEXT.as_bytes(), Style { method: 0, ..PLAIN });
    check(&stored[..stored.len() - 3], &[Zip], &TEXT[..TEXT.len() - 3], &[Oddity::Truncated(Zip)]);
    let mut wrong_crc = zip(&[entry]);
    wrong_crc[14] ^= 1;
    check(&wrong_crc, &[Zip], TEXT, &[Oddity::ChecksumMismatch(Zip)]);
    check_refused(b"PK\x05\x06 and so on", Oddity::EmptyArchive);
}

#[test]
fn other_wrappings_are_named() {
    use Unsupported::{Rar, SevenZip, Tar, Utf32, Zstandard};
    check_refused(b"\x28\xb5\x2f\xfd...", Oddity::Unsupported(Zstandard));
    check_refused(b"7z\xbc\xaf\x27\x1c...", Oddity::Unsupported(SevenZip));
    check_refused(b"Rar!\x1a\x07\x01\0", Oddity::Unsupported(Rar));
    check_refused(b"\xff\xfe\0\0{\0\0\0", Oddity::Unsupported(Utf32));
    let mut tar = vec![b'a'; 600];
    tar[257..262].copy_from_slice(b"ustar");
    check_refused(&tar, Oddity::Unsupported(Tar));
    check_refused(&gzip(&tar), Oddity::Unsupported(Tar));
}

#[test]
fn bombs_are_stopped() {
    let limits = Limits { free_bytes: 10_000, ratio: 20 };
    let bomb = vec![b' '; 1_000_000];
    let with_descriptor = Style { flags: WITH_DESCRIPTOR, ..PLAIN };
    for wrapped in [
        gzip(&bomb),
        gzip(gzip(&bomb)),
        zip(&[zip_entry("a", &bomb, PLAIN), zip_entry("b", &bomb, PLAIN)]),
        zip(&[zip_entry("a", &bomb, with_descriptor), zip_entry("b", &bomb, PLAIN)]),
    ] {
        let (found, notes) = unpack_with(&wrapped, limits, usize::MAX);
        assert_eq!((found.len(), notes.len()), (1, 1));
        assert_eq!(notes[0].oddity, Oddity::InflatedTooMuch);
        assert!(found[0].2.len() < bomb.len());
    }
    assert_eq!(unpack_with(&gzip(&bomb[..9_000]), limits, usize::MAX).1, []);
}

#[test]
fn the_visitor_may_stop_or_read_less() {
    let archive = zip(&["a", "b", "c"].map(|name| zip_entry(name, TEXT.as_bytes(), PLAIN)));
    let mut n_visited = 0;
    let notes = open(&archive[..], LIMITS, &mut |member| {
        n_visited += 1;
        member.reader.read_exact(&mut [0; 3]).unwrap();
        if n_visited < 2 { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    assert_eq!((n_visited, notes.unwrap()), (2, vec![]));
}

#[test]
fn cuts_and_damage_never_panic() {
    let with_descriptor = Style { flags: WITH_DESCRIPTOR, ..PLAIN };
    let wrapped = [
        gzip(TEXT),
        utf16(TEXT, u16::to_le_bytes),
        zip(&[
            zip_entry("a", TEXT.as_bytes(), PLAIN),
            zip_entry("b", TEXT.as_bytes(), with_descriptor),
            zip_entry("c", TEXT.as_bytes(), Style { method: 0, ..with_descriptor }),
            zip_entry("d", &gzip(TEXT), Style { zip64: true, ..PLAIN }),
        ]),
    ];
    for bytes in wrapped {
        for at in 0..bytes.len() {
            unpack_with(&bytes[..at], LIMITS, usize::MAX);
            for flip in [1, 0x80, 0xff] {
                let mut damaged = bytes.clone();
                damaged[at] ^= flip;
                unpack_with(&damaged, LIMITS, usize::MAX);
            }
        }
    }
}
