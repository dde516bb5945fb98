//! Status of a call, and its message.

use crate::memory;
use std::cell::RefCell;
use std::ffi::c_char;
use std::fmt::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// What a call came to.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopeakStatus {
    /// Done.
    Ok = 0,
    /// A pointer is null where values are needed, or not aligned for them.
    Pointer = 1,
    /// The handle was freed, or never made.
    Handle = 2,
    /// The handle belongs to another type.
    HandleType = 3,
    /// More values than COPEAK_LONGEST.
    Length = 4,
    /// The output is too small; the count says how many values there are.
    Capacity = 5,
    /// A parameter breaks its rule.
    Parameter = 6,
    /// A cut-off outside the open interval from 0 Hz to the Nyquist frequency.
    Cutoff = 7,
    /// Fewer items than the operation needs.
    TooFew = 8,
    /// Two inputs that must have the same length do not.
    LengthMismatch = 9,
    /// A value is NaN or infinite where only finite ones are allowed.
    NonFinite = 10,
    /// The input does not vary, or the quantity is not defined for it.
    Undefined = 11,
    /// Something the operation needs is not there.
    Missing = 12,
    /// Another refusal; copeak_last_error has the words.
    Refused = 13,
    /// A defect of the library; the handle that was used can only be freed.
    Defect = 14,
}

/// Why a call failed.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// Of the interface.
    Here(CopeakStatus),
    /// Of the library.
    There(copeak::Error),
}

impl From<copeak::Error> for Fault {
    fn from(error: copeak::Error) -> Self {
        Fault::There(error)
    }
}

impl From<CopeakStatus> for Fault {
    fn from(status: CopeakStatus) -> Self {
        Fault::Here(status)
    }
}

impl Fault {
    fn status(&self) -> CopeakStatus {
        use copeak::Error;
        match self {
            Fault::Here(status) => *status,
            Fault::There(error) => match error {
                Error::Parameter { .. } => CopeakStatus::Parameter,
                Error::Cutoff { .. } => CopeakStatus::Cutoff,
                Error::TooFew { .. } => CopeakStatus::TooFew,
                Error::LengthMismatch { .. } => CopeakStatus::LengthMismatch,
                Error::NonFinite { .. } => CopeakStatus::NonFinite,
                Error::Constant { .. } | Error::Undefined { .. } => CopeakStatus::Undefined,
                Error::Missing { .. } => CopeakStatus::Missing,
                _ => CopeakStatus::Refused,
            },
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Fault::Here(status) => f.write_str(words(*status as i32).trim_end_matches('\0')),
            Fault::There(error) => error.fmt(f),
        }
    }
}

/// In words, with a final zero for C.
fn words(status: i32) -> &'static str {
    const WORDS: [&str; 15] = [
        "done\0",
        "a pointer is null or not aligned\0",
        "the handle was freed or never made\0",
        "the handle belongs to another type\0",
        "more values than there can be\0",
        "the output is too small\0",
        "a parameter breaks its rule\0",
        "a cut-off is not between 0 Hz and the Nyquist frequency\0",
        "too few values\0",
        "lengths differ\0",
        "a value is not finite\0",
        "the quantity cannot be determined\0",
        "something needed is missing\0",
        "refused\0",
        "a defect of the library\0",
    ];
    usize::try_from(status).ok().and_then(|i| WORDS.get(i)).unwrap_or(&"no such status\0")
}

/// The last fault of a thread, without heap: a thread that ends leaves nothing behind.
struct Message {
    bytes: [u8; 255],
    len: usize,
}

impl Write for Message {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.bytes.len().min(self.len + text.len());
        // Whole characters only.
        let taken = text.floor_char(end - self.len);
        self.bytes[self.len..self.len + taken].copy_from_slice(&text.as_bytes()[..taken]);
        self.len += taken;
        if taken < text.len() { Err(fmt::Error) } else { Ok(()) }
    }
}

trait FloorChar {
    fn floor_char(&self, index: usize) -> usize;
}

impl FloorChar for str {
    fn floor_char(&self, index: usize) -> usize {
        (0..=index).rev().find(|i| self.is_char_boundary(*i)).unwrap_or(0)
    }
}

thread_local! {
    static LAST: RefCell<Message> = const { RefCell::new(Message { bytes: [0; 255], len: 0 }) };
}

fn remember(fault: &Fault) {
    LAST.with_borrow_mut(|last| {
        last.len = 0;
        // What does not fit is cut off.
        let _ = write!(last, "{fault}");
    });
}

/// Runs the work of a call.
pub(crate) fn guard(work: impl FnOnce() -> Result<(), Fault>) -> CopeakStatus {
    // A handle whose work panicked stays locked for good (`handle::with`), so nothing half done is seen again.
    let fault = match catch_unwind(AssertUnwindSafe(work)) {
        Ok(Ok(())) => return CopeakStatus::Ok,
        Ok(Err(fault)) => fault,
        Err(_) => Fault::Here(CopeakStatus::Defect),
    };
    remember(&fault);
    fault.status()
}

/// The library's version, such as "0.1.0".
#[unsafe(no_mangle)]
pub extern "C" fn copeak_version() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// A status in a few words; "no such status" for any other number.
#[unsafe(no_mangle)]
pub extern "C" fn copeak_status_text(status: i32) -> *const c_char {
    words(status).as_ptr().cast()
}

/// Why the last call on this thread that failed did so, with names and values: copies it with a final zero into
/// `buffer` of `capacity` bytes, cut where it does not fit, and returns its length. With NULL or a capacity of 0 only the
/// length.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn copeak_last_error(buffer: *mut c_char, capacity: usize) -> usize {
    LAST.with_borrow(|last| {
        // SAFETY: `buffer` is null or points to `capacity` bytes, by the contract of the interface.
        unsafe { memory::write_text(&last.bytes[..last.len], buffer, capacity) };
        last.len
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last() -> String {
        let mut buffer = [1; 300];
        // SAFETY: a buffer of that length.
        let n = unsafe { copeak_last_error(buffer.as_mut_ptr(), buffer.len()) };
        assert_eq!(buffer[n], 0);
        String::from_utf8(buffer[..n].iter().map(|b| *b as u8).collect()).unwrap()
    }

    #[test]
    fn a_panic_ends_at_the_boundary() {
        assert_eq!(guard(|| panic!("a defect")), CopeakStatus::Defect);
        assert_eq!(last(), "a defect of the library");
    }

    #[test]
    fn a_fault_is_remembered_in_words() {
        let error = copeak::Rate::from_hz(-1.0).unwrap_err();
        assert_eq!(guard(|| Err(error.clone().into())), CopeakStatus::Parameter);
        assert_eq!(last(), error.to_string());
        let long = "\u{e9}".repeat(200);
        let long: &'static str = Box::leak(long.into_boxed_str());
        let fault = copeak::Error::Missing { operation: long, what: "x" };
        assert_eq!(guard(|| Err(fault.into())), CopeakStatus::Missing);
        assert_eq!(last(), "\u{e9}".repeat(127));
    }

    #[test]
    fn every_status_has_words() {
        for status in 0..=CopeakStatus::Defect as i32 {
            assert_ne!(words(status), words(-1));
        }
        assert_eq!(words(CopeakStatus::Defect as i32 + 1), words(i32::MIN));
    }
}
