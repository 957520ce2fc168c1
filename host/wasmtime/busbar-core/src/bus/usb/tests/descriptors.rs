use super::fuzz::{cases, damage};
use super::random::Random;
use crate::bus::usb::{parse_configuration_descriptor, parse_descriptors, parse_device_descriptor, split_descriptors};

#[rustfmt::skip]
const DEVICE: [u8; 18] =
    [18, 1, 0x10, 0x02, 0xef, 2, 1, 64, 0x41, 0x23, 0x43, 0x00, 0x01, 0x02, 1, 2, 3, 1];

/// A CDC function, with a functional descriptor and an audio endpoint of nine bytes in it.
#[rustfmt::skip]
const CONFIGURATION: [u8; 47] = [
    9, 2, 47, 0, 2, 1, 4, 0xc0, 50,
    9, 4, 0, 0, 1, 2, 2, 1, 5,
    5, 0x24, 0x00, 0x10, 0x01,
    // Reserved bits of the address are set.
    7, 5, 0xf2, 3, 0x40, 0x00, 16,
    9, 4, 1, 3, 1, 10, 0, 0, 0,
    // One byte short of what is left.
    8, 5, 0x01, 2, 0x00, 0x02, 0, 9,
];

#[test]
fn every_field_has_its_place() {
    let device = parse_device_descriptor(&DEVICE).expect("it is one");
    assert_eq!((device.usb_version_bcd, device.device_class, device.device_subclass), (0x0210, 0xef, 2));
    assert_eq!((device.vendor_id, device.product_id, device.device_version_bcd), (0x2341, 0x0043, 0x0201));
    assert_eq!((device.manufacturer_index, device.product_index, device.serial_number_index), (1, 2, 3));
    let configuration = parse_configuration_descriptor(&CONFIGURATION).expect("it is one");
    assert_eq!((configuration.configuration_value, configuration.configuration_index), (1, 4));
    assert_eq!((configuration.attributes, configuration.max_power, configuration.total_length), (0xc0, 50, 47));
    let [control, data] = &configuration.interfaces[..] else { panic!("it has two") };
    assert_eq!((control.interface_class, control.interface_subclass, control.interface_protocol), (2, 2, 1));
    assert_eq!((control.interface_index, data.interface_number, data.alternate_setting), (5, 1, 3));
    let [endpoint] = &control.endpoints[..] else { panic!("it has one") };
    assert_eq!((endpoint.endpoint_address, endpoint.attributes, endpoint.max_packet_size), (0x82, 3, 64));
    assert_eq!((endpoint.interval, endpoint.refresh, endpoint.synch_address), (16, 0, 0));
    let [endpoint] = &data.endpoints[..] else { panic!("it has one") };
    assert_eq!((endpoint.max_packet_size, endpoint.refresh, endpoint.synch_address), (512, 9, 0));
}

#[test]
fn what_is_no_descriptor_is_none_and_what_is_cut_off_ends() {
    assert_eq!(parse_device_descriptor(&DEVICE[..17]), None);
    assert_eq!(parse_device_descriptor(&CONFIGURATION), None);
    assert_eq!(parse_configuration_descriptor(&CONFIGURATION[..8]), None);
    assert_eq!(parse_configuration_descriptor(&DEVICE), None);
    for length in 9..CONFIGURATION.len() {
        let parsed = parse_configuration_descriptor(&CONFIGURATION[..length]).expect("its head is whole");
        let endpoints: usize = parsed.interfaces.iter().map(|each| each.endpoints.len()).sum();
        assert_eq!(
            (parsed.interfaces.len(), endpoints),
            (usize::from(length >= 18) + usize::from(length >= 39), usize::from(length >= 30))
        );
    }
    // A descriptor of length 0 would go on for ever, and one of length 1 has no type.
    assert_eq!(split_descriptors(&[2, 9, 0, 5, 2, 9]).count(), 1);
    assert_eq!(split_descriptors(&[2, 9, 1, 2, 9]).count(), 1);
}

#[test]
fn configurations_follow_each_other_whatever_length_they_claim() {
    let mut bytes = DEVICE.to_vec();
    bytes[17] = 2;
    let mut first = CONFIGURATION;
    // More than there is, as some devices say: the kernel keeps what it could read.
    first[2] = 200;
    bytes.extend(first);
    let mut second = CONFIGURATION;
    second[5] = 9;
    bytes.extend(second);
    let (_, configurations) = parse_descriptors(&bytes).expect("it is a device");
    let values: Vec<_> = configurations.iter().flatten().map(|each| each.configuration_value).collect();
    assert_eq!(values, [1, 9]);
    assert!(configurations.iter().flatten().all(|each| each.interfaces.len() == 2));
    // One that was announced and is not there.
    let (_, configurations) = parse_descriptors(&bytes[..18]).expect("it is a device");
    assert_eq!(configurations, [None, None]);
}

#[test]
fn whatever_a_device_says_is_read_within_its_bounds() {
    let mut random = Random::new(0x9e37_79b9_7f4a_7c15);
    for _ in 0..cases() {
        let mut bytes = [&DEVICE[..], &CONFIGURATION[..], &CONFIGURATION[..]].concat();
        for _ in 0..random.below(3) {
            damage(&mut bytes, &mut random, |random| vec![random.next() as u8]);
        }
        let Some((device, configurations)) = parse_descriptors(&bytes) else { continue };
        assert_eq!(configurations.len(), usize::from(device.num_configurations));
        let found: usize = configurations
            .iter()
            .flatten()
            .flat_map(|each| &each.interfaces)
            .map(|each| {
                usize::from(each.length) + each.endpoints.iter().map(|end| usize::from(end.length)).sum::<usize>()
            })
            .sum();
        assert!(found <= bytes.len(), "nothing is read twice: {bytes:?}");
        let endpoints =
            configurations.iter().flatten().flat_map(|each| &each.interfaces).flat_map(|each| &each.endpoints);
        assert!(endpoints.into_iter().all(|endpoint| endpoint.endpoint_address & 0x70 == 0));
    }
}
