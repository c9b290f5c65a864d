//! How often a schema may look at one value, at worst: what bounds the time that checking an event takes.
//!
//! References make a schema of any depth. One that holds a value twice against itself looks twice at the
//! value's parts, four times at theirs, and so on: an event is deep enough for that to take for ever.

use std::collections::BTreeMap;

use super::places::{Parts, Place};
use crate::{error::FieldError, events::strict::DEPTH_MAX};

/// Most looks at one value: a choice among hundreds of schemas is within it.
const LOOKS_MAX: u64 = 1_000;

/// Refuses a schema that may look too often, or without end. The whole one is the first of its places.
pub(super) fn check(places: &[Place]) -> Result<(), FieldError> {
    let order = innermost_first(places)?;
    // How often each place looks at one value that lies so many levels inside the one it is held against.
    let mut looks: Option<Vec<u64>> = None;
    for _ in 0..=DEPTH_MAX {
        let next = further_in(places, &order, looks.as_deref());
        if let Some(whole) = places.first().filter(|_| next.first().is_some_and(|looks| *looks > LOOKS_MAX)) {
            let message = format!(
                "may look more than {LOOKS_MAX} times at one value: where a schema refers to itself, let it see \
                 each member and each item once"
            );
            return Err(FieldError::new(&whole.at, "too_complex", message));
        }
        if looks.as_ref() == Some(&next) {
            break;
        }
        looks = Some(next);
    }
    Ok(())
}

/// The places, each after those that see the same value; none may be among those itself.
fn innermost_first(places: &[Place]) -> Result<Vec<usize>, FieldError> {
    fn visit(
        places: &[Place],
        number: usize,
        is_begun: &mut [bool],
        order: &mut Vec<usize>,
    ) -> Result<(), FieldError> {
        let (Some(place), Some(begun)) = (places.get(number), is_begun.get_mut(number)) else {
            return Ok(());
        };
        if std::mem::replace(begun, true) {
            if order.contains(&number) {
                return Ok(());
            }
            let message = "refers to itself for the same value, without going into a member or an item: \
                           holding a value against it would never end";
            return Err(FieldError::new(&place.at, "too_complex", message));
        }
        for inner in &place.beside {
            visit(places, *inner, is_begun, order)?;
        }
        order.push(number);
        Ok(())
    }
    let mut order = Vec::with_capacity(places.len());
    let mut is_begun = vec![false; places.len()];
    for number in 0..places.len() {
        visit(places, number, &mut is_begun, &mut order)?;
    }
    Ok(order)
}

/// How often each place looks at a value one level further in, from how often each looks at the level before;
/// without that, at the value itself.
fn further_in(places: &[Place], order: &[usize], before: Option<&[u64]>) -> Vec<u64> {
    let mut looks: Vec<Looks<'_>> = places.iter().map(|place| Looks::alone(place, before)).collect();
    for (number, place) in order.iter().filter_map(|number| Some((*number, places.get(*number)?))) {
        let mut all = Looks::default();
        for inner in place.beside.iter().filter_map(|inner| looks.get(*inner)) {
            all.add(inner, 1);
        }
        // Each of those in place may be asked once more for each of them, and once more for the whole.
        let times = if place.looks_again { all.here.saturating_add(2) } else { 1 };
        if let Some(own) = looks.get_mut(number) {
            own.add(&all, times);
        }
    }
    looks.iter().map(|looks| if before.is_none() { looks.here } else { looks.worst() }).collect()
}

/// How often a place looks: at the value that it is held against, and at the parts of that.
#[derive(Debug, Default)]
struct Looks<'a> {
    here: u64,
    members: Spread<'a>,
    items: Spread<'a>,
}

/// How often at each part, by name or index.
#[derive(Debug, Default)]
struct Spread<'a> {
    named: BTreeMap<&'a str, u64>,
    others: u64,
}

impl<'a> Looks<'a> {
    /// Of a place without those that see the same value.
    fn alone(place: &'a Place, before: Option<&[u64]>) -> Self {
        let before = before.unwrap_or_default();
        Self { here: 1, members: Spread::of(&place.members, before), items: Spread::of(&place.items, before) }
    }

    fn add(&mut self, more: &Self, times: u64) {
        self.here = self.here.saturating_add(more.here.saturating_mul(times));
        self.members.add(&more.members, times);
        self.items.add(&more.items, times);
    }

    fn worst(&self) -> u64 {
        self.members.worst().max(self.items.worst())
    }
}

impl<'a> Spread<'a> {
    fn of(parts: &'a Parts, before: &[u64]) -> Self {
        let looks = |number: &usize| before.get(*number).copied().unwrap_or_default(); // none at the first level
        let sum = |numbers: &[usize]| numbers.iter().map(looks).fold(0, u64::saturating_add);
        let all = sum(&parts.all);
        let named =
            parts.named.iter().map(|(name, number)| (name.as_str(), all.saturating_add(looks(number))));
        Self { named: named.collect(), others: all.saturating_add(sum(&parts.others)) }
    }

    fn add(&mut self, more: &Self, times: u64) {
        for (name, own) in &mut self.named {
            let looks = more.named.get(name).unwrap_or(&more.others);
            *own = own.saturating_add(looks.saturating_mul(times));
        }
        for (name, looks) in &more.named {
            let own = self.others.saturating_add(looks.saturating_mul(times));
            self.named.entry(name).or_insert(own);
        }
        self.others = self.others.saturating_add(more.others.saturating_mul(times));
    }

    fn worst(&self) -> u64 {
        self.named.values().copied().fold(self.others, u64::max)
    }
}
