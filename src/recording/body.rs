//! Response bodies: all measured, few kept. Only the text of HTML, CSS and JavaScript stays, up to a limit.

/// Handle of a kept body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BodyId(pub u32);

/// What was learnt of a body while it passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// Hash of the body as recorded, for "the same bytes twice" inside one recording; `None`: no body recorded.
    pub hash: Option<u64>,
    /// Length of the recorded text after undoing JSON escapes and base64; `None`: no body recorded.
    pub recorded_bytes: Option<u64>,
    /// Its text, if it is of a kind that rules read. May be cut: see [`BodyTable::is_cut`].
    pub kept: Option<BodyId>,
}

/// The kept texts.
#[derive(Default)]
pub struct BodyTable {
    texts: Vec<(String, bool)>,
}

impl BodyTable {
    /// Keeps a text; `cut` says that the body goes on after it.
    pub fn keep(&mut self, text: String, cut: bool) -> BodyId {
        self.texts.push((text, cut));
        BodyId(self.texts.len() as u32 - 1)
    }

    /// The text. It is from the recording: reckon with it, never print it.
    pub fn text(&self, id: BodyId) -> crate::text::Untrusted<'_> {
        crate::text::Untrusted::new(self.texts.get(id.0 as usize).map_or("", |(text, _)| text))
    }

    /// Whether the kept text is only the beginning of the body.
    pub fn is_cut(&self, id: BodyId) -> bool {
        self.texts.get(id.0 as usize).is_some_and(|(_, cut)| *cut)
    }
}
