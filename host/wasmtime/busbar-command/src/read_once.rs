use crate::exit::Failure;
use crate::output::Output;
use crate::readings::print_reading;
use busbar_core::device::{OpenedSensor, OpensSensors};
use serde_json::json;
use std::rc::Rc;
use std::sync::Arc;
use tokio::task::JoinSet;

/// Prints one reading of each sensor. Gives the exit code, which is that of the first that failed.
pub async fn read_once<Board: OpensSensors + 'static>(
    board: &Rc<Board>,
    sensors: Vec<String>,
    output: &Arc<Output>,
) -> u8 {
    let mut reading = JoinSet::new();
    for device in sensors {
        let (board, output) = (board.clone(), output.clone());
        reading.spawn_local(async move {
            let read = async {
                let mut sensor = board.sensor(&device).await?;
                let values = sensor.read().await;
                if let Ok(values) = &values {
                    print_reading(&output, &sensor, values);
                }
                // What fails now has been read all the same.
                let _ = sensor.close().await;
                values.map(drop).map_err(|error| Failure::Board(error.into()))
            };
            read.await.inspect_err(|failure: &Failure| output.error(failure, json!({ "device": device }))).err()
        });
    }
    let mut code = 0;
    while let Some(ended) = reading.join_next().await {
        if let (Ok(Some(failure)), 0) = (ended, code) {
            code = failure.exit_code();
        }
    }
    code
}
