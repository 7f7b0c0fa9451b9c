//! What the page knows of the main thread, and what it asks the worker about it.

use crate::app::state::Session;
use crate::view::flame::Flame;
use crate::view::waterfall::Window;
use crate::worker::protocol::{Question, SliceDetails, Way, WorkDetails};
use leptos::prelude::*;
use std::sync::Arc;

impl Session {
    /// Lets go of what is known of a load's work.
    pub fn forget_work(self) {
        self.work.set(None);
        self.flame.set(None);
        self.slice.set(None);
        self.pictures.set(Vec::new());
        self.pictures_asked.set_value(Vec::new());
    }

    /// Takes in what the worker tells of the main thread.
    pub fn work_came(self, work: WorkDetails) {
        if self.is_shown(work.load) {
            self.work.set(Some(Arc::new(work)));
        }
    }

    /// Asks for what can be seen of a stretch of time. One question is under way at a time; of those that come meanwhile
    /// the last one follows.
    pub fn ask_flame(self, window: Window, width: f64) {
        let (is_asked, _) = self.flame_asked.get_value();
        self.flame_asked.set_value((true, is_asked.then_some((window, width))));
        if !is_asked {
            let load = self.load.get_untracked() as u32;
            self.ask(&Question::Flame { load, from: window.from, to: window.to, width });
        }
    }

    /// Takes in what can be seen.
    pub fn flame_came(self, load: u32, flame: Option<Flame>) {
        let (_, next) = self.flame_asked.get_value();
        self.flame_asked.set_value((false, None));
        if let Some((window, width)) = next {
            self.ask_flame(window, width);
        }
        if self.is_shown(load) {
            self.flame.set(flame.map(Arc::new));
        }
    }

    /// Selects a piece of work.
    pub fn select_slice(self, slice: u32) {
        self.ask_slice(Some(slice), Way::Here, 0.0, 0.0);
    }

    /// Goes from the selected piece of work to another one; with none selected, to the first from `at` on.
    pub fn go_slice(self, way: Way, at: f64, least: f64) {
        let slice = self.slice.with_untracked(|slice| slice.as_ref().map(|slice| slice.slice));
        self.ask_slice(slice, way, at, least);
    }

    fn ask_slice(self, slice: Option<u32>, way: Way, at: f64, least: f64) {
        let load = self.load.get_untracked() as u32;
        self.ask(&Question::Slice { load, slice, way, at, least });
    }

    /// Takes in the selected piece of work.
    pub fn slice_came(self, slice: SliceDetails) {
        if self.is_shown(slice.load) {
            self.slice.set(Some(Arc::new(slice)));
        }
    }

    /// Asks for pictures that were not asked for yet.
    pub fn want_pictures(self, wanted: &[usize]) {
        let mut asked = self.pictures_asked.get_value();
        let missing = wanted.iter().map(|at| *at as u32).filter(|at| !asked.contains(at));
        let missing: Vec<u32> = missing.collect();
        if !missing.is_empty() {
            asked.extend(&missing);
            self.pictures_asked.set_value(asked);
            self.ask(&Question::Pictures { load: self.load.get_untracked() as u32, wanted: missing });
        }
    }

    /// Takes in pictures.
    pub fn pictures_came(self, load: u32, pictures: Vec<(u32, String)>) {
        if self.is_shown(load) {
            self.pictures.update(|known| known.extend(pictures));
        }
    }

    pub(super) fn is_shown(self, load: u32) -> bool {
        self.load.get_untracked() == load as usize
    }
}
