//! The force plates of a C3D file.

use super::{C3d, Parameters, ReadError, invalid, missing};
use crate::Signal;
use crate::geometry::cross;
use std::{format, vec::Vec};

/// The group of its parameters.
const GROUP: &str = "FORCE_PLATFORM";

/// A force plate as the file describes it.
///
/// Its axes: x from the middle of corners 2 and 3 to that of 1 and 4, y from 3 and 4 to 1 and 2, z downwards into the
/// plate.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ForcePlate {
    /// Its type: 1 (force and centre of pressure), 2 (force and moment), 3 (eight piezo channels), 4 (as 2, with a calibration
    /// matrix), ...
    pub kind: i64,
    /// Its analog channels, in the order of its type, as indices into [`C3d::analog_labels`].
    pub channels: Vec<usize>,
    /// Its four corners in the laboratory, in the markers' unit.
    pub corners: [[f64; 3]; 4],
    /// From the middle of its surface to the origin of its transducer (types 2 to 4: from the origin, in its axes).
    pub origin: [f64; 3],
    /// Rows of the matrix that converts its six channels into force and moment, if there is one; used for type 4 only.
    pub calibration: Option<[[f64; 6]; 6]>,
}

impl ForcePlate {
    /// Returns the unit vectors of the plate's axes x, y, z in the laboratory; `None` when the corners form no plane.
    pub fn axes(&self) -> Option<[[f64; 3]; 3]> {
        let [a, b, c, d] = self.corners;
        let along = |p: [[f64; 3]; 2], q: [[f64; 3]; 2]| {
            core::array::from_fn::<f64, 3, _>(|i| p[0][i] + p[1][i] - q[0][i] - q[1][i])
        };
        let unit = |v: [f64; 3]| {
            let length = v.iter().map(|x| x * x).sum::<f64>().sqrt();
            (length > 0.0).then(|| v.map(|x| x / length))
        };
        let x = unit(along([a, d], [b, c]))?;
        let z = unit(cross(x, along([a, b], [c, d])))?;
        Some([x, cross(z, x), z])
    }

    /// Returns its channels by axis of the force, each with its factor, to be summed.
    fn force_channels(&self) -> Result<[Vec<(usize, f64)>; 3], &'static str> {
        let pick =
            |places: [&[usize]; 3]| places.map(|places| places.iter().map(|place| (*place, 1.0)).collect());
        let parts: [Vec<(usize, f64)>; 3] = match self.kind {
            1 | 2 => pick([&[0], &[1], &[2]]),
            3 => pick([&[0, 1], &[2, 3], &[4, 5, 6, 7]]),
            4 => {
                let [x, y, z, ..] = self.calibration.ok_or("it has no calibration matrix")?;
                [x, y, z].map(|row| row.into_iter().enumerate().collect())
            }
            _ => return Err("only types 1 to 4 are known"),
        };
        let channel = |(place, factor): (usize, f64)| Some((*self.channels.get(place)?, factor));
        let [x, y, z] = parts.map(|parts| parts.into_iter().map(channel).collect::<Option<Vec<_>>>());
        x.zip(y).zip(z).map(|((x, y), z)| [x, y, z]).ok_or("it has too few channels for its type")
    }
}

/// Error of plate `index`, from 0.
fn fault(index: usize, kind: i64, reason: &str) -> ReadError {
    invalid(format!("force plate {} of type {kind}", index + 1), reason)
}

/// Reads the plates of the file.
pub(super) fn plates(parameters: &Parameters, analog: usize) -> Result<Vec<ForcePlate>, ReadError> {
    let used = parameters.count(GROUP, "USED").unwrap_or(0);
    if used == 0 {
        return Ok(Vec::new());
    }
    let need = |name| {
        let found = parameters.numbers(GROUP, name).filter(|values| !values.is_empty());
        found.ok_or_else(|| missing(GROUP, name))
    };
    let (kinds, channels, corners) = (need("TYPE")?, need("CHANNEL")?, need("CORNERS")?);
    let origins = need("ORIGIN")?;
    let each = channels.len() / used;
    let matrices = parameters.numbers(GROUP, "CAL_MATRIX").unwrap_or_default();
    let mut plates = Vec::with_capacity(used);
    for i in 0..used {
        let triple = |all: &[f64], at: usize| all.get(at..at + 3).and_then(|v| <[f64; 3]>::try_from(v).ok());
        let corners = [0, 1, 2, 3].map(|k| triple(corners, 12 * i + 3 * k));
        let whole = (kinds.get(i), triple(origins, 3 * i), corners);
        let (Some(kind), Some(origin), [Some(a), Some(b), Some(c), Some(d)]) = whole else {
            return Err(missing(GROUP, "CORNERS"));
        };
        let kind = *kind as i64;
        let places = channels[each * i..each * (i + 1)].iter().map(|&number| {
            let place = number as usize;
            if number >= 1.0 && place <= analog {
                Ok(place - 1)
            } else {
                let reason = format!("its channel {number} is none of the file's {analog} analog channels");
                Err(fault(i, kind, &reason))
            }
        });
        let channels = places.collect::<Result<_, _>>()?;
        // Stored column after column.
        let matrix = matrices.chunks_exact(36).nth(i);
        let calibration = matrix
            .map(|m| [0, 1, 2, 3, 4, 5].map(|row| [0, 1, 2, 3, 4, 5].map(|column| m[6 * column + row])));
        plates.push(ForcePlate { kind, channels, corners: [a, b, c, d], origin, calibration });
    }
    Ok(plates)
}

impl C3d {
    /// Returns the ground reaction force summed over all plates, in the laboratory's axes x, y, z and the unit of the force
    /// channels. All channels must have been read.
    ///
    /// # Errors
    /// [`ReadError::Invalid`] for a plate whose type is not 1 to 4, whose corners form no plane, whose calibration matrix is missing
    /// (type 4), or whose channels were not all read, and without a plate.
    pub fn force(&self) -> Result<[Signal; 3], ReadError> {
        let mut sum: Option<[Signal; 3]> = None;
        for (i, plate) in self.plates.iter().enumerate() {
            let [x, y, z] = self.plate_force(i)?;
            let axes = plate.axes().ok_or_else(|| fault(i, plate.kind, "its corners form no plane"))?;
            let clock = x.clock();
            let turned = [0, 1, 2].map(|lab| {
                let own = x.samples().iter().zip(y.samples()).zip(z.samples());
                let samples = own.map(|((x, y), z)| axes[0][lab] * x + axes[1][lab] * y + axes[2][lab] * z);
                Signal::new(clock, samples.collect())
            });
            sum = Some(match sum {
                None => turned,
                Some(before) => {
                    let mut pairs = before.into_iter().zip(turned).map(|(a, b)| added(&a, &b));
                    [(); 3].map(|()| pairs.next().unwrap_or_else(|| Signal::new(clock, Vec::new())))
                }
            });
        }
        sum.ok_or_else(|| missing(GROUP, "USED"))
    }

    /// Returns the force of the plates on the runner, summed over all of them: against each plate's z axis, which
    /// points into it. Upwards and positive on level ground, whatever the laboratory's axes are.
    ///
    /// # Errors
    /// As [`C3d::force`], except for the corners, which do not matter.
    pub fn vertical_force(&self) -> Result<Signal, ReadError> {
        let mut sum: Option<Signal> = None;
        for i in 0..self.plates.len() {
            let [_, _, z] = self.plate_force(i)?;
            let up = Signal::new(z.clock(), z.samples().iter().map(|f| -f).collect());
            sum = Some(sum.map_or_else(|| up.clone(), |before| added(&before, &up)));
        }
        sum.ok_or_else(|| missing(GROUP, "USED"))
    }

    /// Returns the force on one plate (from 0) in its axes.
    ///
    /// # Errors
    /// As [`C3d::force`]; [`ReadError::Invalid`] for a plate that is not there.
    pub fn plate_force(&self, plate: usize) -> Result<[Signal; 3], ReadError> {
        let of = self.plates.get(plate).ok_or_else(|| missing(GROUP, "USED"))?;
        let unknown = |reason| fault(plate, of.kind, reason);
        let parts = of.force_channels().map_err(unknown)?;
        let channel = |place: usize| Some(&self.recording.get(self.analog_labels.get(place)?)?.signal);
        let [x, y, z] = parts.map(|parts| {
            let mut sum: Option<Signal> = None;
            for (place, factor) in parts {
                let signal = channel(place)?;
                let part = signal.with_samples(signal.samples().iter().map(|v| v * factor).collect());
                sum = Some(sum.map_or_else(|| part.clone(), |sum| added(&sum, &part)));
            }
            sum
        });
        let (Some(x), Some(y), Some(z)) = (x, y, z) else {
            return Err(unknown("its channels were not all read"));
        };
        Ok([x, y, z])
    }
}

fn added(a: &Signal, b: &Signal) -> Signal {
    Signal::new(a.clock(), a.samples().iter().zip(b.samples()).map(|(a, b)| a + b).collect())
}
