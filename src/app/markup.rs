//! How views are written: `tag("p.hint").child("…")`. Elements are made at once, all of one Rust type, and what moves
//! runs through two functions, [`live`] and [`follow`], over Leptos' signals.
//!
//! Leptos' own `view!` makes a type of every element, attribute and closure, each with its own code: for these views
//! that was three quarters of their weight, see `src/README.md`.

use leptos::prelude::*;
use leptos::reactive::effect::RenderEffect;
use std::any::Any;
use std::borrow::Cow;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{Element, EventTarget, HtmlElement, Node};

/// An element, or several things that stand next to each other.
pub struct Markup(Node);

/// An element: its name, `#id`, `.class`, as many classes as there are.
#[inline(never)]
pub fn tag(what: &'static str) -> Markup {
    let (what, classes) = what.split_once('.').unwrap_or((what, ""));
    let (name, id) = what.split_once('#').unwrap_or((what, ""));
    // Only a name that is no name would fail, and all of them stand in this program.
    let made = document().create_element(name).map_or_else(|_| fragment(), JsCast::unchecked_into);
    let mut markup = Markup(made);
    if !id.is_empty() {
        markup = markup.set("id", id);
    }
    if !classes.is_empty() {
        markup = markup.set("class", &classes.replace('.', " "));
    }
    markup
}

/// Several things without an element around them; at first none.
#[inline(never)]
pub fn group() -> Markup {
    Markup(fragment())
}

/// A button with a text; `what` as for [`tag`], beginning with `button`.
pub fn button(what: &'static str, label: impl Part, act: impl Fn() + 'static) -> Markup {
    tag(what).attr("type", "button").on_click(act).child(label)
}

/// A term with its description, for a `dl`.
pub fn fact(term: impl Part, description: impl Part) -> Markup {
    tag("div").child(tag("dt").child(term)).child(tag("dd").child(description))
}

impl Markup {
    /// An attribute. `None` leaves it out.
    pub fn attr(self, name: &'static str, value: impl Value) -> Self {
        match value.value() {
            Some(value) => self.set(name, &value),
            None => self,
        }
    }

    /// An attribute that is there or not, as `open`.
    pub fn flag(self, name: &'static str, is_set: bool) -> Self {
        if is_set { self.set(name, "") } else { self }
    }

    /// A property of its style. The page's policy does not let the attribute `style` do it.
    #[inline(never)]
    pub fn style(self, name: &str, value: &str) -> Self {
        let _ = self.element().style().set_property(name, value);
        self
    }

    /// An attribute that follows the signals which `value` reads.
    pub fn live_attr<V: Value>(self, name: &'static str, value: impl Fn() -> V + 'static) -> Self {
        self.set_live(name, Box::new(move || value().value()))
    }

    /// What happens on an event of the element or of what is in it.
    pub fn on<E: JsCast>(self, event: &'static str, mut act: impl FnMut(E) + 'static) -> Self {
        self.listen(event, Box::new(move |event| act(event.unchecked_into())))
    }

    /// What happens on a click.
    pub fn on_click(self, act: impl Fn() + 'static) -> Self {
        self.listen("click", Box::new(move |_| act()))
    }

    /// Something in the element, after what is already in it.
    pub fn child(self, part: impl Part) -> Self {
        part.add_to(&self.0);
        self
    }

    /// Something in the element for each of some things.
    pub fn children<P: Part>(self, parts: impl IntoIterator<Item = P>) -> Self {
        for part in parts {
            part.add_to(&self.0);
        }
        self
    }

    /// The element itself.
    pub fn element(&self) -> HtmlElement {
        self.0.clone().unchecked_into()
    }

    #[inline(never)]
    fn set(self, name: &str, value: &str) -> Self {
        // Only a name that is no name would fail.
        let _ = self.0.unchecked_ref::<Element>().set_attribute(name, value);
        self
    }

    #[inline(never)]
    fn set_live(self, name: &'static str, value: Box<dyn Fn() -> Option<Cow<'static, str>>>) -> Self {
        let element: Element = self.0.clone().unchecked_into();
        render(Box::new(move || {
            let _ = match value() {
                Some(value) => element.set_attribute(name, &value),
                None => element.remove_attribute(name),
            };
        }));
        self
    }

    #[inline(never)]
    fn listen(self, event: &str, act: Box<dyn FnMut(web_sys::Event)>) -> Self {
        // The browser frees the closure together with the element.
        let act = Closure::wrap(act).into_js_value();
        let _ = self.0.add_event_listener_with_callback(event, act.unchecked_ref());
        self
    }
}

/// What can stand in an element: text, elements, several or none of them.
pub trait Part {
    /// Appends it.
    fn add_to(self, parent: &Node);
}

impl Part for Markup {
    fn add_to(self, parent: &Node) {
        append(parent, &self.0);
    }
}

impl Part for &str {
    #[inline(never)]
    fn add_to(self, parent: &Node) {
        append(parent, &document().create_text_node(self));
    }
}

impl Part for String {
    fn add_to(self, parent: &Node) {
        self.as_str().add_to(parent);
    }
}

impl<P: Part> Part for Option<P> {
    fn add_to(self, parent: &Node) {
        if let Some(part) = self {
            part.add_to(parent);
        }
    }
}

/// A part that follows signals; see [`live`].
pub struct Live(Box<dyn Fn(&Node)>);

/// A part that follows the signals which `make` reads: whenever they change it is made anew in place of the old.
/// Make little in it, and nothing that the reader may be holding: the focus goes with it.
pub fn live<P: Part>(make: impl Fn() -> P + 'static) -> Live {
    Live(Box::new(move |parent| make().add_to(parent)))
}

impl Part for Live {
    #[inline(never)]
    fn add_to(self, parent: &Node) {
        // Comments mark where it stands, also when there is nothing in it.
        let [from, to] = [(); 2].map(|()| document().create_comment(""));
        append(parent, &from);
        append(parent, &to);
        render(Box::new(move || {
            let made = fragment();
            (self.0)(&made);
            let Some(parent) = to.parent_node() else { return };
            while let Some(old) = from.next_sibling().filter(|next| !to.is_same_node(Some(next))) {
                let _ = parent.remove_child(&old);
            }
            let _ = parent.insert_before(&made, Some(&to));
        }));
    }
}

/// Runs soon, and again when the signals change that it reads.
pub fn follow(act: impl Fn() + 'static) {
    follow_boxed(Box::new(act));
}

/// Keeps something as long as what is being made is shown, and drops it then.
#[inline(never)]
pub fn keep(thing: Box<dyn Any>) {
    StoredValue::new_local(thing);
}

/// Listens to an event of the window as long as what is being made is shown.
pub fn on_window<E: JsCast>(event: &'static str, mut act: impl FnMut(E) + 'static) {
    keep(Box::new(Listener::new(window().into(), event, Box::new(move |event| act(event.unchecked_into())))));
}

/// Hears an event until it is dropped.
pub struct Listener {
    target: EventTarget,
    event: &'static str,
    act: Closure<dyn FnMut(web_sys::Event)>,
}

impl Listener {
    /// Begins to listen.
    #[inline(never)]
    pub fn new(target: EventTarget, event: &'static str, act: Box<dyn FnMut(web_sys::Event)>) -> Self {
        let act = Closure::wrap(act);
        let _ = target.add_event_listener_with_callback(event, act.as_ref().unchecked_ref());
        Self { target, event, act }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let _ = self.target.remove_event_listener_with_callback(self.event, self.act.as_ref().unchecked_ref());
    }
}

/// The value of an attribute; `None` means that there is no such attribute.
pub trait Value {
    /// As text.
    fn value(self) -> Option<Cow<'static, str>>;
}

impl Value for &'static str {
    fn value(self) -> Option<Cow<'static, str>> {
        Some(self.into())
    }
}

impl Value for String {
    fn value(self) -> Option<Cow<'static, str>> {
        Some(self.into())
    }
}

impl<V: Value> Value for Option<V> {
    fn value(self) -> Option<Cow<'static, str>> {
        self?.value()
    }
}

fn fragment() -> Node {
    document().create_document_fragment().into()
}

#[inline(never)]
fn append(parent: &Node, child: &Node) {
    // Only a node that holds its own parent would fail.
    let _ = parent.append_child(child);
}

/// Runs now, and again when the signals change that it reads.
#[inline(never)]
fn render(act: Box<dyn Fn()>) {
    keep(Box::new(RenderEffect::new(move |_: Option<()>| act())));
}

#[inline(never)]
fn follow_boxed(act: Box<dyn Fn()>) {
    Effect::new(act);
}
