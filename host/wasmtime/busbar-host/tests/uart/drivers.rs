//! The workspace's own drivers, on simulated ports with the models of the workspace, and on one of the kernel.

use crate::pty::Pty;
use crate::workspace::{Compiler, TemporaryFolder, built, code_store, on_one_thread};
use busbar_host::board::parse_board;
use busbar_host::bus::Backends;
use busbar_host::bus::uart::linux::LinuxUart;
use busbar_host::clock::Clock;
use busbar_host::components::{ComponentSource, InstalledComponents};
use busbar_host::device::Sensor;
use busbar_host::engine::{Addresses, Machine};
use busbar_host::models::ComponentModels;
use busbar_host::simulate::simulate;
use busbar_host::{OpenBoard, OpenOptions};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// A board with the drivers of packages of these names, for files of the same ones. Ports that it does not simulate are the kernel's.
fn open(folder: &TemporaryFolder, board: &Value) -> OpenBoard {
    let board = parse_board(&board.to_string(), "board.json").expect("the board is right");
    let machine = Machine::new(Addresses::Plenty).expect("Wasmtime runs here");
    let store = code_store();
    let components = InstalledComponents { folder: folder.path(), store: &store, compile: &Compiler };
    let mut buses = Backends::default();
    if !board.simulate.is_empty() {
        let loaded = components.load(&machine, &"./models.wasm".into()).expect("it was built");
        let mut models = ComponentModels::new(&machine, &loaded, Clock::start()).expect("they are in its world");
        buses = simulate(&board.simulate, &mut models).expect("it is simulated").into_backends();
    }
    buses.uart.push(Arc::new(LinuxUart::new(None)));
    let options = OpenOptions {
        folder: folder.path(),
        buses,
        usb: Vec::new(),
        machine: machine.clone(),
        components: &components,
        listener: Arc::new(|_| {}),
        file: None,
        kept: Vec::new(),
    };
    OpenBoard::open(board, options).expect("no app has a folder that it may not")
}

fn folder_of(packages: &[&str]) -> TemporaryFolder {
    let files: Vec<(String, Vec<u8>)> = packages
        .iter()
        .map(|name| (format!("{name}.wasm"), built(&format!("packages/{name}/dist/{name}.wasm"))))
        .collect();
    let files: Vec<(&str, Vec<u8>)> = files.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    TemporaryFolder::with(&files)
}

/// The names of its channels, and what it reads.
async fn reading(board: &OpenBoard, device: &str) -> Vec<(String, f64)> {
    let mut sensor: Sensor = board.sensor(device).await.expect("it opens");
    let values = sensor.read().await.expect("it reads");
    let names: Vec<String> = sensor.channels().iter().map(|channel| channel.label.clone()).collect();
    sensor.close().await.expect("it closes");
    names.into_iter().zip(values).collect()
}

fn named<const COUNT: usize>(values: [(&str, f64); COUNT]) -> Vec<(String, f64)> {
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[test]
fn drivers_read_what_their_models_send() {
    on_one_thread(async {
        let folder = folder_of(&["pms5003", "mh-z19b", "nmea-gps", "models"]);
        let board = open(
            &folder,
            &json!({
                "devices": {
                    "dust": { "driver": "./pms5003.wasm", "uart": { "port": "dust" } },
                    "co2": { "driver": "./mh-z19b.wasm", "uart": { "port": "co2" } },
                    "gps": { "driver": "./nmea-gps.wasm", "uart": { "port": "gps" } },
                },
                "simulate": [
                    { "uart": "dust", "model": "pms5003", "pm1": 3, "pm25": 11, "pm10": 14, "intervalMs": 200 },
                    { "uart": "co2", "model": "mh-z19b", "co2": 820 },
                    { "uart": "gps", "model": "nmea-gps" },
                ],
            }),
        );
        let dust = named([("pm1", 3.0), ("pm2.5", 11.0), ("pm10", 14.0)]);
        assert_eq!(reading(&board, "dust").await, dust);
        assert_eq!(reading(&board, "co2").await, named([("co2", 820.0)]));
        let gps = reading(&board, "gps").await;
        let names: Vec<&str> = gps.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["latitude", "longitude", "altitude", "speed"]);
        assert!((gps[0].1 - 48.1173).abs() < 1e-4, "{gps:?}");
        board.close().await;
    });
}

#[test]
fn a_part_that_is_disturbed_is_read_by_its_next_frame() {
    on_one_thread(async {
        let folder = folder_of(&["pms5003", "models"]);
        // In the data, and not errors: which call of the driver one strikes is up to the clock, and where it forgets what has come, it says so.
        let faults = json!([{ "fault": "garbage", "every": 7 }, { "fault": "short", "call": 4, "every": 9 }]);
        let board = open(
            &folder,
            &json!({
                "devices": { "dust": { "driver": "./pms5003.wasm", "uart": { "port": "dust" } } },
                "simulate": [{ "uart": "dust", "model": "pms5003", "pm1": 3, "intervalMs": 200, "faults": faults }],
            }),
        );
        for _ in 0..3 {
            assert_eq!(reading(&board, "dust").await[0], ("pm1".to_owned(), 3.0));
        }
        board.close().await;
    });
}

#[test]
fn what_is_wrong_with_a_model_is_told_in_the_words_of_the_other_host() {
    let machine = Machine::new(Addresses::Plenty).expect("Wasmtime runs here");
    let folder = folder_of(&["models"]);
    let store = code_store();
    let components = InstalledComponents { folder: folder.path(), store: &store, compile: &Compiler };
    let loaded = components.load(&machine, &"./models.wasm".into()).expect("it was built");
    let mut models = ComponentModels::new(&machine, &loaded, Clock::start()).expect("they are in its world");
    let mut refused = |entry: Value| {
        let board = json!({ "devices": {}, "simulate": [entry] });
        let board = parse_board(&board.to_string(), "board.json").expect("the board is right");
        simulate(&board.simulate, &mut models).err().map(|error| error.message)
    };
    assert_eq!(
        refused(json!({ "uart": "dust", "model": "pms5003", "dust": 1 })).as_deref(),
        Some(
            "simulate[0] (pms5003 on the serial port dust): \"dust\" is no parameter of this model; remove it, or correct its spelling."
        )
    );
    let unknown = refused(json!({ "uart": "dust", "model": "sds011" })).expect("it is unknown");
    let sentence = "simulate[0] (sds011 on the serial port dust): There is no such model; choose one of loopback, mh-z19b, nmea-gps, pms5003,";
    assert!(unknown.starts_with(sentence), "{unknown}");
    let other = refused(json!({ "uart": "dust", "model": "bme280" })).expect("it is another bus's");
    assert!(other.starts_with("simulate[0] (bme280 on the serial port dust): "), "{other}");
}

#[test]
fn a_port_of_the_kernel_is_every_serial_port() {
    on_one_thread(async {
        let folder = folder_of(&["uart-port"]);
        let pty = Pty::new();
        let board = open(
            &folder,
            &json!({ "devices": { "port": { "driver": "./uart-port.wasm", "uart": { "port": pty.port } } } }),
        );
        let port = board.serial_port("port").await.expect("it opens");
        let all: Vec<u8> = (0..=255).collect();
        let (written, received) = tokio::join!(port.write(&all), pty.received(256));
        assert_eq!((written, received), (Ok(()), all.clone()));
        pty.send(&all);
        let mut read = Vec::new();
        while read.len() < 256 {
            read.extend(port.read(100, Some(Duration::from_secs(10))).await.expect("it is there"));
        }
        assert_eq!(read, all);
        // Pulled out, it is gone for whoever reads; the next pseudo terminal may have its name.
        drop(pty);
        let gone = async {
            loop {
                if let Err(error) = port.read(1, Some(Duration::from_secs(10))).await {
                    return error;
                }
            }
        };
        assert_eq!(gone.await.code.name(), "disconnected");
        board.close().await;
    });
}

#[test]
fn what_a_driver_has_written_leaves_before_its_board_is_closed() {
    on_one_thread(async {
        let folder = folder_of(&["uart-port"]);
        let pty = Pty::new();
        let board = open(
            &folder,
            &json!({ "devices": { "port": { "driver": "./uart-port.wasm", "uart": { "port": pty.port } } } }),
        );
        let port = board.serial_port("port").await.expect("it opens");
        assert_eq!(port.write(b"last words").await, Ok(()));
        board.close().await;
        assert_eq!(pty.received(10).await, b"last words");
        // It is free for others.
        let again = open(
            &folder,
            &json!({ "devices": { "port": { "driver": "./uart-port.wasm", "uart": { "port": pty.port } } } }),
        );
        again.serial_port("port").await.expect("it opens");
        again.close().await;
    });
}
