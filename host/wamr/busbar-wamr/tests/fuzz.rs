//! Damaged modules and interfaces: each is refused with a sentence, or is one. Nothing else happens, whatever the bytes are.

#[path = "../build/encode.rs"]
mod encode;
#[path = "../../../wasmtime/busbar-core/tests/support/fuzz.rs"]
#[allow(dead_code)]
mod fuzz;
#[path = "support/guest.rs"]
mod guest;
#[path = "../../../wasmtime/busbar-core/tests/support/random.rs"]
#[allow(dead_code)]
mod random;

use busbar_wamr::abi::{Direction, FlatValues, Handles, Layouts, Lift};
use busbar_wamr::engine::Limits;
use busbar_wamr::flattened::{Flattened, FunctionType, Interface, ValueType, read_interface};
use fuzz::{cases, damage};
use guest::{Parts, flattened, interface};
use random::Random;

const SEED: u64 = 0x57a4_4d52_b05b_a500;

/// Bytes that mean something in many places.
fn word(random: &mut Random) -> Vec<u8> {
    let words: [&[u8]; 8] =
        [&[0x00], &[0x01], &[0x72, 0x01], &[0x70, 0x00], &[0x6f, 0xff, 0xff, 0x03], &[0x6a], &[0x69, 0x00], b"memory"];
    words[random.below(words.len())].to_vec()
}

#[test]
fn damaged_modules() {
    let whole = flattened(&Parts::default());
    let mut read = 0;
    let mut random = Random::new(SEED);
    for _ in 0..cases() {
        let mut bytes = whole.clone();
        damage(&mut bytes, &mut random, word);
        match Flattened::read(&bytes) {
            Ok(_) => read += 1,
            Err(what) => assert!(!what.is_empty() && !what.contains('\n'), "{what}"),
        }
    }
    assert!(read > 0);
}

#[test]
fn damaged_interfaces_and_values_of_them() {
    let whole = interface();
    let (mut read, mut lifted) = (0, 0);
    let mut random = Random::new(SEED);
    for _ in 0..cases() {
        let mut bytes = whole.clone();
        damage(&mut bytes, &mut random, word);
        let Ok(interface) = read_interface(&bytes) else { continue };
        let Ok(layouts) = Layouts::of(&interface) else { continue };
        read += 1;
        for function in interface.imported.iter().chain(&interface.exported) {
            lifted += usize::from(lift_random(&interface, &layouts, function, &mut random));
        }
    }
    assert!(read > 0 && lifted > 0);
}

/// Lifts what some memory and some values say: whatever they are, it gives values or a trap.
fn lift_random(interface: &Interface, layouts: &Layouts, function: &FunctionType, random: &mut Random) -> bool {
    let memory: Vec<u8> = (0..256).map(|_| if random.below(2) == 0 { 0 } else { random.below(256) as u8 }).collect();
    let (mut handles, mut budget) = (Handles::default(), 1 << 16);
    let mut lift = Lift {
        interface,
        layouts,
        memory: &memory,
        handles: &mut handles,
        budget: &mut budget,
        limits: Limits::of_entry(1),
    };
    let signature = layouts.signature(function, Direction::Import);
    let values: Vec<u64> = signature.parameters.iter().map(|_| random.below(300) as u64).collect();
    let types: Vec<ValueType> = function.parameters.iter().map(|(_, each)| *each).collect();
    if signature.indirect_parameters {
        return lift.load_all(&types, random.below(300) as u32).is_ok();
    }
    let mut flat = FlatValues::new(&values);
    let lifted = types.iter().map(|each| lift.lift(*each, &mut flat)).collect::<Result<Vec<_>, _>>();
    let loaded = function.result.map(|result| lift.load(result, random.below(300) as u32));
    lifted.is_ok() || loaded.is_some_and(|value| value.is_ok())
}
