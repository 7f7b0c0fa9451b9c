//! The sampling profiler: which function ran when. Samples become calls that fit into what the thread's events say.
//!
//! The rules are those of Chrome's `SamplesIntegrator`, so that the times of functions are the same as in DevTools.

use crate::import::trace::event::{Event, ThreadKey};
use crate::import::trace::value::Value;
use crate::recording::{Site, SiteId};
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
    by_site: HashMap<Site, SiteId>,
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
    nodes: Vec<Node>,
    by_number: HashMap<u64, u32>,
    /// Node and time in µs of each sample.
    samples: Vec<(u32, f64)>,
    /// Stacks that events refer to, by the hash of the number they use.
    stacks: HashMap<u64, u32>,
    /// Whether some chunk had samples without times.
    pub is_ragged: bool,
}

/// A node of the profile's tree: a function called from another.
struct Node {
    parent: Option<u32>,
    /// Number of the parent in the trace, before it is looked up.
    parent_number: Option<u64>,
    kind: NodeKind,
    name: StrId,
    site: SiteId,
    /// Script, function and line: what makes two frames the same call.
    identity: u64,
    depth: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum NodeKind {
    Function,
    Root,
    Program,
    Idle,
    GarbageCollector,
    /// A function of the engine itself, which is not shown.
    Native,
}

/// A stretch of time in one function.
#[derive(Clone, Copy)]
pub struct Call {
    /// µs on the trace's clock.
    pub ts: f64,
    /// µs.
    pub duration: f64,
    /// The function's name.
    pub name: StrId,
    /// Where it is.
    pub site: SiteId,
}

/// What the integration has to know of a thread's event.
pub struct Work {
    /// µs on the trace's clock.
    pub ts: f64,
    /// µs.
    pub end: f64,
    /// Whether it is a task of its own.
    pub is_task: bool,
    /// Whether script runs directly in it.
    pub runs_script: bool,
    /// The stack at its beginning, if it refers to one.
    pub stack: Option<u64>,
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
        self.profiles.sort_by_key(|profile| profile.source);
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
        Some((self.samples.first()?.1, self.samples.last()?.1))
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
        let identity = xxhash_rust::xxh64::xxh64(&identity, 0);
        let at = self.nodes.len() as u32;
        self.nodes.push(Node { parent: None, parent_number, kind, name, site, identity, depth: 0 });
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
        self.samples.sort_by(|a, b| a.1.total_cmp(&b.1));
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
                if let Some(node) = self.nodes.get_mut(at as usize) {
                    node.depth = below;
                    below += u32::from(node.kind != NodeKind::Root);
                }
            }
        }
    }

    /// One sample outside of script between two in the same outermost call is most likely missed script.
    fn fill_gaps(&mut self) {
        let kinds: Vec<NodeKind> = self
            .samples
            .iter()
            .map(|(node, _)| self.nodes.get(*node as usize).map_or(NodeKind::Root, |node| node.kind))
            .collect();
        let is_script = |kind: &NodeKind| matches!(kind, NodeKind::Function | NodeKind::Native | NodeKind::Root);
        let mut filled = Vec::new();
        for (at, window) in kinds.windows(3).enumerate() {
            if let [before, NodeKind::Program, after] = window
                && is_script(before)
                && is_script(after)
                && let (Some((before, _)), Some((after, _))) = (self.samples.get(at), self.samples.get(at + 2))
                && self.outermost(*before) == self.outermost(*after)
            {
                filled.push((at + 1, *before));
            }
        }
        for (at, node) in filled {
            if let Some(sample) = self.samples.get_mut(at) {
                sample.0 = node;
            }
        }
    }

    fn outermost(&self, node: u32) -> u32 {
        self.stack(node).first().copied().unwrap_or(node)
    }

    /// A node's frames from the outermost in, without the root; cut at [`MAX_DEPTH`] frames.
    fn stack(&self, node: u32) -> Vec<u32> {
        let mut frames = Vec::new();
        let mut at = Some(node);
        while let Some(node) = at.and_then(|at| self.nodes.get(at as usize)) {
            if node.kind != NodeKind::Root
                && (node.depth as usize) < MAX_DEPTH
                && let Some(at) = at
            {
                frames.push(at);
            }
            at = node.parent;
        }
        frames.reverse();
        frames
    }

    /// The calls of a thread whose events are `works`, sorted by begin, longer ones first.
    pub fn calls(&self, works: impl Iterator<Item = Work>) -> Vec<Call> {
        let mut integration = Integration::new(self);
        let mut open: Vec<Work> = Vec::new();
        let mut works = works.peekable();
        let mut samples = self.samples.iter().peekable();
        let mut gc_base = None;
        loop {
            // Samples come before events of the same time.
            let next_sample = samples.peek().map(|(_, ts)| *ts);
            let is_sample = match (next_sample, works.peek()) {
                (None, None) => break,
                (Some(ts), Some(work)) => ts < work.ts || ts == work.ts && work.end <= ts,
                (sample, _) => sample.is_some(),
            };
            let ts = if is_sample { next_sample } else { works.peek().map(|work| work.ts) }.unwrap_or_default();
            while let Some(parent) = open.pop_if(|parent| parent.end <= ts) {
                integration.event_ends(parent.end);
            }
            if is_sample {
                let Some((node, ts)) = samples.next() else { break };
                let is_gc = self.nodes.get(*node as usize).is_some_and(|node| node.kind == NodeKind::GarbageCollector);
                if !is_gc {
                    gc_base = Some(*node);
                }
                let node = if is_gc { gc_base } else { Some(*node) };
                integration.sample(node, *ts, open.last().is_some_and(|parent| parent.runs_script));
            } else if let Some(work) = works.next() {
                integration.event_starts(&work);
                open.push(work);
            }
        }
        while let Some(parent) = open.pop() {
            integration.event_ends(parent.end);
        }
        integration.finish()
    }
}

/// How a stack that an event refers to is looked up.
pub fn stack_key(written: &[u8]) -> u64 {
    xxhash_rust::xxh64::xxh64(written, 0)
}

/// The state of `SamplesIntegrator`.
struct Integration<'a> {
    profile: &'a Profile,
    /// The calls under way: position in `calls` and the identity of the frame.
    current: Vec<(usize, u64)>,
    /// The node whose stack `current` is exactly.
    current_node: Option<u32>,
    /// Up to where calls belong to events around the current one.
    locked: Vec<usize>,
    /// Whether script is seen although no event says that it runs.
    is_fake: bool,
    calls: Vec<Call>,
    /// Ends so far, by position in `calls`: when each was seen last.
    last: f64,
}

impl<'a> Integration<'a> {
    fn new(profile: &'a Profile) -> Self {
        Self {
            profile,
            current: Vec::new(),
            current_node: None,
            locked: Vec::new(),
            is_fake: false,
            calls: Vec::new(),
            last: f64::NEG_INFINITY,
        }
    }

    fn event_starts(&mut self, work: &Work) {
        if work.is_task {
            self.locked.clear();
            self.truncate(0, work.ts);
            self.is_fake = false;
        }
        if self.is_fake {
            let depth = self.locked.pop().unwrap_or_default();
            self.truncate(depth, work.ts);
            self.is_fake = false;
        }
        if let Some(node) = work.stack.and_then(|stack| self.profile.stacks.get(&stack)) {
            self.extract(*node, work.ts, work.end);
        }
        self.locked.push(self.current.len());
    }

    fn event_ends(&mut self, end: f64) {
        let depth = self.locked.pop().unwrap_or_default();
        self.truncate(depth, end);
        self.current_node = None;
    }

    fn sample(&mut self, node: Option<u32>, ts: f64, is_in_script: bool) {
        if is_in_script || self.is_fake {
            self.extract_sample(node, ts);
        } else if self.current.is_empty() {
            self.is_fake = true;
            self.extract_sample(node, ts);
            self.locked.push(0);
        }
    }

    fn extract_sample(&mut self, node: Option<u32>, ts: f64) {
        if let Some(node) = node {
            self.extract(node, ts, ts);
        }
    }

    fn extract(&mut self, node: u32, ts: f64, end: f64) {
        self.last = self.last.max(end);
        if self.current_node == Some(node) {
            return;
        }
        let frames: Vec<u32> =
            self.profile.stack(node).into_iter().filter(|at| self.kind(*at) != NodeKind::Native).collect();
        let mut depth = self.locked.last().copied().unwrap_or_default();
        while let (Some(frame), Some((_, identity))) = (frames.get(depth), self.current.get(depth)) {
            if self.profile.nodes.get(*frame as usize).map(|node| node.identity) != Some(*identity) {
                break;
            }
            depth += 1;
        }
        self.truncate(depth, ts);
        for frame in frames.iter().skip(depth) {
            let Some(node) = self.profile.nodes.get(*frame as usize) else { continue };
            if node.kind != NodeKind::Function {
                continue;
            }
            self.current.push((self.calls.len(), node.identity));
            self.calls.push(Call { ts, duration: 0.0, name: node.name, site: node.site });
        }
        self.current_node = Some(node);
    }

    fn kind(&self, at: u32) -> NodeKind {
        self.profile.nodes.get(at as usize).map_or(NodeKind::Root, |node| node.kind)
    }

    fn truncate(&mut self, depth: usize, time: f64) {
        self.last = self.last.max(time);
        let depth = depth.max(self.locked.last().copied().unwrap_or_default()).min(self.current.len());
        if depth < self.current.len() {
            self.current_node = None;
        }
        for (at, _) in self.current.drain(depth..) {
            if let Some(call) = self.calls.get_mut(at) {
                call.duration = (time - call.ts).max(0.0);
            }
        }
    }

    fn finish(mut self) -> Vec<Call> {
        let last = self.last;
        self.locked.clear();
        self.truncate(0, last);
        self.calls
    }
}
