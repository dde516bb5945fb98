//! W7: 10,000 surrogates of the mean resultant, shifted by whole strides. W7b: the chance level and the `Locked` null of
//! kappa over 10,000 offset vectors. The same draws as the crate's users get.

mod support;

use copeak::convergence::DriveGrid;
use copeak::convergence::chance::ChanceLevel;
use copeak::convergence::drive_grid::GridShape;
use copeak::synchrony::StrideCoupling;
use support::{Run, Workload};

/// Surrogates, and offset vectors; a hundredth of them on the small inputs of the smoke test.
const DRAWS: usize = 10_000;
const SEED: u64 = 1;
/// Phases of a cycle in W7b.
const PHASES: usize = 100;

/// The crate's draws again, from their description: xoshiro256++ seeded by SplitMix64, bounded by multiplication.
struct Draws([u64; 4]);

impl Draws {
    fn new(seed: u64) -> Self {
        let mut state = seed;
        Self(std::array::from_fn(|_| {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = state;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            z ^ (z >> 31)
        }))
    }

    fn below(&mut self, bound: usize) -> usize {
        let s = &mut self.0;
        let word = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        // A second draw where 2^64 is no multiple of the bound happens once in 2^56 draws here.
        ((u128::from(word) * bound as u128) >> 64) as usize
    }
}

/// Phases `[contributor][stride]`.
struct Coupling {
    phases: Vec<Vec<f64>>,
    coupling: StrideCoupling,
    values: Vec<f64>,
}

fn coupling(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    let phases: Vec<Vec<f64>> = x.chunks(x.len() / channels).map(<[f64]>::to_vec).collect();
    let draws = if x.len() > 5000 { DRAWS / 100 } else { DRAWS };
    let coupling = StrideCoupling::new(&phases).unwrap();
    Box::new(Coupling { phases, coupling, values: vec![0.0; draws] })
}

impl Run for Coupling {
    fn run(&mut self) {
        self.coupling.surrogates(SEED, &mut self.values);
    }

    fn result(&self) -> Vec<f64> {
        self.values.clone()
    }

    fn expected(&self) -> Vec<f64> {
        let (k, n) = (self.phases.len(), self.phases[0].len());
        let mut draws = Draws::new(SEED);
        let turn = |phase: f64| (std::f64::consts::TAU * phase).sin_cos();
        let planes: Vec<Vec<(f64, f64)>> =
            self.phases.iter().map(|row| row.iter().map(|&phase| turn(phase)).collect()).collect();
        let one = |_: &f64| {
            let shifts: Vec<usize> = (0..k).map(|i| if i == 0 { 0 } else { draws.below(n) }).collect();
            let length = |j: usize| {
                let sum = (0..k)
                    .map(|i| planes[i][(j + shifts[i]) % n])
                    .fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
                sum.0.hypot(sum.1) / k as f64
            };
            (0..n).map(length).sum::<f64>() / n as f64
        };
        self.values.iter().map(one).collect()
    }
}

/// Drives `[contributor][step][phase]`.
struct Kappa {
    drives: DriveGrid,
    chance: ChanceLevel,
    offsets: usize,
    values: Vec<f64>,
}

fn kappa(x: Vec<f64>, channels: usize) -> Box<dyn Run> {
    let length = x.len() / channels;
    let steps = length / PHASES;
    // Drives are not negative.
    let row = |i: usize, j: usize| &x[i * length + j * PHASES..][..PHASES];
    let y = (0..steps).flat_map(|j| (0..channels).flat_map(move |i| row(i, j)).map(|v| v.max(0.0))).collect();
    let drives = DriveGrid::from_shape(GridShape { contributors: channels, phases: PHASES }, y).unwrap();
    let offsets = if length < DRAWS { DRAWS / 100 } else { DRAWS };
    let chance = ChanceLevel::new(SEED).offsets(offsets);
    Box::new(Kappa { drives, chance, offsets, values: vec![] })
}

impl Run for Kappa {
    fn run(&mut self) {
        let test = self.chance.test(&self.drives).unwrap();
        self.values = test.steps.iter().map(|step| step.chance.unwrap_or(f64::NAN)).collect();
        self.values.extend([test.kappa.unwrap_or(0.0), test.p.unwrap_or(0.0)]);
    }

    fn result(&self) -> Vec<f64> {
        self.values.clone()
    }

    fn expected(&self) -> Vec<f64> {
        let (k, steps) = (self.drives.contributors(), self.drives.steps());
        let mut draws = Draws::new(SEED);
        let offsets: Vec<Vec<usize>> = (0..self.offsets)
            .map(|_| (0..k).map(|i| if i == 0 { 0 } else { draws.below(PHASES) }).collect())
            .collect();
        let picks: Vec<usize> = (0..999).map(|_| draws.below(self.offsets)).collect();
        let (mut chances, mut observed, mut surrogates) = (vec![], 0.0, vec![0.0; 999]);
        for j in 0..steps {
            let peak = |shifts: &[usize]| {
                let sum =
                    |t: usize| (0..k).map(|i| self.drives.row(j, i)[(t + shifts[i]) % PHASES]).sum::<f64>();
                (0..PHASES).map(sum).fold(f64::NEG_INFINITY, f64::max)
            };
            let available: f64 =
                (0..k).map(|i| self.drives.row(j, i).iter().copied().fold(f64::NEG_INFINITY, f64::max)).sum();
            let pool: Vec<f64> = offsets.iter().map(|shifts| peak(shifts) / available).collect();
            let chance = pool.iter().sum::<f64>() / pool.len() as f64;
            let kappa = |c: f64| (c - chance) / (1.0 - chance) / steps as f64;
            observed += kappa(peak(&vec![0; k]) / available);
            surrogates.iter_mut().zip(&picks).for_each(|(sum, &pick)| *sum += kappa(pool[pick]));
            chances.push(chance);
        }
        let large = surrogates.iter().filter(|&&s| s >= observed - 1e-12).count();
        chances.extend([observed, (1 + large) as f64 / 1000.0]);
        chances
    }
}

fn main() {
    support::main(&[
        Workload { name: "W7", unit: "stride and contributor", size: (8, 200), set_up: coupling },
        Workload { name: "W7b", unit: "phase", size: (8, 200 * PHASES), set_up: kappa },
    ]);
}
