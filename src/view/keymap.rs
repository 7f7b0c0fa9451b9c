//! Keys of the waterfall and what they do. The handler and the help are made from the same table.
//!
//! They work only while the focus is in the waterfall (WCAG 2.1.4), and follow what people know from browsers' tools.

use crate::view::waterfall::Move;

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Another row.
    Move(Move),
    /// Details of the row.
    Open,
    /// Close details, or let go of the row.
    Close,
    /// A shorter stretch of time.
    ZoomIn,
    /// A longer stretch of time.
    ZoomOut,
    /// Earlier.
    Left,
    /// Later.
    Right,
    /// The whole recording.
    Whole,
    /// The request's own stretch of time.
    Fit,
    /// The next or previous finding.
    Finding(Step),
}

/// Which one of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Step {
    Next,
    Previous,
}

/// One line of the help.
pub struct Binding {
    /// Names of keys as browsers report them in `KeyboardEvent.key`, letters in lower case.
    pub keys: &'static [&'static str],
    /// How they are written in the help.
    pub shown: &'static str,
    /// What they do, for the help.
    pub does: &'static str,
    /// What each of them asks for, in the order of `keys`.
    pub commands: &'static [Command],
}

/// All keys, in the order of the help.
pub static BINDINGS: &[Binding] = &[
    Binding {
        keys: &["ArrowUp", "ArrowDown"],
        shown: "↑ ↓",
        does: "previous, next request",
        commands: &[Command::Move(Move::Up), Command::Move(Move::Down)],
    },
    Binding {
        keys: &["PageUp", "PageDown", "Home", "End"],
        shown: "PgUp PgDn Home End",
        does: "a screenful up or down, first, last request",
        commands: &[
            Command::Move(Move::PageUp),
            Command::Move(Move::PageDown),
            Command::Move(Move::First),
            Command::Move(Move::Last),
        ],
    },
    Binding {
        keys: &["Enter", " ", "Escape"],
        shown: "Enter, Esc",
        does: "open, close the details of a request",
        commands: &[Command::Open, Command::Open, Command::Close],
    },
    Binding {
        keys: &["w", "s", "+", "-", "="],
        shown: "W S or + −",
        does: "zoom in, zoom out",
        commands: &[Command::ZoomIn, Command::ZoomOut, Command::ZoomIn, Command::ZoomOut, Command::ZoomIn],
    },
    Binding {
        keys: &["a", "d", "ArrowLeft", "ArrowRight"],
        shown: "A D or ← →",
        does: "move to an earlier, later time",
        commands: &[Command::Left, Command::Right, Command::Left, Command::Right],
    },
    Binding { keys: &["f"], shown: "F", does: "fit the request into view", commands: &[Command::Fit] },
    Binding { keys: &["0"], shown: "0", does: "the whole recording", commands: &[Command::Whole] },
    Binding {
        keys: &["[", "]"],
        shown: "[ ]",
        does: "previous, next finding",
        commands: &[Command::Finding(Step::Previous), Command::Finding(Step::Next)],
    },
];

/// What a key asks for. `key` is `KeyboardEvent.key`; keys with Ctrl, Alt or Meta belong to the browser.
pub fn command(key: &str) -> Option<Command> {
    let lower = key.to_ascii_lowercase();
    let wanted = if key.len() == 1 { lower.as_str() } else { key };
    BINDINGS.iter().find_map(|binding| {
        let at = binding.keys.iter().position(|known| *known == wanted)?;
        binding.commands.get(at).copied()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_one_meaning() {
        assert_eq!(command("W"), Some(Command::ZoomIn));
        assert_eq!(command("ArrowDown"), Some(Command::Move(Move::Down)));
        assert_eq!(command("Tab"), None);
        let mut all: Vec<_> = BINDINGS.iter().flat_map(|binding| binding.keys).collect();
        let n = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), n);
        assert!(BINDINGS.iter().all(|binding| binding.keys.len() == binding.commands.len()));
    }
}
