use crate::closest::closest;
use busbar_command::exit::Failure;
use busbar_host::device::Sensor;
use busbar_host::text::printable;
use std::collections::BTreeSet;

/// Finds what `--plot` names and no sensor has, as soon as every sensor has said what it has.
pub struct PlotNames {
    wanted: Vec<String>,
    /// The sensors that have not answered yet.
    silent: BTreeSet<String>,
    /// In the order in which they were said.
    known: Vec<String>,
}

impl PlotNames {
    /// `wanted` are the names as they were given, and `sensors` those that are watched.
    ///
    /// # Errors
    ///
    /// For a name of a device that is not watched.
    pub fn new(wanted: &[String], sensors: &[String]) -> Result<Self, Failure> {
        for name in wanted {
            if let Some((device, channel)) = name.split_once('.')
                && !sensors.iter().any(|each| each == device)
            {
                let known: Vec<_> = sensors.iter().map(|each| format!("{each}.{channel}")).collect();
                return Err(unknown(name, &known));
            }
        }
        Ok(Self { wanted: wanted.to_vec(), silent: sensors.iter().cloned().collect(), known: Vec::new() })
    }

    /// Takes what a sensor has.
    ///
    /// # Errors
    ///
    /// Where a name is none, once that is known: a sensor that has not answered yet may have it.
    pub fn check(&mut self, sensor: &Sensor) -> Result<(), Failure> {
        let labels: Vec<_> = sensor.channels().iter().map(|channel| channel.label.as_str()).collect();
        self.answered(sensor.name(), &labels)
    }

    fn answered(&mut self, device: &str, labels: &[&str]) -> Result<(), Failure> {
        if !self.silent.remove(device) {
            return Ok(());
        }
        for label in labels {
            for name in [(*label).to_owned(), format!("{device}.{label}")] {
                if !self.known.contains(&name) {
                    self.known.push(name);
                }
            }
        }
        let is_certain = |name: &str| match name.split_once('.') {
            Some((owner, _)) => !self.silent.contains(owner),
            None => self.silent.is_empty(),
        };
        let missing = self.wanted.iter().find(|name| !self.known.contains(name) && is_certain(name));
        missing.map_or(Ok(()), |name| Err(unknown(name, &self.known)))
    }
}

fn unknown(name: &str, known: &[String]) -> Failure {
    let shown = |name: &str| printable(name, 100);
    let list = known.iter().map(|each| shown(each)).collect::<Vec<_>>().join(", ");
    let hint = closest(name, known).map_or_else(String::new, |guess| format!(" (did you mean {}?)", shown(guess)));
    Failure::Usage(format!("--plot names {}, which no sensor has{hint}; choose from: {list}.", shown(name)))
}

#[cfg(test)]
mod tests {
    use super::PlotNames;

    const LABELS: [&str; 2] = ["temperature", "pressure"];

    fn names(wanted: &[&str], sensors: &[&str]) -> Result<PlotNames, String> {
        let owned = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        PlotNames::new(&owned(wanted), &owned(sensors)).map_err(|failure| failure.to_string())
    }

    #[test]
    fn a_name_that_no_sensor_has_is_an_error_with_what_may_be_meant() {
        let error = names(&["temprature"], &["indoor"]).expect("not known yet").answered("indoor", &LABELS);
        assert_eq!(
            error.expect_err("nobody has it").to_string(),
            "--plot names temprature, which no sensor has (did you mean temperature?); choose from: temperature, \
             indoor.temperature, pressure, indoor.pressure."
        );
        let error = names(&["indor.temperature"], &["indoor"]).err().expect("it is not watched");
        assert!(error.contains("did you mean indoor.temperature?"), "{error}");
    }

    #[test]
    fn it_is_known_only_when_all_sensors_that_may_have_it_have_answered() {
        let mut names = names(&["humidity"], &["indoor", "attic"]).expect("not known yet");
        assert!(names.answered("indoor", &LABELS).is_ok() && names.answered("indoor", &LABELS).is_ok());
        assert!(names.answered("attic", &LABELS).is_err());
    }

    #[test]
    fn names_by_label_or_with_the_device_are_right() {
        let mut names = names(&["indoor.pressure", "temperature"], &["indoor"]).expect("they are right");
        assert!(names.answered("indoor", &LABELS).is_ok());
    }
}
