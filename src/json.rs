//! Values without a form in JSON: NaN becomes `null`, and a peak or its absence carries no tag.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A number that is NaN where it is not known.
pub(crate) mod nan_as_null {
    use super::*;

    pub(crate) fn serialize<S: Serializer>(value: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        Some(*value).filter(|value| value.is_finite()).serialize(serializer)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        Ok(Option::deserialize(deserializer)?.unwrap_or(f64::NAN))
    }
}

/// A step's peaks: each a peak, or `{"absent": reason}`.
#[cfg(feature = "analysis")]
pub(crate) mod peaks {
    use super::*;
    use crate::peak::{NoPeak, Peak};
    use alloc::vec::Vec;

    #[derive(Serialize, Deserialize)]
    #[serde(untagged)]
    enum Outcome {
        Found(Peak),
        Absent { absent: NoPeak },
    }

    pub(crate) fn serialize<S: Serializer>(
        peaks: &[Result<Peak, NoPeak>],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(peaks.iter().map(|peak| match *peak {
            Ok(peak) => Outcome::Found(peak),
            Err(absent) => Outcome::Absent { absent },
        }))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Result<Peak, NoPeak>>, D::Error> {
        let outcomes: Vec<Outcome> = Vec::deserialize(deserializer)?;
        let peak = |outcome| match outcome {
            Outcome::Found(peak) => Ok(peak),
            Outcome::Absent { absent } => Err(absent),
        };
        Ok(outcomes.into_iter().map(peak).collect())
    }
}
