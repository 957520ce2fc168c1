//! What comes, and when.

use crate::fixture::{Fixture, VALUES};
use crate::workspace_files::{built, on_one_thread};
use busbar_host::engine::{Addresses, Machine};
use serde_json::json;
use std::time::Duration;

#[test]
fn readings_come_one_by_one() {
    on_one_thread(async {
        let fixture = Fixture::open();
        let sensor = fixture.sensor().await;
        assert_eq!(sensor.info().model, "BME280");
        let labels: Vec<&str> = sensor.channels().iter().map(|channel| channel.label.as_str()).collect();
        assert_eq!(labels, ["temperature", "pressure", "humidity"]);
        assert_eq!(sensor.read().await, Ok(VALUES.to_vec()));
        let mut readings = sensor.readings(1).await.expect("it sends");
        for measured in 2..=4 {
            assert_eq!(readings.next().await, Ok(Some(VALUES.to_vec())));
            assert_eq!(fixture.chip.measured(), measured);
        }
    });
}

#[test]
fn nothing_is_measured_before_somebody_waits_for_it() {
    on_one_thread(async {
        let fixture = Fixture::open();
        let sensor = fixture.sensor().await;
        let mut readings = sensor.readings(1).await.expect("it sends");
        // Each lets the driver run, with a reading due; it measures once itself.
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_millis(2)).await;
            sensor.read().await.expect("it measures");
        }
        assert_eq!(fixture.chip.measured(), 3);
        readings.next().await.expect("it sends");
        for _ in 0..3 {
            tokio::time::sleep(Duration::from_millis(2)).await;
            sensor.read().await.expect("it measures");
        }
        assert_eq!(fixture.chip.measured(), 7);
    });
}

#[test]
fn other_calls_are_answered_while_a_reading_is_waited_for() {
    on_one_thread(async {
        let fixture = Fixture::open();
        let sensor = fixture.sensor().await;
        // The second comes in an hour.
        let mut readings = sensor.readings(3_600_000).await.expect("it sends");
        readings.next().await.expect("it sends");
        tokio::select! {
            _ = readings.next() => panic!("an hour has not passed"),
            reading = async {
                tokio::task::yield_now().await;
                sensor.read().await
            } => assert_eq!(reading, Ok(VALUES.to_vec())),
        }
    });
}

#[test]
fn who_gives_up_waiting_and_asks_again_misses_none() {
    on_one_thread(async {
        let fixture = Fixture::open();
        let sensor = fixture.sensor().await;
        let mut readings = sensor.readings(500).await.expect("it sends");
        readings.next().await.expect("it sends");
        for _ in 0..3 {
            tokio::select! {
                biased;
                _ = readings.next() => panic!("it is not due"),
                () = std::future::ready(()) => {}
            }
        }
        assert_eq!(readings.next().await, Ok(Some(VALUES.to_vec())));
        assert_eq!(fixture.chip.measured(), 2);
    });
}

#[test]
fn who_gives_up_while_the_part_measures_leaves_the_driver_as_it_is() {
    on_one_thread(async {
        // A measurement takes 113 ms with these settings, in which the driver's code waits for the host.
        let settings =
            json!({ "temperature-oversampling": "16", "pressure-oversampling": "16", "humidity-oversampling": "16" });
        let fixture = Fixture::open_with(&settings, &json!({}));
        let sensor = fixture.sensor().await;
        let mut readings = sensor.readings(1).await.expect("it sends");
        for measured in 1..=2 {
            let reading = loop {
                if let Ok(reading) = tokio::time::timeout(Duration::from_millis(20), readings.next()).await {
                    break reading;
                }
            };
            assert_eq!(reading, Ok(Some(VALUES.to_vec())));
            assert_eq!(fixture.chip.measured(), measured);
        }
        assert_eq!(sensor.read().await, Ok(VALUES.to_vec()));
    });
}

#[test]
fn two_who_read_one_sensor_have_readings_of_their_own() {
    on_one_thread(async {
        let fixture = Fixture::open();
        let sensor = fixture.sensor().await;
        let mut first = sensor.readings(1).await.expect("it sends");
        let mut second = sensor.readings(1).await.expect("it sends");
        for _ in 0..3 {
            let (one, other) = tokio::join!(first.next(), second.next());
            assert_eq!((one, other), (Ok(Some(VALUES.to_vec())), Ok(Some(VALUES.to_vec()))));
        }
        assert_eq!(fixture.chip.measured(), 6);
    });
}

#[test]
fn a_period_that_is_none_is_refused() {
    on_one_thread(async {
        let fixture = Fixture::open();
        let sensor = fixture.sensor().await;
        for every_ms in [0, 86_400_001, u32::MAX] {
            let refused = sensor.readings(every_ms).await.err().expect("it is refused");
            assert_eq!(
                refused.to_string(),
                format!("indoor: Readings cannot come every {every_ms} ms; ask for one every 1 to 86400000 ms.")
            );
        }
        assert!(sensor.readings(86_400_000).await.is_ok());
    });
}

#[test]
fn a_driver_that_sends_nothing_by_itself_is_refused() {
    on_one_thread(async {
        let machine = Machine::with_streams(Addresses::Plenty).expect("Wasmtime runs here");
        let plain = "packages/bme280/dist/bme280.wasm";
        let fixture = Fixture::open_on(&machine, plain, &json!({}), &json!({}));
        let refused = fixture.board.streaming_sensor("indoor").await.err().expect("it is refused");
        assert_eq!(
            refused.to_string(),
            "\"indoor\" sends no readings by itself: ./driver.wasm does not export busbar:device/sensor-stream@0.1.0; name a \
             component that does."
        );
        // The machine runs drivers of the synchronous ABI as any other.
        let mut sensor = fixture.board.sensor("indoor").await.expect("it is one");
        assert_eq!(sensor.read().await, Ok(VALUES.to_vec()));
    });
}

#[test]
fn a_package_is_its_component_with_streams_where_the_machine_has_them() {
    on_one_thread(async {
        let manifest =
            json!({ "busbar": { "component": "plain.wasm", "streaming": { "component": "streaming.wasm" } } });
        let files = [
            ("node_modules/bme280/package.json", manifest.to_string().into_bytes()),
            ("node_modules/bme280/plain.wasm", built("packages/bme280/dist/bme280.wasm")),
            ("node_modules/bme280/streaming.wasm", built("packages/bme280/dist/bme280-streaming.wasm")),
        ];
        let (none, plenty) = (json!({}), Addresses::Plenty);
        let machine = Machine::with_streams(plenty).expect("Wasmtime runs here");
        let fixture = Fixture::open_folder(&machine, "bme280", &files, &none, &none);
        assert!(fixture.board.streaming_sensor("indoor").await.is_ok());
        let machine = Machine::new(plenty).expect("Wasmtime runs here");
        let fixture = Fixture::open_folder(&machine, "bme280", &files, &none, &none);
        assert!(fixture.board.sensor("indoor").await.is_ok());
        assert!(fixture.board.streaming_sensor("indoor").await.is_err());
    });
}

#[test]
fn a_driver_with_streams_is_a_sensor_as_any_other() {
    on_one_thread(async {
        let fixture = Fixture::open();
        let mut sensor = fixture.board.sensor("indoor").await.expect("it is one");
        assert_eq!(sensor.read().await, Ok(VALUES.to_vec()));
        sensor.close().await.expect("it closes");
    });
}

#[test]
fn a_machine_without_streams_refuses_such_a_driver() {
    let machine = Machine::new(Addresses::Plenty).expect("Wasmtime runs here");
    let component = built("packages/bme280/dist/bme280-streaming.wasm");
    let refused = machine.engine.precompile_component(&component).expect_err("it is refused");
    assert!(refused.root_cause().to_string().contains("requires the component model async feature"));
}
