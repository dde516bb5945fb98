//! The only place where memory of the caller is read and written.

use crate::status::{CopeakStatus, Fault};
use std::ffi::c_char;
use std::slice;

/// The most values that one call takes: 2^31. No record of a runner is as long, and a negative length converted
/// to an unsigned one is detected.
pub const COPEAK_LONGEST: usize = 2_147_483_648;

fn check<T>(pointer: *const T, n: usize) -> Result<(), Fault> {
    if n > COPEAK_LONGEST || n > isize::MAX as usize / size_of::<T>() {
        Err(CopeakStatus::Length.into())
    } else if n > 0 && (pointer.is_null() || !pointer.is_aligned()) {
        Err(CopeakStatus::Pointer.into())
    } else {
        Ok(())
    }
}

/// `n` values to read; of 0 the pointer is not looked at.
///
/// # Safety
/// `pointer` is null or points to `n` values that nobody writes while the slice is used.
pub(crate) unsafe fn read<'a, T>(pointer: *const T, n: usize) -> Result<&'a [T], Fault> {
    check(pointer, n)?;
    if n == 0 {
        return Ok(&[]);
    }
    // SAFETY: not null, aligned, no longer than memory can be; the values are there by this function's contract.
    Ok(unsafe { slice::from_raw_parts(pointer, n) })
}

/// One value to read.
///
/// # Safety
/// As [`read`] of 1.
pub(crate) unsafe fn read_one<T: Copy>(pointer: *const T) -> Result<T, Fault> {
    check(pointer, 1)?;
    // SAFETY: not null, aligned, and the value is there by this function's contract.
    Ok(unsafe { pointer.read() })
}

/// A copy of `n` samples from `from` at `to`, to be changed there; the two may be the same or overlap.
///
/// # Safety
/// Each is null or points to `n` values, and nobody else uses those at `to` while the slice is used.
pub(crate) unsafe fn copied<'a, T: Copy>(from: *const T, to: *mut T, n: usize) -> Result<&'a mut [T], Fault> {
    check(from, n)?;
    check(to.cast_const(), n)?;
    if n == 0 {
        return Ok(&mut []);
    }
    // SAFETY: both not null, aligned and `n` values long; `copy` allows overlap. No other slice of either is alive.
    unsafe {
        from.copy_to(to, n);
        Ok(slice::from_raw_parts_mut(to, n))
    }
}

/// The destination of one value, checked before the work is done.
pub(crate) struct Out<T>(*mut T);

impl<T> Out<T> {
    /// # Safety
    /// `pointer` is null or points to room for one value while this lives.
    pub(crate) unsafe fn new(pointer: *mut T) -> Result<Self, Fault> {
        check(pointer.cast_const(), 1)?;
        Ok(Self(pointer))
    }

    pub(crate) fn set(&self, value: T) {
        // SAFETY: checked when made, and the memory is valid by the contract of `new`.
        unsafe { self.0.write(value) }
    }
}

/// The destination of a list, and its length.
pub(crate) struct List<T> {
    values: *mut T,
    capacity: usize,
    count: Out<usize>,
}

impl<T> List<T> {
    /// # Safety
    /// `values` is null or points to room for `capacity` values, `count` to room for one, while this lives.
    pub(crate) unsafe fn new(values: *mut T, capacity: usize, count: *mut usize) -> Result<Self, Fault> {
        check(values.cast_const(), capacity)?;
        // SAFETY: by this function's contract.
        let count = unsafe { Out::new(count) }?;
        Ok(Self { values, capacity, count })
    }

    /// Writes as many as there is room for, and how many there are.
    pub(crate) fn set(&self, values: impl ExactSizeIterator<Item = T>) -> Result<(), Fault> {
        let n = values.len();
        self.count.set(n);
        for (i, value) in values.take(self.capacity).enumerate() {
            // SAFETY: i is below the capacity; checked when made, and the memory is valid by the contract of `new`.
            unsafe { self.values.add(i).write(value) }
        }
        if n > self.capacity { Err(CopeakStatus::Capacity.into()) } else { Ok(()) }
    }
}

/// Text with a final zero, cut to fit.
///
/// # Safety
/// `buffer` is null or points to room for `capacity` bytes.
pub(crate) unsafe fn write_text(text: &[u8], buffer: *mut c_char, capacity: usize) {
    if buffer.is_null() || capacity == 0 {
        return;
    }
    let n = text.len().min(capacity - 1);
    // SAFETY: n + 1 is at most the capacity, and the memory is valid by this function's contract.
    unsafe {
        text.as_ptr().cast::<c_char>().copy_to(buffer, n);
        buffer.add(n).write(0);
    }
}
