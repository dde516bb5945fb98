//! From a file's bytes to a recording with the channels that a study uses.

use copeak::recording::{Recording, csv::CsvFormat};

/// Columns of a CSV file that are read, without side and unit; the others are ignored.
const UNDERSTOOD: [&str; 10] = [
    "hip_flexion",
    "knee_flexion",
    "ankle_dorsiflexion",
    "shoulder_flexion",
    "trunk_rotation",
    "grf_vertical",
    "grf_forward",
    "grf_valid",
    "pelvis_x",
    "pelvis_rotation",
];

/// Joint angles and force from CSV.
///
/// # Errors
/// What is wrong with the file, in words.
pub fn read_csv(name: &str, bytes: &[u8]) -> Result<Recording, String> {
    let understood = |column: &str| UNDERSTOOD.iter().any(|known| column.starts_with(known));
    let mut recording = CsvFormat::new().read_from_where(bytes, understood).map_err(|e| e.to_string())?;
    recording.name = name.to_owned();
    Ok(recording)
}
