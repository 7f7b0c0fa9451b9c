//! Wrappings by their first bytes.

/// How many bytes must be seen: tar has its mark at 257.
pub(super) const PREFIX_BYTES: usize = 512;

pub(super) const UTF8_BOM: &[u8] = b"\xef\xbb\xbf";

/// What the first bytes of a file say about the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrapping {
    None,
    Gzip,
    Zip,
    Utf8Bom,
    Utf16Le { n_bom: usize },
    Utf16Be { n_bom: usize },
    Unsupported(Unsupported),
}

/// Wrappings that are known and not opened. (Brotli is not among them: it has no mark to be known by.)
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsupported {
    /// Zstandard, as `.zst`.
    Zstandard,
    /// 7-Zip.
    SevenZip,
    /// RAR.
    Rar,
    /// tar, compressed or not.
    Tar,
    /// xz.
    Xz,
    /// bzip2.
    Bzip2,
    /// LZ4 frames.
    Lz4,
    /// UTF-32 text.
    Utf32,
    /// What macOS adds to archives about each file.
    AppleDouble,
}

impl Unsupported {
    /// What it is, for people.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Zstandard => "a Zstandard (.zst) file",
            Self::SevenZip => "a 7-Zip archive",
            Self::Rar => "a RAR archive",
            Self::Tar => "a tar archive",
            Self::Xz => "an xz file",
            Self::Bzip2 => "a bzip2 file",
            Self::Lz4 => "an LZ4 file",
            Self::Utf32 => "text in UTF-32",
            Self::AppleDouble => "macOS file attributes",
        }
    }
}

/// Marks at the very beginning, the longer ones first where they share one.
const MARKS: &[(&[u8], Wrapping)] = &[
    (b"\x1f\x8b\x08", Wrapping::Gzip),
    (b"PK\x03\x04", Wrapping::Zip),
    (b"PK\x05\x06", Wrapping::Zip),
    (UTF8_BOM, Wrapping::Utf8Bom),
    (b"\xff\xfe\0\0", Wrapping::Unsupported(Unsupported::Utf32)),
    (b"\0\0\xfe\xff", Wrapping::Unsupported(Unsupported::Utf32)),
    (b"\xff\xfe", Wrapping::Utf16Le { n_bom: 2 }),
    (b"\xfe\xff", Wrapping::Utf16Be { n_bom: 2 }),
    (b"\x28\xb5\x2f\xfd", Wrapping::Unsupported(Unsupported::Zstandard)),
    (b"7z\xbc\xaf\x27\x1c", Wrapping::Unsupported(Unsupported::SevenZip)),
    (b"Rar!\x1a\x07", Wrapping::Unsupported(Unsupported::Rar)),
    (b"\xfd7zXZ\0", Wrapping::Unsupported(Unsupported::Xz)),
    (b"BZh", Wrapping::Unsupported(Unsupported::Bzip2)),
    (b"\x04\x22\x4d\x18", Wrapping::Unsupported(Unsupported::Lz4)),
    (b"\0\x05\x16\x07", Wrapping::Unsupported(Unsupported::AppleDouble)),
];

/// What a file that begins with `prefix` is wrapped in.
pub(super) fn recognize(prefix: &[u8]) -> Wrapping {
    let mark = MARKS.iter().find(|(mark, _)| prefix.starts_with(mark));
    match (mark, prefix) {
        (Some((_, wrapping)), _) => *wrapping,
        (None, [a, 0, b, 0, ..]) if is_text(*a) && is_text(*b) => Wrapping::Utf16Le { n_bom: 0 },
        (None, [0, a, 0, b, ..]) if is_text(*a) && is_text(*b) => Wrapping::Utf16Be { n_bom: 0 },
        _ if prefix.get(257..).is_some_and(|rest| rest.starts_with(b"ustar")) => {
            Wrapping::Unsupported(Unsupported::Tar)
        }
        _ => Wrapping::None,
    }
}

fn is_text(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n')
}
