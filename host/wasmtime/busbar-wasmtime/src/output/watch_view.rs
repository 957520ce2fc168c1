use super::plot::Plot;
use super::{Align, Output, Style, columns, format_value, framed_table, rows_of, shown_width, width_of};
use crate::history::History;
use busbar_command::exit::Failure;
use busbar_command::readings::{label_of, what_and_where};
use busbar_host::device::{Channel, Sensor};
use std::collections::HashMap;

/// Rows of a plot's curve: fewer show nothing, more say no more.
const LEAST_PLOT_ROWS: usize = 4;
const MOST_PLOT_ROWS: usize = 10;
/// An empty row, the title, and the time.
const PLOT_FRAME_ROWS: usize = 3;
/// The head takes a row; two stay free, for the cursor and for the shell's prompt after the end.
const OTHER_ROWS: usize = 3;

/// What a frame is made for.
pub struct WatchViewOptions {
    /// Shown at the top: the board file.
    pub title: String,
    /// The names of the devices, and where they are.
    pub devices: Vec<(String, String)>,
    /// How far the plots go back, in milliseconds.
    pub window_ms: f64,
    /// Which channels to plot, "temperature" or "indoor.temperature"; all that have room where there is none.
    pub plots: Option<Vec<String>>,
}

/// What the frame shows of one device.
struct WatchedDevice {
    name: String,
    wiring: String,
    /// "Bosch Sensortec BME280, bus 1 at 0x76"; none before it was opened.
    part: Option<String>,
    channels: Vec<Channel>,
    /// By the labels of the channels.
    histories: HashMap<String, History>,
    /// Why the last reading failed.
    problem: Option<String>,
}

/// The live table of `watch`, as text: a table a device, and plots in the rows that are left.
pub struct WatchView {
    title: String,
    window_ms: f64,
    plots: Option<Vec<String>>,
    devices: Vec<WatchedDevice>,
}

impl WatchView {
    /// Of devices that have not answered yet.
    pub fn new(options: WatchViewOptions) -> Self {
        let WatchViewOptions { title, devices, window_ms, plots } = options;
        let devices = devices.into_iter().map(|(name, wiring)| WatchedDevice {
            name,
            wiring,
            part: None,
            channels: Vec::new(),
            histories: HashMap::new(),
            problem: None,
        });
        Self { title, window_ms, plots, devices: devices.collect() }
    }

    /// Takes up a reading.
    pub fn reading(&mut self, sensor: &Sensor, values: &[f64], time_ms: f64, output: &Output) {
        let window_ms = self.window_ms;
        let Some(device) = self.devices.iter_mut().find(|each| each.name == sensor.name()) else { return };
        device.part = Some(what_and_where(output, sensor, &device.wiring));
        device.take(sensor.channels(), values, time_ms, window_ms);
    }

    /// Takes up a failure: the device's values are gone until it is back.
    pub fn failure(&mut self, name: &str, failure: &Failure, retry_ms: f64, time_ms: f64) {
        let Some(device) = self.devices.iter_mut().find(|each| each.name == name) else { return };
        device.problem = Some(format!("{} (trying again in {} s)", problem(failure), (retry_ms / 1e3).round()));
        for history in device.histories.values_mut() {
            history.add(time_ms, None);
        }
    }

    /// Takes up that a device is not tried again.
    pub fn given_up(&mut self, name: &str, failure: &Failure) {
        if let Some(device) = self.devices.iter_mut().find(|each| each.name == name) {
            device.problem = Some(format!("{} (not tried again)", problem(failure)));
        }
    }

    /// The frame for a terminal of so many columns and rows.
    pub fn render(&self, (width, height): (usize, usize), clock: &str, output: &Output) -> String {
        let mut lines: Vec<String> = Vec::new();
        for device in &self.devices {
            lines.push(String::new());
            lines.extend(device.table(width, output));
        }
        let used = OTHER_ROWS + lines.iter().map(|line| rows_of(line, width)).sum::<usize>();
        let hidden = self.add_plots(&mut lines, width, height.saturating_sub(used), output);
        let hidden = if hidden.is_empty() { String::new() } else { format!(", no room to plot {}", hidden.join(", ")) };
        let about = output.style(Style::Dim, &format!("{clock}, Ctrl-C ends{hidden}"));
        let head = format!("{}  {about}", output.style(Style::Bold, &self.title));
        std::iter::once(head).chain(lines).collect::<Vec<_>>().join("\n")
    }

    /// Adds the plots that fit into the rows that are left, and gives the names of those that do not.
    fn add_plots(&self, lines: &mut Vec<String>, width: usize, rows: usize, output: &Output) -> Vec<String> {
        let wanted: Vec<_> = self
            .channels()
            .filter(|(device, channel, history)| history.span_ms() > 0.0 && self.is_chosen(device, channel))
            .collect();
        let shown = (rows / (LEAST_PLOT_ROWS + PLOT_FRAME_ROWS)).min(wanted.len());
        let (shown, hidden) = wanted.split_at(shown);
        for (device, channel, history) in shown {
            let height = (rows / shown.len() - PLOT_FRAME_ROWS).min(MOST_PLOT_ROWS);
            let label_width = width_of(channel);
            let plot = Plot {
                values: &history.curve(width.saturating_sub(label_width + 3).max(10)),
                height,
                least_span: if channel.resolution > 0.0 { channel.resolution * (height - 1) as f64 } else { 0.0 },
                format: &|value| format!("{:>label_width$}", format_value(channel, value)),
                from: &format!("{} ago", span_text(history.span_ms())),
                to: "now",
            };
            let name = output.style(Style::Bold, &self.plot_name(device, channel));
            lines.extend([String::new(), format!("{name} {}", channel.quantity.unit())]);
            lines.extend(plot.lines().iter().enumerate().map(|(row, line)| {
                let style = if row == height { Style::Dim } else { Style::Cyan };
                output.style(style, line)
            }));
        }
        hidden.iter().map(|(device, channel, _)| self.plot_name(device, channel)).collect()
    }

    fn plot_name(&self, device: &WatchedDevice, channel: &Channel) -> String {
        let label = label_of(channel);
        if self.devices.len() == 1 { label } else { format!("{}.{label}", device.name) }
    }

    fn is_chosen(&self, device: &WatchedDevice, channel: &Channel) -> bool {
        let full = format!("{}.{}", device.name, channel.label);
        self.plots.as_ref().is_none_or(|plots| plots.iter().any(|plot| *plot == channel.label || *plot == full))
    }

    fn channels(&self) -> impl Iterator<Item = (&WatchedDevice, &Channel, &History)> {
        self.devices.iter().flat_map(|device| {
            let history = |channel: &Channel| device.histories.get(&channel.label);
            device.channels.iter().filter_map(move |channel| Some((device, channel, history(channel)?)))
        })
    }
}

impl WatchedDevice {
    fn take(&mut self, channels: &[Channel], values: &[f64], time_ms: f64, window_ms: f64) {
        self.channels = channels.to_vec();
        self.problem = None;
        for (channel, value) in channels.iter().zip(values) {
            let history = self.histories.entry(channel.label.clone());
            history.or_insert_with(|| History::new(window_ms)).add(time_ms, Some(*value));
        }
    }

    fn table(&self, width: usize, output: &Output) -> Vec<String> {
        let part = self.part.clone().unwrap_or_else(|| output.style(Style::Dim, &self.wiring));
        let mut lines = vec![format!("{}  {part}", output.style(Style::Bold, &self.name))];
        if self.part.is_some() {
            let rows: Vec<_> = self.channels.iter().map(|channel| self.row(channel, output)).collect();
            lines.extend(channel_table(&rows, width, output).lines().map(str::to_owned));
        }
        lines.extend(self.problem.as_ref().map(|problem| output.style(Style::Red, problem)));
        lines
    }

    fn row(&self, channel: &Channel, output: &Output) -> Vec<String> {
        let width = width_of(channel);
        let cell = |value: Option<f64>| format!("{:>width$}", value_text(channel, value));
        let history = self.histories.get(&channel.label);
        let extremes = history.and_then(History::extremes);
        vec![
            label_of(channel),
            output.style(Style::Bold, &cell(history.and_then(History::latest))),
            cell(extremes.map(|(minimum, _)| minimum)),
            cell(extremes.map(|(_, maximum)| maximum)),
            channel.quantity.unit().to_owned(),
        ]
    }
}

/// As much of it as fits: without its frame, and then without the extremes.
fn channel_table(rows: &[Vec<String>], width: usize, output: &Output) -> String {
    use Align::{Left, Right};
    let head = ["channel", "now", "minimum", "maximum", "unit"].map(|text| output.style(Style::Dim, text)).to_vec();
    let aligns = [Left, Right, Right, Right, Left];
    let fits = |table: &String| table.lines().all(|line| shown_width(line) <= width);
    let framed = framed_table(&head, rows, &aligns);
    if fits(&framed) {
        return framed;
    }
    let with_head: Vec<_> = std::iter::once(head).chain(rows.iter().cloned()).collect();
    let plain = columns(&with_head, &aligns);
    if fits(&plain) {
        return plain;
    }
    let few: Vec<_> = rows
        .iter()
        .filter_map(|row| match row.as_slice() {
            [channel, now, _, _, unit] => Some(vec![channel.clone(), now.clone(), unit.clone()]),
            _ => None,
        })
        .collect();
    columns(&few, &[Left, Right, Left])
}

/// A value; "-" where there is none.
fn value_text(channel: &Channel, value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format_value(channel, value))
}

/// A sentence of others, safe to show.
fn problem(failure: &Failure) -> String {
    const LONGEST: usize = 2_000;
    busbar_host::text::printable(&failure.to_string(), LONGEST)
}

fn span_text(ms: f64) -> String {
    let seconds = (ms / 1e3).round();
    if seconds < 120.0 { format!("{seconds} s") } else { format!("{} min", (seconds / 60.0).round()) }
}

#[cfg(test)]
mod tests {
    use super::{WatchView, WatchViewOptions};
    use crate::output::{Output, OutputOptions};
    use busbar_command::exit::Failure;
    use busbar_host::device::{Channel, DeviceError, DeviceErrorCode, Quantity};
    use busbar_host::instance::BoardFailure;

    const READINGS: [(f64, [f64; 2]); 3] =
        [(0.0, [20.0, 100_000.0]), (2_000.0, [22.0, 100_000.0]), (4_000.0, [21.0, 100_020.0])];

    fn view(plots: Option<&[&str]>) -> WatchView {
        let channel = |quantity, label: &str, minimum, maximum, resolution| Channel {
            quantity,
            label: label.to_owned(),
            minimum,
            maximum,
            resolution,
        };
        let channels = [
            channel(Quantity::Temperature, "temperature", -40.0, 85.0, 0.01),
            channel(Quantity::Pressure, "pressure", 30_000.0, 110_000.0, 2.6),
        ];
        let mut view = WatchView::new(WatchViewOptions {
            title: "busbar watch board.json".to_owned(),
            devices: vec![("indoor".to_owned(), "bus 1 at 0x76".to_owned())],
            window_ms: 60_000.0,
            plots: plots.map(|plots| plots.iter().map(ToString::to_string).collect()),
        });
        let device = &mut view.devices[0];
        device.part = Some("Bosch BME280, bus 1 at 0x76".to_owned());
        for (time_ms, values) in READINGS {
            device.take(&channels, &values, time_ms, 60_000.0);
        }
        view
    }

    fn frame(view: &WatchView, columns: usize, rows: usize) -> Vec<String> {
        let output = Output::new(OutputOptions::default());
        view.render((columns, rows), "12:00:00", &output).lines().map(str::to_owned).collect()
    }

    /// As tools/cli/test/watch-view.test.ts has it.
    #[test]
    fn a_frame_has_now_minimum_and_maximum_of_every_channel_and_plots_of_those_that_fit() {
        let lines = frame(&view(None), 60, 23);
        assert_eq!(
            lines[..11],
            [
                "busbar watch board.json  12:00:00, Ctrl-C ends, no room to plot pressure",
                "",
                "indoor  Bosch BME280, bus 1 at 0x76",
                "╭─────────────┬────────┬─────────┬─────────┬──────╮",
                "│ channel     │    now │ minimum │ maximum │ unit │",
                "├─────────────┼────────┼─────────┼─────────┼──────┤",
                "│ temperature │  21.00 │   20.00 │   22.00 │ °C   │",
                "│ pressure    │ 100020 │  100000 │  100020 │ Pa   │",
                "╰─────────────┴────────┴─────────┴─────────┴──────╯",
                "",
                "temperature °C",
            ]
        );
        assert!(lines[11].starts_with(" 22.00 ┤") && lines[11].ends_with("╮"), "{}", lines[11]);
        assert!(lines[19].starts_with(" 20.00 ┤─") && lines[19].ends_with("╯"), "{}", lines[19]);
        assert!(lines[20].starts_with("        4 s ago ") && lines[20].ends_with(" now"), "{}", lines[20]);
        assert_eq!(lines.len(), 21);
    }

    #[test]
    fn a_frame_never_has_more_rows_than_the_terminal_and_does_not_stretch_without_end() {
        for rows in [12, 16, 20, 24, 40, 80] {
            assert!(frame(&view(None), 60, rows).len() < rows.max(11), "{rows}");
        }
        assert_eq!(frame(&view(None), 60, 200).len(), 9 + 2 * (10 + 3));
    }

    #[test]
    fn a_narrow_terminal_gets_less_of_the_table() {
        for columns in [120, 60, 40, 30] {
            let lines = frame(&view(None), columns, 40);
            let table = lines
                .iter()
                .filter(|line| ["temperature", "pressure", "┤", "ago"].iter().any(|part| line.contains(part)));
            assert!(table.into_iter().skip(1).all(|line| line.chars().count() <= columns), "{columns}");
        }
        assert!(frame(&view(None), 120, 40).concat().contains("minimum"));
        assert!(!frame(&view(None), 30, 40).concat().contains("minimum"));
    }

    #[test]
    fn what_was_chosen_is_plotted_by_label_or_with_the_device() {
        for chosen in ["pressure", "indoor.pressure"] {
            let lines = frame(&view(Some(&[chosen])), 60, 40);
            assert!(lines.contains(&"pressure Pa".to_owned()) && !lines.contains(&"temperature °C".to_owned()));
        }
        assert!(!frame(&view(Some(&[])), 60, 40).contains(&"pressure Pa".to_owned()));
    }

    #[test]
    fn a_failure_takes_the_values_away_and_says_why() {
        let mut view = view(None);
        let error = DeviceError::new("indoor", DeviceErrorCode::Disconnected, "the driver failed: \u{1b}[31mboo");
        view.failure("indoor", &Failure::Board(BoardFailure::Device(error)), 4_000.0, 5_000.0);
        let lines = frame(&view, 80, 24);
        assert!(lines.contains(&"│ temperature │      - │   20.00 │   22.00 │ °C   │".to_owned()));
        assert!(lines.contains(&"indoor: the driver failed: \\u{1b}[31mboo (trying again in 4 s)".to_owned()));
    }
}
