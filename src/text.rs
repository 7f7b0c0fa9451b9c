//! Text that came from a recording: interned in a [`StrTable`], handed out as [`Untrusted`].

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

/// Text that came from a recording.
///
/// It has no `Display`, no `Debug` of its content and no `Serialize`, so it cannot slip into a report, an error
/// or a log. What leaves the program is made by `redact`, which parses this and builds something clean.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Untrusted<'a>(&'a str);

impl<'a> Untrusted<'a> {
    /// Marks text as coming from outside.
    pub fn new(text: &'a str) -> Self {
        Self(text)
    }

    /// The text itself, for *reckoning* with it (parsing, comparing) and for the user's own screen.
    /// Nothing obtained from here may be written to a report, an error text or a log.
    pub fn expose(self) -> &'a str {
        self.0
    }

    /// Length in bytes.
    pub fn len(self) -> usize {
        self.0.len()
    }

    /// Whether there is no text.
    pub fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for Untrusted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Untrusted({} B)", self.0.len())
    }
}

/// Handle of a string in a [`StrTable`]. Equal handles of one table mean equal text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StrId(pub u32);

/// Every distinct string of a recording once. Handles are given in order of first appearance.
#[derive(Default)]
pub struct StrTable {
    text: String,
    /// End of each string in `text`; its start is the end of the one before.
    ends: Vec<usize>,
    /// Hash of the text → the last handle with that hash.
    by_hash: HashMap<u64, u32, PassThrough>,
    /// For each string the one before it with the same hash.
    same_hash: Vec<Option<u32>>,
    seed: Seed,
}

impl StrTable {
    /// The handle of `text`, which is stored if it is new.
    pub fn intern(&mut self, text: &str) -> StrId {
        let hash = self.seed.hash(text);
        if let Some(known) = self.find_hashed(hash, text) {
            return known;
        }
        let id = self.ends.len() as u32;
        self.text.push_str(text);
        self.ends.push(self.text.len());
        self.same_hash.push(self.by_hash.insert(hash, id));
        StrId(id)
    }

    /// The handle of `text` if the recording holds it.
    pub fn find(&self, text: &str) -> Option<StrId> {
        self.find_hashed(self.seed.hash(text), text)
    }

    fn find_hashed(&self, hash: u64, text: &str) -> Option<StrId> {
        let mut known = self.by_hash.get(&hash).copied();
        while let Some(id) = known {
            if self.get(StrId(id)).expose() == text {
                return Some(StrId(id));
            }
            known = self.same_hash.get(id as usize).copied().flatten();
        }
        None
    }

    /// The text of a handle of this table. A handle of another table gives some text or none, never a panic.
    pub fn get(&self, id: StrId) -> Untrusted<'_> {
        let at = id.0 as usize;
        let start = match at {
            0 => 0,
            _ => self.ends.get(at - 1).copied().unwrap_or_default(),
        };
        let end = self.ends.get(at).copied().unwrap_or_default();
        Untrusted(self.text.get(start..end).unwrap_or_default())
    }

    /// How many distinct strings there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether nothing was interned yet.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }
}

/// What hashes are mixed with, different in every table: a file cannot be made whose strings all collide.
struct Seed(u64);

impl Default for Seed {
    fn default() -> Self {
        Self(RandomState::new().hash_one(0))
    }
}

impl Seed {
    fn hash(&self, text: &str) -> u64 {
        xxhash_rust::xxh3::xxh3_64_with_seed(text.as_bytes(), self.0)
    }
}

/// The keys of `by_hash` are hashes already.
#[derive(Clone, Copy, Default)]
struct PassThrough;

impl BuildHasher for PassThrough {
    type Hasher = Identity;
    fn build_hasher(&self) -> Identity {
        Identity(0)
    }
}

struct Identity(u64);

impl std::hash::Hasher for Identity {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }
    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_text_has_one_handle() {
        let mut table = StrTable::default();
        let a = table.intern("a");
        let empty = table.intern("");
        let b = table.intern("bé");
        assert_eq!(table.intern("a"), a);
        assert_eq!(table.find("bé"), Some(b));
        assert_eq!(table.find("c"), None);
        assert_eq!([a, empty, b].map(|id| table.get(id).expose()), ["a", "", "bé"]);
        assert_eq!(table.get(StrId(99)).expose(), "");
        assert_eq!(table.len(), 3);
    }

    #[test]
    fn debug_does_not_show_the_text() {
        assert_eq!(format!("{:?}", Untrusted::new("hunter2")), "Untrusted(7 B)");
    }
}
