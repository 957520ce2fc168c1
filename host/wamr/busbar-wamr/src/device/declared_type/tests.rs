#[path = "../../../build/encode.rs"]
mod encode;
#[path = "../../../../../wasmtime/busbar-core/tests/support/json_values.rs"]
mod json_values;

use super::DeclaredType;
use crate::flattened::read_interface;
use busbar_core::callable::{json_of, value_of};
use serde_json::Value;
use std::path::Path;

/// What comes back of a value that went in.
fn round_trip(text: &str, json: &Value) -> Result<Value, String> {
    let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../wit");
    let encoded = encode::encode_source(&wit, &json_values::world_with(text), "types-only")
        .expect("a flattened component can have it");
    let interface = read_interface(&encoded).expect("it is one");
    let take = interface.imported.first().expect("it imports it");
    let ty = DeclaredType { interface: &interface, declared: take.parameters[0].1 };
    value_of(json, &ty).map(|value| json_of(&value, &ty))
}

#[test]
fn values_of_every_type_come_back_as_they_went_in() {
    json_values::values_of_every_type_come_back_as_they_went_in(&round_trip);
}

#[test]
fn what_json_says_in_another_way_is_the_same() {
    json_values::what_json_says_in_another_way_is_the_same(&round_trip);
}

#[test]
fn what_is_no_value_of_the_type_is_refused() {
    json_values::what_is_no_value_of_the_type_is_refused(&round_trip);
}
