//! Reading C3D: what each kind of file gives, and what each fault is called.

use crate::common;
use copeak::Filter;
use copeak::filter::ZeroPhase;
use copeak::recording::c3d;
use copeak::recording::{ProgressReader, ReadError, csv};

/// One parameter: group, name, kind (bytes of a value, -1 for text), dimensions, bytes.
type Parameter = (&'static str, &'static str, i8, Vec<u8>, Vec<u8>);

fn words(values: &[i16]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

fn texts(width: usize, values: &[&str]) -> Vec<u8> {
    values.iter().flat_map(|v| format!("{v:width$}").into_bytes()).collect()
}

/// A file of two markers and three analog channels, two samples to a frame, three frames from frame 51 on, at 100 Hz.
struct Maker {
    float: bool,
    parameters: Vec<Parameter>,
}

impl Maker {
    fn new(float: bool) -> Self {
        let scale = if float { -0.5f32 } else { 0.5 };
        let parameters = vec![
            ("POINT", "USED", 2, vec![], words(&[2])),
            ("POINT", "RATE", 4, vec![], floats(&[100.0])),
            ("POINT", "SCALE", 4, vec![], floats(&[scale])),
            ("POINT", "UNITS", -1, vec![2], texts(2, &["mm"])),
            ("POINT", "LABELS", -1, vec![4, 2], texts(4, &["SACR", "TOE"])),
            ("ANALOG", "USED", 2, vec![], words(&[3])),
            ("ANALOG", "LABELS", -1, vec![4, 3], texts(4, &["Fx", "Fz", "Fz"])),
            ("ANALOG", "UNITS", -1, vec![2, 3], texts(2, &["N", "N", "N"])),
            ("ANALOG", "GEN_SCALE", 4, vec![], floats(&[2.0])),
            ("ANALOG", "SCALE", 4, vec![3], floats(&[1.0, 0.5, -1.0])),
            ("ANALOG", "OFFSET", 2, vec![3], words(&[0, 10, 0])),
            ("EVENT", "USED", 2, vec![], words(&[2])),
            ("EVENT", "LABELS", -1, vec![11, 2], texts(11, &["Foot Off", "Foot Strike"])),
            ("EVENT", "CONTEXTS", -1, vec![5, 2], texts(5, &["Left", "Right"])),
            ("EVENT", "TIMES", 4, vec![2, 2], floats(&[1.0, 0.5, 0.0, 0.25])),
            ("FORCE_PLATFORM", "USED", 2, vec![], words(&[1])),
            ("FORCE_PLATFORM", "TYPE", 2, vec![1], words(&[2])),
            ("FORCE_PLATFORM", "CHANNEL", 2, vec![6, 1], words(&[1, 1, 2, 3, 3, 3])),
            // A level plate with its x along the laboratory's -x: z points down.
            (
                "FORCE_PLATFORM",
                "CORNERS",
                4,
                vec![3, 4, 1],
                floats(&[0.0, 9.0, 0.0, 6.0, 9.0, 0.0, 6.0, 0.0, 0.0, 0.0, 0.0, 0.0]),
            ),
            ("FORCE_PLATFORM", "ORIGIN", 4, vec![3, 1], floats(&[0.0, 0.0, 0.05])),
        ];
        Self { float, parameters }
    }

    fn without(mut self, group: &str, name: &str) -> Self {
        self.parameters.retain(|p| (p.0, p.1) != (group, name));
        self
    }

    fn with(mut self, parameter: Parameter) -> Self {
        self.parameters.retain(|p| (p.0, p.1) != (parameter.0, parameter.1));
        self.parameters.push(parameter);
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let mut section = vec![1, 80, 3, 84];
        let mut groups: Vec<&str> = self.parameters.iter().map(|p| p.0).collect();
        groups.dedup();
        let entry = |section: &mut Vec<u8>, id: i8, name: &str, body: &[u8]| {
            section.extend([name.len() as u8, id as u8]);
            section.extend(name.as_bytes());
            section.extend((body.len() as u16 + 2).to_le_bytes());
            section.extend(body);
        };
        for (i, group) in groups.iter().enumerate() {
            entry(&mut section, -(i as i8 + 1), group, &[0]);
        }
        for (group, name, kind, dimensions, values) in &self.parameters {
            let id = groups.iter().position(|g| g == group).unwrap() as i8 + 1;
            let mut body = vec![*kind as u8, dimensions.len() as u8];
            body.extend(dimensions);
            body.extend(values);
            body.push(0); // no description
            entry(&mut section, id, name, &body);
        }
        section.extend([0, 0]);
        section.resize(3 * 512, 0);

        let mut header = vec![2, 80];
        header.extend(words(&[2, 6, 51, 53, 0]));
        header.extend(floats(&[if self.float { -0.5 } else { 0.5 }]));
        header.extend(words(&[5, 2]));
        header.extend(floats(&[100.0]));
        header.resize(512, 0);

        let mut data = vec![];
        for frame in 0..3i16 {
            // x, y, z, residual of two markers (the second not seen in the middle frame), then two samples of three channels.
            let seen = if frame == 1 { -1 } else { 0 };
            let points = [10 * frame, 20, 30, 0, 1, 2, 3, seen];
            let analog = [frame, 12, 5, frame + 100, 14, 6];
            let numbers: Vec<i16> = points.into_iter().chain(analog).collect();
            if self.float {
                data.extend(floats(&numbers.iter().map(|v| f32::from(*v)).collect::<Vec<_>>()));
            } else {
                data.extend(words(&numbers));
            }
        }
        [header, section, data].concat()
    }

    fn fault(&self) -> String {
        c3d::read_from(&self.bytes()[..]).unwrap_err().to_string()
    }
}

#[test]
fn floats_and_integers_are_scaled() {
    for float in [true, false] {
        let file = c3d::read_from(&Maker::new(float).bytes()[..]).unwrap();
        let names: Vec<&str> = file.recording.names().collect();
        assert_eq!(names, ["SACR_x", "SACR_y", "SACR_z", "TOE_x", "TOE_y", "TOE_z", "Fx", "Fz", "Fz#2"]);
        let scale = if float { 1.0 } else { 0.5 };
        let sacrum = file.recording.get("SACR_x").unwrap();
        assert_eq!((sacrum.unit.as_str(), sacrum.signal.clock().rate().as_hz()), ("mm", 100.0));
        assert_eq!(sacrum.signal.samples(), &[0.0, 10.0 * scale, 20.0 * scale]);
        let toe = file.recording.signal("TOE_z").unwrap().samples();
        assert!(toe[0] == 3.0 * scale && toe[1].is_nan() && toe[2] == 3.0 * scale);
        // Frame 51 is half a second after frame 1, for markers and analog channels alike.
        let force = file.recording.get("Fz").unwrap();
        assert_eq!((sacrum.signal.start_s(), force.signal.start_s()), (0.5, 0.5));
        assert_eq!(force.signal.clock().rate().as_hz(), 200.0);
        assert_eq!(force.signal.samples(), &[2.0, 4.0, 2.0, 4.0, 2.0, 4.0]); // (12 - 10) 0.5 2
        let events: Vec<_> =
            file.events.iter().map(|e| (e.time_s, e.label.as_str(), e.context.as_str())).collect();
        assert_eq!(events, [(0.25, "Foot Strike", "Right"), (60.5, "Foot Off", "Left")]);
    }
}

#[test]
fn a_plates_force_is_turned_into_the_laboratory() {
    let file = c3d::read_from(&Maker::new(true).bytes()[..]).unwrap();
    assert_eq!(file.plates[0].axes().unwrap(), [[-1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, -1.0]]);
    let [x, y, z] = file.force().unwrap();
    let fx = file.recording.signal("Fx").unwrap().samples();
    assert!(x.samples().iter().zip(fx).all(|(x, f)| *x == -f) && y.samples() == fx);
    assert_eq!(z.samples()[0], -2.0);
    assert_eq!(file.vertical_force().unwrap().samples(), z.samples());
    // Channels that were not wanted cannot be summed, which is an error.
    let some = c3d::read_from_where(&Maker::new(true).bytes()[..], |label| label != "Fz").unwrap();
    assert_eq!(some.recording.channels.len(), 8);
    let error = some.force().unwrap_err().to_string();
    assert_eq!(error, "force plate 1 of type 2: its channels were not all read");
    let odd = Maker::new(true).with(("FORCE_PLATFORM", "TYPE", 2, vec![1], words(&[5])));
    let error = c3d::read_from(&odd.bytes()[..]).unwrap().force().unwrap_err().to_string();
    assert_eq!(error, "force plate 1 of type 5: only types 1 to 4 are known");
    let flat = Maker::new(true).with(("FORCE_PLATFORM", "CORNERS", 4, vec![3, 4, 1], floats(&[0.0; 12])));
    let flat = c3d::read_from(&flat.bytes()[..]).unwrap();
    assert!(flat.force().is_err() && flat.vertical_force().is_ok());
}

/// The force of each type of plate is computed from its channels, in the plate's axes.
#[test]
fn the_force_of_each_type_of_plate_is_computed_from_its_channels() {
    let of = |kind: i16, channels: &[i16]| {
        let channels = (channels.len() as u8, words(channels));
        Maker::new(true).with(("FORCE_PLATFORM", "TYPE", 2, vec![1], words(&[kind]))).with((
            "FORCE_PLATFORM",
            "CHANNEL",
            2,
            vec![channels.0, 1],
            channels.1,
        ))
    };
    let force = |maker: &Maker| c3d::read_from(&maker.bytes()[..]).unwrap().plate_force(0);
    // Of channels 1 (Fx), 2 (Fz), 3 (Fz#2).
    let file = c3d::read_from(&Maker::new(true).bytes()[..]).unwrap();
    let [a, b, c] = ["Fx", "Fz", "Fz#2"].map(|name| file.recording.signal(name).unwrap().samples().clone());
    let sum = |parts: &[(&Vec<f64>, f64)]| -> Vec<f64> {
        (0..a.len()).map(|i| parts.iter().map(|(samples, factor)| samples[i] * factor).sum()).collect()
    };
    for kind in [1, 2] {
        let [x, y, z] = force(&of(kind, &[1, 2, 3, 1, 1, 1])).unwrap();
        assert_eq!([x.samples(), y.samples(), z.samples()], [&a, &b, &c]);
    }
    let [x, y, z] = force(&of(3, &[1, 2, 2, 3, 1, 2, 3, 3])).unwrap();
    assert_eq!(x.samples(), &sum(&[(&a, 1.0), (&b, 1.0)]));
    assert_eq!(y.samples(), &sum(&[(&b, 1.0), (&c, 1.0)]));
    assert_eq!(z.samples(), &sum(&[(&a, 1.0), (&b, 1.0), (&c, 2.0)]));
    // A matrix is stored column after column: the first has the contributions of channel 1 to Fx, Fy, Fz, Mx, My, Mz.
    let matrix: Vec<f32> = (0..36).map(|k| k as f32 * 0.5 - 4.0).collect();
    let calibrated = |matrix: &[f32]| {
        of(4, &[1, 2, 3, 1, 2, 3]).with(("FORCE_PLATFORM", "CAL_MATRIX", 4, vec![6, 6, 1], floats(matrix)))
    };
    let axes = force(&calibrated(&matrix)).unwrap();
    for (row, axis) in axes.iter().enumerate() {
        let of = |column: usize| f64::from(matrix[6 * column + row]);
        let expected = sum(&[(&a, of(0)), (&b, of(1)), (&c, of(2)), (&a, of(3)), (&b, of(4)), (&c, of(5))]);
        assert!(
            axis.samples().iter().zip(&expected).all(|(x, e)| (x - e).abs() < 1e-9 * e.abs().max(1.0)),
            "row {row}"
        );
    }
    let fault = |maker: &Maker| force(maker).unwrap_err().to_string();
    assert_eq!(fault(&of(4, &[1, 2, 3, 1, 2, 3])), "force plate 1 of type 4: it has no calibration matrix");
    assert_eq!(
        fault(&of(3, &[1, 2, 3, 1, 2, 3])),
        "force plate 1 of type 3: it has too few channels for its type"
    );
    assert_eq!(fault(&of(7, &[1, 2, 3, 1, 2, 3])), "force plate 1 of type 7: only types 1 to 4 are known");
}

#[test]
fn unsigned_integers_and_long_frame_numbers_are_read() {
    let unsigned = Maker::new(false)
        .with(("ANALOG", "FORMAT", -1, vec![8], texts(8, &["UNSIGNED"])))
        .with(("ANALOG", "OFFSET", 2, vec![3], words(&[-32768, 10, 0])))
        .bytes();
    let file = c3d::read_from(&unsigned[..]).unwrap();
    assert_eq!(file.recording.signal("Fx").unwrap().samples()[0], 2.0 * (0.0 - 32768.0));
    // 70001 = 4465 + 65536: too large for the header's 16 bits.
    let late = Maker::new(true)
        .with(("TRIAL", "ACTUAL_START_FIELD", 2, vec![2], words(&[4465, 1])))
        .with(("TRIAL", "ACTUAL_END_FIELD", 2, vec![2], words(&[4467, 1])))
        .bytes();
    assert_eq!(c3d::read_from(&late[..]).unwrap().recording.signal("Fz").unwrap().start_s(), 700.0);
}

#[test]
fn a_file_with_more_frames_than_its_header_can_count_is_read_to_its_end() {
    let samples =
        |file: copeak::recording::c3d::C3d| file.recording.signal("SACR_x").unwrap().samples().len();
    let short = Maker::new(true).bytes();
    let frames = samples(c3d::read_from(&short[..]).unwrap());
    let start = 512 * (usize::from(u16::from_le_bytes([short[16], short[17]])) - 1);
    let frame = (short.len() - start) / frames;
    // The header declares frames 1 to 65,535; the file has 70,000.
    let mut long = short[..start].to_vec();
    long[6..10].copy_from_slice(&[1, 0, 255, 255]);
    long.extend(short[start..start + frame].iter().cycle().take(70_000 * frame));
    let path = std::env::temp_dir().join(format!("copeak-long-{}.c3d", std::process::id()));
    std::fs::write(&path, &long).unwrap();
    let read = copeak::recording::c3d::read(&path);
    std::fs::remove_file(&path).unwrap();
    assert_eq!(samples(read.unwrap()), 70_000);
    let unknown = c3d::read_from(&long[..]).unwrap_err().to_string();
    assert!(unknown.contains("continues after frame 65535"), "{unknown}");
    // The padding of the last block is no frame.
    long.truncate(start + 65_535 * frame);
    long.extend([0; 511]);
    assert_eq!(samples(c3d::read_from(&long[..]).unwrap()), 65_535);
}

#[test]
fn progress_is_reported_while_a_file_is_read() {
    let whole = Maker::new(true).bytes();
    let mut reported = Vec::new();
    c3d::read_from(ProgressReader::new(&whole[..], |bytes| reported.push(bytes))).unwrap();
    let complete = reported.last() == Some(&(whole.len() as u64));
    assert!(reported.is_sorted() && reported.len() > 2 && complete, "{reported:?}");
}

#[test]
fn the_message_of_each_fault_names_the_parameter_or_place() {
    let whole = Maker::new(true).bytes();
    let cut = c3d::read_from(&whole[..whole.len() - 1]).unwrap_err();
    let needed = whole.len();
    assert!(
        matches!(cut, ReadError::Truncated { complete: 2, frames: 3, needed: n, .. } if n == needed as u64),
        "{cut}"
    );
    for end in 0..needed {
        assert!(c3d::read_from(&whole[..end]).is_err(), "cut to {end} bytes");
    }
    assert_eq!(
        c3d::read_from(&b"time_s,x\n0,1\n"[..]).unwrap_err().to_string(),
        "not a C3D file: its second byte is not 80"
    );
    let mut other = whole.clone();
    other[512 + 3] = 86;
    let error = c3d::read_from(&other[..]).unwrap_err().to_string();
    assert_eq!(error, "byte 515: numbers of processor type 86 are not read, only Intel (84)");
    let without = |group: &str, name: &str| Maker::new(true).without(group, name).fault();
    assert_eq!(without("POINT", "USED"), "parameter POINT:USED: it is missing or of the wrong type");
    assert_eq!(without("EVENT", "TIMES"), "parameter EVENT:TIMES: it is missing or of the wrong type");
    assert!(without("FORCE_PLATFORM", "ORIGIN").contains("ORIGIN"));
    let rate = Maker::new(true).with(("POINT", "RATE", 4, vec![], floats(&[f32::INFINITY])));
    assert_eq!(rate.fault(), "header: POINT:RATE must be above 0 Hz, got inf");
    let stray =
        Maker::new(true).with(("FORCE_PLATFORM", "CHANNEL", 2, vec![6, 1], words(&[1, 2, 4, 1, 1, 1])));
    assert_eq!(
        stray.fault(),
        "force plate 1 of type 2: its channel 4 is none of the file's 3 analog channels"
    );
    // Two billion frames, for which no memory is reserved.
    let endless = Maker::new(true).with(("TRIAL", "ACTUAL_START_FIELD", 2, vec![2], words(&[1, 0]))).with((
        "TRIAL",
        "ACTUAL_END_FIELD",
        2,
        vec![2],
        words(&[0, 30_000]),
    ));
    assert_eq!(endless.fault(), "more than 8589934592 bytes");
    let mut backwards = whole.clone();
    backwards[6..10].copy_from_slice(&words(&[53, 51]));
    assert!(
        c3d::read_from(&backwards[..]).unwrap_err().to_string().starts_with("header: last frame must be")
    );
    let absent = c3d::read("no such file").unwrap_err().to_string();
    assert!(absent.starts_with("no such file: cannot read: "), "{absent}");
}

#[test]
fn the_sprinters_files() {
    let Some(data) = common::data() else { return };
    let folder = data.join("sprint_dorn2012/raw");
    for (name, frames, first, events, first_event) in
        [("JA1Gait21.c3d", 837, 300, 12, 1.596), ("JA1Gait35.c3d", 324, 833, 10, 3.564)]
    {
        let file = c3d::read(folder.join(name)).unwrap();
        assert_eq!((file.recording.name.as_str(), file.recording.channels.len()), (name, 3 * 53 + 60));
        assert_eq!((file.plates.len(), file.events.len()), (8, events));
        let sacrum = file.recording.signal("SACR_x").unwrap();
        assert_eq!(sacrum.samples().len(), frames);
        assert!((sacrum.start_s() - f64::from(first - 1) / 250.0).abs() < 1e-12);
        assert!((file.events[0].time_s - first_event).abs() < 1e-6);
        // A runner's peak force, upwards: 2 to 4 body weights of 75.6 kg.
        let up = file.vertical_force().unwrap();
        let peak = up.samples().iter().copied().fold(0.0, f64::max) / (75.6 * 9.80665);
        assert!((2.0..4.0).contains(&peak), "{name}: {peak}");
        let [_, _, z] = file.force().unwrap();
        assert!(z.samples().iter().zip(up.samples()).all(|(a, b)| (a - b).abs() < 1e-6));
        let few = c3d::read_where(folder.join(name), |label| label == "SACR").unwrap();
        assert_eq!(few.recording.channels.len(), 3);
    }
}

/// Seconds from the CSV's clock to that of each C3D file.
const TRIALS: [(&str, &str, &str, f64); 2] = [
    ("JA1Gait21.c3d", "run0350", "dorn2012_ja1_run0350cms.csv", 1.2),
    ("JA1Gait35.c3d", "run0900", "dorn2012_ja1_run0900cms.csv", 3.332),
];

#[test]
fn the_laboratorys_events() {
    let Some(data) = common::data() else { return };
    let folder = data.join("sprint_dorn2012");
    let mut listed = ::csv::Reader::from_path(folder.join("events.csv")).unwrap();
    let rows: Vec<::csv::StringRecord> = listed.records().map(|row| row.unwrap()).collect();
    for (file, trial, _, offset_s) in TRIALS {
        let events = c3d::read(folder.join("raw").join(file)).unwrap().events;
        let listed: Vec<_> = rows.iter().filter(|row| &row[0] == trial).collect();
        assert_eq!(events.len(), listed.len(), "{file}");
        for (event, row) in events.iter().zip(listed) {
            let off_s = event.time_s - offset_s - row[1].parse::<f64>().unwrap();
            assert!(off_s.abs() <= 1e-3, "{file}: {event:?} is {off_s} s from {row:?}");
            let kind = event.label.to_lowercase().replace(' ', "_");
            let side = event.context.to_lowercase();
            assert_eq!((kind.as_str(), &side[..1]), (&row[3], &row[2]), "{file}");
        }
    }
}

/// The CSV's force is that of the plates, low-passed at 60 Hz, at every sixth sample, and no one's outside of them.
#[test]
fn the_plates_follow_the_tables_force() {
    let Some(data) = common::data() else { return };
    let folder = data.join("sprint_dorn2012");
    for (file, _, table, offset_s) in TRIALS {
        let plates = c3d::read(folder.join("raw").join(file)).unwrap();
        let table = csv::read(folder.join(table)).unwrap();
        let column = |name: &str| &table.get(name).unwrap_or_else(|| panic!("no {name}")).signal;
        let valid = column("grf_valid");
        let [x, y, _] = plates.force().unwrap();
        // Forwards is where the sacrum goes.
        let goes = |axis: &str| {
            let path = plates.recording.signal(&format!("SACR_{axis}")).unwrap().samples();
            path[path.len() - 1] - path[0]
        };
        let (along, sign) = if goes("x").abs() > goes("y").abs() { (x, goes("x")) } else { (y, goes("y")) };
        let forward = along.with_samples(along.samples().iter().map(|f| f * sign.signum()).collect());
        for (name, plates, least_r, most_n) in
            [("vertical", plates.vertical_force().unwrap(), 0.9999, 10.0), ("forward", forward, 0.999, 15.0)]
        {
            let smooth =
                ZeroPhase::low_pass(2, 60.0, plates.clock().rate()).unwrap().apply(plates.samples()).unwrap();
            let (left, right) = (column(&format!("grf_{name}_l")), column(&format!("grf_{name}_r")));
            let mut pairs = Vec::new();
            for (i, _) in valid.samples().iter().enumerate().filter(|(_, valid)| **valid == 1.0) {
                let at = plates.clock().position(valid.clock().time_s(i as f64) + offset_s).round();
                pairs.push((smooth[at as usize], left.samples()[i] + right.samples()[i]));
            }
            let n = pairs.len() as f64;
            let rms = (pairs.iter().map(|(a, b)| (a - b).powi(2)).sum::<f64>() / n).sqrt();
            let mean = pairs.iter().fold((0.0, 0.0), |m, (a, b)| (m.0 + a / n, m.1 + b / n));
            let product = |f: fn((f64, f64)) -> f64| {
                pairs.iter().map(|(a, b)| f((a - mean.0, b - mean.1))).sum::<f64>()
            };
            let r = product(|(a, b)| a * b) / (product(|(a, _)| a * a) * product(|(_, b)| b * b)).sqrt();
            eprintln!("{file}: {name} r {r:.5}, RMS {rms:.1} N over {n} samples");
            assert!(
                n > 100.0 && r > least_r && rms < most_n,
                "{file}: {name} r {r}, RMS {rms} N over {n} samples"
            );
        }
    }
}
