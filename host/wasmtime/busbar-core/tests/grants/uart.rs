use crate::support::{check, device_entry, expected, outcome, uart_call};
use busbar_core::bus::uart::{UartDenial, judge_uart};
use busbar_core::grants::Verdict;

#[test]
fn a_call_gets_the_verdict_and_the_sentence_of_the_table() {
    check("uart.json", |case| {
        let entry = device_entry(&case["device"]);
        let call = uart_call(&case["call"]);
        let judged = judge_uart(entry.uart.as_ref(), call, entry.enforce);
        if let Verdict::Denied(denied) = &judged
            && denied.what == UartDenial::Port
        {
            let complained = judge_uart(entry.uart.as_ref(), call, false);
            assert_eq!(complained, judged, "no entry gets that by not being enforced");
        }
        (expected(case), outcome(&judged, UartDenial::name))
    });
}
