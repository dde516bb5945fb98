//! The two sides of the body.

use core::fmt;

/// Side of the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Side {
    /// Left, written `l`.
    #[cfg_attr(feature = "serde", serde(rename = "l"))]
    Left,
    /// Right, written `r`.
    #[cfg_attr(feature = "serde", serde(rename = "r"))]
    Right,
}

impl Side {
    /// Both sides, left first.
    pub const BOTH: [Side; 2] = [Side::Left, Side::Right];

    /// Returns the other side.
    #[inline]
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Side::Left => Side::Right,
            Side::Right => Side::Left,
        }
    }

    /// Returns `"l"` or `"r"`, as column names and reports write it.
    pub fn letter(self) -> &'static str {
        match self {
            Side::Left => "l",
            Side::Right => "r",
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.letter())
    }
}

/// A value for each side of the body.
///
/// ```
/// use copeak::event::{Side, Sides};
/// let contact_ms = Sides::new(146.0, 150.0);
/// assert_eq!(contact_ms.get(Side::Right), &150.0);
/// assert_eq!(contact_ms.map(|ms| ms / 1e3), Sides { left: 0.146, right: 0.15 });
/// let columns: Vec<String> = contact_ms.into_iter().map(|(side, ms)| format!("{side}: {ms}")).collect();
/// assert_eq!(columns, ["l: 146", "r: 150"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Sides<T> {
    /// Of the left side.
    pub left: T,
    /// Of the right side.
    pub right: T,
}

impl<T> Sides<T> {
    /// Builds the pair from its two values.
    pub const fn new(left: T, right: T) -> Self {
        Self { left, right }
    }

    /// Builds the pair from a function of the side, called for the left one first.
    pub fn from_fn(mut value: impl FnMut(Side) -> T) -> Self {
        Self { left: value(Side::Left), right: value(Side::Right) }
    }

    /// Builds the pair from a function that may fail.
    ///
    /// # Errors
    /// Those of the function.
    pub fn try_from_fn<E>(mut value: impl FnMut(Side) -> Result<T, E>) -> Result<Self, E> {
        Ok(Self { left: value(Side::Left)?, right: value(Side::Right)? })
    }

    /// Returns the value of one side.
    pub const fn get(&self, side: Side) -> &T {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// Returns the value of one side to change it.
    pub const fn get_mut(&mut self, side: Side) -> &mut T {
        match side {
            Side::Left => &mut self.left,
            Side::Right => &mut self.right,
        }
    }

    /// Returns the pair of what the function makes of each value.
    pub fn map<U>(self, mut each: impl FnMut(T) -> U) -> Sides<U> {
        Sides { left: each(self.left), right: each(self.right) }
    }

    /// Returns references to both values.
    pub const fn as_ref(&self) -> Sides<&T> {
        Sides { left: &self.left, right: &self.right }
    }

    /// Iterates over both values with their sides, left first.
    pub fn iter(&self) -> core::array::IntoIter<(Side, &T), 2> {
        self.as_ref().into_iter()
    }
}

impl<T> IntoIterator for Sides<T> {
    type Item = (Side, T);
    type IntoIter = core::array::IntoIter<(Side, T), 2>;

    fn into_iter(self) -> Self::IntoIter {
        [(Side::Left, self.left), (Side::Right, self.right)].into_iter()
    }
}

impl<'a, T> IntoIterator for &'a Sides<T> {
    type Item = (Side, &'a T);
    type IntoIter = core::array::IntoIter<(Side, &'a T), 2>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}
