//! What is said about a wrong experiment: the reason, the place with a caret, and what would be right.

use std::fmt;

use serde::Serialize;

/// One mistake, and where it is.
///
/// Shown as
/// ```text
/// error: unknown field `routng` in `Fabric`
///    ╭─[bad-field.ron:6:9]
///  6 │         routng: DimensionOrder,
///    ·         ──┬───
///    ·           ╰── did you mean `routing`?
/// ```
/// with notes and help below.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// What is wrong, in a line.
    pub message: String,
    /// The file, as the user named it.
    pub file: String,
    /// Where in it; `None` where the whole file is meant.
    pub place: Option<Place>,
    /// What to say at the caret, mostly what would be right.
    pub label: Option<String>,
    /// Facts that explain it, a line each.
    pub notes: Vec<String>,
    /// What to do about it, a line each.
    pub help: Vec<String>,
}

/// A stretch of one line of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column of the first character, from 1; characters, not bytes.
    pub column: usize,
    /// Characters, at least 1; on this line only.
    pub length: usize,
    /// The line.
    pub source: String,
}

impl Diagnostic {
    /// A mistake of the whole file.
    pub fn of_file(file: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            file: file.into(),
            place: None,
            label: None,
            notes: Vec::new(),
            help: Vec::new(),
        }
    }

    /// With something said at the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// With one more line that explains.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// With one more line that helps.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }
}

/// Longest stretch of a source line that is shown, in characters.
const SHOWN: usize = 140;

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        match &self.place {
            Some(place) => self.fmt_place(place, f)?,
            None => write!(f, "\n   ╭─[{}]", printable(&self.file))?,
        }
        for note in &self.notes {
            write!(f, "\n   {note}")?;
        }
        for help in &self.help {
            write!(f, "\n   help: {help}")?;
        }
        Ok(())
    }
}

impl Diagnostic {
    fn fmt_place(&self, place: &Place, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { line, column, .. } = *place;
        let number = line.to_string();
        let gutter = " ".repeat(number.len() + 2);
        write!(f, "\n{gutter}╭─[{}:{line}:{column}]", printable(&self.file))?;
        let shown = Excerpt::of(place);
        write!(f, "\n {number} │ {}", shown.text)?;
        let indent = " ".repeat(shown.before);
        let middle = (shown.length - 1) / 2;
        let left = "─".repeat(middle);
        let right = "─".repeat(shown.length - middle - 1);
        let Some(label) = &self.label else {
            return write!(f, "\n{gutter}· {indent}{left}─{right}");
        };
        write!(f, "\n{gutter}· {indent}{left}┬{right}")?;
        write!(f, "\n{gutter}· {indent}{}╰── {label}", " ".repeat(middle))
    }
}

/// The part of a line around a place that fits a terminal.
struct Excerpt {
    text: String,
    /// Characters before the place.
    before: usize,
    /// Characters of the place, at least 1.
    length: usize,
}

impl Excerpt {
    fn of(place: &Place) -> Self {
        let start = place.column - 1;
        let first = if start + place.length <= SHOWN {
            0
        } else {
            start.saturating_sub(SHOWN / 2)
        };
        let line: String = place.source.chars().skip(first).take(SHOWN).collect();
        Self {
            text: printable(&line),
            before: start - first,
            length: place.length.clamp(1, SHOWN),
        }
    }
}

/// One column a character: tabs and control characters as spaces.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

/// Why nothing was run: every mistake that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    diagnostics: Vec<Diagnostic>,
}

impl Refused {
    /// Exit code of a wrong experiment or command line.
    pub const EXIT_CODE: u8 = 2;

    /// The mistakes, in the order in which they are shown; at least one.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// The exit code of the process, always [`Refused::EXIT_CODE`].
    pub fn exit_code(&self) -> u8 {
        Self::EXIT_CODE
    }

    /// Of several mistakes, in the order given; a repeated one is kept once. `None` of none.
    pub fn from_all(diagnostics: impl IntoIterator<Item = Diagnostic>) -> Option<Self> {
        let mut kept: Vec<Diagnostic> = Vec::new();
        for diagnostic in diagnostics {
            if !kept.contains(&diagnostic) {
                kept.push(diagnostic);
            }
        }
        (!kept.is_empty()).then_some(Self { diagnostics: kept })
    }
}

impl From<Diagnostic> for Refused {
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            diagnostics: vec![diagnostic],
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, diagnostic) in self.diagnostics.iter().enumerate() {
            let separator = if i == 0 { "" } else { "\n\n" };
            write!(f, "{separator}{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Refused {}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnostic(line: usize, column: usize, length: usize, source: &str) -> Diagnostic {
        let mut diagnostic = Diagnostic::of_file("bad-field.ron", "unknown field `routng` in `Fabric`");
        diagnostic.place = Some(Place {
            line,
            column,
            length,
            source: source.to_owned(),
        });
        diagnostic
    }

    #[test]
    fn it_looks_as_designed() {
        let shown = diagnostic(6, 9, 6, "        routng: DimensionOrder,")
            .label("did you mean `routing`?")
            .to_string();
        assert_eq!(
            shown,
            "error: unknown field `routng` in `Fabric`\n   \
             ╭─[bad-field.ron:6:9]\n \
             6 │         routng: DimensionOrder,\n   \
             ·         ──┬───\n   \
             ·           ╰── did you mean `routing`?"
        );
    }

    #[test]
    fn wide_line_numbers_notes_and_help_keep_the_form() {
        let shown = diagnostic(123, 1, 1, "\tx")
            .note("a note")
            .help("do this")
            .to_string();
        assert_eq!(
            shown,
            "error: unknown field `routng` in `Fabric`\n     \
             ╭─[bad-field.ron:123:1]\n 123 │  x\n     · ─\n   a note\n   help: do this"
        );
    }

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let source = format!("{}routng{}", " ".repeat(10_000), "x".repeat(10_000));
        let shown = diagnostic(1, 10_001, 6, &source).label("here").to_string();
        assert!(shown.lines().all(|line| line.chars().count() < 160), "{shown}");
        assert!(shown.contains("routngx"));
    }

    #[test]
    fn the_same_mistake_is_told_once() {
        let one = diagnostic(1, 1, 1, "x");
        let refused = Refused::from_all([one.clone(), one]).unwrap();
        assert_eq!(refused.diagnostics().len(), 1);
        assert!(Refused::from_all([]).is_none());
    }
}
