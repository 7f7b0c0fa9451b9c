//! The sampling profiler's trees of functions and its samples; `calls` makes calls of them.

use crate::import::trace::event::{Event, ThreadKey};
use crate::import::trace::fast_map::FastMap;
use crate::import::trace::value::Value;
use crate::order::Arrange;
use crate::recording::{Chunks, Site, SiteId};
use crate::text::{StrId, StrTable};
use std::collections::HashMap;

/// Stacks deeper than this are cut; without a limit, deep recursion under the profiler would take quadratic time.
const MAX_DEPTH: usize = 2000;
/// Levels of an old profile's nested tree that are read.
const MAX_HEAD_DEPTH: usize = 200;

/// Places in scripts, each once.
#[derive(Default)]
pub struct Sites {
    /// In the order of first appearance.
    pub all: Vec<Site>,
    by_site: FastMap<Site, SiteId>,
}

impl Sites {
    /// The handle of a place.
    pub fn intern(&mut self, site: Site) -> SiteId {
        *self.by_site.entry(site).or_insert_with(|| {
            self.all.push(site);
            SiteId(self.all.len() as u32 - 1)
        })
    }
}

/// Collects profiles.
#[derive(Default)]
pub struct Samples {
    profiles: Vec<Profile>,
    by_id: HashMap<(i64, Box<[u8]>), usize>,
}

/// The profile of one thread.
#[derive(Default)]
pub struct Profile {
    /// Whose.
    pub thread: ThreadKey,
    source: u8,
    /// µs on the trace's clock of the last sample so far.
    now: f64,
    /// The tree.
    pub nodes: Vec<Node>,
    by_number: FastMap<u64, u32>,
    /// Node and time in µs of each sample.
    pub samples: Chunks<(u32, f64)>,
    /// Stacks that events refer to, by the hash of the number they use.
    pub stacks: FastMap<u64, u32>,
    /// Whether some chunk had samples without times.
    pub is_ragged: bool,
}

/// A node of the profile's tree: a function called from another.
pub struct Node {
    parent: Option<u32>,
    /// Number of the parent in the trace, before it is looked up.
    parent_number: Option<u64>,
    /// What kind.
    pub kind: NodeKind,
    /// The function's name.
    pub name: StrId,
    /// Where it is.
    pub site: SiteId,
    /// Script, function and line: what makes two frames the same call.
    pub identity: u64,
    depth: u32,
    /// The frame around all others of its stack.
    outermost: u32,
    /// Itself, or the last frame of its stack that is not cut off.
    innermost: u32,
}

/// What a node stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // the names are the profiler's own
pub enum NodeKind {
    Function,
    Root,
    Program,
    Idle,
    GarbageCollector,
    /// A function of the engine itself, which is not shown.
    Native,
}

impl Samples {
    /// `Profile`
    pub fn profile(&mut self, event: &Event<'_>) {
        let source = match event.data().get("source").written() {
            Some(b"Internal") => 0,
            Some(b"Inspector") => 1,
            _ => 2,
        };
        let profile = self.find(event);
        profile.thread = event.thread;
        profile.source = source;
        profile.now = event.ts;
    }

    /// `ProfileChunk`
    pub fn chunk(&mut self, event: &Event<'_>, strings: &mut StrTable, sites: &mut Sites) {
        let profile = self.find(event);
        profile.read(event.data(), strings, sites);
    }

    /// `CpuProfile`: all of it in one event, or a file of its own.
    pub fn whole(&mut self, thread: ThreadKey, ts: f64, profile: Value<'_>, strings: &mut StrTable, sites: &mut Sites) {
        let start = profile.get("startTime").number().filter(|start| *start != 0.0).unwrap_or(ts);
        let mut whole = Profile { thread, now: start, ..Profile::default() };
        whole.read_tree(profile, strings, sites);
        let deltas = profile.get("timeDeltas");
        match deltas.is_there() {
            true => whole.read_samples(profile.get("samples"), deltas),
            // The old form tells times in seconds or µs.
            false => {
                let times: Vec<f64> = profile.get("timestamps").items().filter_map(Value::number).collect();
                whole.read_timestamps(profile.get("samples"), &times);
            }
        }
        self.profiles.push(whole);
    }

    fn find(&mut self, event: &Event<'_>) -> &mut Profile {
        let at = *self.by_id.entry((event.thread.process, event.id.into())).or_insert_with(|| {
            self.profiles.push(Profile { thread: event.thread, source: 2, now: event.ts, ..Profile::default() });
            self.profiles.len() - 1
        });
        // It was pushed just now or before.
        #[allow(clippy::indexing_slicing)]
        &mut self.profiles[at]
    }

    /// The best profile of each thread.
    pub fn finish(mut self) -> HashMap<ThreadKey, Profile> {
        self.profiles.arrange_by_key(|profile| profile.source);
        let mut best = HashMap::new();
        for mut profile in self.profiles {
            if !profile.nodes.is_empty() && !best.contains_key(&profile.thread) {
                profile.tidy();
                best.insert(profile.thread, profile);
            }
        }
        best
    }
}

impl Profile {
    /// How many samples it has.
    pub fn n_samples(&self) -> usize {
        self.samples.len()
    }

    /// From its first to its last sample, in µs.
    pub fn span(&self) -> Option<(f64, f64)> {
        Some((self.samples.get(0)?.1, self.samples.get(self.samples.len() - 1)?.1))
    }

    fn read(&mut self, data: Value<'_>, strings: &mut StrTable, sites: &mut Sites) {
        let (mut profile, mut deltas) = (Value::default(), Value::default());
        for (key, value) in data.members() {
            match key {
                b"cpuProfile" => profile = value,
                b"timeDeltas" => deltas = value,
                _ => {}
            }
        }
        let mut samples = Value::default();
        for (key, value) in profile.members() {
            match key {
                b"nodes" => value.items().for_each(|node| self.node(node, None, strings, sites)),
                b"samples" => samples = value,
                b"timeDeltas" if !deltas.is_there() => deltas = value,
                b"trace_ids" => {
                    for (id, node) in value.members() {
                        if let Some(node) = node.count().and_then(|number| self.by_number.get(&number)) {
                            self.stacks.insert(stack_key(id), *node);
                        }
                    }
                }
                _ => {}
            }
        }
        self.read_samples(samples, deltas);
    }

    fn read_samples(&mut self, samples: Value<'_>, deltas: Value<'_>) {
        let (mut samples, mut deltas) = (samples.items(), deltas.items());
        loop {
            let (sample, delta) = (samples.next(), deltas.next());
            let (Some(sample), Some(delta)) = (sample, delta) else {
                self.is_ragged |= sample.is_some() || delta.is_some();
                return;
            };
            self.now += delta.number().unwrap_or_default();
            if let Some(node) = sample.count().and_then(|number| self.by_number.get(&number)) {
                self.samples.push((*node, self.now));
            }
        }
    }

    fn read_timestamps(&mut self, samples: Value<'_>, times: &[f64]) {
        for (sample, time) in samples.items().zip(times) {
            if let Some(node) = sample.count().and_then(|number| self.by_number.get(&number)) {
                self.samples.push((*node, *time));
            }
        }
    }

    /// The nodes of a profile that stands alone: a list with `children`, or the old nested `head`.
    fn read_tree(&mut self, profile: Value<'_>, strings: &mut StrTable, sites: &mut Sites) {
        for node in profile.get("nodes").items() {
            self.node(node, None, strings, sites);
        }
        for node in profile.get("nodes").items() {
            let number = node.get("id").count();
            for child in node.get("children").items().filter_map(Value::count) {
                if let Some(child) = self.by_number.get(&child).and_then(|at| self.nodes.get_mut(*at as usize)) {
                    child.parent_number = child.parent_number.or(number);
                }
            }
        }
        let head = profile.get("head");
        if !head.is_there() {
            return;
        }
        self.node(head, None, strings, sites);
        let mut open = vec![(head.get("id").count(), head.get("children").items())];
        while let Some((number, children)) = open.last_mut() {
            let number = *number;
            let Some(child) = children.next() else {
                open.pop();
                continue;
            };
            self.node(child, number, strings, sites);
            if open.len() < MAX_HEAD_DEPTH {
                open.push((child.get("id").count(), child.get("children").items()));
            }
        }
    }

    fn node(&mut self, node: Value<'_>, parent: Option<u64>, strings: &mut StrTable, sites: &mut Sites) {
        let (mut number, mut parent_number, mut frame) = (None, parent, Value::default());
        for (key, value) in node.members() {
            match key {
                b"id" => number = value.count(),
                b"parent" => parent_number = value.count(),
                b"callFrame" => frame = value,
                _ => {}
            }
        }
        let Some(number) = number else { return };
        let frame = if frame.is_there() { frame } else { node };
        let (mut function, mut url, mut line, mut column, mut script) = (None, None, None, None, Value::default());
        for (key, value) in frame.members() {
            match key {
                b"functionName" => function = value.text(),
                b"url" => url = value.text().filter(|url| !url.is_empty()),
                b"lineNumber" => line = value.number().filter(|line| 0.0 <= *line).map(|line| line as u32),
                b"columnNumber" => column = value.number().filter(|column| 0.0 <= *column).map(|column| column as u32),
                b"scriptId" => script = value,
                _ => {}
            }
        }
        let function = function.unwrap_or_default();
        let kind = match (&*function, url.as_deref()) {
            ("(root)", _) => NodeKind::Root,
            ("(program)", _) => NodeKind::Program,
            ("(idle)", _) => NodeKind::Idle,
            ("(garbage collector)", _) => NodeKind::GarbageCollector,
            (_, Some("native V8Runtime")) => NodeKind::Native,
            _ => NodeKind::Function,
        };
        let name = strings.intern(&function);
        let url = url.map(|url| strings.intern(&url));
        let site = sites.intern(Site { function: Some(name).filter(|_| !function.is_empty()), url, line, column });
        let mut identity = Vec::with_capacity(32);
        identity.extend_from_slice(script.id().unwrap_or_default());
        identity.push(b':');
        identity.extend_from_slice(&name.0.to_le_bytes());
        identity.extend_from_slice(&line.map_or(u32::MAX, |line| line).to_le_bytes());
        let identity = xxhash_rust::xxh3::xxh3_64(&identity);
        let at = self.nodes.len() as u32;
        self.nodes.push(Node {
            parent: None,
            parent_number,
            kind,
            name,
            site,
            identity,
            depth: 0,
            outermost: at,
            innermost: at,
        });
        self.by_number.insert(number, at);
    }

    /// Looks up parents, breaks cycles, sorts samples, fills gaps.
    fn tidy(&mut self) {
        for at in 0..self.nodes.len() {
            let parent = self.nodes.get(at).and_then(|node| node.parent_number);
            let parent = parent.and_then(|number| self.by_number.get(&number)).copied();
            if let Some(node) = self.nodes.get_mut(at) {
                node.parent = parent.filter(|parent| *parent as usize != at);
            }
        }
        self.measure_depths();
        self.samples.arrange(|a, b| a.1.total_cmp(&b.1));
        self.fill_gaps();
    }

    /// Depth of each node, the root's children at 0. A node that is its own ancestor becomes a root.
    fn measure_depths(&mut self) {
        const UNKNOWN: u32 = u32::MAX;
        const ON_THE_WAY: u32 = u32::MAX - 1;
        self.nodes.iter_mut().for_each(|node| node.depth = UNKNOWN);
        let mut path = Vec::new();
        for start in 0..self.nodes.len() as u32 {
            let mut at = start;
            let mut below = loop {
                let Some(node) = self.nodes.get_mut(at as usize) else { break 0 };
                match node.depth {
                    UNKNOWN => {
                        node.depth = ON_THE_WAY;
                        path.push(at);
                        match node.parent {
                            Some(parent) => at = parent,
                            None => break 0,
                        }
                    }
                    ON_THE_WAY => {
                        node.parent = None;
                        break 0;
                    }
                    known if node.kind == NodeKind::Root => break known,
                    known => break known + 1,
                }
            };
            while let Some(at) = path.pop() {
                let parent = self.nodes.get(at as usize).and_then(|node| self.nodes.get(node.parent? as usize));
                let (outermost, innermost) = match parent.filter(|parent| parent.kind != NodeKind::Root) {
                    Some(parent) => (parent.outermost, parent.innermost),
                    None => (at, at),
                };
                if let Some(node) = self.nodes.get_mut(at as usize) {
                    node.depth = below;
                    node.outermost = outermost;
                    node.innermost = if MAX_DEPTH <= below as usize { innermost } else { at };
                    below += u32::from(node.kind != NodeKind::Root);
                }
            }
        }
    }

    /// One sample outside of script between two in the same outermost call is most likely missed script.
    fn fill_gaps(&mut self) {
        let kind = |node: u32| self.nodes.get(node as usize).map_or(NodeKind::Root, |node| node.kind);
        let is_script = |node: u32| matches!(kind(node), NodeKind::Function | NodeKind::Native | NodeKind::Root);
        let node = |at: usize| self.samples.get(at).map(|(node, _)| *node);
        let mut filled = Vec::new();
        for at in 1..self.samples.len() {
            if let (Some(before), Some(here), Some(after)) = (node(at - 1), node(at), node(at + 1))
                && kind(here) == NodeKind::Program
                && is_script(before)
                && is_script(after)
                && self.outermost(before) == self.outermost(after)
            {
                filled.push((at, before));
            }
        }
        for (at, node) in filled {
            if let Some(sample) = self.samples.get_mut(at) {
                sample.0 = node;
            }
        }
    }

    fn outermost(&self, node: u32) -> u32 {
        self.nodes.get(node as usize).map_or(node, |node| node.outermost)
    }

    /// A node's frames from the outermost in, without the root; cut at [`MAX_DEPTH`] frames.
    pub fn stack(&self, node: u32) -> Vec<u32> {
        let mut frames = Vec::new();
        let mut at = self.nodes.get(node as usize).map(|node| node.innermost);
        while let Some((node, own)) = at.and_then(|at| Some((self.nodes.get(at as usize)?, at))) {
            if node.kind != NodeKind::Root {
                frames.push(own);
            }
            at = node.parent;
        }
        frames.reverse();
        frames
    }
}

/// How a stack that an event refers to is looked up.
pub fn stack_key(written: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(written)
}
