//! The best order of trains: a linear ordering problem.

use crate::inference::draw::Draws;
use alloc::{vec, vec::Vec};

/// Up to here all subsets of trains fit in a small table.
const EXACT_UP_TO: usize = 16;
/// Starts of the search beyond that: the order given, the one by total lead, shuffled ones, and the best so far, shaken.
const STARTS: usize = 256;

/// The order with the greatest sum of leads of each train over those after it, and whether that is certain.
pub(super) fn best_order(leads: &[i64], k: usize, seed: u64) -> (Vec<usize>, bool) {
    if k <= EXACT_UP_TO { (over_subsets(leads, k), true) } else { (by_moves(leads, k, seed), false) }
}

/// The best sum of every subset, each from those with one train less; then the trains from the first on.
fn over_subsets(leads: &[i64], k: usize) -> Vec<usize> {
    let members = |subset: usize| (0..k).filter(move |i| subset >> i & 1 == 1);
    let over = |i: usize, rest: usize| members(rest).map(|j| leads[i * k + j]).sum::<i64>();
    let mut best = vec![0i64; 1 << k];
    for subset in 1..best.len() {
        let with_first = |i: usize| {
            let rest = subset & !(1 << i);
            over(i, rest) + best[rest]
        };
        best[subset] = members(subset).map(with_first).max().unwrap_or(0);
    }
    let mut rest = best.len() - 1;
    let mut order = Vec::with_capacity(k);
    while rest != 0 {
        // The first that reaches the best sum: earlier-listed trains first among equally good orders.
        let reaches = |&i: &usize| over(i, rest & !(1 << i)) + best[rest & !(1 << i)] == best[rest];
        let Some(first) = members(rest).find(reaches) else { break };
        order.push(first);
        rest &= !(1 << first);
    }
    order
}

fn by_moves(leads: &[i64], k: usize, seed: u64) -> Vec<usize> {
    let given: Vec<usize> = (0..k).collect();
    let mut best = given.clone();
    let mut best_sum = improve(leads, &mut best);
    let mut by_lead = given;
    by_lead.sort_by_key(|&i| core::cmp::Reverse(leads[i * k..][..k].iter().sum::<i64>()));
    let mut draws = Draws::new(seed);
    for start in 1..STARTS {
        let mut order = if start == 1 { by_lead.clone() } else { best.clone() };
        match start % 2 {
            0 => draws.shuffle(&mut order),
            _ if start == 1 => {}
            _ => (0..k.div_ceil(8)).for_each(|_| order.swap(draws.below(k), draws.below(k))),
        }
        let sum = improve(leads, &mut order);
        if sum > best_sum {
            (best, best_sum) = (order, sum);
        }
    }
    best
}

/// Moves single trains to where they help most, until none helps; the sum.
fn improve(leads: &[i64], order: &mut [usize]) -> i64 {
    let k = order.len();
    let lead = |a: usize, b: usize| leads[a * k + b];
    loop {
        let (mut gain, mut from, mut to) = (0, 0, 0);
        for place in 0..k {
            let train = order[place];
            // Passing a train turns its lead around.
            let mut earlier = 0;
            for target in (0..place).rev() {
                earlier += 2 * lead(train, order[target]);
                if earlier > gain {
                    (gain, from, to) = (earlier, place, target);
                }
            }
            let mut later = 0;
            for (target, &passed) in order.iter().enumerate().skip(place + 1) {
                later += 2 * lead(passed, train);
                if later > gain {
                    (gain, from, to) = (later, place, target);
                }
            }
        }
        if gain == 0 {
            break;
        }
        if from < to { order[from..=to].rotate_left(1) } else { order[to..=from].rotate_right(1) }
    }
    (0..k).map(|i| (i + 1..k).map(|j| lead(order[i], order[j])).sum::<i64>()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn random(k: usize, draws: &mut Draws) -> Vec<i64> {
        let mut leads = vec![0; k * k];
        for a in 0..k {
            for b in 0..a {
                let lead = draws.below(21) as i64 - 10;
                (leads[a * k + b], leads[b * k + a]) = (lead, -lead);
            }
        }
        leads
    }

    fn sum(leads: &[i64], order: &[usize]) -> i64 {
        let k = order.len();
        (0..k).map(|i| order[i + 1..].iter().map(|&b| leads[order[i] * k + b]).sum::<i64>()).sum()
    }

    /// Every order, in the order of a dictionary.
    fn every(k: usize) -> Vec<Vec<usize>> {
        if k == 0 {
            return vec![vec![]];
        }
        let mut orders: Vec<Vec<usize>> = every(k - 1)
            .into_iter()
            .flat_map(|order| {
                (0..k).map(move |place| {
                    let mut order = order.clone();
                    order.insert(place, k - 1);
                    order
                })
            })
            .collect();
        orders.sort();
        orders
    }

    #[test]
    fn subsets_find_what_all_permutations_find() {
        let mut draws = Draws::new(1);
        for k in 1..8 {
            let all = every(k);
            for _ in 0..20 {
                let leads = random(k, &mut draws);
                let most = all.iter().map(|order| sum(&leads, order)).max().unwrap();
                let first = all.iter().find(|order| sum(&leads, order) == most).unwrap();
                assert_eq!(best_order(&leads, k, 1), (first.clone(), true));
            }
        }
    }

    #[test]
    fn moves_find_what_subsets_find() {
        let mut draws = Draws::new(2);
        for k in [9, 12, 16] {
            for seed in 0..10 {
                let leads = random(k, &mut draws);
                let (found, best) = (by_moves(&leads, k, seed), over_subsets(&leads, k));
                assert_eq!(sum(&leads, &found), sum(&leads, &best), "{k} trains");
            }
        }
    }

    #[test]
    fn many_trains_in_a_hidden_order_are_sorted() {
        let mut draws = Draws::new(3);
        let k = 40;
        let mut hidden: Vec<usize> = (0..k).collect();
        draws.shuffle(&mut hidden);
        let mut leads = vec![0; k * k];
        for (place, &a) in hidden.iter().enumerate() {
            for &b in &hidden[place + 1..] {
                (leads[a * k + b], leads[b * k + a]) = (5, -5);
            }
        }
        assert_eq!(best_order(&leads, k, 1), (hidden, false));
    }
}
