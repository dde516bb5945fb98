//! The integration tests: one program, one module per area of the library.

mod common;

mod bad_input;
mod buffers;

mod convergence {
    mod calibration;
    mod change;
    mod cycles;
    mod impulse;
    mod live;
    mod properties;
    mod session;
}
mod ensemble {
    mod calibration;
    mod properties;
}
mod event {
    mod calibration;
    mod detect;
    mod drift;
    mod force;
    mod inertial;
    mod kinematic;
    mod marker;
}
mod filter {
    mod axis;
    mod calculus;
    mod cutoff;
    mod design;
    mod emg;
    mod families;
    mod gaps;
    mod gaps_real;
    mod interpolate;
    mod lanes;
    mod noise;
    mod precision;
    mod preset;
    mod resample;
    mod residual;
    mod scipy;
    mod spikes;
    mod stream;
    mod window;
    mod zero_phase;
}
mod inference {
    mod oracles;
}
mod model {
    mod newton;
}
mod peak {
    mod calibration;
    mod live;
    mod matched;
    mod onset;
    mod properties;
    mod scipy;
}
mod recording {
    mod alignment;
    mod c3d;
    mod damage;
    mod data;
    mod opensim;
    mod parquet;
}
mod report {
    mod balance;
    mod figures;
    mod notebook;
    mod real;
}
mod sequence {
    mod calibration;
    mod properties;
    mod scipy;
    mod train_oracles;
    mod train_real;
}
mod simulate {
    mod properties;
    mod recovery;
    mod truth;
}
mod stride {
    mod assembly;
    mod curves;
    mod forces;
    mod steps;
}
mod synchrony {
    mod oracles;
    mod phase;
}
