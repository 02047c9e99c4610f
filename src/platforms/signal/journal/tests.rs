//! Crashes at every byte, two processes, another key, folders emptied by hand.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::{FileExt, PermissionsExt},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use tempfile::TempDir;

use super::{seal::FIRST, *};
use crate::{clock::Clock, domain::timestamp::Timestamp};

const KEY: [u8; 32] = [7; 32];

struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(self.0.load(Ordering::SeqCst))
    }
}

fn clock_at(ms: i64) -> Arc<Hands> {
    Arc::new(Hands(AtomicI64::new(ms)))
}

/// A folder in memory where there is one: what is tried here is what is written, not how fast a disk is.
fn in_memory() -> TempDir {
    TempDir::new_in("/dev/shm").unwrap_or_else(|_| TempDir::new().unwrap())
}

fn writer(folder: &Path) -> Writer {
    Writer::open(folder, &KEY, clock_at(1000)).unwrap()
}

fn reader(folder: &Path, from: Option<Position>) -> Reader {
    Reader::open(folder, &KEY, from).unwrap()
}

fn rest(reader: &mut Reader) -> Vec<String> {
    std::iter::from_fn(|| reader.next().unwrap())
        .map(|(line, _)| String::from_utf8(line).unwrap())
        .collect()
}

fn segments(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().flatten();
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some())
        .collect();
    paths.sort();
    paths
}

#[test]
fn lines_come_back_in_order_from_any_position() {
    let folder = in_memory();
    let writer = writer(folder.path());
    let mut all = writer.reader(None).unwrap();
    assert!(all.next().unwrap().is_none());
    for line in ["one", "", "three"] {
        writer.append(line.as_bytes()).unwrap();
    }
    let (line, position) = all.next().unwrap().unwrap();
    assert_eq!(line, b"one");
    assert_eq!(rest(&mut all), ["", "three"]);
    let position = Position::of(&position.checkpoint()).unwrap();
    assert_eq!(
        rest(&mut reader(folder.path(), Some(position))),
        ["", "three"]
    );
    writer.append(b"four").unwrap();
    assert_eq!(rest(&mut all), ["four"]);
    assert_eq!(all.damaged(), 0);
}

#[test]
fn nothing_readable_lies_on_the_disk_and_nobody_else_may_look() {
    let folder = in_memory();
    let path = folder.path().join("journal");
    let writer = writer(&path);
    writer.append(b"4 agents at Lake").unwrap();
    writer.sync();
    let kept = fs::read(&segments(&path)[0]).unwrap();
    assert!(!kept.windows(6).any(|bytes| bytes == b"agents"));
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o700);
    assert_eq!(mode(&segments(&path)[0]), 0o600);
}

#[test]
fn a_crash_at_any_byte_loses_only_the_line_that_was_being_written() {
    let folder = in_memory();
    let first = writer(folder.path());
    first.append(b"one").unwrap();
    let whole = fs::metadata(&segments(folder.path())[0]).unwrap().len();
    first.append(b"two").unwrap();
    drop(first);
    let crashed = fs::read(&segments(folder.path())[0]).unwrap();
    let name = segments(folder.path())[0].file_name().unwrap().to_owned();
    for length in 0..=crashed.len() {
        for garbage in [0, 64] {
            // A disk may also have the length but not the bytes; but a segment's beginning is there as a whole.
            if garbage > 0 && (length as u64) < FIRST {
                continue;
            }
            let folder = in_memory();
            let mut left = crashed[..length].to_vec();
            left.resize(length + garbage, 0);
            fs::write(folder.path().join(&name), left).unwrap();
            let mut before = reader(folder.path(), None);
            let kept = rest(&mut before);
            let second = writer(folder.path());
            second.append(b"three").unwrap();
            let expected: &[&str] = match length as u64 {
                length if length < whole => &[],
                length if length < crashed.len() as u64 => &["one"],
                _ => &["one", "two"],
            };
            assert_eq!(kept, expected, "{length}");
            assert_eq!(rest(&mut before), ["three"], "{length}: going on");
            let anew = rest(&mut reader(folder.path(), None));
            assert_eq!(anew, [expected, &["three"]].concat(), "{length}: anew");
        }
    }
}

#[test]
fn a_damaged_record_is_passed_over_once_its_segment_is_complete() {
    let folder = in_memory();
    let first = writer(folder.path());
    first.append(b"one").unwrap();
    let at = fs::metadata(&segments(folder.path())[0]).unwrap().len();
    first.append(b"two").unwrap();
    first.append(b"three").unwrap();
    let file = OpenOptions::new()
        .write(true)
        .open(&segments(folder.path())[0])
        .unwrap();
    file.write_all_at(&[0xff; 8], at + 10).unwrap();
    let mut reader = first.reader(None).unwrap();
    assert_eq!(rest(&mut reader), ["one"]);
    drop(first);
    let second = writer(folder.path());
    second.append(b"four").unwrap();
    assert_eq!(rest(&mut reader), ["three", "four"]);
    assert_eq!(reader.damaged(), 1);
}

#[test]
fn a_record_opens_only_in_its_own_place() {
    let folder = in_memory();
    let first = writer(folder.path());
    first.append(b"one").unwrap();
    drop(first);
    let old = segments(folder.path())[0].clone();
    let copy = folder.path().join("999999.lines");
    fs::copy(old, copy).unwrap();
    let told = Reader::open(folder.path(), &KEY, None).unwrap().next();
    // The copy's beginning belongs elsewhere, too.
    assert!(matches!(told, Ok(Some(_))));
    assert!(matches!(
        Writer::open(folder.path(), &KEY, clock_at(1000)),
        Err(JournalError::WrongKey(_))
    ));
}

#[test]
fn only_one_process_writes() {
    let folder = in_memory();
    let first = writer(folder.path());
    let second = Writer::open(folder.path(), &KEY, clock_at(1000));
    assert!(matches!(&second, Err(JournalError::Held(_))));
    let told = second.err().unwrap().to_string();
    assert!(told.contains("another process"), "{told}");
    drop(first);
    writer(folder.path());
}

#[test]
fn another_key_is_said_to_be_one_and_destroys_nothing() {
    let folder = in_memory();
    let first = writer(folder.path());
    first.append(b"one").unwrap();
    drop(first);
    let other = [8; 32];
    for told in [
        Writer::open(folder.path(), &other, clock_at(1000)).err(),
        Reader::open(folder.path(), &other, None).err(),
    ] {
        let told = told.unwrap();
        assert!(matches!(told, JournalError::WrongKey(_)), "{told:?}");
        assert!(told.to_string().contains("another key file"));
    }
    assert_eq!(rest(&mut reader(folder.path(), None)), ["one"]);
}

#[test]
fn what_is_taken_in_is_deleted_but_never_the_newest_segment() {
    let folder = in_memory();
    let big = vec![b'x'; 1 << 20];
    let writer = writer(folder.path());
    for _ in 0..9 {
        writer.append(&big).unwrap();
    }
    assert_eq!(segments(folder.path()).len(), 3);
    let mut reader = writer.reader(None).unwrap();
    let mut last = reader.position();
    for expected in [3, 3, 3, 3, 2, 2, 2, 2, 1] {
        let (line, position) = reader.next().unwrap().unwrap();
        assert_eq!(line.len(), big.len());
        reader.forget_until(last).unwrap();
        last = position;
        reader.forget_until(last).unwrap();
        assert!(segments(folder.path()).len() <= expected, "{expected}");
    }
    assert!(reader.next().unwrap().is_none());
    reader.forget_until(last).unwrap();
    assert_eq!(segments(folder.path()).len(), 1);
    writer.append(b"more").unwrap();
    assert_eq!(rest(&mut self::reader(folder.path(), Some(last))), ["more"]);
    assert!(writer.append(&vec![0; (1 << 20) + 1]).is_err());
    writer.append(b"and more").unwrap();
    assert_eq!(rest(&mut reader), ["more", "and more"]);
}

#[test]
fn an_old_segment_is_followed_by_another_so_that_it_can_be_deleted() {
    let folder = in_memory();
    let clock = clock_at(1000);
    let writer = Writer::open(folder.path(), &KEY, clock.clone()).unwrap();
    writer.append(b"one").unwrap();
    let mut reader = writer.reader(None).unwrap();
    let (_, position) = reader.next().unwrap().unwrap();
    clock.0.fetch_add(61_000, Ordering::SeqCst);
    // The writer looks at its clock when something is put on the disk.
    writer.append(b"two").unwrap();
    writer.sync();
    while segments(folder.path()).len() < 2 {
        std::thread::yield_now();
    }
    reader.forget_until(position).unwrap();
    assert_eq!(
        segments(folder.path()).len(),
        2,
        "the second line is not taken in yet"
    );
    let (_, position) = reader.next().unwrap().unwrap();
    reader.forget_until(position).unwrap();
    assert_eq!(segments(folder.path()).len(), 1);
    writer.append(b"three").unwrap();
    assert_eq!(
        rest(&mut self::reader(folder.path(), Some(position))),
        ["three"]
    );
}

#[test]
fn an_emptied_folder_begins_anew() {
    let folder = in_memory();
    for (now, expected) in [(5000, "ahead"), (10, "behind")] {
        let first = writer(folder.path());
        first.append(b"old").unwrap();
        let mut old = first.reader(None).unwrap();
        old.next().unwrap().unwrap();
        let position = old.position();
        drop(first);
        for segment in segments(folder.path()) {
            fs::remove_file(segment).unwrap();
        }
        assert!(
            reader(folder.path(), Some(position))
                .next()
                .unwrap()
                .is_none()
        );
        let second = Writer::open(folder.path(), &KEY, clock_at(now)).unwrap();
        second.append(b"new").unwrap();
        let read = rest(&mut reader(folder.path(), Some(position)));
        assert_eq!(read, ["new"], "a clock {expected}");
        drop(second);
        for segment in segments(folder.path()) {
            fs::remove_file(segment).unwrap();
        }
    }
}

#[tokio::test]
async fn a_follower_hears_of_lines_in_either_process() {
    let folder = in_memory();
    // As in a process of its own: it knows nothing of the writer, which is not even there yet.
    let mut follower = reader(folder.path(), None);
    assert!(follower.next().unwrap().is_none());
    let writer = writer(folder.path());
    let mut inside = writer.reader(None).unwrap();
    assert!(inside.next().unwrap().is_none());
    for n in 0..3 {
        let waiting = async { (follower.wait().await, inside.wait().await) };
        let line = format!("line {n}");
        let write = async {
            tokio::task::yield_now().await;
            writer.append(line.as_bytes()).unwrap();
        };
        let both = async { tokio::join!(waiting, write) };
        let ((outside, within), ()) = tokio::time::timeout(Duration::from_secs(20), both)
            .await
            .unwrap();
        assert!(outside.is_ok() && within.is_ok());
        // The first wait ends when the segment appears, before there is a line in it.
        while follower.next().unwrap().is_none() {
            follower.wait().await.unwrap();
        }
        assert_eq!(rest(&mut inside), [line]);
    }
}

#[tokio::test]
async fn a_torn_record_makes_nobody_spin() {
    let folder = in_memory();
    let first = writer(folder.path());
    first.append(b"one").unwrap();
    drop(first);
    let path = segments(folder.path())[0].clone();
    let length = fs::metadata(&path).unwrap().len();
    File::options()
        .write(true)
        .open(path)
        .unwrap()
        .set_len(length - 1)
        .unwrap();
    let mut reader = reader(folder.path(), None);
    assert!(reader.next().unwrap().is_none());
    let waited = tokio::time::timeout(Duration::from_millis(120), reader.wait()).await;
    assert!(waited.is_err(), "there was nothing to wait for");
}

#[test]
fn a_position_is_read_back_or_is_none() {
    for text in ["", "/", "1", "1/", "/1", "1/x", "-1/2", "1/2/3"] {
        assert!(text.parse::<Position>().is_err(), "{text:?}");
    }
    let position: Position = "1795312722626/48".parse().unwrap();
    assert_eq!(position.to_string(), "1795312722626/48");
}

#[test]
fn a_folder_that_cannot_be_made_is_told() {
    let folder = in_memory();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let told = Writer::open(&file.join("journal"), &KEY, clock_at(1000))
        .err()
        .unwrap();
    assert!(
        told.to_string().contains("cannot make the folder"),
        "{told}"
    );
    let source = std::error::Error::source(&told).unwrap();
    assert!(source.downcast_ref::<io::Error>().is_some());
}
