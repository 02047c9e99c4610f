//! What is read back, by whom, after crashes anywhere, and what is deleted.

use std::fs::File;

use super::*;

const KEY: [u8; 32] = [7; 32];

fn journal(dir: &Path) -> Journal {
    Journal::open(dir, &KEY).unwrap()
}

fn lines(reader: &mut Reader) -> Vec<String> {
    std::iter::from_fn(|| reader.read_on().unwrap())
        .map(|kept| {
            kept.line.map_or("damaged".to_owned(), |line| {
                String::from_utf8(line).unwrap()
            })
        })
        .collect()
}

#[test]
fn what_was_written_is_read_from_any_place_and_deleted_when_taken_in() {
    let dir = tempfile::tempdir().unwrap();
    let journal = journal(dir.path());
    let writer = journal.writer().unwrap().unwrap();
    let mut reader = journal.reader(None);
    assert!(reader.read_on().unwrap().is_none());
    for line in ["one", "", "three"] {
        writer.append(line.as_bytes()).unwrap();
    }
    let first = reader.read_on().unwrap().unwrap();
    assert_eq!(first.line.as_deref(), Some(&b"one"[..]));
    assert_eq!(lines(&mut reader), ["", "three"]);
    let again: Position = first.then.to_string().parse().unwrap();
    assert_eq!(
        lines(&mut self::journal(dir.path()).reader(Some(again))),
        ["", "three"]
    );

    writer.open().since -= OLD * 2;
    writer.tick().unwrap();
    writer.append(b"four").unwrap();
    assert_eq!(lines(&mut reader), ["four"]);
    assert_eq!(journal.segments().unwrap().len(), 2);
    reader.forget_until(reader.at).unwrap();
    assert_eq!(journal.segments().unwrap().len(), 1);
    // Somebody who comes back to what is deleted reads on at what is there.
    assert_eq!(lines(&mut journal.reader(Some(again))), ["four"]);
    assert!("".parse::<Position>().is_err() && "1".parse::<Position>().is_err());
}

#[test]
fn nobody_else_can_read_it_and_nobody_else_writes() {
    let dir = tempfile::tempdir().unwrap();
    let journal = journal(dir.path());
    let writer = journal.writer().unwrap().unwrap();
    writer.append(b"4 agents at Lake").unwrap();
    assert!(self::journal(dir.path()).writer().unwrap().is_none());
    let other = Journal::open(dir.path(), &[8; 32]).err().unwrap();
    assert!(other.to_string().contains("another key"), "{other}");
    for segment in journal.segments().unwrap() {
        let bytes = fs::read(journal.path(segment)).unwrap();
        assert!(!bytes.windows(4).any(|window| window == b"Lake"));
    }
    drop(writer);
    assert!(self::journal(dir.path()).writer().unwrap().is_some());
}

#[test]
fn a_record_that_a_crash_tore_off_anywhere_is_passed_over() {
    let whole = {
        let dir = tempfile::tempdir().unwrap();
        let journal = journal(dir.path());
        let writer = journal.writer().unwrap().unwrap();
        writer.append(b"one").unwrap();
        let before = writer.open().length;
        writer.append(b"two").unwrap();
        (before, writer.open().length)
    };
    for cut in whole.0..whole.1 {
        let dir = tempfile::tempdir().unwrap();
        let journal = journal(dir.path());
        let writer = journal.writer().unwrap().unwrap();
        writer.append(b"one").unwrap();
        writer.append(b"two").unwrap();
        let mut reader = journal.reader(None);
        writer.open().file.set_len(cut).unwrap();
        drop(writer);
        assert_eq!(lines(&mut reader), ["one"], "cut at {cut}");
        let writer = self::journal(dir.path()).writer().unwrap().unwrap();
        writer.append(b"three").unwrap();
        assert_eq!(lines(&mut reader), ["three"], "cut at {cut}");
    }
}

#[test]
fn a_torn_segment_does_not_hide_the_next_and_damage_is_seen() {
    let dir = tempfile::tempdir().unwrap();
    let journal = journal(dir.path());
    let writer = journal.writer().unwrap().unwrap();
    writer.append(b"one").unwrap();
    writer.append(b"two").unwrap();
    let (segment, length) = {
        let open = writer.open();
        (open.segment, open.length)
    };
    writer.open().since -= OLD * 2;
    writer.tick().unwrap();
    writer.append(b"three").unwrap();
    let path = journal.path(segment);
    let mut bytes = fs::read(&path).unwrap();
    bytes.truncate(usize::try_from(length).unwrap() - 2);
    bytes[10] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert_eq!(lines(&mut journal.reader(None)), ["damaged", "three"]);
}

#[tokio::test]
async fn who_waits_hears_of_a_line_in_this_process_and_in_another() {
    let dir = tempfile::tempdir().unwrap();
    let mine = journal(dir.path());
    let writer = mine.writer().unwrap().unwrap();
    for mut reader in [mine.reader(None), journal(dir.path()).reader(None)] {
        writer.append(b"one").unwrap();
        while reader.read_on().unwrap().is_none() {
            reader.wait().await;
        }
    }
}

#[test]
fn long_lines_are_refused_and_segments_stay_short() {
    let dir = tempfile::tempdir().unwrap();
    let journal = journal(dir.path());
    let writer = journal.writer().unwrap().unwrap();
    assert!(writer.append(&vec![b'x'; LONGEST + 1]).is_err());
    for _ in 0..6 {
        writer.append(&vec![b'x'; LONGEST]).unwrap();
    }
    assert_eq!(journal.segments().unwrap().len(), 2);
    assert_eq!(lines(&mut journal.reader(None)).len(), 6);
}

#[test]
fn lines_that_were_read_but_never_reached_the_disk_hide_none_that_come_after() {
    let dir = tempfile::tempdir().unwrap();
    let writer = journal(dir.path()).writer().unwrap().unwrap();
    writer.append(b"one").unwrap();
    let mut reader = journal(dir.path()).reader(None);
    let after_one = reader.read_on().unwrap().unwrap().then;
    writer.append(b"two").unwrap();
    // It was taken in: that is on the disk. The line itself was not yet, when the machine stopped.
    let after_two = reader.read_on().unwrap().unwrap().then;
    let path = journal(dir.path()).path(after_one.segment);
    drop(writer);
    File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_len(after_one.offset)
        .unwrap();
    let writer = journal(dir.path()).writer().unwrap().unwrap();
    for line in ["three", "four", "five"] {
        writer.append(line.as_bytes()).unwrap();
    }
    let mut reader = journal(dir.path()).reader(Some(after_two));
    assert_eq!(lines(&mut reader), ["three", "four", "five"]);
}
