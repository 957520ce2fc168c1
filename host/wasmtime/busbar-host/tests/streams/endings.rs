//! Every way in which readings end.

use crate::fixture::{Fixture, VALUES};
use crate::workspace_files::on_one_thread;
use busbar_host::device::{BusFaultKind, DeviceErrorCode};
use busbar_host::trace::{BoardEvent, Turn};
use serde_json::json;

#[test]
fn the_reader_stops_and_the_driver_goes_on() {
    on_one_thread(async {
        // Its values are always ready.
        let fixture = Fixture::open_with(&json!({ "mode": "normal" }), &json!({}));
        let sensor = fixture.sensor().await;
        // What is not given back is a handle of the driver's, which may have 4,096: a stream, a future, and a timer of an hour.
        for _ in 0..4_200 {
            let mut readings = sensor.readings(3_600_000).await.expect("it sends");
            assert_eq!(readings.next().await, Ok(Some(VALUES.to_vec())));
            // The next is on its way, too.
            tokio::select! {
                biased;
                _ = readings.next() => panic!("an hour has not passed"),
                () = tokio::task::yield_now() => {}
            }
        }
        assert_eq!(sensor.read().await, Ok(VALUES.to_vec()));
        sensor.close().await.expect("it closes");
    });
}

#[test]
fn the_reader_stops_before_the_first() {
    on_one_thread(async {
        let fixture = Fixture::open();
        let sensor = fixture.sensor().await;
        drop(sensor.readings(1).await.expect("it sends"));
        sensor.read().await.expect("it measures");
        assert_eq!(fixture.chip.measured(), 1);
    });
}

#[test]
fn a_reading_that_fails_ends_them_and_says_why() {
    on_one_thread(async {
        let fixture = Fixture::open();
        let sensor = fixture.sensor().await;
        let mut readings = sensor.readings(1).await.expect("it sends");
        assert_eq!(readings.next().await, Ok(Some(VALUES.to_vec())));
        fixture.chip.take_away();
        let error = readings.next().await.expect_err("the chip is gone");
        assert_eq!(error.code, DeviceErrorCode::Bus(BusFaultKind::NoAcknowledgeAddress));
        assert_eq!(readings.next().await, Ok(None));
        // The driver is as well as before.
        let error = sensor.read().await.expect_err("the chip is gone");
        assert_eq!(error.code, DeviceErrorCode::Bus(BusFaultKind::NoAcknowledgeAddress));
        assert!(!fixture.events().iter().any(is_trap));
    });
}

#[test]
fn the_sensor_is_closed() {
    on_one_thread(async {
        let fixture = Fixture::open();
        let sensor = fixture.sensor().await;
        let mut readings = sensor.readings(1).await.expect("it sends");
        assert_eq!(readings.next().await, Ok(Some(VALUES.to_vec())));
        sensor.close().await.expect("it closes");
        let error = readings.next().await.expect_err("it is closed");
        assert_eq!(error.to_string(), "indoor: \"indoor\" is closed; open it again.");
        assert_eq!(error.code, DeviceErrorCode::Disconnected);
        assert_eq!(readings.next().await, Ok(None));
    });
}

#[test]
fn the_driver_is_stopped_while_somebody_waits() {
    on_one_thread(async {
        let fixture = Fixture::open();
        let sensor = fixture.sensor().await;
        let mut readings = sensor.readings(3_600_000).await.expect("it sends");
        assert_eq!(readings.next().await, Ok(Some(VALUES.to_vec())));
        let (ended, ()) = tokio::join!(readings.next(), fixture.board.close());
        let error = ended.expect_err("it is stopped");
        assert_eq!(error.to_string(), "indoor: the board was closed");
        assert_eq!(error.code, DeviceErrorCode::Disconnected);
        assert_eq!(readings.next().await, Ok(None));
    });
}

#[test]
fn a_reading_that_takes_too_long_ends_the_driver() {
    on_one_thread(async {
        // With these settings a measurement takes 113 ms (BST-BME280-DS002, 9.1).
        let settings = json!({ "mode": "forced", "temperature-oversampling": "16", "pressure-oversampling": "16", "humidity-oversampling": "16" });
        let fixture = Fixture::open_with(&settings, &json!({ "callMs": 100 }));
        let sensor = fixture.sensor().await;
        let mut readings = sensor.readings(1).await.expect("it sends");
        let error = readings.next().await.expect_err("it takes too long");
        assert_eq!(error.to_string(), "indoor: the driver took longer than its limit of 100 ms");
        assert_eq!(error.code, DeviceErrorCode::Timeout);
        assert_eq!(readings.next().await, Ok(None));
        assert!(fixture.events().iter().any(is_trap));
        // It is started anew for who opens it again.
        fixture.sensor().await;
    });
}

#[test]
fn a_period_longer_than_the_limit_of_a_call_is_no_reason_to_end_it() {
    on_one_thread(async {
        let fixture = Fixture::open_with(&json!({}), &json!({ "callMs": 400 }));
        let sensor = fixture.sensor().await;
        let mut readings = sensor.readings(500).await.expect("it sends");
        for _ in 0..2 {
            assert_eq!(readings.next().await, Ok(Some(VALUES.to_vec())));
        }
    });
}

fn is_trap(event: &BoardEvent) -> bool {
    matches!(event, BoardEvent::Lifecycle(turn) if turn.event == Turn::Trapped)
}
