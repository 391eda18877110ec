//! The mailbox alone.

use loom::thread;

use crate::mailbox::{Inbox, Letter, mailbox};
use crate::model;

fn letter(number: u64) -> Letter {
    [4 * number, 4 * number + 1, 4 * number + 2, 4 * number + 3]
}

/// Takes letters until there were `count`, and checks each.
fn read(inbox: &mut Inbox, count: u64) {
    let mut next = 0;
    while next < count {
        let before = next;
        inbox.drain(|found| {
            assert_eq!(found, letter(next));
            next += 1;
        });
        if next == before {
            thread::yield_now();
        }
    }
}

/// Fails with: the store of the tail relaxed; the load of the tail relaxed; the tail published before the words.
#[test]
fn letters_come_once_in_order_and_whole() {
    model(None, || {
        let (mut outbox, mut inbox) = mailbox(4);
        let writer = thread::spawn(move || {
            outbox.put(letter(0));
            outbox.publish();
            outbox.put(letter(1));
            outbox.put(letter(2));
            outbox.publish();
        });
        read(&mut inbox, 3);
        writer.join().expect("it does not panic");
    });
}

/// Fails with: as above; the store of the head relaxed; the load of the head relaxed; the head published before the words
/// have been read.
#[test]
fn a_slot_is_used_again_once_it_was_read() {
    model(Some(4), || {
        let (mut outbox, mut inbox) = mailbox(2);
        let writer = thread::spawn(move || {
            for number in 0..4 {
                while !outbox.has_room() {
                    thread::yield_now();
                }
                outbox.put(letter(number));
                outbox.publish();
            }
        });
        read(&mut inbox, 4);
        writer.join().expect("it does not panic");
    });
}
