//! Samples become calls that fit into what the thread's events say.
//!
//! The rules are those of Chrome's `SamplesIntegrator`, so that the times of functions are the same as in DevTools.

use crate::import::trace::samples::{NodeKind, Profile};
use crate::recording::{Chunks, SiteId};
use crate::text::StrId;

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

impl Profile {
    /// The calls of a thread whose events are `works`, sorted by begin, longer ones first.
    pub fn calls(&self, works: impl Iterator<Item = Work>) -> Chunks<Call> {
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
    calls: Chunks<Call>,
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
            calls: Chunks::default(),
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

    fn finish(mut self) -> Chunks<Call> {
        let last = self.last;
        self.locked.clear();
        self.truncate(0, last);
        self.calls
    }
}
