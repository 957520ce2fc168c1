use crate::error::HostError;
use serde_json::Value;

/// A component of a package, as its package.json's "busbar" has it, and one of its "variants".
struct Part<'a> {
    /// The buses that it drives its part over, all of them at once; none of what is no driver.
    buses: Vec<&'a str>,
    /// A file, relative to the package.
    component: &'a str,
}

impl<'a> Part<'a> {
    fn of(value: &'a Value) -> Option<Self> {
        let component = value["component"].as_str()?;
        let bus = &value["bus"];
        let listed = bus.as_array().map_or(std::slice::from_ref(bus), Vec::as_slice);
        // A list with anything else in it says nothing that is known.
        let buses = listed.iter().map(Value::as_str).collect::<Option<Vec<_>>>().unwrap_or_default();
        Some(Self { buses, component })
    }

    /// Whether everything that it needs is wired.
    fn fits(&self, wired: &[String]) -> bool {
        !self.buses.is_empty() && self.buses.iter().all(|bus| wired.iter().any(|each| each == bus))
    }
}

/// Chooses the component of a package: `host/verdicts/packages.json` says how, for all hosts. Gives its file, relative to the
/// package.
///
/// `name` is the package's, for messages, `busbar` what its package.json has under "busbar", and `wired` the buses that the entry of
/// the board is wired to: none for an app, and where a person names the package. Of a package with several components for them
/// it is the one that uses most of them, and of those the first.
///
/// # Errors
///
/// [`crate::error::HostErrorCode::Component`], when the package is no driver, or none for these buses.
pub(super) fn component_of_package<'a>(name: &str, busbar: &'a Value, wired: &[String]) -> Result<&'a str, HostError> {
    let main = Part::of(busbar).ok_or_else(|| {
        HostError::component(format!("{name} is no driver: its package.json has no \"busbar\": {{ \"component\" }}."))
    })?;
    if main.buses.is_empty() || wired.is_empty() {
        return Ok(main.component);
    }
    let variants = busbar["variants"].as_array().into_iter().flatten().filter_map(Part::of);
    let parts: Vec<Part<'_>> = std::iter::once(main).chain(variants).collect();
    // Of equals `max_by_key` takes the last.
    if let Some(part) = parts.iter().rev().filter(|part| part.fits(wired)).max_by_key(|part| part.buses.len()) {
        return Ok(part.component);
    }
    let known: Vec<String> =
        parts.iter().filter(|part| !part.buses.is_empty()).map(|part| shown(&part.buses, " with ")).collect();
    Err(HostError::component(format!(
        "{name} has no driver for {}; it has one for {}.",
        shown(wired, " or "),
        known.join(" and one for ")
    )))
}

/// As JSON: a package may have any text there.
fn shown(buses: &[impl AsRef<str>], between: &str) -> String {
    let buses: Vec<String> = buses.iter().map(|bus| Value::from(bus.as_ref()).to_string()).collect();
    buses.join(between)
}

#[cfg(test)]
mod tests {
    use super::component_of_package;
    use serde_json::Value;

    const CASES: &str = include_str!("../../../../verdicts/packages.json");

    #[test]
    fn packages_are_judged_as_by_the_other_host() {
        let cases: Vec<Value> = serde_json::from_str(CASES).expect("the table is JSON");
        assert!(!cases.is_empty());
        for case in &cases {
            let wired: Vec<String> = serde_json::from_value(case["wired"].clone()).expect("a list of texts");
            let verdict = component_of_package("part", &case["busbar"], &wired);
            let expected =
                case["verdict"].as_str().ok_or_else(|| case["verdict"]["refuse"].as_str().unwrap_or_default());
            assert_eq!(verdict.as_deref().map_err(|error| error.message.as_str()), expected, "{}", case["name"]);
        }
    }
}
