//! Lines out of a stream, none of them longer than there is memory for.

use std::io;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

/// Longest notification. Signal carries at most 96 KiB in a message; its text comes once, as JSON.
pub const LONGEST: usize = 1 << 20;

/// Longest answer: `listGroups` names every member of every group, some 250 bytes each.
pub const LONGEST_ANSWER: usize = 16 << 20;

/// A buffer that grew beyond this is given back.
const KEPT: usize = 64 << 10;

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next<'l> {
    /// A line, without its end.
    Line(&'l [u8]),
    /// A line that was passed over because of its length.
    TooLong,
    /// Nothing comes any more.
    End,
}

/// Lines of a stream.
pub(super) struct Lines<R> {
    stream: BufReader<R>,
    line: Vec<u8>,
    /// The line was handed out: the next one begins.
    is_done: bool,
    /// The rest of a line is passed over.
    is_passing: bool,
}

impl<R: AsyncRead + Unpin> Lines<R> {
    pub(super) fn new(stream: R) -> Self {
        Self {
            stream: BufReader::with_capacity(16 << 10, stream),
            line: Vec::new(),
            is_done: false,
            is_passing: false,
        }
    }

    /// Waits for the next line. Waiting may be broken off at any time; nothing is lost by it.
    pub(super) async fn next(&mut self) -> io::Result<Next<'_>> {
        if self.is_done {
            self.is_done = false;
            self.line.clear();
            if self.line.capacity() > KEPT {
                self.line = Vec::new();
            }
        }
        loop {
            let available = self.stream.fill_buf().await?;
            let end = available.iter().position(|byte| *byte == b'\n');
            let part = &available[..end.unwrap_or(available.len())];
            let is_over = available.is_empty();
            if !self.is_passing {
                self.line.extend_from_slice(part);
                if self.line.len() > LONGEST && self.line.len() > longest(&self.line) {
                    self.is_passing = true;
                    self.line = Vec::new();
                }
            }
            let taken = part.len() + usize::from(end.is_some());
            self.stream.consume(taken);
            if end.is_none() && !is_over {
                continue;
            }
            if self.is_passing {
                self.is_passing = false;
                return Ok(Next::TooLong);
            }
            if is_over && self.line.is_empty() {
                return Ok(Next::End);
            }
            // The last line may lack its end.
            self.is_done = true;
            return Ok(Next::Line(&self.line));
        }
    }
}

/// How long a line may be that begins so.
fn longest(line: &[u8]) -> usize {
    let beginning = String::from_utf8_lossy(&line[..line.len().min(200)]);
    let is_answer = ["\"result\"", "\"error\""]
        .iter()
        .any(|name| beginning.contains(name))
        && !beginning.contains("\"method\"");
    if is_answer { LONGEST_ANSWER } else { LONGEST }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lines of a stream; how long each is, `None` where one was too long. And the most that was held.
    async fn lengths(stream: &[u8]) -> (Vec<Option<usize>>, usize) {
        let mut lines = Lines::new(stream);
        let mut lengths = Vec::new();
        let mut most = 0;
        loop {
            match lines.next().await.unwrap() {
                Next::Line(line) => lengths.push(Some(line.len())),
                Next::TooLong => lengths.push(None),
                Next::End => return (lengths, most),
            }
            most = most.max(lines.line.capacity());
        }
    }

    #[tokio::test]
    async fn lines_come_whole_and_one_by_one() {
        for (stream, expected) in [
            (&b""[..], vec![]),
            (b"abc\nde\n", vec![Some(3), Some(2)]),
            (b"\n\nabc", vec![Some(0), Some(0), Some(3)]),
        ] {
            assert_eq!(lengths(stream).await.0, expected);
        }
    }

    #[tokio::test]
    async fn a_line_that_is_too_long_is_passed_over_and_the_next_one_read() {
        let mut stream = vec![b'x'; 3 * LONGEST];
        stream.extend_from_slice(b"\nabc\n");
        let (got, most) = lengths(&stream).await;
        assert_eq!(got, [None, Some(3)]);
        assert!(most <= 2 * LONGEST, "{most}");
        let just = [vec![b'x'; LONGEST], b"\nabc\n".to_vec()].concat();
        assert_eq!(lengths(&just).await.0, [Some(LONGEST), Some(3)]);
        let at_the_end = vec![b'x'; LONGEST + 1];
        assert_eq!(lengths(&at_the_end).await.0, [None]);
    }

    #[tokio::test]
    async fn answers_may_be_longer_than_notifications() {
        for (beginning, expected) in [
            ("{\"jsonrpc\":\"2.0\",\"result\":[", Some(3 * LONGEST)),
            (
                "{\"jsonrpc\":\"2.0\",\"method\":\"receive\",\"params\":{\"result\":",
                None,
            ),
        ] {
            let mut stream = beginning.as_bytes().to_vec();
            stream.resize(3 * LONGEST, b' ');
            assert_eq!(lengths(&stream).await.0, [expected], "{beginning}");
        }
        let mut stream = b"{\"result\":[".to_vec();
        stream.resize(LONGEST_ANSWER + 1, b' ');
        assert_eq!(lengths(&stream).await.0, [None]);
    }
}
