//! Work on threads: complete events, begins and ends, calls; nested, with the time of each without its children.

use crate::import::trace::clock::Offsets;
use crate::import::trace::event::{Event, ThreadKey};
use crate::import::trace::fast_map::FastMap;
use crate::import::trace::meta::Meta;
use crate::import::trace::names::{Kind, Name};
use crate::import::trace::nesting::{Detail, DetailId, Details, LayoutDraft, Nesting, Raw};
use crate::import::trace::samples::{Profile, Sites, stack_key};
use crate::import::trace::value::Value;
use crate::order::Arrange;
use crate::recording::{Chunks, LayoutKind, MainThread, Site, SiteId, Thread, ThreadRole};
use crate::text::{StrId, StrTable};
use memchr::memmem::Finder;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

/// An end looks for its begin among this many open ones; deeper nesting does not occur.
const MAX_OPEN_LOOK: usize = 64;
/// Begins that are never ended are kept up to this many on a thread.
const MAX_OPEN: usize = 100_000;

/// Collects work.
#[derive(Default)]
pub struct Threads {
    threads: FastMap<ThreadKey, Draft>,
    details: Details,
    /// Places in scripts, also those of profiles.
    pub sites: Sites,
    /// Ends without a begin, or begins whose end never came.
    pub n_unbalanced: u64,
}

#[derive(Default)]
struct Draft {
    slices: Chunks<Raw>,
    open: Vec<Raw>,
}

impl Threads {
    /// Any event that takes time, and instants.
    pub fn event(&mut self, event: &Event<'_>, name: Name, strings: &mut StrTable) {
        match event.phase {
            b'X' => {
                let detail = self.detail(event, name.kind, strings);
                let duration = event.duration.unwrap_or_default().max(0.0);
                let raw = Raw { ts: event.ts, duration, name: name.id, detail };
                self.threads.entry(event.thread).or_default().slices.push(raw);
            }
            b'B' => {
                let detail = self.detail(event, name.kind, strings);
                let draft = self.threads.entry(event.thread).or_default();
                match draft.open.len() < MAX_OPEN {
                    true => draft.open.push(Raw { ts: event.ts, duration: 0.0, name: name.id, detail }),
                    false => self.n_unbalanced += 1,
                }
            }
            b'E' => self.end(event, name),
            b'I' | b'i' => {
                if let Some(stack) = stack_of(event) {
                    let detail = self.details.push(Detail { stack: Some(stack), ..Detail::default() });
                    let raw = Raw { ts: event.ts, duration: -1.0, name: name.id, detail };
                    self.threads.entry(event.thread).or_default().slices.push(raw);
                }
            }
            _ => {}
        }
    }

    /// An end closes the latest begin of its name; begins above that were never ended.
    fn end(&mut self, event: &Event<'_>, name: Name) {
        let Some(draft) = self.threads.get_mut(&event.thread) else {
            self.n_unbalanced += 1;
            return;
        };
        // An end may leave the name out, which then is that of the begin.
        let is_match = |raw: &Raw| event.name.is_empty() || raw.name == name.id;
        let Some(above) = draft.open.iter().rev().take(MAX_OPEN_LOOK).position(is_match) else {
            self.n_unbalanced += 1;
            return;
        };
        self.n_unbalanced += above as u64;
        draft.open.truncate(draft.open.len() - above);
        if let Some(begin) = draft.open.pop() {
            draft.slices.push(Raw { duration: (event.ts - begin.ts).max(0.0), ..begin });
        }
    }

    fn detail(&mut self, event: &Event<'_>, kind: Kind, strings: &mut StrTable) -> DetailId {
        let mut detail = Detail { stack: stack_of(event), ..Detail::default() };
        match kind {
            Kind::FunctionCall | Kind::EvaluateScript | Kind::Dispatch => {
                let data = event.data();
                let top = match kind {
                    Kind::FunctionCall => Value::default(),
                    _ => data.get("stackTrace").items().next().unwrap_or_default(),
                };
                let named = site(top, strings, &mut self.sites).or_else(|| site(data, strings, &mut self.sites));
                detail.site = named.or_else(|| {
                    let url = event.args.get("fileName").text()?;
                    let url = Some(strings.intern(&url));
                    Some(self.sites.intern(Site { function: None, url, line: None, column: None }))
                });
            }
            Kind::ParseHtml => detail.site = site(event.args.get("beginData"), strings, &mut self.sites),
            Kind::ParseStyleSheet => {
                let data = event.data();
                let url = data.get("styleSheetUrl").text().or_else(|| data.get("stylesheetUrl").text());
                detail.site = url.filter(|url| !url.is_empty()).map(|url| {
                    let url = Some(strings.intern(&url));
                    self.sites.intern(Site { function: None, url, line: None, column: None })
                });
            }
            Kind::Layout | Kind::UpdateLayoutTree => {
                let begin = event.args.get("beginData");
                let (mut n_dirty, mut n_total, mut frame) = (None, None, None);
                for (key, value) in begin.members() {
                    match key {
                        b"dirtyObjects" => n_dirty = small(value),
                        b"totalObjects" => n_total = small(value),
                        b"frame" => frame = value.text().map(|frame| strings.intern(&frame)),
                        b"stackTrace" => {
                            let top = value.items().next().unwrap_or_default();
                            detail.site = site(top, strings, &mut self.sites);
                        }
                        _ => {}
                    }
                }
                let is_layout = kind == Kind::Layout;
                detail.layout = Some(LayoutDraft {
                    stack: 0,
                    site: None,
                    kind: if is_layout { LayoutKind::Layout } else { LayoutKind::Style },
                    n_dirty: if is_layout { n_dirty } else { small(event.args.get("elementCount")) },
                    n_total,
                    frame,
                });
            }
            _ => {}
        }
        self.details.push(detail)
    }

    /// Nests everything. `profiles` are used up.
    pub fn finish(
        mut self,
        meta: &mut Meta,
        main_frame: Option<StrId>,
        is_generic: bool,
        mut profiles: HashMap<ThreadKey, Profile>,
        offsets: Offsets,
        strings: &StrTable,
    ) -> (MainThread, u64) {
        let mut keys: Vec<(ThreadKey, ThreadRole, bool)> = Vec::new();
        let own = self.threads.keys().chain(profiles.keys().filter(|key| !self.threads.contains_key(key)));
        for key in own {
            let role = role(*key, meta, strings);
            let shows_main = main_frame.is_some_and(|frame| meta.has_shown(key.process, frame));
            if is_generic || role != ThreadRole::Other {
                keys.push((*key, role, shows_main));
            }
        }
        if keys.is_empty() {
            // Threads without names: those that showed the main frame.
            let shows = |key: &&ThreadKey| main_frame.is_some_and(|frame| meta.has_shown(key.process, frame));
            keys.extend(self.threads.keys().filter(shows).map(|key| (*key, ThreadRole::Other, true)));
        }
        keys.arrange_by_key(|(key, role, shows_main)| (!shows_main, *role, *key));
        let wanted: HashSet<ThreadKey> = keys.iter().map(|(key, ..)| *key).collect();
        self.threads.retain(|key, _| wanted.contains(key));
        let mut nesting = Nesting {
            main_thread: MainThread::default(),
            offsets,
            details: &self.details,
            strings,
            runs_script: HashMap::new(),
            meta,
        };
        let mut n_unbalanced = self.n_unbalanced;
        for (key, role, shows_main_frame) in keys {
            let draft = self.threads.remove(&key).unwrap_or_default();
            n_unbalanced += draft.open.len() as u64;
            let profile = profiles.remove(&key);
            let first = nesting.main_thread.slices.len() as u32;
            nesting.thread(draft.slices, profile.as_ref());
            let last = nesting.main_thread.slices.len() as u32;
            let n_samples = profile.map_or(0, |profile| profile.n_samples());
            if first == last && n_samples == 0 {
                continue;
            }
            nesting.main_thread.threads.push(Thread {
                key: (key.process, key.thread),
                name: nesting.meta.thread_names.get(&key).copied(),
                role,
                shows_main_frame,
                url: nesting.meta.url_of_thread(key, strings),
                slices: first..last,
                n_samples,
            });
        }
        let mut main_thread = nesting.main_thread;
        main_thread.sites = self.sites.all;
        (main_thread, n_unbalanced)
    }
}

fn role(key: ThreadKey, meta: &Meta, strings: &StrTable) -> ThreadRole {
    let name = meta.thread_names.get(&key).map_or("", |name| strings.get(*name).expose());
    match name {
        "CrRendererMain" => ThreadRole::Main,
        _ if meta.workers.contains_key(&key) || name.ends_with("Worker thread") || name.ends_with("Worker Thread") => {
            ThreadRole::Worker
        }
        _ => ThreadRole::Other,
    }
}

/// A count of objects, which is never more than fits here.
fn small(value: Value<'_>) -> Option<u32> {
    value.count().and_then(|count| u32::try_from(count).ok())
}

/// The place that an object names by `url`, `functionName`, `lineNumber`, `columnNumber`. Events count both from 1,
/// profiles from 0.
pub fn site(value: Value<'_>, strings: &mut StrTable, sites: &mut Sites) -> Option<SiteId> {
    let (mut function, mut url, mut line, mut column) = (None, None, None, None);
    let from_0 = |value: Value<'_>| value.number().filter(|number| 0.0 <= *number).map(|number| (number - 1.0) as u32);
    for (key, value) in value.members() {
        match key {
            b"functionName" => {
                function = value.text().filter(|name| !name.is_empty()).map(|name| strings.intern(&name))
            }
            b"url" => url = value.text().filter(|url| !url.is_empty()).map(|url| strings.intern(&url)),
            b"lineNumber" => line = from_0(value),
            b"columnNumber" => column = from_0(value),
            _ => {}
        }
    }
    (function.is_some() || url.is_some()).then(|| sites.intern(Site { function, url, line, column }))
}

/// The stack that an event refers to: `sampleTraceId` in `args`, `args.data` or `args.beginData`.
fn stack_of(event: &Event<'_>) -> Option<u64> {
    const KEY: &[u8] = b"\"sampleTraceId\":";
    static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(KEY));
    let written = event.args.written_as();
    let at = FINDER.find(written)? + KEY.len();
    Value::new(written.get(at..)?).leading_id().map(stack_key)
}
