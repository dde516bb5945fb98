//! Ops of the room `sequence`.

use crate::json::{Answer, Request};

/// The answer, when `op` belongs to this room.
pub fn answer(_op: &str, _request: &Request<'_>) -> Option<Answer> {
    None
}
