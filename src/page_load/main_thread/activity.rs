//! Kinds of work on a main thread, by the names of Chrome's events.

use crate::page_load::work::TASKS;
use crate::recording::Recording;
use crate::text::StrId;
use std::collections::HashMap;

/// A kind of work. The groups are those of Lighthouse's main-thread breakdown (`task-groups.js`), which are also the
/// colors of DevTools' Performance panel, but with compiling and collecting garbage apart from running script.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Activity {
    /// Running JavaScript and WebAssembly.
    Script,
    /// Parsing and compiling script.
    Compile,
    /// Finding which styles apply, and reckoning where everything goes.
    StyleAndLayout,
    /// Preparing and drawing pictures, layers and frames.
    Paint,
    /// Reading HTML and CSS.
    Parse,
    /// Freeing memory.
    GarbageCollection,
    /// The browser's own bookkeeping, and what nobody names.
    Other,
}

impl Activity {
    /// How many there are.
    pub const N: usize = Self::ALL.len();

    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 7] = [
        Self::Script,
        Self::Compile,
        Self::StyleAndLayout,
        Self::Paint,
        Self::Parse,
        Self::GarbageCollection,
        Self::Other,
    ];

    /// What an event of this name is. `None`: not known, so it is part of what is around it. Only names that DevTools
    /// shows are known, so that times by script are the same there; `V8.Execute` and its like are details of these.
    pub fn of_event(name: &str) -> Option<Self> {
        Some(match name {
            "EvaluateScript"
            | "v8.evaluateModule"
            | "FunctionCall"
            | "TimerFire"
            | "EventDispatch"
            | "RunMicrotasks"
            | "FireIdleCallback"
            | "FireAnimationFrame"
            | "RunPostTaskCallback"
            | "XHRReadyStateChange"
            | "XHRLoad"
            | "HandlePostMessage"
            | "V8Console::runTask"
            | "WebSocketReceive"
            | "CpuProfiler::StartProfiling" => Self::Script,
            "v8.compile"
            | "v8.compileModule"
            | "v8.produceCache"
            | "v8.produceModuleCache"
            | "v8.parseOnBackground"
            | "v8.parseOnBackgroundWaiting"
            | "v8.deserializeOnBackground"
            | "v8.wasm.compiledModule" => Self::Compile,
            "UpdateLayoutTree" | "RecalculateStyles" | "Layout" | "ScheduleStyleRecalculation" | "InvalidateLayout" => {
                Self::StyleAndLayout
            }
            "Paint"
            | "PrePaint"
            | "PaintSetup"
            | "PaintImage"
            | "Commit"
            | "Layerize"
            | "HitTest"
            | "Animation"
            | "ScrollLayer"
            | "UpdateLayer"
            | "UpdateLayerTree"
            | "CompositeLayers"
            | "RasterTask"
            | "Rasterize"
            | "Decode Image"
            | "Decode LazyPixelRef"
            | "ActivateLayerTree"
            | "RequestMainThreadFrame"
            | "BeginMainThreadFrame"
            | "DrawFrame" => Self::Paint,
            "ParseHTML" | "ParseAuthorStyleSheet" => Self::Parse,
            "MajorGC" | "MinorGC" | "GCEvent" | "CppGC.IncrementalSweep" | "BlinkGC.AtomicPhase" | "BlinkGCMarking" => {
                Self::GarbageCollection
            }
            _ if TASKS.contains(&name) => Self::Other,
            _ => return None,
        })
    }
}

/// What the address means that an event names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    /// Whose work it is.
    Own,
    /// What caused it: a style sheet that is read.
    Cause,
    /// Who asked for it, which is known from what is around it: styles and layout.
    Asker,
}

/// What events of one name are.
#[derive(Clone, Copy)]
#[allow(missing_docs)]
pub struct Known {
    /// As [`Activity::of_event`].
    pub activity: Option<Activity>,
    pub named: Named,
}

/// What events are, looked up once for each name.
#[derive(Default)]
pub struct Activities {
    known: HashMap<StrId, Known>,
}

impl Activities {
    /// What events of this name are.
    pub fn look_up(&mut self, recording: &Recording, name: StrId) -> Known {
        *self.known.entry(name).or_insert_with(|| {
            let name = recording.text(name).expose();
            let activity = Activity::of_event(name);
            let named = match (name, activity) {
                // Chrome's engine does not count them as the sheet's own either.
                ("ParseAuthorStyleSheet", _) => Named::Cause,
                (_, Some(Activity::StyleAndLayout)) => Named::Asker,
                _ => Named::Own,
            };
            Known { activity, named }
        })
    }
}
