//! Orders of trials within athletes.

use crate::inference::draw::Draws;
use alloc::{vec, vec::Vec};

/// Groups of positions whose entries may be exchanged.
#[derive(Debug, Clone)]
pub(super) struct Exchange {
    /// The positions of each group.
    groups: Vec<Vec<usize>>,
    rows: usize,
}

impl Exchange {
    /// Positions with the same label are a group.
    pub(super) fn within(labels: &[usize]) -> Self {
        let mut names: Vec<usize> = labels.to_vec();
        names.sort_unstable();
        names.dedup();
        let places = |name: usize| (0..labels.len()).filter(|&i| labels[i] == name).collect();
        Self { groups: names.into_iter().map(places).collect(), rows: labels.len() }
    }

    /// Number of groups.
    pub(super) fn groups(&self) -> usize {
        self.groups.len()
    }

    /// Number of orders; `u64::MAX` when there are more.
    pub(super) fn orders(&self) -> u64 {
        let factorial = |n: usize| (1..=n as u64).fold(1u64, u64::saturating_mul);
        self.groups.iter().fold(1, |all, group| all.saturating_mul(factorial(group.len())))
    }

    /// Calls `take` with every order: `order[i]` is the position whose entry moves to position i. The first is the identity.
    pub(super) fn every(&self, mut take: impl FnMut(&[usize])) {
        let mut order: Vec<usize> = (0..self.rows).collect();
        let mut now: Vec<Vec<usize>> = self.groups.clone();
        loop {
            take(&order);
            // Like an odometer: the first group with a next order advances, those before it restart.
            let moved = (0..now.len()).find(|&g| {
                let more = next_order(&mut now[g]);
                self.groups[g].iter().zip(&now[g]).for_each(|(&place, &from)| order[place] = from);
                more
            });
            if moved.is_none() {
                return;
            }
        }
    }

    /// Calls `take` with `count` random orders.
    pub(super) fn drawn(&self, count: usize, seed: u64, mut take: impl FnMut(&[usize])) {
        let mut draws = Draws::new(seed);
        let mut order = vec![0; self.rows];
        let mut now = self.groups.clone();
        for _ in 0..count {
            for (places, entries) in self.groups.iter().zip(&mut now) {
                draws.shuffle(entries);
                places.iter().zip(entries.iter()).for_each(|(&place, &from)| order[place] = from);
            }
            take(&order);
        }
    }
}

/// The next order lexicographically; the first again, and false, after the last.
fn next_order(items: &mut [usize]) -> bool {
    let Some(rise) = (1..items.len()).rev().find(|&i| items[i - 1] < items[i]) else {
        items.reverse();
        return false;
    };
    let swap = (rise..items.len()).rev().find(|&i| items[i] > items[rise - 1]).unwrap_or(rise);
    items.swap(rise - 1, swap);
    items[rise..].reverse();
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;

    #[test]
    fn every_order_within_groups_comes_once() {
        let exchange = Exchange::within(&[7, 3, 7, 3, 7]);
        assert_eq!((exchange.groups(), exchange.orders()), (2, 12));
        let mut seen = BTreeSet::new();
        let mut first = None;
        exchange.every(|order| {
            first.get_or_insert_with(|| order.to_vec());
            assert!([0, 2, 4].iter().all(|&i| [0, 2, 4].contains(&order[i])));
            assert!(seen.insert(order.to_vec()));
        });
        assert_eq!((seen.len(), first), (12, Some(vec![0, 1, 2, 3, 4])));
        exchange.drawn(50, 1, |order| assert!(seen.contains(order)));
        assert_eq!(Exchange::within(&[0; 30]).orders(), u64::MAX);
    }
}
