//! Damaged components: each is refused with a sentence, or becomes code. Nothing else happens, whatever the bytes are.

use super::{compile, require_measure};
use busbar_host::engine::{Addresses, Machine, config};
use busbar_host::error::{HostError, HostErrorCode};
use fuzz::{cases, damage, is_sentence};
use random::Random;
use std::path::Path;
use transfers_component::{Awaits, component};
use wasmtime::Engine;

#[path = "../../../busbar-core/tests/support/fuzz.rs"]
mod fuzz;
#[path = "../../../busbar-core/tests/support/random.rs"]
#[allow(dead_code)]
mod random;
#[path = "../../tests/support/transfers_component.rs"]
mod transfers_component;

const SEED: u64 = 0x9e37_79b9_7f4a_7c15;

const LABEL: &str = "./x.wasm";

/// Bytes that mean something in many places: sections, types, sorts, and lengths that are none.
fn word(random: &mut Random) -> Vec<u8> {
    match random.below(4) {
        0 => vec![random.pick(&[0x00, 0x01, 0x3f, 0x40, 0x41, 0x42, 0x60, 0x68, 0x69, 0x6a, 0x6d, 0x70, 0x72, 0x7f])],
        1 => vec![0xff, 0xff, 0xff, 0xff, random.pick(&[0x00, 0x0f, 0x7f, 0xff])],
        2 => vec![random.below(16) as u8, random.below(8) as u8],
        _ => (0..random.below(6)).map(|_| random.next() as u8).collect(),
    }
}

/// # Panics
///
/// Where it is no sentence about the component.
fn require_sentence(error: &HostError, case: u64, bytes: &[u8]) {
    let is_told = error.message.starts_with(LABEL) && is_sentence(&error.message);
    assert!(is_told && error.code == HostErrorCode::Component, "case {case}: {:?} of {bytes:02x?}", error.message);
}

#[test]
fn a_damaged_component_is_refused_with_a_sentence_or_becomes_code() {
    let engine = Engine::new(&config(Addresses::Plenty)).expect("it runs here");
    let seeds = [(false, false), (false, true), (true, true)]
        .map(|(borrows, gives_packets)| component("component:usb", Awaits { borrows, gives_packets }));
    let mut random = Random::new(SEED);
    let (mut compiled, mut refused) = (0_u64, 0_u64);
    for case in 0..cases() {
        let mut bytes = random.pick(&seeds);
        damage(&mut bytes, &mut random, word);
        match compile(&engine, LABEL, &bytes) {
            Ok(code) => {
                assert!(!code.is_empty());
                compiled += 1;
            }
            Err(error) => {
                require_sentence(&error, case, &bytes);
                refused += 1;
            }
        }
    }
    // Or else the damage is too small, or so large that nobody looks at what is behind the first byte.
    assert!(compiled > cases() / 100 && refused > cases() / 2, "{compiled} compiled, {refused} refused");
}

/// Of the workspace's own, the engine for JavaScript and all: what is damaged is a few bytes in one place of it. To compile one
/// takes seconds, so that these are only measured, which is what decides whether the compiler sees them.
#[test]
fn a_damaged_component_of_the_workspace_is_measured_in_one_pass() {
    const PLACE: usize = 256;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../packages/tmp102/dist/tmp102.wasm");
    let seed = std::fs::read(&file)
        .unwrap_or_else(|_| panic!("{} is missing; build it first: npx -y pnpm@12 turbo run build", file.display()));
    require_measure(LABEL, &seed).expect("it is one of ours");
    let mut random = Random::new(SEED);
    let mut refused = 0_u64;
    for case in 0..cases() {
        // Everything that is not a function's body is at the beginning and at the end.
        let most = if random.once_in(2) { 4 * PLACE } else { seed.len() - PLACE };
        let at = random.below(most);
        let mut place = seed[at..at + PLACE].to_vec();
        damage(&mut place, &mut random, word);
        let bytes = [&seed[..at], &place[..], &seed[at + PLACE..]].concat();
        if let Err(error) = require_measure(LABEL, &bytes) {
            require_sentence(&error, case, &place);
            refused += 1;
        }
    }
    // Most damage is none of measure, and what cannot be read is left to the compiler.
    assert!(refused < cases() / 10, "{refused} refused");
}

/// host/core/test/linker/refused.test.ts has the same types with the same sentences.
#[test]
fn the_asynchronous_abi_is_refused_as_on_the_host_for_node() {
    let engine = Machine::new(Addresses::Plenty).expect("Wasmtime runs here").engine;
    for (what, bytes) in
        [("an asynchronous function type", &[0x43, 0, 0, 0x7d][..]), ("a future", &[0x65, 0]), ("a stream", &[0x66, 0])]
    {
        // A component with a section of types (Component Model, Binary.md).
        let mut component = vec![0x00, 0x61, 0x73, 0x6d, 0x0d, 0x00, 0x01, 0x00, 7, bytes.len() as u8 + 1, 1];
        component.extend_from_slice(bytes);
        let refused = compile(&engine, "./x.wasm", &component).expect_err("it is refused");
        assert_eq!(
            refused.message,
            format!("./x.wasm cannot be linked: {what} is not supported; use another build of it.")
        );
    }
}
