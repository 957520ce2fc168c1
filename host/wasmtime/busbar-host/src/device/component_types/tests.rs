#[path = "../../../../busbar-core/tests/support/json_values.rs"]
mod json_values;

use super::HostType;
use crate::engine::{Addresses, config};
use busbar_core::callable::{json_of, value_of};
use serde_json::Value;
use wasmtime::Engine;
use wasmtime::component::Component;
use wasmtime::component::types::ComponentItem;
use wit_component::{ComponentEncoder, StringEncoding, dummy_module, embed_component_metadata};
use wit_parser::{LiftLowerAbi, ManglingAndAbi, Resolve};

/// A type by its text in WIT, read off a component that imports a function of it.
fn type_of(text: &str) -> HostType {
    let mut resolve = Resolve::default();
    let package = resolve.push_str("types.wit", &json_values::world_with(text)).expect("it is right");
    let world = resolve.select_world(&[package], None).expect("there is one");
    let mut module = dummy_module(&resolve, world, ManglingAndAbi::Legacy(LiftLowerAbi::Sync));
    embed_component_metadata(&mut module, &resolve, world, StringEncoding::UTF8).expect("it fits");
    let mut encoder = ComponentEncoder::default().module(&module).expect("it fits");
    let bytes = encoder.encode().expect("it is a component");
    let engine = Engine::new(&config(Addresses::Plenty)).expect("it runs here");
    let component = Component::new(&engine, bytes).expect("it compiles").component_type();
    for (_, item) in component.imports(&engine) {
        let ComponentItem::ComponentInstance(instance) = item.ty else { continue };
        for (_, item) in instance.exports(&engine) {
            if let ComponentItem::ComponentFunc(function) = item.ty
                && let Some((_, ty)) = function.params().next()
            {
                return HostType(ty);
            }
        }
    }
    panic!("it imports no function")
}

/// What comes back of a value that went in.
fn round_trip(text: &str, json: &Value) -> Result<Value, String> {
    let ty = type_of(text);
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
