//! The chain of the firmware on the machine that built it: its results, one line each, as the device prints them.
//!
//! The device must reproduce `native f32` bit by bit. `native f64` filters in double precision; with the feature `std`, with
//! the standard library's functions.

use copeak::Real;
use firmware::{Chain, Found, SPRINT, record};

fn say(found: &Found<'_>) {
    let found = record(found);
    let values: Vec<String> =
        found.values.iter().take(found.len).map(|v| format!("{:016x}", v.to_bits())).collect();
    println!("{} {}", char::from(found.kind), values.join(" "));
}

fn run<T: Real>() -> copeak::Result<()> {
    let mut memory = [0.0; size_of::<firmware::Memory>() / 8];
    let mut chain = Chain::<T>::new(&mut memory)?;
    SPRINT.iter().for_each(|frame| chain.push(frame, &mut |found| say(&found)));
    Ok(())
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    match std::env::args().nth(1).as_deref() {
        Some("f32") => Ok(run::<f32>()?),
        Some("f64") => Ok(run::<f64>()?),
        _ => Err("native f32 or native f64".into()),
    }
}
