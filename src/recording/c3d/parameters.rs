//! The parameter section of a C3D file.

use super::C3dError;
use std::{collections::BTreeMap, format, string::String, vec::Vec};

/// Bytes of a block, in which sections are counted.
pub(super) const BLOCK: usize = 512;
/// Processor type: Intel.
const INTEL: u8 = 84;

/// A parameter's values.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Texts(Vec<String>),
    Numbers(Vec<f64>),
}

/// All parameters by group and name, in capitals.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Parameters(BTreeMap<(String, String), Value>);

impl Parameters {
    pub(super) fn read(bytes: &[u8]) -> Result<Self, C3dError> {
        let first = bytes.first().copied().unwrap_or(0);
        let start = (usize::from(first).max(1) - 1) * BLOCK;
        let processor = *bytes.get(start + 3).ok_or(C3dError::Parameters { at: start })?;
        if processor != INTEL {
            return Err(C3dError::Processor(processor));
        }
        let mut groups: BTreeMap<u8, String> = BTreeMap::new();
        let mut found: Vec<(u8, String, Value)> = Vec::new();
        let mut at = start + 4;
        // Each entry: length of the name (negative: locked), number of the group (negative: it is the group itself), name,
        // bytes to the next entry (0: this is the last), and, for a parameter, kind, dimensions and values.
        while let Some([length, id]) = array(bytes, at).filter(|[length, _]| *length != 0) {
            let broken = C3dError::Parameters { at };
            let (length, id) = (usize::from((length as i8).unsigned_abs()), id as i8);
            let after_name = at + 2 + length;
            let parts = bytes.get(at + 2..after_name).zip(array(bytes, after_name).map(u16::from_le_bytes));
            let Some((name, next)) = parts else { return Err(broken) };
            let name = text(name).to_ascii_uppercase();
            if id < 0 {
                groups.insert(id.unsigned_abs(), name);
            } else if id > 0 {
                let value = value(bytes, after_name + 2).ok_or(broken)?;
                found.push((id.unsigned_abs(), name, value));
            }
            if next == 0 {
                break;
            }
            at = after_name + usize::from(next);
        }
        let named = |(id, name, value): (u8, String, Value)| Some(((groups.get(&id)?.clone(), name), value));
        Ok(Self(found.into_iter().filter_map(named).collect()))
    }

    fn get(&self, group: &str, name: &str) -> Option<&Value> {
        self.0.get(&(String::from(group), String::from(name)))
    }

    /// Numbers, of whatever size; `None` when there is no such parameter or it holds text.
    pub(super) fn numbers(&self, group: &str, name: &str) -> Option<&[f64]> {
        match self.get(group, name)? {
            Value::Numbers(numbers) => Some(numbers),
            Value::Texts(_) => None,
        }
    }

    /// The first number.
    pub(super) fn number(&self, group: &str, name: &str) -> Option<f64> {
        self.numbers(group, name)?.first().copied()
    }

    /// A whole number that is no negative one; 16-bit counts above 32767 were written as if signed.
    pub(super) fn count(&self, group: &str, name: &str) -> Option<usize> {
        let value = self.number(group, name)?;
        let value = if (-32768.0..0.0).contains(&value) { value + 65536.0 } else { value };
        (value >= 0.0).then_some(value as usize)
    }

    /// Texts of a parameter and its continuations (`LABELS`, `LABELS2`, ...), trimmed; empty when there are none.
    pub(super) fn texts(&self, group: &str, name: &str) -> Vec<String> {
        let more = (2..).map(|k| format!("{name}{k}"));
        let parts = core::iter::once(String::from(name)).chain(more).map_while(|name| self.get(group, &name));
        parts
            .filter_map(|part| if let Value::Texts(texts) = part { Some(texts) } else { None })
            .flatten()
            .cloned()
            .collect()
    }
}

/// Kind, dimensions, values; `None` when they do not fit into the file or are of no known kind.
fn value(bytes: &[u8], at: usize) -> Option<Value> {
    let [kind, rank] = array(bytes, at)?;
    let dimensions = bytes.get(at + 2..at + 2 + usize::from(rank))?;
    let count = dimensions.iter().try_fold(1usize, |all, d| all.checked_mul(usize::from(*d)))?;
    let start = at + 2 + usize::from(rank);
    let size = usize::from((kind as i8).unsigned_abs());
    let raw = bytes.get(start..start.checked_add(count.checked_mul(size)?)?)?;
    Some(match kind as i8 {
        -1 => {
            let width = usize::from(dimensions.first().copied().unwrap_or(1)).max(1);
            Value::Texts(raw.chunks_exact(width).map(text).collect())
        }
        1 => Value::Numbers(raw.iter().map(|b| f64::from(*b)).collect()),
        2 => Value::Numbers(numbers(raw, |b| f64::from(i16::from_le_bytes(b)))),
        4 => Value::Numbers(numbers(raw, |b| f64::from(f32::from_le_bytes(b)))),
        _ => return None,
    })
}

fn numbers<const N: usize>(raw: &[u8], read: fn([u8; N]) -> f64) -> Vec<f64> {
    raw.chunks_exact(N).filter_map(|bytes| bytes.try_into().ok()).map(read).collect()
}

/// `N` bytes from `at` on, where they are.
pub(super) fn array<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

/// One character a byte, without what pads it.
fn text(bytes: &[u8]) -> String {
    let all: String = bytes.iter().map(|b| char::from(*b)).collect();
    String::from(all.trim_matches(|c: char| c == '\0' || c.is_whitespace()))
}
