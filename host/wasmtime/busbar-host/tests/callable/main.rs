//! Components of somebody else's, whose functions take their handles as parameters.

#[path = "../support/encode.rs"]
mod encode;
mod guests;
#[path = "../support/workspace.rs"]
#[allow(dead_code)]
mod workspace;

use busbar_host::OpenBoard;
use busbar_host::board::parse_board;
use busbar_host::device::{Argument, CallFailure, CallableComponent, CallsFunctions, DeviceErrorCode};
use busbar_host::instance::BoardFailure;
use busbar_host::trace::{BoardEvent, Turn};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use workspace::{on_one_thread, open_board, scratch, workspace_file};

/// A memory at 0x50, driven by a component, which is also wired to nothing.
struct Fixture {
    board: OpenBoard,
    turns: Arc<Mutex<Vec<Turn>>>,
}

impl Fixture {
    fn open(driver: &PathBuf) -> Self {
        let wired = json!({ "driver": driver, "i2c": { "bus": "sim", "address": "0x50" } });
        let board = json!({
            "devices": { "memory": wired },
            "simulate": [{ "i2c": "sim", "address": "0x50", "model": "registers", "registers": { "0x00": "f380" } }],
        });
        let board = parse_board(&board.to_string(), "board.json").expect("the board is right");
        let turns: Arc<Mutex<Vec<Turn>>> = Arc::default();
        let told = turns.clone();
        let listener = move |event: &BoardEvent| {
            if let BoardEvent::Lifecycle(event) = event {
                told.lock().expect("nobody panics with it").push(event.event);
            }
        };
        let simulated = board.simulate.clone();
        Self { board: open_board(board, scratch(), &simulated, Vec::new(), Arc::new(listener)), turns }
    }

    async fn component(&self) -> CallableComponent {
        self.board.component("memory").await.expect("it starts")
    }
}

async fn call(component: &CallableComponent, name: &str, arguments: &[Argument]) -> Result<Option<Value>, CallFailure> {
    let function = component.functions().iter().find(|each| each.name() == name).expect("it exports it");
    component.call(function, arguments).await
}

/// The sentence of a call that was not begun.
fn invalid(result: Result<Option<Value>, CallFailure>) -> String {
    match result {
        Err(CallFailure::Board(BoardFailure::Device(error))) if error.code == DeviceErrorCode::InvalidArgument => {
            error.message
        }
        other => panic!("it is no invalid argument: {other:?}"),
    }
}

#[test]
fn a_component_of_the_workspace_gets_its_bus_with_each_call() {
    on_one_thread(async {
        let fixture = Fixture::open(&workspace_file("packages/i2c-echo/dist/i2c-echo.wasm"));
        let component = fixture.component().await;
        let names: Vec<_> = component.functions().iter().map(|each| each.name()).collect();
        assert_eq!(names, ["echo/echo", "thermometer/get-temperature"]);
        for length in [1, 32, 256] {
            let data: Vec<u8> = (0..=255).map(|byte: u8| byte.wrapping_mul(37)).take(length).collect();
            let arguments = [Argument::I2c, Argument::Address, Argument::Json(json!(data))];
            assert_eq!(call(&component, "echo/echo", &arguments).await, Ok(Some(json!(data))));
        }
        let refused = call(&component, "thermometer/get-temperature", &[Argument::I2c]).await;
        let said = refused.as_ref().map_err(CallFailure::to_string);
        assert_eq!(said, Err("memory: the component returned the error {\"tag\":\"other\"}".to_owned()));
        let Err(CallFailure::Returned(error)) = refused else { panic!("it returned it") };
        assert_eq!(error.payload, Some(json!({ "tag": "other" })));
    });
}

#[test]
fn arguments_that_a_function_does_not_take_are_refused_and_it_goes_on() {
    on_one_thread(async {
        let fixture = Fixture::open(&workspace_file("packages/i2c-echo/dist/i2c-echo.wasm"));
        let component = fixture.component().await;
        let echo = async |arguments: &[Argument]| invalid(call(&component, "echo/echo", arguments).await);
        let bytes = || Argument::Json(json!([1]));
        assert_eq!(echo(&[]).await, "3 parameters are expected, and not 0");
        let address = Argument::Json(json!(80));
        let handle =
            "a parameter has to be a handle \"i2c\"; this host has \"i2c\" and \"delay\" of this component to give";
        assert_eq!(echo(&[bytes(), address.clone(), bytes()]).await, handle);
        assert_eq!(echo(&[Argument::Delay, address.clone(), bytes()]).await, handle);
        let wrong = |what: &str, given: &str| format!("a value of type {what} is expected, and not {given}");
        assert_eq!(echo(&[Argument::I2c, Argument::I2c, bytes()]).await, wrong("u16", "object"));
        let text = Argument::Json(json!("x"));
        assert_eq!(echo(&[Argument::I2c, text.clone(), bytes()]).await, wrong("u16", "string"));
        assert_eq!(
            echo(&[Argument::I2c, address.clone(), Argument::Json(json!([1, 256]))]).await,
            wrong("u8", "number")
        );
        assert_eq!(echo(&[Argument::I2c, address.clone(), text]).await, wrong("list<u8>", "string"));
        let right = [Argument::I2c, Argument::Address, bytes()];
        assert_eq!(call(&component, "echo/echo", &right).await, Ok(Some(json!([1]))));
        assert_eq!(*fixture.turns.lock().expect("nobody panics with it"), [Turn::Started]);
    });
}

#[test]
fn a_handle_is_lent_for_a_call_and_one_that_is_kept_ends_the_component() {
    on_one_thread(async {
        let file = scratch().join(format!("reader-{}.wasm", std::process::id()));
        std::fs::write(&file, guests::i2c_reader()).expect("a file");
        let fixture = Fixture::open(&file);
        let component = fixture.component().await;
        for expected in [0xf3, 0x80, 0x00] {
            let read = call(&component, "reader/read-byte", &[Argument::I2c, Argument::Address]).await;
            assert_eq!(read, Ok(Some(json!([expected]))));
        }
        let kept = call(&component, "reader/keep", &[Argument::I2c]).await;
        let Err(CallFailure::Board(BoardFailure::Device(error))) = kept else { panic!("it has ended: {kept:?}") };
        assert_eq!(error.code, DeviceErrorCode::Disconnected);
        assert!(error.message.contains("borrow handles still remain"), "{}", error.message);
        let again = fixture.component().await;
        let read = call(&again, "reader/read-byte", &[Argument::I2c, Argument::Address]).await;
        assert_eq!(read, Ok(Some(json!([0]))));
        let turns = [Turn::Started, Turn::Trapped, Turn::Started];
        assert_eq!(*fixture.turns.lock().expect("nobody panics with it"), turns);
        std::fs::remove_file(&file).expect("it is ours");
    });
}

#[test]
fn a_component_with_resources_of_its_own_and_a_driver_are_none_that_is_called() {
    on_one_thread(async {
        let file = scratch().join(format!("resource-{}.wasm", std::process::id()));
        std::fs::write(&file, guests::with_resource()).expect("a file");
        let fixture = Fixture::open(&file);
        let refused = fixture.board.component("memory").await.err().map(|failure| failure.to_string());
        let expected = "memory: the component exports the resource \"Thing\", which can only be used by a component that imports \
                        it; from here, functions are called.";
        assert_eq!(refused.as_deref(), Some(expected));
        std::fs::remove_file(&file).expect("it is ours");
        let driver = Fixture::open(&workspace_file("packages/tmp102/dist/tmp102.wasm"));
        let refused =
            driver.board.component("memory").await.err().map(|failure| failure.to_string()).unwrap_or_default();
        assert!(
            refused.starts_with("\"memory\" is no component: ") && refused.ends_with(" drives a sensor."),
            "{refused}"
        );
    });
}
