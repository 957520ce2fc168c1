use crate::support::Random;
use busbar_core::bus::BusName;
use busbar_core::bus::Direction;
use busbar_core::bus::i2c::{I2cCall, I2cGrant, MAXIMUM_OPERATIONS, Operation, i2c_bus_name, judge_i2c};
use busbar_core::grants::Verdict;

/// What matters around the bounds, and anything.
fn length(random: &mut Random) -> usize {
    match random.below(4) {
        0 => random.below(4),
        1 => 8190 + random.below(5),
        2 => random.below(20_000),
        _ => usize::MAX - random.below(3),
    }
}

fn operation(random: &mut Random) -> Operation {
    if random.once_in(2) { Operation::Read(length(random)) } else { Operation::Write(vec![0; length(random) % 20_000]) }
}

fn bus(random: &mut Random) -> BusName {
    if random.once_in(4) { i2c_bus_name("sim") } else { BusName::Number(1) }
}

fn grant(random: &mut Random) -> I2cGrant {
    I2cGrant {
        bus: bus(random),
        addresses: vec![random.pick(&[0x20, 0x21]), 0x22],
        direction: random.pick(&[Direction::Read, Direction::Write, Direction::ReadWrite, Direction::ReadWrite]),
        maximum_length: random.pick(&[1, 2, 8191, 8192]),
    }
}

/// Calls `each` with grants and calls, some of which are allowed and some not.
fn for_many(mut each: impl FnMut(&mut Random, &I2cGrant, &I2cCall<'_>, bool)) {
    let mut random = Random::new(0x12c);
    let mut allowed = 0;
    const ROUNDS: usize = 10_000;
    for _ in 0..ROUNDS {
        let grant = grant(&mut random);
        let bus = bus(&mut random);
        let most = if random.once_in(8) { MAXIMUM_OPERATIONS + 2 } else { 3 };
        let mut operations = random.list(most, operation);
        if random.once_in(2) {
            operations.truncate(1);
        }
        let call = I2cCall { bus: &bus, address: random.pick(&[0x20, 0x21, 0x22]), operations: &operations };
        let enforce = random.once_in(2);
        allowed += usize::from(judge_i2c(Some(&grant), &call, enforce).is_allowed());
        each(&mut random, &grant, &call, enforce);
    }
    assert!((ROUNDS / 50..ROUNDS * 49 / 50).contains(&allowed), "{allowed} allowed: the calls say nothing");
}

#[test]
fn what_is_refused_stays_refused_when_it_grows() {
    for_many(|random, grant, call, enforce| {
        if judge_i2c(Some(grant), call, enforce).is_allowed() || call.operations.is_empty() {
            return;
        }
        let mut longer = call.operations.to_vec();
        let at = random.below(longer.len());
        match &mut longer[at] {
            // Nothing at all is refused too, and one byte may be granted.
            Operation::Read(0) => return,
            Operation::Read(length) => *length = length.saturating_add(1 + random.below(9000)),
            Operation::Write(data) if data.is_empty() => return,
            Operation::Write(data) => data.push(0),
        }
        assert!(!judge_i2c(Some(grant), &I2cCall { operations: &longer, ..*call }, enforce).is_allowed());
        let mut more = call.operations.to_vec();
        more.push(Operation::Read(1));
        assert!(!judge_i2c(Some(grant), &I2cCall { operations: &more, ..*call }, enforce).is_allowed());
    });
}

#[test]
fn what_is_refused_stays_refused_when_less_is_granted() {
    for_many(|random, grant, call, _| {
        if judge_i2c(Some(grant), call, true).is_allowed() {
            return;
        }
        let narrower = I2cGrant {
            addresses: grant.addresses[..1].to_vec(),
            direction: if grant.direction == Direction::ReadWrite { Direction::Read } else { grant.direction },
            maximum_length: grant.maximum_length - u32::from(random.once_in(2) && grant.maximum_length > 1),
            ..grant.clone()
        };
        assert!(!judge_i2c(Some(&narrower), call, true).is_allowed());
    });
}

#[test]
fn an_entry_that_is_not_enforced_refuses_no_more_and_tells_of_the_rest() {
    for_many(|_, grant, call, _| match (judge_i2c(Some(grant), call, true), judge_i2c(Some(grant), call, false)) {
        (Verdict::Allowed, complained) => assert_eq!(complained, Verdict::Allowed),
        (Verdict::Denied(denied), Verdict::WouldBeDenied(told)) => {
            assert_eq!(denied, told);
            assert!(*call.bus == grant.bus && grant.addresses.contains(&call.address));
        }
        (Verdict::Denied(_), Verdict::Denied(_)) => {}
        other => panic!("{other:?}"),
    });
}
