//! Why a routing can't be made for a fabric.

use thiserror::Error;

use crate::graph::{Family, Form, WiredGraph};

/// Why a routing can't be made for a fabric.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum NotRoutable {
    #[error("no way leads from `{from}` to `{to}`")]
    NotConnected { from: String, to: String },
    #[error("needs {needed} virtual channels, but there {} {found}", if *.found == 1 { "is" } else { "are" })]
    TooFewChannels { needed: u8, found: u8 },
    #[error("the fabric is not the {family} that it is to be routed as")]
    OtherFamily { family: String },
    #[error(transparent)]
    NotCalxeda(#[from] crate::graph::NotCalxeda),
    #[error("`{name}` is no node, and routing tables hold nodes only")]
    NotANode { name: String },
}

impl NotRoutable {
    /// Refuses fewer virtual channels than needed, and none.
    pub(super) fn check_channels(needed: u8, found: u8) -> Result<(), Self> {
        match found < needed.max(1) {
            true => Err(Self::TooFewChannels { needed, found }),
            false => Ok(()),
        }
    }

    /// Refuses a graph that has other numbers of switches, terminals or links than the family that it is to be of.
    pub(super) fn check_family(wired: &WiredGraph, family: &impl Family) -> Result<(), Self> {
        let (graph, forms) = (wired.graph(), family.closed_forms());
        let is = |form: Option<Form<u64>>, count: usize| form.is_none_or(|form| form.value == count as u64);
        let alike = is(forms.switches, graph.switch_count() as usize)
            && is(forms.terminals, graph.terminals().len())
            && is(forms.links, graph.links().len());
        match alike {
            true => Ok(()),
            false => Err(Self::OtherFamily {
                family: family.title(),
            }),
        }
    }
}
