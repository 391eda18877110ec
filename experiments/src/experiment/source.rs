//! The text of an experiment file, with the place of everything in it.

use super::diagnostic::{Diagnostic, Place};
use super::places::{Kind, Node, Places, Span};

/// The text of an experiment file and where it came from.
#[derive(Clone, Debug)]
pub struct Source {
    file: String,
    text: String,
    /// Offset of the first byte of each line.
    lines: Vec<usize>,
    places: Places,
}

impl Source {
    /// A text from a file that the user knows by the name `file`.
    pub(crate) fn new(file: impl Into<String>, text: impl Into<String>) -> Self {
        let text = text.into();
        let starts = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            file: file.into(),
            lines: std::iter::once(0).chain(starts).collect(),
            places: Places::scan(&text),
            text,
        }
    }

    /// The file, as the user named it.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn places(&self) -> &Places {
        &self.places
    }

    /// The value at a path.
    pub(crate) fn find(&self, path: &str) -> Option<&Node> {
        self.places.find(&self.text, path)
    }

    /// Whether the file gives a value at a path.
    pub fn gives(&self, path: &str) -> bool {
        self.find(path).is_some()
    }

    /// A mistake in the value at a path such as `fabric.routing` or `traffic[0].load`; if that was not written,
    /// in the nearest enclosing one that was.
    pub fn at(&self, path: &str, message: impl Into<String>) -> Diagnostic {
        match self.places.nearest(&self.text, path) {
            Some(node) => self.at_span(self.visible(node), message),
            None => Diagnostic::of_file(&self.file, message),
        }
    }

    /// A mistake in the name of the field at a path, or where it has none in its value.
    pub fn at_key(&self, path: &str, message: impl Into<String>) -> Diagnostic {
        match self.find(path).and_then(|node| node.key.clone()) {
            Some(key) => self.at_span(key, message),
            None => self.at(path, message),
        }
    }

    /// A mistake in the name of the struct at a path.
    pub(crate) fn at_head(&self, path: &str, message: impl Into<String>) -> Diagnostic {
        match self.places.nearest(&self.text, path) {
            Some(node) => self.at_span(node.head.clone(), message),
            None => Diagnostic::of_file(&self.file, message),
        }
    }

    /// A mistake in a stretch of the text; of more than a line, its first line is shown.
    pub(crate) fn at_span(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        let start = self.text.floor_char_boundary(span.start.min(self.text.len()));
        let line = self.lines.partition_point(|&first| first <= start) - 1;
        let first = self.lines[line];
        let last = self.lines.get(line + 1).map_or(self.text.len(), |&next| next - 1);
        let end = self
            .text
            .floor_char_boundary(span.end.clamp(start, last.max(start)));
        let length = self.text[start..end].trim_end().chars().count().max(1);
        Diagnostic {
            place: Some(Place {
                line: line + 1,
                column: self.text[first..start].chars().count() + 1,
                length,
                source: self.text[first..last].trim_end_matches('\r').to_owned(),
            }),
            ..Diagnostic::of_file(&self.file, message)
        }
    }

    /// The byte of a line and column, both from 1.
    pub(crate) fn offset(&self, line: usize, column: usize) -> usize {
        let Some(&first) = self.lines.get(line.saturating_sub(1)) else {
            return self.text.len();
        };
        let rest = &self.text[first..];
        let within = rest
            .char_indices()
            .nth(column.saturating_sub(1))
            .map(|(at, _)| at);
        within.map_or(self.text.len(), |at| first + at)
    }

    /// The line, from 1, of a byte.
    pub(crate) fn line_of(&self, offset: usize) -> usize {
        self.lines.partition_point(|&first| first <= offset)
    }

    /// What to underline of a value: all of it on one line, else its name.
    fn visible(&self, node: &Node) -> Span {
        let one_line = !self.text[node.span.clone()].contains('\n');
        if one_line || node.kind == Kind::Text {
            return node.span.clone();
        }
        node.head.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(diagnostic: &Diagnostic) -> (usize, usize, usize) {
        let place = diagnostic.place.as_ref().unwrap();
        (place.line, place.column, place.length)
    }

    #[test]
    fn columns_count_characters_and_lines_end_anyhow() {
        let source = Source::new("x.ron", "A(\r\n  about: \"µ–é\", name: 4)\r\n");
        let diagnostic = source.at("name", "wrong");
        assert_eq!(place(&diagnostic), (2, 23, 1));
        assert_eq!(diagnostic.place.unwrap().source, "  about: \"µ–é\", name: 4)");
        assert_eq!(source.offset(2, 23), source.text().find('4').unwrap());
    }

    #[test]
    fn a_missing_value_is_placed_at_what_encloses_it() {
        let source = Source::new("x.ron", "A(\n  fabric: Fabric(\n    x: 1,\n  ),\n)");
        assert_eq!(place(&source.at("fabric.routing", "missing")), (2, 11, 6));
        assert_eq!(place(&source.at_key("fabric.x", "wrong")), (3, 5, 1));
    }

    #[test]
    fn places_past_the_end_are_at_the_end() {
        let source = Source::new("x.ron", "A(");
        assert_eq!(place(&source.at_span(50..60, "end")), (1, 3, 1));
        assert_eq!(place(&source.at_span(2..2, "end")), (1, 3, 1));
        assert_eq!(source.offset(9, 9), 2);
        assert!(Source::new("x.ron", "").at("a", "empty").place.is_none());
    }
}
