//! Keys of the waterfall and of the flame chart, and what they do. The handler and the help are made from the same tables.
//!
//! They work only while the focus is in the chart (WCAG 2.1.4), and follow what people know from browsers' tools.

use crate::view::location::Section;
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
    /// The next or previous piece of work on the same level.
    Sibling(Step),
    /// The next or previous request on the same connection.
    Connection(Step),
    /// What is on the way to the main milestone stands out, or not any more.
    Critical,
    /// The requests as a table, or as a waterfall again.
    Table,
    /// A section of the result.
    Section(Section),
    /// The field of the filter.
    Filter,
    /// The next or previous page load of the recording.
    Load(Step),
    /// The list of keys.
    Help,
    /// Another file.
    OpenFile,
    /// The report as a file.
    SaveReport,
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

/// Keys of the page, in the order of the help.
pub static PAGE: &[Binding] = &[
    Binding {
        keys: &["1", "2", "3", "4", "5", "6", "7", "8"],
        shown: "1 … 8",
        does: "go to a section: verdict, time, findings, requests, caching, main thread, recording, share",
        commands: &[
            Command::Section(Section::Verdict),
            Command::Section(Section::Time),
            Command::Section(Section::Findings),
            Command::Section(Section::Waterfall),
            Command::Section(Section::Caching),
            Command::Section(Section::MainThread),
            Command::Section(Section::Recording),
            Command::Section(Section::Share),
        ],
    },
    Binding { keys: &["/"], shown: "/", does: "filter the requests", commands: &[Command::Filter] },
    Binding {
        keys: &["n", "p"],
        shown: "N P",
        does: "next, previous page load of the recording",
        commands: &[Command::Load(Step::Next), Command::Load(Step::Previous)],
    },
    Binding { keys: &["?"], shown: "?", does: "this list", commands: &[Command::Help] },
    Binding {
        keys: &["Ctrl+o", "Ctrl+s"],
        shown: "Ctrl+O Ctrl+S",
        does: "open a file, save the report",
        commands: &[Command::OpenFile, Command::SaveReport],
    },
];

/// Keys of the waterfall, in the order of the help.
pub static WATERFALL: &[Binding] = &[
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
    Binding { does: "open, close the details of a request", ..OPEN },
    ZOOM,
    Binding {
        keys: &["a", "d", "ArrowLeft", "ArrowRight"],
        shown: "A D or ← →",
        does: "move to an earlier, later time",
        commands: &[Command::Left, Command::Right, Command::Left, Command::Right],
    },
    FIT,
    WHOLE,
    Binding {
        keys: &["[", "]"],
        shown: "[ ]",
        does: "previous, next finding",
        commands: &[Command::Finding(Step::Previous), Command::Finding(Step::Next)],
    },
    Binding {
        keys: &[",", "."],
        shown: ", .",
        does: "previous, next request on the same connection",
        commands: &[Command::Connection(Step::Previous), Command::Connection(Step::Next)],
    },
    Binding { keys: &["c"], shown: "C", does: "show what the page waited for, or all", commands: &[Command::Critical] },
    TABLE,
];

/// What works in the table of requests.
pub static REQUEST_TABLE: &[Binding] = &[TABLE];

const TABLE: Binding =
    Binding { keys: &["t"], shown: "T", does: "as a table, as a waterfall", commands: &[Command::Table] };

/// Keys of the flame chart, in the order of the help.
pub static FLAME: &[Binding] = &[
    Binding {
        keys: &["ArrowLeft", "ArrowRight"],
        shown: "← →",
        does: "previous, next piece of work on the same level",
        commands: &[Command::Sibling(Step::Previous), Command::Sibling(Step::Next)],
    },
    Binding {
        keys: &["ArrowUp", "ArrowDown"],
        shown: "↑ ↓",
        does: "to what it is part of, to its first part",
        commands: &[Command::Move(Move::Up), Command::Move(Move::Down)],
    },
    Binding { does: "go to what is told of it, let go of it", ..OPEN },
    ZOOM,
    Binding {
        keys: &["a", "d"],
        shown: "A D",
        does: "move to an earlier, later time",
        commands: &[Command::Left, Command::Right],
    },
    FIT,
    WHOLE,
];

const OPEN: Binding = Binding {
    keys: &["Enter", " ", "Escape"],
    shown: "Enter, Esc",
    does: "",
    commands: &[Command::Open, Command::Open, Command::Close],
};

const ZOOM: Binding = Binding {
    keys: &["w", "s", "+", "-", "="],
    shown: "W S or + −",
    does: "zoom in, zoom out",
    commands: &[Command::ZoomIn, Command::ZoomOut, Command::ZoomIn, Command::ZoomOut, Command::ZoomIn],
};

const FIT: Binding =
    Binding { keys: &["f"], shown: "F", does: "fit what is selected into view", commands: &[Command::Fit] };

const WHOLE: Binding = Binding { keys: &["0"], shown: "0", does: "the whole recording", commands: &[Command::Whole] };

/// What a key asks for. `key` is `KeyboardEvent.key`; keys with Ctrl, Alt or Meta belong to the browser.
pub fn command(bindings: &[Binding], key: &str) -> Option<Command> {
    let lower = key.to_ascii_lowercase();
    let wanted = if key.len() == 1 { lower.as_str() } else { key };
    bindings.iter().find_map(|binding| {
        let at = binding.keys.iter().position(|known| *known == wanted)?;
        binding.commands.get(at).copied()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_have_one_meaning() {
        assert_eq!(command(WATERFALL, "W"), Some(Command::ZoomIn));
        assert_eq!(command(WATERFALL, "ArrowDown"), Some(Command::Move(Move::Down)));
        assert_eq!(command(FLAME, "ArrowLeft"), Some(Command::Sibling(Step::Previous)));
        assert_eq!(command(WATERFALL, "Tab"), None);
        assert_eq!(command(PAGE, "Ctrl+o"), Some(Command::OpenFile));
        assert_eq!(command(PAGE, "o"), None);
        // Where both hear a key, it means the same or only one of them knows it.
        let keys = |bindings: &'static [Binding]| bindings.iter().flat_map(|binding| binding.keys);
        assert!(keys(PAGE).all(|key| keys(WATERFALL).chain(keys(FLAME)).all(|own| own != key)));
        for bindings in [PAGE, WATERFALL, FLAME] {
            let mut all: Vec<_> = bindings.iter().flat_map(|binding| binding.keys).collect();
            let n = all.len();
            all.sort();
            all.dedup();
            assert_eq!(all.len(), n);
            assert!(bindings.iter().all(|binding| binding.keys.len() == binding.commands.len()));
            assert!(bindings.iter().all(|binding| !binding.does.is_empty()));
        }
    }
}
