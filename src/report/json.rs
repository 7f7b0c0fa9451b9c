//! The report as JSON: its schema as it is, fields in the schema's order, so the same report gives the same bytes.

use crate::report::schema::Report;

/// Renders it, with a line break at the end.
pub fn render(report: &Report) -> String {
    // Serializing to memory fails only for maps with odd keys, of which the schema has none.
    let mut json = serde_json::to_string_pretty(report).unwrap_or_default();
    json.push('\n');
    json
}
