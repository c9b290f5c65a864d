//! A source's own running numbers: which came, which came again, and which are missing.

use std::collections::{BTreeMap, BTreeSet};

use crate::error::Result;

/// What is known of a source's numbers besides its gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Numbering {
    /// First number seen, and the highest; none of a source that sends no numbers.
    pub(super) range: Option<(i64, i64)>,
    /// Events that carry a number.
    pub(super) numbered: i64,
    /// Of these: events whose number was not expected any more, because it was seen before or lies below the
    /// first.
    pub(super) repeated: i64,
    /// Numbers in all gaps.
    pub(super) missing: i64,
}

/// A range of missing numbers, both ends included.
pub(super) type Gap = (i64, i64);

/// The gaps of a source as far as they were touched; the others stay in the store.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Gaps {
    /// First number to last.
    pub(super) open: BTreeMap<i64, i64>,
    /// First numbers of gaps that were taken out of the store: there they are out of date.
    pub(super) taken: BTreeSet<i64>,
}

impl Gaps {
    /// Takes out the gap that holds `number`. `stored` looks one up in the store.
    fn take(
        &mut self,
        number: i64,
        stored: &mut impl FnMut(i64) -> Result<Option<Gap>>,
    ) -> Result<Option<Gap>> {
        if let Some((&first, &last)) = self.open.range(..=number).next_back()
            && number <= last
        {
            self.open.remove(&first);
            return Ok(Some((first, last)));
        }
        // One that was taken before is in `open`, in pieces: the number is in none of them.
        Ok(stored(number)?.filter(|(first, _)| self.taken.insert(*first)))
    }

    /// Opens a gap, unless it is empty.
    fn open(&mut self, first: i64, last: i64) {
        if first <= last {
            self.open.insert(first, last);
        }
    }
}

impl Numbering {
    /// Takes note of the number of the next event of the log.
    pub(super) fn see(
        &mut self,
        number: i64,
        gaps: &mut Gaps,
        stored: &mut impl FnMut(i64) -> Result<Option<Gap>>,
    ) -> Result<()> {
        self.numbered += 1;
        let Some((first, highest)) = self.range else {
            self.range = Some((number, number));
            return Ok(());
        };
        if number > highest {
            gaps.open(highest + 1, number - 1);
            self.missing += number - 1 - highest;
            self.range = Some((first, number));
        } else if let Some((gap_first, gap_last)) = gaps.take(number, stored)? {
            gaps.open(gap_first, number - 1);
            gaps.open(number + 1, gap_last);
            self.missing -= 1;
        } else {
            self.repeated += 1;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sees the numbers, the store being asked anew for each as if it were the first of its batch or all being
    /// of one batch; both must come to the same.
    fn see(numbers: &[i64]) -> (Numbering, Vec<Gap>) {
        let (mut at_once, mut kept) = (Numbering::default(), Gaps::default());
        for number in numbers {
            at_once.see(*number, &mut kept, &mut |_| Ok(None)).unwrap();
        }

        let (mut one_by_one, mut store) = (Numbering::default(), BTreeMap::new());
        for number in numbers {
            let mut gaps = Gaps::default();
            let stored = |number: i64| {
                let gap = store.range(..=number).next_back().map(|(first, last)| (*first, *last));
                Ok(gap.filter(|(_, last)| number <= *last))
            };
            one_by_one.see(*number, &mut gaps, &mut { stored }).unwrap();
            store.retain(|first, _| !gaps.taken.contains(first));
            store.extend(gaps.open);
        }

        assert_eq!((at_once, &kept.open), (one_by_one, &store), "{numbers:?}");
        assert_eq!(store.iter().map(|(first, last)| last - first + 1).sum::<i64>(), at_once.missing);
        (at_once, store.into_iter().collect())
    }

    #[test]
    fn numbers_in_order_leave_no_gap_wherever_they_begin() {
        for first in [0, 5, 9_007_199_254_740_988] {
            let (numbering, gaps) = see(&[first, first + 1, first + 2]);

            assert_eq!(numbering.range, Some((first, first + 2)));
            assert_eq!((numbering.numbered, numbering.repeated, gaps), (3, 0, vec![]));
        }
    }

    #[test]
    fn a_number_too_high_opens_a_gap() {
        assert_eq!(see(&[0, 3, 10]).1, [(1, 2), (4, 9)]);
        assert_eq!(see(&[0, 3, 10]).0.missing, 8);
    }

    #[test]
    fn a_missing_number_narrows_splits_or_closes_its_gap() {
        assert_eq!(see(&[0, 6, 1]).1, [(2, 5)]);
        assert_eq!(see(&[0, 6, 5]).1, [(1, 4)]);
        assert_eq!(see(&[0, 6, 3]).1, [(1, 2), (4, 5)]);
        assert_eq!(see(&[0, 6, 3, 1, 2, 5, 4]).1, []);
        assert_eq!(see(&[0, 2, 1]).1, []);
    }

    #[test]
    fn a_number_that_was_seen_or_lies_below_the_first_is_repeated() {
        let (numbering, gaps) = see(&[5, 8, 8, 5, 6, 6, 4, 0]);

        assert_eq!((numbering.numbered, numbering.repeated, numbering.missing), (8, 5, 1));
        assert_eq!((numbering.range, gaps), (Some((5, 8)), vec![(7, 7)]));
    }
}
