//! The simulator keeps the contract of a backend.

mod contract;

use busbar_core::board::{SimulateEntry, SimulatedAt};
use busbar_core::bus::i2c::{I2cBackend, I2cUser, i2c_bus_name};
use busbar_core::models::NoModels;
use busbar_core::simulate::simulate;
use contract::Contract;
use serde_json::{Map, json};

#[test]
fn the_simulator_keeps_the_contract() {
    let bus = i2c_bus_name("sim");
    let at = SimulatedAt::I2c { bus: bus.clone(), address: 0x50 };
    let parameters = Map::from_iter([("registers".to_owned(), json!({}))]);
    let simulator = simulate(&[SimulateEntry { at, model: "registers".to_owned(), parameters }], &mut NoModels)
        .expect("it is right");
    let user = I2cUser { device: "contract", addresses: &[0x50] };
    let open = || simulator.open(&bus, &user).expect("it opens").expect("it is there");
    let results = Contract { open: &open, longest_block: 200, any_transaction: true }.run();
    assert_eq!(results.len(), 7);
    for (name, result) in results {
        assert_eq!(result, Ok(()), "{name}");
    }
}
