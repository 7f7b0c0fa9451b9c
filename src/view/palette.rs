//! Colors of the charts, light and dark. `style/tokens.css` holds the same values; a test keeps them equal.
//!
//! Phases are told apart by lightness as well as by hue, so that they stay apart under every color vision; tests
//! reckon that (CIEDE2000 after Machado, Oliveira & Fernandes 2009) and the contrast with the ground (WCAG 1.4.11).

use crate::page_load::main_thread::Activity;
use crate::recording::Phase;

/// A color as `0xRRGGBB`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color(pub u32);

/// Light on dark or dark on light.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Theme {
    Light,
    Dark,
}

/// Colors of one theme.
#[derive(Clone, Copy, Debug)]
#[allow(missing_docs)]
pub struct Palette {
    /// What bars are drawn on.
    pub ground: Color,
    pub dns: Color,
    pub connect: Color,
    pub tls: Color,
    pub wait: Color,
    pub receive: Color,
    /// For phases that are an outline: queued, send, and requests recorded undivided.
    pub neutral: Color,
    /// Parts of "where the time went", in the order of [`OWNERS`].
    pub owners: [Color; 6],
    /// Kinds of work of the main thread, in the order of [`ACTIVITIES`].
    pub activities: [Color; 6],
}

/// Owners in the words of the report, in the order of [`Palette::owners`].
pub const OWNERS: [&str; 6] = ["client", "network", "edge", "origin", "third-party", "unknown"];

/// Kinds of work as the style sheet calls them, in the order of [`Activity::ALL`]; what is left is an outline.
pub const ACTIVITIES: [&str; 6] = ["script", "compile", "layout", "paint", "parse", "memory"];

/// Dark on light.
pub const LIGHT: Palette = Palette {
    ground: Color(0xffffff),
    dns: Color(0x226e70),
    connect: Color(0x8a3e00),
    tls: Color(0xcd6ccf),
    wait: Color(0x11a75e),
    receive: Color(0x0d24a4),
    neutral: Color(0x767676),
    owners: [Color(0xc78427), Color(0x204ebb), Color(0x338a8d), Color(0x0e5807), Color(0xbd75e5), Color(0x767676)],
    activities: [Color(0xc78427), Color(0x71004e), Color(0xbd75e5), Color(0x0e5807), Color(0x204ebb), Color(0x338a8d)],
};

/// Light on dark.
pub const DARK: Palette = Palette {
    ground: Color(0x1c1c20),
    dns: Color(0x17a796),
    connect: Color(0xb46411),
    tls: Color(0xf79afe),
    wait: Color(0xa3ffa8),
    receive: Color(0x3068b7),
    neutral: Color(0x9a9aa2),
    owners: [Color(0xeab126), Color(0x1b66e5), Color(0xa4ede8), Color(0x448635), Color(0xd694ef), Color(0x9a9aa2)],
    activities: [Color(0xeab126), Color(0xa14c79), Color(0xd694ef), Color(0x448635), Color(0x1b66e5), Color(0xa4ede8)],
};

impl Palette {
    /// How a kind of work is filled; `None`: it is an outline in [`Palette::neutral`].
    pub fn activity(&self, activity: Activity) -> Option<Color> {
        self.activities.get(activity as usize).copied()
    }

    /// The palette of a theme.
    pub fn of(theme: Theme) -> &'static Self {
        match theme {
            Theme::Light => &LIGHT,
            Theme::Dark => &DARK,
        }
    }

    /// How a phase is filled; `None`: it is an outline in [`Palette::neutral`].
    pub fn phase(&self, phase: Phase) -> Option<Color> {
        match phase {
            Phase::Queued | Phase::Send => None,
            Phase::Dns => Some(self.dns),
            Phase::Connect => Some(self.connect),
            Phase::Tls => Some(self.tls),
            Phase::Wait => Some(self.wait),
            Phase::Receive => Some(self.receive),
        }
    }
}

/// The class of a kind of work in the style sheet.
pub fn activity_class(activity: Activity) -> &'static str {
    ACTIVITIES.get(activity as usize).copied().unwrap_or("rest")
}

impl Color {
    /// Black or white: what can be read on it.
    pub fn ink(self) -> Self {
        /// Relative luminance (WCAG) above which black has more contrast than white.
        const EVEN: f64 = 0.18;
        let square = |shift: u32| (f64::from((self.0 >> shift) & 0xff) / 255.0).powi(2);
        // Squares are near enough to the exact curve; a test reckons the contrast.
        let luminance = 0.2126 * square(16) + 0.7152 * square(8) + 0.0722 * square(0);
        if EVEN < luminance { Self(0) } else { Self(0xff_ffff) }
    }

    /// As CSS writes it.
    pub fn css(self) -> String {
        format!("#{:06x}", self.0)
    }
}

#[cfg(test)]
mod tests;
