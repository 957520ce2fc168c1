use super::timeline::{Timeline, level};
use crate::bus::gpio::GpioLevel;
use crate::models::GpioModelPart;
use crate::simulate::parameters::{Complaint, check_known, object};
use serde_json::{Map, Value};

/// Lines of no part: each has the level that it is given, from the times that it is given; what is driven on the others is shown.
pub(in crate::simulate) struct Lines {
    timelines: Vec<(String, Timeline)>,
    /// In the order in which they were driven first.
    driven: Vec<(String, Option<GpioLevel>)>,
}

impl Lines {
    /// The model "lines" of the board file, from its parameters. Their times are counted from `begin_ms`.
    pub(in crate::simulate) fn from_parameters(
        parameters: &Map<String, Value>,
        begin_ms: f64,
    ) -> Result<Self, Complaint> {
        let mut levels = Vec::new();
        for (name, value) in object(parameters, "levels")? {
            levels.push((name, level(value, &format!("levels.{name}"))?));
        }
        let mut timelines = Vec::new();
        for (name, changes) in object(parameters, "changes")? {
            let given = levels.iter().find(|(each, _)| *each == name);
            let before = given.map_or(GpioLevel::Low, |(_, level)| *level);
            let timeline = Timeline::from_json(Some(changes), before, begin_ms, &format!("changes.{name}"))?;
            timelines.push((name.clone(), timeline));
        }
        check_known(parameters, &["levels", "changes"], "")?;
        for (name, before) in levels {
            if !timelines.iter().any(|(each, _)| each == name) {
                timelines.push((name.clone(), Timeline::from_json(None, before, begin_ms, "")?));
            }
        }
        Ok(Self { timelines, driven: Vec::new() })
    }

    fn timeline(&self, line: &str) -> Option<&Timeline> {
        self.timelines.iter().find(|(name, _)| name == line).map(|(_, timeline)| timeline)
    }
}

impl GpioModelPart for Lines {
    fn level(&mut self, line: &str, at_ms: f64) -> Option<GpioLevel> {
        self.timeline(line).map(|timeline| timeline.level(at_ms))
    }

    fn next_change(&mut self, line: &str, at_ms: f64) -> Option<f64> {
        self.timeline(line)?.next_change(at_ms)
    }

    fn driven(&mut self, line: &str, level: Option<GpioLevel>, _at_ms: f64) {
        match self.driven.iter_mut().find(|(name, _)| name == line) {
            Some((_, driven)) => *driven = level,
            None => self.driven.push((line.to_owned(), level)),
        }
    }

    fn picture(&mut self) -> Option<String> {
        let shown =
            self.driven.iter().map(|(line, level)| format!("{line} {}", level.map_or("released", GpioLevel::name)));
        Some(shown.collect::<Vec<_>>().join("\n"))
    }
}
