use crate::support::{check, device_entry, expected, hex_number, list, operation, outcome};
use busbar_core::bus::BusName;
use busbar_core::bus::i2c::{I2cCall, I2cDenial, Operation, i2c_bus_name, judge_i2c};
use busbar_core::grants::Verdict;
use serde_json::Value;

#[test]
fn a_transaction_gets_the_verdict_and_the_sentence_of_the_table() {
    check("i2c.json", |case| {
        let entry = device_entry(&case["device"]);
        let call = &case["call"];
        let bus = match &call["bus"] {
            Value::String(name) => i2c_bus_name(name),
            number => BusName::Number(hex_number(number)),
        };
        let mut operations: Vec<Operation> = list(&call["operations"]).iter().map(operation).collect();
        if let Some(times) = call.get("repeat") {
            operations = vec![operations.swap_remove(0); hex_number(times)];
        }
        let call = I2cCall { bus: &bus, address: hex_number(&call["address"]), operations: &operations };
        let judged = judge_i2c(entry.i2c.as_ref(), &call, entry.enforce);
        if let Verdict::Denied(denied) = &judged
            && matches!(denied.what, I2cDenial::Bus | I2cDenial::Address)
        {
            assert_eq!(judge_i2c(entry.i2c.as_ref(), &call, false), judged, "no entry gets that by not being enforced");
        }
        (expected(case), outcome(&judged, I2cDenial::name))
    });
}
