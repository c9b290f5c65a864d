//! How much a schema may make of one value, at worst: what bounds the time that checking an event takes.
//!
//! References make a schema of any depth. One that holds a value twice against itself looks twice at the
//! value's parts, four times at theirs, and so on: an event is deep enough for that to take for ever. And a look is
//! as dear as what the schema compares the value with.
//!
//! A schema is asked three things: whether a value fits, what is wrong with it, and (for the sake of
//! `unevaluatedProperties`) what it has looked at. A choice among schemas first asks each whether the value fits, and
//! then, if none does, what is wrong: so a choice inside a choice asks more often the deeper it lies.

use std::collections::BTreeMap;

use super::places::{Asked, Parts, Place};
use crate::{error::FieldError, events::strict::DEPTH_MAX};

/// Most that may be made of one value, in plain looks: a choice among hundreds of schemas is within it.
const EFFORT_MAX: u64 = 1_000;
/// Beyond so many conditions the library asks each once, and not once for each that depends on it.
const CONDITIONS_MAX: u64 = 64;

/// Refuses a schema that may take too much, or has no end. The whole one is the first of its places.
pub(super) fn check(places: &[Place]) -> Result<(), FieldError> {
    let order = innermost_first(places)?;
    // What each place makes of one value that lies so many levels inside the one it is held against.
    let mut before: Option<Vec<Worst>> = None;
    for _ in 0..=DEPTH_MAX {
        let next = further_in(places, &order, before.as_deref());
        let is_too_much = next.first().is_some_and(|whole| whole.errors > EFFORT_MAX);
        if let Some(whole) = places.first().filter(|_| is_too_much) {
            let message = format!(
                "may take as long as {EFFORT_MAX} looks at one value, or longer: where a schema refers to itself, let \
                 it see each member and each item once; keep long lists and patterns out of choices"
            );
            return Err(FieldError::new(&whole.at, "too_complex", message));
        }
        if before.as_ref() == Some(&next) {
            break;
        }
        before = Some(next);
    }
    Ok(())
}

/// How far the search for the order of the places is with one of them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Visit {
    Due,
    Begun,
    Done,
}

/// The places, each after those that see the same value; none may be among those itself.
fn innermost_first(places: &[Place]) -> Result<Vec<usize>, FieldError> {
    fn visit(
        places: &[Place],
        number: usize,
        visits: &mut [Visit],
        order: &mut Vec<usize>,
    ) -> Result<(), FieldError> {
        let (Some(place), Some(state)) = (places.get(number), visits.get_mut(number)) else {
            return Ok(());
        };
        match std::mem::replace(state, Visit::Begun) {
            Visit::Due => {}
            Visit::Begun => {
                let message = "refers to itself for the same value, without going into a member or an item: \
                               holding a value against it would never end";
                return Err(FieldError::new(&place.at, "too_complex", message));
            }
            Visit::Done => {
                *state = Visit::Done;
                return Ok(());
            }
        }
        for (inner, _) in &place.beside {
            visit(places, *inner, visits, order)?;
        }
        order.push(number);
        if let Some(state) = visits.get_mut(number) {
            *state = Visit::Done;
        }
        Ok(())
    }
    let mut order = Vec::with_capacity(places.len());
    let mut visits = vec![Visit::Due; places.len()];
    for number in 0..places.len() {
        visit(places, number, &mut visits, &mut order)?;
    }
    Ok(order)
}

/// What a place makes of the part of a value that it makes most of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Worst {
    valid: u64,
    errors: u64,
}

/// What each place makes of a value one level further in, from what each makes of the level before; without that,
/// of the value itself.
fn further_in(places: &[Place], order: &[usize], before: Option<&[Worst]>) -> Vec<Worst> {
    let mut efforts: Vec<Effort<'_>> = places.iter().map(|place| Effort::alone(place, before)).collect();
    for (number, place) in order.iter().filter_map(|number| Some((*number, places.get(*number)?))) {
        let Some(mut own) = efforts.get_mut(number).map(std::mem::take) else { continue };
        for (inner, asked) in &place.beside {
            if let Some(inner) = efforts.get(*inner) {
                own.add(inner, *asked);
            }
        }
        // Which members it looks at is known of a schema that stands alone; which items, of none.
        let known = place.beside.is_empty().then(|| std::mem::take(&mut own.seen.members));
        own.valid.add(&own.seen, place.looks_again);
        own.errors.add(&own.seen, place.looks_again);
        own.seen.members = known.unwrap_or(own.seen.members);
        if let Some(effort) = efforts.get_mut(number) {
            *effort = own;
        }
    }
    let of = |looks: &Looks<'_>| if before.is_none() { looks.here } else { looks.worst() };
    efforts.iter().map(|effort| Worst { valid: of(&effort.valid), errors: of(&effort.errors) }).collect()
}

/// What a place makes of a value, by what it is asked.
#[derive(Debug, Default)]
struct Effort<'a> {
    /// Whether the value fits.
    valid: Looks<'a>,
    /// What is wrong with it.
    errors: Looks<'a>,
    /// What was looked at.
    seen: Looks<'a>,
    /// Conditions that what was looked at depends on.
    conditions: u64,
}

impl<'a> Effort<'a> {
    /// Of a place without those that see the same value.
    fn alone(place: &'a Place, before: Option<&[Worst]>) -> Self {
        let of = |worst: fn(&Worst) -> u64| {
            move |number: &usize| before.and_then(|before| before.get(*number)).map_or(0, worst)
        };
        if before.is_none() {
            let here = || Looks { here: place.price, ..Looks::default() };
            return Self { valid: here(), errors: here(), seen: here(), conditions: 0 };
        }
        let (valid, errors) = (of(|worst| worst.valid), of(|worst| worst.errors));
        let again = |parts: &'a Parts| {
            let others = parts.again.iter().map(valid).fold(0, u64::saturating_add);
            Spread { named: BTreeMap::new(), others }
        };
        Self {
            valid: Looks::alone(place, &valid),
            errors: Looks::alone(place, &errors),
            seen: Looks { here: place.price, members: again(&place.members), items: again(&place.items) },
            conditions: 0,
        }
    }

    /// Adds what a place makes of the same value that is asked that beside.
    fn add(&mut self, inner: &Self, asked: Asked) {
        self.valid.add(&inner.valid, 1);
        self.errors.add(&inner.errors, 1);
        self.seen.add(&inner.seen, 1);
        self.conditions = self.conditions.saturating_add(inner.conditions).min(CONDITIONS_MAX);
        match asked {
            Asked::Nothing => {}
            Asked::ForErrors => self.seen.add(&inner.valid, 1),
            Asked::Whether => {
                self.errors.add(&inner.valid, 1);
                self.seen.add(&inner.valid, 1);
            }
            Asked::Condition => {
                self.errors.add(&inner.valid, 1);
                self.conditions = self.conditions.saturating_add(1).min(CONDITIONS_MAX);
                self.seen.add(&inner.valid, self.conditions.saturating_add(1));
            }
        }
    }
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
    /// Of a place without those that see the same value, from what the places make of its parts.
    fn alone(place: &'a Place, of: &impl Fn(&usize) -> u64) -> Self {
        let (members, items) = (Spread::of(&place.members, of), Spread::of(&place.items, of));
        Self { here: place.price, members, items }
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
    fn of(parts: &'a Parts, looks: &impl Fn(&usize) -> u64) -> Self {
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
