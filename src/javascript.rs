//! What the text of a script tells without running it: code for browsers that hardly anybody has any more.
//!
//! The forms are those that Chrome's LegacyJavaScript insight looks for, found by searching for the names of built-in
//! objects and reading on from there.

use memchr::memmem;

/// Objects, and members of them that all browsers have had for years (Baseline "widely available", webstatus.dev), so
/// that a script which defines them brings them for nothing.
const BUILT_IN: [(&str, &str); 9] = [
    (
        "Array.prototype",
        "at concat copyWithin every fill filter find findIndex findLast findLastIndex flat flatMap forEach includes \
         join map reduce reduceRight slice some sort unshift",
    ),
    ("Array", "from isArray of"),
    (
        "Object",
        "assign create entries freeze fromEntries getOwnPropertyDescriptor getOwnPropertyDescriptors getPrototypeOf \
         hasOwn is isExtensible isFrozen isSealed keys preventExtensions seal setPrototypeOf values",
    ),
    (
        "String.prototype",
        "at codePointAt endsWith includes link matchAll padEnd padStart repeat replaceAll startsWith substr trim trimEnd trimStart",
    ),
    ("String", "fromCodePoint raw"),
    ("Promise", "allSettled any"),
    (
        "Reflect",
        "apply construct deleteProperty get getOwnPropertyDescriptor getPrototypeOf has isExtensible ownKeys \
         preventExtensions set setPrototypeOf",
    ),
    ("Math", "acosh asinh atanh cbrt clz32 cosh expm1 fround hypot imul log10 log1p log2 sign sinh tanh trunc"),
    ("Number", "isFinite isInteger isNaN isSafeInteger parseFloat parseInt"),
];

/// Bytes of what all of core-js's polyfills share, and of one more polyfill, minified (Lighthouse measured 26,070 and
/// a few hundred).
const CORE_JS: u64 = 26_000;
/// See [`CORE_JS`].
const POLYFILL: u64 = 400;
/// Bytes that Babel's transforms add: the helper of classes, and for each generator and spread.
const CLASSES: u64 = 1_000;
/// See [`CLASSES`].
const GENERATOR: u64 = 80;
/// See [`CLASSES`].
const SPREAD: u64 = 1_169;

/// How far from `{target:` on core-js's definition of a member may begin, in bytes: it names a few conditions.
const MAX_CONDITIONS: usize = 300;

/// What was found in a script, or in parts of one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LegacyCode {
    /// A bit for each member of [`BUILT_IN`] that the script defines, in their order.
    polyfills: u128,
    /// Whether core-js brings them, with all that its polyfills share.
    has_core_js: bool,
    /// Classes made of functions.
    n_classes: u32,
    /// Generators or async functions made of functions.
    n_generators: u32,
    /// Spread arguments made of `apply`.
    n_spreads: u32,
}

impl LegacyCode {
    /// Looks through a script, or one more part of it.
    pub fn add(&mut self, text: &str) {
        let bytes = text.as_bytes();
        for (group, (object, _)) in BUILT_IN.iter().enumerate() {
            for at in memmem::find_iter(bytes, object.as_bytes()) {
                let (before, rest) = bytes.split_at(at);
                let rest = rest.get(object.len()..).unwrap_or_default();
                if let Some(member) = defined(before, rest) {
                    self.mark(group, member);
                }
            }
        }
        for at in memmem::find_iter(bytes, "{target:") {
            self.core_js(bytes.get(at + "{target:".len()..).unwrap_or_default());
        }
        self.has_core_js |= memmem::find(bytes, b"__core-js_shared__").is_some();
        self.n_classes += memmem::find_iter(bytes, "Cannot call a class as a function").count() as u32;
        for at in memmem::find_iter(bytes, "regeneratorRuntime") {
            let rest = bytes.get(at + "regeneratorRuntime".len()..).unwrap_or_default();
            let rest = rest.strip_prefix(b"()").unwrap_or(rest);
            self.n_generators += u32::from(rest.starts_with(b".wrap") || rest.starts_with(b".awrap"));
        }
        for at in memmem::find_iter(bytes, ".apply(void 0,") {
            let rest = bytes.get(at + ".apply(void 0,".len()..).unwrap_or_default();
            self.n_spreads += u32::from(rest.trim_ascii_start().starts_with(b"_toConsumableArray"));
        }
    }

    /// `"Array",proto:!0},{at:` after `{target:`, without white space.
    fn core_js(&mut self, rest: &[u8]) {
        let Some((object, rest)) = quoted(rest) else { return };
        let rest = rest.get(..MAX_CONDITIONS.min(rest.len())).unwrap_or_default();
        let Some(end) = memmem::find(rest, b"},{") else { return };
        let (conditions, rest) = rest.split_at(end);
        let Some((member, rest)) = name(rest.get(3..).unwrap_or_default()) else { return };
        if conditions.iter().any(u8::is_ascii_whitespace) || !rest.starts_with(b":") {
            return;
        }
        for (group, (known, _)) in BUILT_IN.iter().enumerate() {
            if known.strip_suffix(".prototype").unwrap_or(known).as_bytes() == object {
                self.has_core_js |= self.mark(group, member);
            }
        }
    }

    /// Notes a member of the object with that number, if it is one that all browsers have.
    fn mark(&mut self, group: usize, member: &[u8]) -> bool {
        let before: usize = BUILT_IN.iter().take(group).map(|(_, members)| members.split(' ').count()).sum();
        let members = BUILT_IN.get(group).map_or("", |(_, members)| members);
        let at = members.split(' ').position(|known| known.as_bytes() == member);
        if let Some(at) = at {
            self.polyfills |= 1 << (before + at);
        }
        at.is_some()
    }

    /// What it defines that browsers have: object and member.
    pub fn polyfills(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let all = BUILT_IN.iter().flat_map(|(object, members)| members.split(' ').map(move |member| (*object, member)));
        all.enumerate().filter(move |(at, _)| self.polyfills >> at & 1 == 1).map(|(_, polyfill)| polyfill)
    }

    /// The names of Babel's transforms that it went through.
    pub fn transforms(self) -> impl Iterator<Item = &'static str> {
        let all = [(self.n_classes, "classes"), (self.n_generators, "regenerator"), (self.n_spreads, "spread")];
        all.into_iter().filter(|(n, _)| 0 < *n).map(|(_, name)| name)
    }

    /// About how many bytes of the decoded script are for old browsers.
    pub fn bytes(self) -> u64 {
        let n = u64::from(self.polyfills.count_ones());
        let polyfills = n * POLYFILL + if self.has_core_js && 0 < n { CORE_JS } else { 0 };
        let classes = if 0 < self.n_classes { CLASSES } else { 0 };
        let spreads = if 0 < self.n_spreads { SPREAD } else { 0 };
        polyfills + classes + u64::from(self.n_generators) * GENERATOR + spreads
    }
}

/// The member that is defined, of an object whose name stands between `before` and `rest`: `.at =`, `["at"] =`, or
/// `defineProperty(` before and `, "at"` after.
fn defined<'a>(before: &[u8], rest: &'a [u8]) -> Option<&'a [u8]> {
    // `Int8Array` is no array.
    if before.last().is_some_and(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')) {
        return None;
    }
    if let Some(rest) = rest.strip_prefix(b".") {
        let (member, rest) = name(rest)?;
        return is_assigned(rest).then_some(member);
    }
    if let Some(rest) = rest.strip_prefix(b"[") {
        let (member, rest) = quoted(rest)?;
        return is_assigned(rest.strip_prefix(b"]")?).then_some(member);
    }
    let arguments = rest.strip_prefix(b",").filter(|_| before.ends_with(b"defineProperty("))?;
    quoted(arguments.trim_ascii_start()).map(|(member, _)| member)
}

/// Whether `=` follows, and neither `==` nor `=>`.
fn is_assigned(rest: &[u8]) -> bool {
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    matches!(rest, [b'=', next, ..] if !matches!(next, b'=' | b'>'))
}

/// The name that a text begins with, and what follows.
fn name(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_alphanumeric())?;
    text.split_at_checked(end).filter(|(name, _)| !name.is_empty())
}

/// The name in quotes that a text begins with, and what follows.
fn quoted(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let (quote, rest) = text.split_first().filter(|(quote, _)| matches!(quote, b'"' | b'\''))?;
    let (name, rest) = name(rest)?;
    Some((name, rest.strip_prefix(std::slice::from_ref(quote))?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut found = LegacyCode::default();
        found.add(text);
        let polyfills = found.polyfills().map(|(object, member)| format!("{object}.{member}"));
        let all: Vec<_> = polyfills.chain(found.transforms().map(str::to_owned)).collect();
        assert_eq!(all.join(" "), expected, "{text}");
    }

    #[test]
    fn forms_of_polyfills() {
        check("Array.prototype.flat=function(){};", "Array.prototype.flat");
        check("x.Object.fromEntries = f", "Object.fromEntries");
        check(
            "String.prototype['trimEnd']=f; String.prototype[\"at\"] = f;",
            "String.prototype.at String.prototype.trimEnd",
        );
        check("Object.defineProperty(Array.prototype,\"at\",{})", "Array.prototype.at");
        check("o.defineProperty(Promise, 'allSettled', {})", "Promise.allSettled");
        check("r({target:\"Array\",proto:!0,forced:!n(3)},{fill:o})", "Array.prototype.fill");
        check("r({target:\"Object\",stat:!0},{values:o})", "Object.values");
        check("Number.isNaN=f;Number.isNaN=f", "Number.isNaN");
    }

    #[test]
    fn no_polyfills() {
        for text in [
            "Array.prototype.flat==f",
            "Array.prototype.flat === f",
            "Array.prototype.flat(1)",
            "Int8Array.from=f",
            "Array.prototype.last=f",
            "Array.prototype.flatten=f",
            "f(Array.prototype,\"at\")",
            "Object.assign=>1",
            "r({target:\"Array\", proto:true}, {fill:o})",
            "r({target:\"Window\"},{fill:o})",
            "Array.prototype.flat",
            "Array",
            "",
        ] {
            check(text, "");
        }
    }

    #[test]
    fn transforms() {
        check("throw new TypeError(\"Cannot call a class as a function\")", "classes");
        check("regeneratorRuntime.mark(a);regeneratorRuntime().wrap(b)", "regenerator");
        check("regeneratorRuntime.mark(a)", "");
        check("f.apply(void 0, _toConsumableArray(a))", "spread");
    }

    #[test]
    fn every_member_has_a_bit() {
        let n: usize = BUILT_IN.iter().map(|(_, members)| members.split(' ').count()).sum();
        assert!(n < 128, "{n}");
        let mut found = LegacyCode::default();
        for (object, members) in BUILT_IN {
            for member in members.split(' ') {
                found.add(&format!("{object}.{member}=1"));
            }
        }
        assert_eq!(found.polyfills().count(), n);
    }

    #[test]
    fn bytes() {
        let bytes = |text: &str| {
            let mut found = LegacyCode::default();
            found.add(text);
            found.bytes()
        };
        assert_eq!(bytes("Array.prototype.flat=1"), POLYFILL);
        assert_eq!(bytes("r({target:\"Array\"},{flat:o})"), CORE_JS + POLYFILL);
        assert_eq!(bytes("regeneratorRuntime.wrap(a);regeneratorRuntime.wrap(b)"), 2 * GENERATOR);
        assert_eq!(bytes("__core-js_shared__"), 0);
    }
}
