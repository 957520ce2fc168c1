use super::Failure;
use super::guest::{Parts, flattened};
use busbar_core::app::RunsApps;
use busbar_wamr::OpenBoard;
use serde_json::json;
use std::fs;
use std::path::Path;
use std::time::Instant;

/// What a call may take, in milliseconds.
const CALL_MS: u32 = 200;

/// Writes the board, and the driver of its sensor "first".
pub fn write(folder: &Path) -> Result<(), Failure> {
    let driver = flattened(&Parts { read: "(loop (br 0)) (i32.const 0)", ..Parts::default() });
    fs::write(folder.join("endless.core.wasm"), driver)?;
    let i2c = json!({ "bus": "sim", "address": "0x76" });
    let device = json!({ "driver": "./endless.wasm", "i2c": i2c, "limits": { "callMs": CALL_MS } });
    let simulated = json!([{ "i2c": "sim", "address": "0x76", "model": "registers", "registers": {} }]);
    let board = json!({ "devices": { "first": device }, "simulate": simulated });
    Ok(fs::write(folder.join("endless.json"), board.to_string())?)
}

/// How long after its limit it was ended, and its thread gone.
pub async fn late_ms(board: &OpenBoard) -> Result<f64, Failure> {
    let mut sensor = board.sensor("first").await?;
    let start = Instant::now();
    match sensor.read().await {
        Ok(_) => Err("it answers".into()),
        Err(_) => {
            board.close().await;
            Ok(start.elapsed().as_secs_f64() * 1e3 - f64::from(CALL_MS))
        }
    }
}
