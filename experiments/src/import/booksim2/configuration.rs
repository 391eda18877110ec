//! The values of all keys after the files and overrides, in BookSim2's order: later ones win.

use std::collections::BTreeMap;
use std::fmt;

use super::error::ImportError;
use super::keys::{KEYS, Key, key};
use super::parser::{Assignment, Value};
use super::place::Place;

/// A value and where it was set; no place where it is BookSim2's default.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Setting<T> {
    pub key: &'static str,
    pub value: T,
    pub place: Option<Place>,
}

impl<T> Setting<T> {
    pub(super) fn error(&self, message: impl Into<String>) -> ImportError {
        ImportError::new(self.place.clone(), message)
    }
}

/// What was set. A key keeps its text and its number apart, as BookSim2 does.
#[derive(Clone, Debug, Default)]
pub(super) struct Configuration {
    texts: BTreeMap<&'static str, (String, Place)>,
    integers: BTreeMap<&'static str, (i32, Place)>,
    reals: BTreeMap<&'static str, (f64, Place)>,
}

impl Configuration {
    /// Sets one key.
    ///
    /// # Errors
    /// Where BookSim2 has no such key, or it does not take such a value.
    pub(super) fn set(&mut self, assignment: Assignment) -> Result<(), ImportError> {
        let Assignment {
            key: name,
            key_place,
            value,
            value_place,
        } = assignment;
        let Some(key) = key(&name) else {
            return Err(unknown(&name, &key_place));
        };
        match value {
            Value::Text(text) if key.text.is_some() => {
                self.texts.insert(key.name, (text, value_place));
            }
            Value::Integer(integer) if key.integer.is_some() => {
                self.integers.insert(key.name, (integer, value_place));
            }
            Value::Real(real) if key.real.is_some() => {
                self.reals.insert(key.name, (real, value_place));
            }
            other => return Err(wrong_type(key, &other, &value_place)),
        }
        Ok(())
    }

    /// An integer key. The callers name keys of the table that have one.
    pub(super) fn integer(&self, name: &'static str) -> Setting<i32> {
        let (value, place) = match self.integers.get(name) {
            Some((value, place)) => (*value, Some(place.clone())),
            None => (key(name).and_then(|key| key.integer).unwrap_or_default(), None),
        };
        Setting {
            key: name,
            value,
            place,
        }
    }

    /// A key that is a real number.
    pub(super) fn real(&self, name: &'static str) -> Setting<f64> {
        let (value, place) = match self.reals.get(name) {
            Some((value, place)) => (*value, Some(place.clone())),
            None => (key(name).and_then(|key| key.real).unwrap_or_default(), None),
        };
        Setting {
            key: name,
            value,
            place,
        }
    }

    /// A key that is a word or a list.
    pub(super) fn text(&self, name: &'static str) -> Setting<String> {
        let (value, place) = match self.texts.get(name) {
            Some((value, place)) => (value.clone(), Some(place.clone())),
            None => (
                key(name).and_then(|key| key.text).unwrap_or_default().to_owned(),
                None,
            ),
        };
        Setting {
            key: name,
            value,
            place,
        }
    }

    /// Whether an on-off key is on: BookSim2 takes any positive number for that.
    pub(super) fn is_on(&self, name: &'static str) -> bool {
        self.integer(name).value > 0
    }

    /// The keys that were set to something else than their default, in the order of the table.
    pub(super) fn changed(&self) -> impl Iterator<Item = (&'static Key, Setting<String>)> {
        KEYS.iter().filter_map(|key| {
            let setting = self.effective(key)?;
            let default = shown_default(key, &setting);
            (setting.value != default).then_some((key, setting))
        })
    }

    /// What a key was set to, if it was: its text if there is one, else its number.
    fn effective(&self, key: &Key) -> Option<Setting<String>> {
        let text = self
            .texts
            .get(key.name)
            .map(|(text, place)| (text.clone(), place));
        let integer = || {
            self.integers
                .get(key.name)
                .map(|(value, place)| (value.to_string(), place))
        };
        let real = || {
            self.reals
                .get(key.name)
                .map(|(value, place)| (format!("{value:?}"), place))
        };
        let (value, place) = text.or_else(integer).or_else(real)?;
        Some(Setting {
            key: key.name,
            value,
            place: Some(place.clone()),
        })
    }
}

/// The default of a key, written as in `set`: as a number if it has one.
fn shown_default(key: &Key, set: &Setting<String>) -> String {
    let integer = key.integer.map(|integer| integer.to_string());
    let real = key.real.map(|real| format!("{real:?}"));
    let number = integer.or(real);
    number
        .or_else(|| key.text.map(str::to_owned))
        .unwrap_or_else(|| set.value.clone())
}

fn unknown(name: &str, place: &Place) -> ImportError {
    let error = ImportError::at(place, format!("BookSim2 has no key `{name}`"));
    let names = KEYS.iter().map(|key| key.name);
    match closest(name, names) {
        Some(name) => error.with_help(format!("did you mean `{name}`?")),
        None => error,
    }
}

/// The most similar of `names`, if it is similar at all.
pub(super) fn closest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |other: &str| strsim::damerau_levenshtein(name, other);
    let nearest = names.min_by_key(|other| distance(other))?;
    (distance(nearest) <= name.len() / 3).then_some(nearest)
}

fn wrong_type(key: &Key, value: &Value, place: &Place) -> ImportError {
    let mut takes = Vec::new();
    if key.integer.is_some() {
        takes.push("an integer");
    }
    if key.real.is_some() {
        takes.push("a real number, written with a point");
    }
    match key.text {
        Some("") if !takes.is_empty() => takes.push("a list"),
        Some(_) => takes.push("a word"),
        None => {}
    }
    let error = ImportError::at(
        place,
        format!("`{}` takes {}, not `{value}`", key.name, takes.join(" or ")),
    );
    match value {
        Value::Integer(integer) if key.real.is_some() => {
            error.with_help(format!("write `{integer}.0`; BookSim2 refuses `{integer}`"))
        }
        _ => error,
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Integer(integer) => write!(f, "{integer}"),
            Self::Real(real) => write!(f, "{real:?}"),
        }
    }
}

/// The elements of a list in braces, nested ones whole; anything else is one element.
pub(super) fn elements(text: &str) -> Vec<&str> {
    let Some(inner) = text.strip_prefix('{') else {
        return vec![text];
    };
    let inner = inner.strip_suffix('}').unwrap_or(inner);
    let mut depth = 0_usize;
    let mut separated = inner.split(|c: char| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    });
    separated.by_ref().filter(|element| !element.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::import::booksim2::parser::parse;
    use crate::import::booksim2::place::Document;

    fn configured(text: &str) -> Result<Configuration, ImportError> {
        let document = Arc::new(Document {
            name: "f".into(),
            text: text.into(),
        });
        let mut configuration = Configuration::default();
        for assignment in parse(&document)? {
            configuration.set(assignment)?;
        }
        Ok(configuration)
    }

    #[test]
    fn later_values_win_and_unset_ones_are_the_defaults() {
        let configuration = configured("k = 4; k = 6;").unwrap();
        assert_eq!(configuration.integer("k").value, 6);
        assert_eq!(configuration.integer("num_vcs").value, 16);
        assert_eq!(configuration.real("injection_rate").value, 0.1);
        assert_eq!(configuration.text("vc_allocator").value, "islip");
    }

    #[test]
    fn a_key_that_does_not_exist_gets_a_suggestion() {
        let error = configured("\n  num_vc = 4;").unwrap_err();
        assert_eq!(error.place.unwrap().to_string(), "f:2:3");
        assert_eq!(error.help.as_deref(), Some("did you mean `num_vcs`?"));
        assert_eq!(configured("colour = 4;").unwrap_err().help, None);
    }

    #[test]
    fn the_type_of_a_value_matters_as_in_booksim2() {
        let error = configured("injection_rate = 1;").unwrap_err();
        assert_eq!(error.help.as_deref(), Some("write `1.0`; BookSim2 refuses `1`"));
        let error = configured("k = 8.0;").unwrap_err();
        assert_eq!(error.message, "`k` takes an integer, not `8.0`");
        let error = configured("internal_speedup = fast;").unwrap_err();
        assert_eq!(
            error.message,
            "`internal_speedup` takes a real number, written with a point, not `fast`"
        );
    }

    #[test]
    fn only_values_that_differ_from_the_default_are_changed() {
        let configuration = configured("k = 8; n = 3; packet_size = {1,2}; injection_rate = 0.1;").unwrap();
        let changed: Vec<_> = configuration
            .changed()
            .map(|(key, setting)| (key.name, setting.value))
            .collect();
        assert_eq!(
            changed,
            [("n", "3".to_owned()), ("packet_size", "{1,2}".to_owned())]
        );
    }

    #[test]
    fn lists_may_be_nested() {
        assert_eq!(elements("{a,b}"), ["a", "b"]);
        assert_eq!(elements("{{1,2},3}"), ["{1,2}", "3"]);
        assert_eq!(elements("a"), ["a"]);
    }
}
