use crate::error::HostError;
use crate::leb128::read_u32;

/// Binary.md, "component-name": subsection 0 is the component's own name.
const NAME_SECTION: &str = "component-name";
/// wasm-metadata's sections of plain text, after the annotations of OCI images.
const TEXT_SECTIONS: [&str; 6] = ["version", "description", "licenses", "source", "authors", "revision"];

/// What a component says about itself: custom sections that nobody has to believe.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentMetadata(Vec<(&'static str, String)>);

impl ComponentMetadata {
    /// Reads it among the custom sections of a component, or of its flattened form: the name of each, and what is in it. `label` is
    /// how messages name the component.
    ///
    /// # Errors
    ///
    /// [`HostError`] with code "component" where its name is cut off.
    pub fn read<'a>(sections: impl IntoIterator<Item = (&'a str, &'a [u8])>, label: &str) -> Result<Self, HostError> {
        let mut found = Self(vec![("name", String::new()), ("version", String::new())]);
        for (section, contents) in sections {
            if section == NAME_SECTION {
                let name = own_name(contents).ok_or_else(|| {
                    HostError::component(format!("{label} is damaged: its metadata is cut off; build it again."))
                })?;
                found.set("name", name);
            } else if let Some(key) = TEXT_SECTIONS.iter().find(|each| **each == section) {
                let text = String::from_utf8_lossy(contents);
                // As TextDecoder has it.
                found.set(key, text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned());
            }
        }
        Ok(found)
    }

    fn set(&mut self, key: &'static str, text: String) {
        match self.0.iter_mut().find(|(each, _)| *each == key) {
            Some((_, known)) => *known = text,
            None => self.0.push((key, text)),
        }
    }

    /// What it says under a key: "name", "licenses". Empty where it says nothing.
    pub fn get(&self, key: &str) -> &str {
        self.0.iter().find(|(each, _)| *each == key).map_or("", |(_, text)| text)
    }

    /// The keys and texts: "name" and "version", which are empty where there are none, and then the others in the order of the
    /// file.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(key, text)| (*key, text.as_str()))
    }
}

/// The component's own name; empty where the section has another name first, none where it is cut off.
fn own_name(section: &[u8]) -> Option<String> {
    let Some(rest) = section.strip_prefix(&[0]) else { return Some(String::new()) };
    let name = part(part(rest)?)?;
    String::from_utf8(name.to_owned()).ok()
}

/// What begins with its length in bytes.
fn part(bytes: &[u8]) -> Option<&[u8]> {
    let (length, rest) = read_u32(bytes).ok()?;
    rest.get(..usize::try_from(length).ok()?)
}

#[cfg(test)]
mod tests {
    use super::ComponentMetadata;

    fn read(sections: &[(&str, &[u8])]) -> Result<Vec<(&'static str, String)>, String> {
        let read = ComponentMetadata::read(sections.iter().copied(), "./a.wasm");
        let owned = |(key, text): (&'static str, &str)| (key, text.to_owned());
        read.map(|metadata| metadata.iter().map(owned).collect()).map_err(|error| error.message)
    }

    #[test]
    fn what_a_component_says_about_itself() {
        let sections: [(&str, &[u8]); 5] = [
            ("component-name", &[1]),
            ("licenses", b"MIT"),
            ("component-name", b"\x00\x05\x04lcd5"),
            ("version", "\u{feff}1.2.3\u{fffd}".as_bytes()),
            ("name", &[1]),
        ];
        let said = [("name", "lcd5"), ("version", "1.2.3\u{fffd}"), ("licenses", "MIT")];
        assert_eq!(read(&sections), Ok(said.map(|(key, text)| (key, text.to_owned())).to_vec()));
        assert_eq!(read(&[]), Ok(["name", "version"].map(|key| (key, String::new())).to_vec()));
    }

    #[test]
    fn a_name_whose_length_takes_two_bytes_is_read() {
        let long = "a".repeat(200);
        let section = [&[0x00, 0xca, 0x01, 0xc8, 0x01], long.as_bytes()].concat();
        assert_eq!(read(&[("component-name", &section)]).map(|said| said[0].1.clone()), Ok(long));
    }

    #[test]
    fn a_name_that_is_cut_off_or_no_text_is_damage() {
        let damaged = "./a.wasm is damaged: its metadata is cut off; build it again.".to_owned();
        for section in [&b"\x00"[..], b"\x00\x05\x04lcd", b"\x00\x03\x04lcd5", b"\x00\x02\x01\xff"] {
            assert_eq!(read(&[("component-name", section)]), Err(damaged.clone()));
        }
    }
}
