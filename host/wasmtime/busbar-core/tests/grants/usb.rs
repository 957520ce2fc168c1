use crate::support::{check, device_entry, expected, outcome, text, usb_call, usb_devices};
use busbar_core::grants::{UsbDenial, Verdict, judge_usb};

#[test]
fn a_call_gets_the_verdict_and_the_sentence_of_the_table() {
    let devices = usb_devices();
    check("usb.json", |case| {
        let entry = device_entry(&case["device"]);
        let facts = &devices[text(&case["usb"])];
        let call = usb_call(&case["call"]);
        let judged = judge_usb(entry.usb.as_ref(), facts, call, entry.enforce);
        if let Verdict::Denied(denied) = &judged
            && !matches!(denied.what, UsbDenial::Request | UsbDenial::Length)
        {
            let complained = judge_usb(entry.usb.as_ref(), facts, call, false);
            assert_eq!(complained, judged, "no entry gets that by not being enforced");
        }
        (expected(case), outcome(&judged, UsbDenial::name))
    });
}
