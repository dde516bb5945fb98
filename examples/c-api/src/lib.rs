//! The C interface of copeak.
//!
//! Handles are numbers, looked up in a table ([`handle`]), so that a wrong one is an error and not a crash. Pointers are
//! read and written in one place ([`memory`]). Every function runs inside [`status::guard`], which turns errors into status
//! codes and keeps panics from crossing into C: copeak itself does not panic on data, but an allocation larger than the
//! address space would, and a defect might. When memory runs out, the program ends, as Rust's do.
//!
//! # Safety
//! The functions are unsafe in that pointers must be null or point to as many values as documented. Outputs
//! may not overlap inputs except where documented, and no other thread may change either during a call.

// Every function of the interface has the one condition above.
#![allow(clippy::missing_safety_doc)]

mod contact;
mod event;
mod filter;
mod handle;
mod lag;
mod live;
mod memory;
mod peak;
mod status;

pub use contact::*;
pub use event::*;
pub use filter::*;
pub use lag::*;
pub use live::*;
pub use peak::*;
pub use status::*;
