use crate::support::{check, device_entry, expected, gpio_direction, outcome, text};
use busbar_core::bus::gpio::{GpioCall, GpioDenial, judge_gpio};
use busbar_core::grants::Verdict;

#[test]
fn a_pin_gets_the_verdict_and_the_sentence_of_the_table() {
    check("gpio.json", |case| {
        let entry = device_entry(&case["device"]);
        let line = text(&case["call"]["line"]);
        let call = GpioCall { line, direction: gpio_direction(&case["call"]["direction"]) };
        let judged = judge_gpio(entry.gpio.as_ref(), call, entry.enforce);
        if let Verdict::Denied(denied) = &judged
            && denied.what == GpioDenial::Line
        {
            let complained = judge_gpio(entry.gpio.as_ref(), call, false);
            assert_eq!(complained, judged, "no entry gets that by not being enforced");
        }
        (expected(case), outcome(&judged, GpioDenial::name))
    });
}
