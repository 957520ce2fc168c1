use crate::error::HostError;
use serde_json::Value;

/// A component of a package, as its package.json's "busbar" has it, and one of its "variants".
struct Part<'a> {
    /// The bus that it drives its part over; none of what is no driver.
    bus: Option<&'a str>,
    /// A file, relative to the package.
    component: &'a str,
}

impl<'a> Part<'a> {
    fn of(value: &'a Value) -> Option<Self> {
        Some(Self { component: value["component"].as_str()?, bus: value["bus"].as_str() })
    }
}

/// Chooses the component of a package: `host/verdicts/packages.json` says how, for all hosts. Gives its file, relative to the
/// package.
///
/// `name` is the package's, for messages, `busbar` what its package.json has under "busbar", and `wired` the buses that the entry of
/// the board is wired to: none for an app, and where a person names the package. Of a package with components for several of them it
/// is the first.
///
/// # Errors
///
/// [`crate::error::HostErrorCode::Component`], when the package is no driver, or none for these buses.
pub(super) fn component_of_package<'a>(name: &str, busbar: &'a Value, wired: &[String]) -> Result<&'a str, HostError> {
    let main = Part::of(busbar).ok_or_else(|| {
        HostError::component(format!("{name} is no driver: its package.json has no \"busbar\": {{ \"component\" }}."))
    })?;
    if main.bus.is_none() || wired.is_empty() {
        return Ok(main.component);
    }
    let variants = busbar["variants"].as_array().into_iter().flatten().filter_map(Part::of);
    let parts: Vec<Part<'_>> = std::iter::once(main).chain(variants).collect();
    let fits = |part: &&Part<'_>| part.bus.is_some_and(|bus| wired.iter().any(|each| each == bus));
    if let Some(part) = parts.iter().find(fits) {
        return Ok(part.component);
    }
    // As JSON: a package may have any text there.
    let buses: Vec<String> = parts.iter().filter_map(|part| Some(Value::from(part.bus?).to_string())).collect();
    let asked: Vec<String> = wired.iter().map(|bus| format!("\"{bus}\"")).collect();
    Err(HostError::component(format!(
        "{name} has no driver for {}; it has one for {}.",
        asked.join(" or "),
        buses.join(" and one for ")
    )))
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
