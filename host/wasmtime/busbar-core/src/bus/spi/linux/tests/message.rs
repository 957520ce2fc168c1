use crate::bus::spi::Operation;
use crate::bus::spi::linux::message::transfers_of;

/// Each transfer as what it sends, how much it receives, and its delay.
fn shown(operations: &[Operation]) -> Vec<(Option<Vec<u8>>, Option<usize>, u16)> {
    let transfers = transfers_of(operations).into_iter();
    transfers
        .map(|each| (each.sent.map(<[u8]>::to_vec), each.received.map(|received| received.len()), each.delay_usecs))
        .collect()
}

#[test]
fn each_operation_has_a_transfer_of_its_own() {
    let operations = [Operation::Write(vec![1, 2]), Operation::Read(3), Operation::Transfer(vec![4, 5])];
    assert_eq!(shown(&operations), [(Some(vec![1, 2]), None, 0), (None, Some(3), 0), (Some(vec![4, 5]), Some(2), 0)]);
}

#[test]
fn a_delay_is_that_of_the_transfer_before_it_in_microseconds_that_are_not_shorter() {
    let operations = [
        Operation::Write(vec![1]),
        Operation::Delay(1),
        Operation::Read(1),
        Operation::Delay(1000),
        Operation::Delay(1001),
    ];
    assert_eq!(shown(&operations), [(Some(vec![1]), None, 1), (None, Some(1), 3)]);
    assert_eq!(shown(&[Operation::Delay(0), Operation::Write(vec![1])]), [(Some(vec![1]), None, 0)]);
}

#[test]
fn a_delay_before_anything_and_what_is_more_than_one_holds_are_transfers_of_no_bytes() {
    let first = [Operation::Delay(2000), Operation::Write(vec![1])];
    assert_eq!(shown(&first), [(None, None, 2), (Some(vec![1]), None, 0)]);
    let long = [Operation::Write(vec![1]), Operation::Delay(65_535_000), Operation::Delay(1000)];
    assert_eq!(shown(&long), [(Some(vec![1]), None, 65_535), (None, None, 1)]);
    let longest = [Operation::Delay(200_000_000)];
    assert_eq!(shown(&longest), [(None, None, 65_535), (None, None, 65_535), (None, None, 65_535), (None, None, 3395)]);
}
