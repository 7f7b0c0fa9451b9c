//! The names of events that somebody reads, told apart once per name instead of once per event.

use crate::import::trace::fast_map::FastMap;
use crate::import::trace::value::Value;
use crate::text::{StrId, StrTable};

macro_rules! kinds {
    ($($kind:ident = $($name:literal)|+;)+) => {
        /// What an event is, by its name.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum Kind {
            /// One of the many that only take time.
            #[default]
            Other,
            $(#[doc = concat!($("`", $name, "` "),+)] $kind,)+
        }

        impl Kind {
            fn of(name: &[u8]) -> Self {
                $($(const _: () = assert!(!$name.is_empty());)+)+
                match str::from_utf8(name) {
                    $(Ok($($name)|+) => Self::$kind,)+
                    _ => Self::Other,
                }
            }
        }
    };
}

kinds! {
    ProcessName = "process_name";
    ThreadName = "thread_name";
    TracingStartedInBrowser = "TracingStartedInBrowser";
    TracingStartedInPage = "TracingStartedInPage";
    WorkerSession = "TracingSessionIdForWorker";
    FrameCommitted = "FrameCommittedInBrowser";
    CommitLoad = "CommitLoad";
    NavigationStart = "navigationStart";
    SoftNavigationStart = "SoftNavigationStart";
    Activation = "Document::ActivateForPrerendering";
    Viewport = "PaintTimingVisualizer::Viewport";
    WillSendRequest = "ResourceWillSendRequest";
    SendRequest = "ResourceSendRequest";
    ChangePriority = "ResourceChangePriority";
    ReceiveResponse = "ResourceReceiveResponse";
    FinishRequest = "ResourceFinish";
    MarkAsCached = "ResourceMarkAsCached";
    RenderBlockingChange = "PreloadRenderBlockingStatusChange";
    WebSocketCreate = "WebSocketCreate";
    WebSocketDestroy = "WebSocketDestroy";
    FirstPaint = "firstPaint";
    FirstContentfulPaint = "firstContentfulPaint";
    LargestContentfulPaint = "largestContentfulPaint::Candidate";
    SoftLargestContentfulPaint = "largestContentfulPaint::CandidateForSoftNavigation";
    LargestImagePaint = "LargestImagePaint::Candidate";
    MarkDomContent = "MarkDOMContent";
    MarkLoad = "MarkLoad";
    DomInteractive = "domInteractive";
    InteractiveTime = "InteractiveTime";
    MetaCharsetCheck = "MetaCharsetCheck";
    LayoutShift = "LayoutShift";
    PrePaint = "PrePaint";
    ImageUnsized = "LayoutImageUnsized";
    StyleInvalidation = "StyleRecalcInvalidationTracking";
    Animation = "Animation";
    CreateChildFrame = "RenderFrameImpl::createChildFrame";
    DomLoading = "domLoading";
    EventTiming = "EventTiming";
    Screenshot = "Screenshot";
    ScriptText = "ScriptCatchup" | "LargeScriptCatchup";
    Profile = "Profile";
    ProfileChunk = "ProfileChunk";
    CpuProfile = "CpuProfile";
    DomStats = "DOMStats";
    SelectorStats = "SelectorStats";
    TimeStamp = "TimeStamp";
    PaintImage = "PaintImage";
    BeginRemoteFontLoad = "BeginRemoteFontLoad";
    ParseMetaViewport = "ParseMetaViewport";
    BeginCommitCompositorFrame = "BeginCommitCompositorFrame";
    LinkPreconnect = "LinkPreconnect";
    // Work whose `args` tell where it is.
    Layout = "Layout";
    UpdateLayoutTree = "UpdateLayoutTree" | "RecalculateStyles";
    FunctionCall = "FunctionCall";
    EvaluateScript = "EvaluateScript" | "v8.evaluateModule" | "v8.compile" | "v8.compileModule" | "v8.produceCache"
        | "v8.produceModuleCache";
    // The scripts that dispatched them are in stacks.
    Dispatch = "EventDispatch" | "XHRReadyStateChange" | "XHRLoad";
    ParseHtml = "ParseHTML";
    ParseStyleSheet = "ParseAuthorStyleSheet";
}

/// A name that was met.
#[derive(Clone, Copy)]
pub struct Name {
    /// Its text.
    pub id: StrId,
    /// What it means.
    pub kind: Kind,
}

/// All names met so far, as they are written.
#[derive(Default)]
pub struct Names {
    known: FastMap<Box<[u8]>, Name>,
}

impl Names {
    /// What `written` is; its text is interned.
    pub fn look_up(&mut self, strings: &mut StrTable, written: &[u8]) -> Name {
        if let Some(name) = self.known.get(written) {
            return *name;
        }
        let mut quoted = Vec::with_capacity(written.len() + 2);
        quoted.push(b'"');
        quoted.extend_from_slice(written);
        quoted.push(b'"');
        let id = strings.intern(&Value::new(&quoted).text().unwrap_or_default());
        let name = Name { id, kind: Kind::of(written) };
        self.known.insert(written.into(), name);
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_apart_as_written() {
        let (mut names, mut strings) = (Names::default(), StrTable::default());
        let layout = names.look_up(&mut strings, b"Layout");
        assert_eq!(layout.kind, Kind::Layout);
        assert_eq!(names.look_up(&mut strings, b"Layout").id, layout.id);
        assert_eq!(names.look_up(&mut strings, b"RecalculateStyles").kind, Kind::UpdateLayoutTree);
        let odd = names.look_up(&mut strings, br"a\u0041");
        assert_eq!((odd.kind, strings.get(odd.id).expose()), (Kind::Other, "aA"));
    }
}
