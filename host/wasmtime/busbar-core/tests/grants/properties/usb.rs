use crate::support::Random;
use busbar_core::board::{UsbAllowance, UsbGrant};
use busbar_core::grants::{
    ControlRequest, DeviceChange, UsbCall, UsbFacts, UsbInterfaceFacts, UseRecorder, granted_interfaces, interfaces_of,
    judge_usb, needed_allowances,
};

const ALLOWANCES: [UsbAllowance; 4] =
    [UsbAllowance::SetConfiguration, UsbAllowance::Reset, UsbAllowance::DeviceRequests, UsbAllowance::SecurityKeys];
const CLASSES: [u8; 7] = [0x02, 0x03, 0x07, 0x08, 0x0a, 0x0b, 0xff];
const ENDPOINTS: [u8; 5] = [0x00, 0x01, 0x81, 0x02, 0x82];

fn facts(random: &mut Random) -> UsbFacts {
    let interface = |random: &mut Random, number| UsbInterfaceFacts {
        number,
        classes: random.list(2, |random| random.pick(&CLASSES)),
        endpoints: random.list(2, |random| random.pick(&ENDPOINTS)),
        fido: random.once_in(8),
    };
    let count = u8::try_from(random.below(4)).expect("a few");
    UsbFacts {
        vendor_id: random.pick(&[0x2341, 0x2341, 0x2341, 0x1050]),
        product_id: random.pick(&[1, 2]),
        device_class: random.pick(&[0, 2]),
        serial_number: random.pick(&[None, Some("1".to_owned())]),
        port: random.pick(&[None, Some("1-1".to_owned())]),
        interfaces: (0..count).map(|number| interface(random, number)).collect(),
    }
}

fn grant(random: &mut Random) -> UsbGrant {
    UsbGrant {
        vendor_id: random.pick(&[None, Some(0x2341)]),
        product_id: random.pick(&[None, None, None, Some(1)]),
        class: random.pick(&[None, None, Some(0x02), Some(0x03)]),
        serial_number: random.pick(&[None, None, None, Some("1".to_owned())]),
        port: random.pick(&[None, None, None, Some("1-1".to_owned())]),
        interfaces: random.pick(&[None, Some(vec![0]), Some(vec![0, 1]), Some(vec![0, 1, 2, 3])]),
        allow: random.list(4, |random| random.pick(&ALLOWANCES)),
        maximum_length: random.pick(&[1, 8, 16 * 1024 * 1024]),
        maximum_transfers: 64,
    }
}

fn length(random: &mut Random) -> u32 {
    random.pick(&[0, 1, 7, 8, 9, 16 * 1024 * 1024, 16 * 1024 * 1024 + 1, u32::MAX])
}

fn call(random: &mut Random) -> UsbCall {
    let any_byte = random.next().to_le_bytes()[7];
    match random.below(8) {
        0 => UsbCall::Open,
        1 => UsbCall::Interface(random.pick(&[0, 1, 2, 3, any_byte])),
        2 => UsbCall::Endpoint(random.pick(&[0x81, 0x82, 0x01, any_byte])),
        3 => UsbCall::Device(random.pick(&[DeviceChange::SetConfiguration, DeviceChange::Reset])),
        4 => UsbCall::Transfer { endpoint: random.pick(&ENDPOINTS), length: length(random) },
        _ => UsbCall::Control(ControlRequest {
            bm_request_type: random.pick(&[0x80, 0x81, 0x82, 0x21, 0xa1, 0x40, any_byte]),
            b_request: random.pick(&[0, 1, 3, 5, 6, 7, 8, 9, 10, 11, 12, 99]),
            w_index: u16::from(random.pick(&[0, 1, 2, 0x81, 0x82, any_byte])) | random.pick(&[0, 0x0100]),
            length: length(random),
        }),
    }
}

fn longer(random: &mut Random, call: UsbCall) -> UsbCall {
    let more = u32::try_from(random.below(5000)).expect("a few");
    match call {
        UsbCall::Transfer { endpoint, length } => UsbCall::Transfer { endpoint, length: length.saturating_add(more) },
        UsbCall::Control(request) => {
            UsbCall::Control(ControlRequest { length: request.length.saturating_add(more), ..request })
        }
        other => other,
    }
}

/// Calls `each` with grants, devices and calls, some of which are allowed and some not.
fn for_many(mut each: impl FnMut(&mut Random, &UsbGrant, &UsbFacts, UsbCall)) {
    let mut random = Random::new(0x05b);
    let mut allowed = 0;
    const ROUNDS: usize = 20_000;
    for _ in 0..ROUNDS {
        let (grant, facts, call) = (grant(&mut random), facts(&mut random), call(&mut random));
        allowed += usize::from(judge_usb(Some(&grant), &facts, call, true).is_allowed());
        each(&mut random, &grant, &facts, call);
    }
    assert!((ROUNDS / 50..ROUNDS * 49 / 50).contains(&allowed), "{allowed} allowed: the calls say nothing");
}

#[test]
fn what_is_refused_stays_refused_when_it_grows() {
    for_many(|random, grant, facts, call| {
        let more = longer(random, call);
        if !judge_usb(Some(grant), facts, call, true).is_allowed() {
            assert!(!judge_usb(Some(grant), facts, more, true).is_allowed(), "{call:?} {grant:?} {facts:?}");
        }
        // Of an entry that is not enforced: a request of no bytes may be a command, and one that has some reads.
        let has_length = !matches!(call, UsbCall::Control(ControlRequest { length: 0, .. }));
        if has_length && !judge_usb(Some(grant), facts, call, false).is_allowed() {
            assert!(!judge_usb(Some(grant), facts, more, false).is_allowed(), "{call:?} {grant:?} {facts:?}");
        }
    });
}

#[test]
fn what_is_refused_stays_refused_when_less_is_granted() {
    for_many(|random, grant, facts, call| {
        if judge_usb(Some(grant), facts, call, true).is_allowed() {
            return;
        }
        let mut narrower = grant.clone();
        narrower.allow.truncate(random.below(grant.allow.len() + 1));
        narrower.maximum_length = 1;
        if let Some(interfaces) = &mut narrower.interfaces {
            interfaces.truncate(1);
        }
        assert!(!judge_usb(Some(&narrower), facts, call, true).is_allowed(), "{call:?} {grant:?} {facts:?}");
    });
}

#[test]
fn what_is_refused_stays_refused_when_the_device_is_a_security_key_too() {
    for_many(|_, grant, facts, call| {
        let mut key = facts.clone();
        key.interfaces.iter_mut().for_each(|each| each.fido = true);
        for enforce in [true, false] {
            if !judge_usb(Some(grant), facts, call, enforce).is_allowed() {
                assert!(!judge_usb(Some(grant), &key, call, enforce).is_allowed(), "{call:?} {grant:?} {facts:?}");
            }
        }
    });
}

#[test]
fn what_is_allowed_is_about_granted_interfaces_and_enforcing_allows_no_more() {
    for_many(|_, grant, facts, call| {
        let complained = judge_usb(Some(grant), facts, call, false).is_allowed();
        assert!(complained || !judge_usb(Some(grant), facts, call, true).is_allowed());
        if !complained {
            return;
        }
        let granted = granted_interfaces(grant, facts);
        match call {
            UsbCall::Interface(number) => assert!(granted.contains(&number)),
            UsbCall::Endpoint(endpoint) | UsbCall::Transfer { endpoint, .. } => {
                let owners = facts.interfaces.iter().filter(|each| each.endpoints.contains(&endpoint));
                assert!(owners.clone().count() > 0);
                assert!(owners.map(|each| each.number).all(|number| granted.contains(&number)));
            }
            UsbCall::Open | UsbCall::Device(_) | UsbCall::Control(_) => {}
        }
        assert!(interfaces_of(grant, facts, call).used.iter().all(|number| granted.contains(number)));
    });
}

#[test]
fn an_entry_with_what_a_call_needed_covers_it() {
    for_many(|_, grant, facts, call| {
        if !judge_usb(Some(grant), facts, call, false).is_allowed() {
            return;
        }
        let needed = UsbGrant {
            allow: needed_allowances(grant, facts, call),
            maximum_length: 16 * 1024 * 1024,
            ..grant.clone()
        };
        assert!(judge_usb(Some(&needed), facts, call, true).is_allowed(), "{call:?} {grant:?} {facts:?}");
        let mut recorder = UseRecorder::default();
        recorder.usb(grant, facts, call);
        let noted = recorder.noted().usb.expect("a USB call was noted");
        assert_eq!(noted.allow.len(), needed.allow.len());
    });
}
