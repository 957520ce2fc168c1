use crate::support::{check, device_entry, expected, hex_number, list, outcome, spi_operation};
use busbar_core::bus::spi::{Operation, SpiDenial, judge_spi};
use busbar_core::grants::Verdict;

#[test]
fn a_transaction_gets_the_verdict_and_the_sentence_of_the_table() {
    check("spi.json", |case| {
        let entry = device_entry(&case["device"]);
        let call = &case["call"];
        let mut operations: Vec<Operation> = list(&call["operations"]).iter().map(spi_operation).collect();
        if let Some(times) = call.get("repeat") {
            operations = vec![operations.swap_remove(0); hex_number(times)];
        }
        let judged = judge_spi(entry.spi.as_ref(), &operations, entry.enforce);
        if let Verdict::Denied(denied) = &judged
            && matches!(denied.what, SpiDenial::Bus | SpiDenial::Delay)
        {
            let complained = judge_spi(entry.spi.as_ref(), &operations, false);
            assert_eq!(complained, judged, "no entry gets that by not being enforced");
        }
        (expected(case), outcome(&judged, SpiDenial::name))
    });
}
