use crate::exit::Failure;
use crate::output::{Align, Output, Style, columns, error_record, format_value, now};
use crate::readings::{label_of, reading_record, what_and_where};
use busbar_core::device::{Channel, OpenedSensor, OpensSensors};
use serde_json::json;
use std::rc::Rc;
use tokio::task::JoinSet;

/// What came of one sensor.
struct Taken<S> {
    sensor: S,
    values: Vec<f64>,
    time: String,
}

/// One reading of each of these sensors, printed. `wiring` says where a device is. Gives the exit code: of the first that failed.
pub async fn read_sensors<B>(board: &Rc<B>, sensors: &[String], wiring: impl Fn(&str) -> String, output: &Output) -> u8
where
    B: OpensSensors + 'static,
    B::Sensor: 'static,
{
    // One slow or broken sensor must not keep the others from being read.
    let mut reading = JoinSet::new();
    for (place, name) in sensors.iter().enumerate() {
        let (board, name) = (board.clone(), name.clone());
        reading.spawn_local(async move { (place, read_one(&*board, &name).await) });
    }
    let mut results = reading.join_all().await;
    results.sort_by_key(|(place, _)| *place);

    let mut taken = Vec::new();
    let mut failures = Vec::new();
    for (place, result) in results {
        match result {
            Ok(each) => taken.push(each),
            Err(failure) => failures.push((&sensors[place], failure)),
        }
    }
    if output.json() {
        let readings: Vec<_> =
            taken.iter().map(|each| reading_record(&each.sensor, &each.values, &each.time)).collect();
        let errors: Vec<_> = failures
            .iter()
            .map(|(device, failure)| {
                let mut record = error_record(failure);
                record.insert("device".to_owned(), device.as_str().into());
                record
            })
            .collect();
        output.record(&json!({ "readings": readings, "errors": errors }));
    } else if !taken.is_empty() {
        let blocks: Vec<_> = taken.iter().map(|each| describe(each, &wiring(each.sensor.name()), output)).collect();
        output.block(&blocks.join("\n\n"));
    }
    for (device, failure) in &failures {
        output.error(failure, json!({ "device": device }));
    }
    for each in taken {
        // What fails now has been read all the same.
        let _ = each.sensor.close().await;
    }
    failures.first().map_or(0, |(_, failure)| failure.exit_code())
}

async fn read_one<B: OpensSensors>(board: &B, name: &str) -> Result<Taken<B::Sensor>, Failure> {
    let mut sensor = board.sensor(name).await?;
    match sensor.read().await {
        Ok(values) => Ok(Taken { sensor, values, time: now() }),
        Err(error) => {
            // Its reading has said what is wrong with it.
            let _ = sensor.close().await;
            Err(Failure::Board(error.into()))
        }
    }
}

fn describe(taken: &Taken<impl OpenedSensor>, wiring: &str, output: &Output) -> String {
    let Taken { sensor, values, .. } = taken;
    let row = |(channel, value): (&Channel, &f64)| {
        let value = output.style(Style::Bold, &format_value(channel, *value));
        vec![format!("  {}", label_of(channel)), value, channel.quantity.unit().to_owned()]
    };
    let rows: Vec<_> = sensor.channels().iter().zip(values).map(row).collect();
    let name = output.style(Style::Bold, sensor.name());
    let title = format!("{name}  {}", what_and_where(output, sensor, wiring));
    if rows.is_empty() {
        return title;
    }
    format!("{title}\n{}", columns(&rows, &[Align::Left, Align::Right, Align::Left]))
}
