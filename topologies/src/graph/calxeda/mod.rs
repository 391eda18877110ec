//! The Calxeda EnergyCore fabric: EnergyCards of four nodes, wired as chains, tori and meshes, and what its operators
//! see of it.
//!
//! A node is a switch with links 0 to 4, each 10 Gb/s and here 40 ns long, and a terminal, `eth0`, at port 5. What is
//! known of the wiring is graded P published, D derived from what is published, or A assumed:
//!
//! * P: the card: four nodes, links 0-1, 0-2, 0-3 and 2-3 with their numbers; 12 of the 20 link ends may leave it;
//! * D: on a torus with sides above 3 link 2-3 stays off, since nodes 0, 2 and 3 would be a triangle;
//! * D: node 0 then has its three neighbours around it, so that a card covers a T of four places of the grid;
//! * A: how the Ts tile the grid, which of a node's free links leads where, and the numbers of cards;
//! * P: Viridis has 48 nodes and four uplinks, by the cards in slots 0 to 3; Redstone 288 nodes in four trays;
//! * A: uplinks leave by link 2 of a card's node 0, the only node and link that is free on every card of a torus.
//!
//! Fat trees and butterfly trees of cards, which the product could have too, have no published wiring and are left out.

mod card;
mod card_chain;
mod card_grid;
mod rack;
mod reports;
#[cfg(test)]
mod reports_tests;
mod tiling;

pub use card_chain::{CardChain, EnergyCard};
pub use card_grid::{CardGrid, Product};
pub use rack::CalxedaRack;
pub use reports::{CalxedaNodes, NotCalxeda, Report, UplinkMode};
