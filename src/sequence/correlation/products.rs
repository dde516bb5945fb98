//! Sums of products at many lags.

/// Lags taken together: six vectors of four, with one factor for all of them.
const WIDE: usize = 24;

/// `out[j]` = sum over i of `a[i] b[i + j]`; `b` goes on for at least [`beyond`] samples past the last one used.
///
/// Where `zeros` is not 0, that many samples of `b` before and after the middle `a.len()` are known to be 0 and are left
/// out. The sums are taken in the order of i whatever the instructions.
#[inline(always)]
pub(super) fn products(a: &[f64], b: &[f64], zeros: usize, out: &mut [f64]) {
    let mut from = 0;
    while from < out.len() {
        let left = out.len() - from;
        let width = if left > 16 {
            WIDE
        } else if left > 8 {
            16
        } else {
            8
        };
        // Only where the tile's samples of `b` are not all 0.
        let first = zeros.saturating_sub(from + width - 1);
        let end = if zeros > 0 { a.len().min(zeros + a.len() - from) } else { a.len() };
        let (a, b) = (&a[first..end], &b[first + from..]);
        let out = &mut out[from..from + left.min(width)];
        match width {
            WIDE => tile::<{ WIDE / 4 }>(a, b, out),
            16 => tile::<4>(a, b, out),
            _ => tile::<2>(a, b, out),
        }
        from += width;
    }
}

/// How far `b` must reach past its last sample used.
pub(super) fn beyond() -> usize {
    WIDE
}

/// `V` vectors of four lags.
#[inline(always)]
fn tile<const V: usize>(a: &[f64], b: &[f64], out: &mut [f64]) {
    let mut sums = [[0.0; 4]; V];
    for (a, b) in a.iter().zip(b.windows(4 * V)) {
        for (sums, b) in sums.iter_mut().zip(b.chunks_exact(4)) {
            let Ok(b) = <&[f64; 4]>::try_from(b) else { continue };
            for l in 0..4 {
                sums[l] += a * b[l];
            }
        }
    }
    for (out, sums) in out.chunks_mut(4).zip(&sums) {
        out.copy_from_slice(&sums[..out.len()]);
    }
}

/// Sum and sum of squares of the first 0, 1, 2, ... values.
#[inline(always)]
pub(super) fn running<'a>(values: impl Iterator<Item = &'a f64>, sums: &mut [f64], squares: &mut [f64]) {
    let (mut sum, mut square) = (0.0, 0.0);
    sums[0] = 0.0;
    squares[0] = 0.0;
    for ((value, sums), squares) in values.zip(&mut sums[1..]).zip(&mut squares[1..]) {
        sum += value;
        square += value * value;
        *sums = sum;
        *squares = square;
    }
}
