//! The firmware: the chain over the sprint in its flash, what it finds and what that costs said over semihosting.

#![no_std]
#![no_main]

use core::arch::asm;
use core::hint::black_box;
use cortex_m::peripheral::{SYST, syst::SystClkSource};
use cortex_m_rt::entry;
use cortex_m_semihosting::{debug, hio};
use firmware::{Chain, Memory, SPRINT, record};

/// Nothing in this binary panics, which the linked symbols show; the compiler wants a handler all the same.
#[panic_handler]
fn panic(_: &core::panic::PanicInfo<'_>) -> ! {
    loop {}
}

/// Ticks since an earlier reading of a counter that counts down.
fn since(earlier: u32) -> u32 {
    earlier.wrapping_sub(SYST::get_current()) & 0x00ff_ffff
}

/// `2 n` instructions, to learn how many a tick of the counter is.
fn instructions(n: u32) {
    // SAFETY: counts a register down to 0 and touches nothing else.
    unsafe { asm!("2:", "subs {0}, {0}, #1", "bne 2b", inout(reg) n => _) }
}

/// Bytes of stack that were ever used: the runtime paints it before the start.
fn stack_used() -> usize {
    unsafe extern "C" {
        static _stack_start: u32;
        static _stack_end: u32;
    }
    let (top, mut lowest) = (&raw const _stack_start, &raw const _stack_end);
    // SAFETY: words between the end of static memory and the top of the stack, both of which the linker gives; the ones
    // that are still painted are nobody's.
    while lowest < top && unsafe { lowest.read_volatile() } == cortex_m_rt::STACK_PAINT_VALUE {
        lowest = lowest.wrapping_add(1);
    }
    top as usize - lowest as usize
}

struct Out(hio::HostStream);

impl Out {
    fn write(&mut self, bytes: &[u8]) {
        // There is nobody to tell when the host does not listen.
        let _ = self.0.write_all(bytes);
    }

    fn hex(&mut self, value: u64) {
        let mut text = *b" 0000000000000000";
        for (i, place) in text.iter_mut().rev().take(16).enumerate() {
            let digit = (value >> (4 * i)) as u8 & 15;
            *place = digit + if digit < 10 { b'0' } else { b'a' - 10 };
        }
        self.write(&text);
    }

    fn figure(&mut self, name: &[u8], value: u64) {
        self.write(name);
        self.hex(value);
        self.write(b"\n");
    }
}

#[entry]
fn main() -> ! {
    static mut MEMORY: Memory = [0.0; size_of::<Memory>() / 8];
    let done = run(MEMORY).is_some();
    debug::exit(if done { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
    loop {
        cortex_m::asm::wfi();
    }
}

fn run(memory: &mut Memory) -> Option<()> {
    let mut peripherals = cortex_m::Peripherals::take()?;
    let counter = &mut peripherals.SYST;
    counter.set_clock_source(SystClkSource::Core);
    counter.set_reload(0x00ff_ffff);
    counter.clear_current();
    counter.enable_counter();
    let start = SYST::get_current();
    instructions(1_000_000);
    let calibration = since(start);

    // All frames, for the mean, and one by one, for the longest.
    let start = SYST::get_current();
    let mut chain = Chain::<f32>::new(memory).ok()?;
    let set_up = since(start);
    let start = SYST::get_current();
    SPRINT.iter().for_each(|frame| chain.push(frame, &mut |found| _ = black_box(&found)));
    let all = since(start);
    let mut chain = Chain::<f32>::new(memory).ok()?;
    let (mut longest, mut ordinary, mut ordinary_frames) = (0, 0, 0_u32);
    for frame in &SPRINT {
        let mut found = 0;
        let start = SYST::get_current();
        chain.push(frame, &mut |_| found += 1);
        let took = since(start);
        longest = took.max(longest);
        if found == 0 {
            ordinary += took;
            ordinary_frames += 1;
        }
    }

    let mut out = Out(hio::hstdout().ok()?);
    let mut chain = Chain::<f32>::new(memory).ok()?;
    for frame in &SPRINT {
        chain.push(frame, &mut |found| {
            let found = record(&found);
            out.write(&[found.kind]);
            found.values.iter().take(found.len).for_each(|value| out.hex(value.to_bits()));
            out.write(b"\n");
        });
    }
    out.figure(b"= frames", SPRINT.len() as u64);
    out.figure(b"= two_million_ticks", u64::from(calibration));
    out.figure(b"= set_up_ticks", u64::from(set_up));
    out.figure(b"= all_ticks", u64::from(all));
    out.figure(b"= longest_ticks", u64::from(longest));
    out.figure(b"= ordinary_ticks", u64::from(ordinary));
    out.figure(b"= ordinary_frames", u64::from(ordinary_frames));
    out.figure(b"= stack_bytes", stack_used() as u64);
    Some(())
}
