//! The waterfall's rows and the flame chart's rectangles as typed arrays: handed over without a copy of each row, so neither side stops for them.

use crate::view::flame::Flame;
use crate::view::rows::Rows;
use js_sys::{Array, Float32Array, Float64Array, Uint8Array, Uint16Array, Uint32Array};
use wasm_bindgen::{JsCast, JsValue};

/// Packs rows. The second array lists the buffers to hand over.
pub fn pack(rows: &Rows) -> (Array, Array) {
    let text = Uint8Array::from(rows.text.as_bytes());
    let start = Float64Array::from(rows.start.as_slice());
    let duration = Float64Array::from(rows.duration.as_slice());
    let phases = Float32Array::from(rows.phases.as_slice());
    let bytes = Float64Array::from(rows.bytes.as_slice());
    let status = Uint16Array::from(rows.status.as_slice());
    let kind = Uint8Array::from(rows.kind.as_slice());
    let flags = Uint8Array::from(rows.flags.as_slice());
    let ends = Uint32Array::from(rows.ends.as_slice());
    let connection = Uint32Array::from(rows.connection.as_slice());
    let buffers = [
        start.buffer(),
        duration.buffer(),
        phases.buffer(),
        bytes.buffer(),
        status.buffer(),
        kind.buffer(),
        flags.buffer(),
        ends.buffer(),
        text.buffer(),
        connection.buffer(),
    ];
    let columns: [JsValue; 10] = [
        start.into(),
        duration.into(),
        phases.into(),
        bytes.into(),
        status.into(),
        kind.into(),
        flags.into(),
        ends.into(),
        text.into(),
        connection.into(),
    ];
    (columns.into_iter().collect(), buffers.into_iter().collect())
}

/// Unpacks rows; `None` if a column is missing.
pub fn unpack(columns: &Array) -> Option<Rows> {
    Some(Rows {
        start: columns.get(0).dyn_into::<Float64Array>().ok()?.to_vec(),
        duration: columns.get(1).dyn_into::<Float64Array>().ok()?.to_vec(),
        phases: columns.get(2).dyn_into::<Float32Array>().ok()?.to_vec(),
        bytes: columns.get(3).dyn_into::<Float64Array>().ok()?.to_vec(),
        status: columns.get(4).dyn_into::<Uint16Array>().ok()?.to_vec(),
        kind: columns.get(5).dyn_into::<Uint8Array>().ok()?.to_vec(),
        flags: columns.get(6).dyn_into::<Uint8Array>().ok()?.to_vec(),
        ends: columns.get(7).dyn_into::<Uint32Array>().ok()?.to_vec(),
        text: String::from_utf8(columns.get(8).dyn_into::<Uint8Array>().ok()?.to_vec()).ok()?,
        connection: columns.get(9).dyn_into::<Uint32Array>().ok()?.to_vec(),
    })
}

/// Packs rectangles, as [`pack`] does rows.
pub fn pack_flame(flame: &Flame) -> (Array, Array) {
    let numbers = Float64Array::from(flame.numbers.as_slice());
    let ends = Uint32Array::from(flame.ends.as_slice());
    let text = Uint8Array::from(flame.text.as_bytes());
    let buffers = Array::of3(&numbers.buffer(), &ends.buffer(), &text.buffer());
    (Array::of3(&numbers, &ends, &text), buffers)
}

/// Unpacks rectangles; `None` if a column is missing.
pub fn unpack_flame(columns: &Array) -> Option<Flame> {
    Some(Flame {
        numbers: columns.get(0).dyn_into::<Float64Array>().ok()?.to_vec(),
        ends: columns.get(1).dyn_into::<Uint32Array>().ok()?.to_vec(),
        text: String::from_utf8(columns.get(2).dyn_into::<Uint8Array>().ok()?.to_vec()).ok()?,
    })
}
