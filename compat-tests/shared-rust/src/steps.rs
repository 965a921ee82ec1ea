//! The steps that many scenarios share: topics, sending, reading, polling the members of a group.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::time::{Duration, Instant};

use crate::client::{EARLIEST, Error, Member, MemberOptions, Producer, ProducerOptions, Reader, ReaderOptions, Record, Result};
use crate::{Scenario, Step, Stop};

pub const PATIENCE: Duration = Duration::from_secs(30);
pub const QUIET: Duration = Duration::from_millis(500);

pub fn require(holds: bool, what: impl Into<String>) -> Step {
    if holds { Ok(()) } else { Err(Stop::Failed(what.into())) }
}

pub fn equal<T: PartialEq + Debug>(what: &str, seen: T, wanted: T) -> Step {
    if seen == wanted {
        return Ok(());
    }
    let short = |value: T| format!("{value:?}").chars().take(200).collect::<String>();
    Err(Stop::Failed(format!("{what}: {} instead of {}", short(seen), short(wanted))))
}

/// The call must have failed with this number of Kafka's.
pub fn refused<T>(what: &str, result: Result<T>, code: i32) -> Step {
    match result {
        Ok(_) => Err(Stop::Failed(format!("{what} was not refused"))),
        Err(Error::Failed { code: Some(seen), .. }) if seen == code => Ok(()),
        Err(Error::Failed { code: seen, text }) => Err(Stop::Failed(format!("{what}: {seen:?} {text} instead of {code}"))),
        Err(unsupported) => Err(unsupported.into()),
    }
}

/// An error with one of these numbers, or with the word in its text.
pub fn is_fenced(error: &Error, codes: &[i32]) -> bool {
    match error {
        Error::Failed { code, text } => code.is_some_and(|code| codes.contains(&code)) || text.to_lowercase().contains("fenced"),
        Error::Unsupported(_) => false,
    }
}

impl Scenario {
    pub fn until(&self, what: &str, limit: Duration, mut is_done: impl FnMut() -> Step<bool>) -> Step {
        let deadline = Instant::now() + limit;
        while !is_done()? {
            require(Instant::now() < deadline, format!("{what}: not within {limit:?}"))?;
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(())
    }

    /// Makes the scenario's topic, and waits until its partitions answer.
    pub fn create_topic(&self, partitions: i32, configs: &[(&str, &str)]) -> Step {
        self.create_named(&self.topic, partitions, 1, configs)
    }

    pub fn create_named(&self, topic: &str, partitions: i32, replicas: i32, configs: &[(&str, &str)]) -> Step {
        self.client.create_topic(topic, partitions, replicas, configs)?;
        self.until("the topic has its partitions", PATIENCE, || {
            Ok(self.client.cluster(topic).is_ok_and(|cluster| cluster.partitions.len() == partitions as usize))
        })?;
        // A leader is named a moment before it takes records.
        (0..partitions).try_for_each(|partition| {
            let answers = || Ok(self.client.end_offset(topic, partition).is_ok());
            self.until(&format!("partition {partition} answers"), PATIENCE, answers)
        })
    }

    pub fn producer(&self) -> Step<Box<dyn Producer>> {
        Ok(self.client.new_producer(&self.producer_options())?)
    }

    pub fn producer_options(&self) -> ProducerOptions {
        ProducerOptions { topic: self.topic.clone(), ..ProducerOptions::default() }
    }

    /// Sends with a producer of its own.
    pub fn send(&self, records: &[Record]) -> Step {
        Ok(self.producer()?.send(records)?)
    }

    pub fn reader_options(&self) -> ReaderOptions {
        ReaderOptions { topic: self.topic.clone(), start: BTreeMap::from([(0, EARLIEST)]), read_committed: false }
    }

    /// Reads exactly so many from one partition: nothing may follow.
    pub fn read(&self, count: usize) -> Step<Vec<Record>> {
        self.read_with(self.reader_options(), count)
    }

    pub fn read_partitions(&self, partitions: i32, count: usize) -> Step<BTreeMap<i32, Vec<Record>>> {
        let start = (0..partitions).map(|partition| (partition, EARLIEST)).collect();
        Ok(by_partition(&self.read_with(ReaderOptions { start, ..self.reader_options() }, count)?))
    }

    pub fn read_with(&self, options: ReaderOptions, count: usize) -> Step<Vec<Record>> {
        let mut reader = self.client.new_reader(&options)?;
        let records = read_from(reader.as_mut(), count)?;
        equal("records", records.len() + read_for(reader.as_mut(), QUIET)?.len(), count)?;
        reader.close()?;
        Ok(records)
    }

    /// What a new reader finds, until nothing follows the count that must be there.
    pub fn everything(&self, count: usize) -> Step<Vec<String>> {
        let mut reader = self.client.new_reader(&self.reader_options())?;
        let mut records = read_from(reader.as_mut(), count)?;
        records.extend(read_for(reader.as_mut(), QUIET)?);
        reader.close()?;
        Ok(values_of(&records))
    }

    pub fn member_options(&self) -> MemberOptions {
        MemberOptions {
            group: self.group.clone(),
            topic: self.topic.clone(),
            client_id: "compat",
            session_timeout: Duration::from_secs(10),
            ..MemberOptions::default()
        }
    }

    pub fn join(&self) -> Step<Box<dyn Member>> {
        Ok(self.client.join(&self.member_options())?)
    }
}

/// Has a member of the group read exactly so many values, and closes it.
pub fn read_as(mut member: Box<dyn Member>, count: usize) -> Step<Vec<String>> {
    let mut records = read_from(member.as_mut(), count)?;
    records.extend(read_for(member.as_mut(), QUIET)?);
    member.close()?;
    Ok(values_of(&records))
}

pub fn read_from(reader: &mut (impl Reader + ?Sized), count: usize) -> Step<Vec<Record>> {
    let mut records = Vec::new();
    let deadline = Instant::now() + PATIENCE;
    while records.len() < count {
        require(Instant::now() < deadline, format!("only {} of {count} records", records.len()))?;
        records.extend(reader.read()?);
    }
    Ok(records)
}

pub fn read_for(reader: &mut (impl Reader + ?Sized), time: Duration) -> Step<Vec<Record>> {
    let mut records = Vec::new();
    let end = Instant::now() + time;
    while Instant::now() < end {
        records.extend(reader.read()?);
    }
    Ok(records)
}

/// Reads until it is done, through the errors that come while a broker is away.
pub fn read_through(reader: &mut (impl Reader + ?Sized), limit: Duration, mut is_done: impl FnMut(Vec<Record>) -> bool) -> Step {
    let deadline = Instant::now() + limit;
    while !is_done(reader.read().unwrap_or_default()) {
        require(Instant::now() < deadline, format!("not all is read within {limit:?}"))?;
    }
    Ok(())
}

/// Reads from all members in turn, until it is done; gives what they read.
pub fn poll<const COUNT: usize>(
    what: &str,
    limit: Duration,
    mut members: [&mut dyn Member; COUNT],
    mut is_done: impl FnMut(&mut [&mut dyn Member; COUNT], &[Record]) -> bool,
) -> Step<Vec<Record>> {
    let mut records = Vec::new();
    let deadline = Instant::now() + limit;
    while !is_done(&mut members, &records) {
        require(Instant::now() < deadline, format!("{what}: not within {limit:?}"))?;
        for member in members.iter_mut() {
            records.extend(member.read()?);
        }
    }
    Ok(records)
}

pub fn poll_for<const COUNT: usize>(time: Duration, members: [&mut dyn Member; COUNT]) -> Step<Vec<Record>> {
    let end = Instant::now() + time;
    poll("", time + PATIENCE, members, |_, _| Instant::now() >= end)
}

pub fn until_has(member: &mut dyn Member, count: usize, limit: Duration) -> Step {
    let what = format!("it has {count} partitions");
    poll(&what, limit, [member], |[member], _| member.assigned().len() == count).map(drop)
}

/// Two members have two partitions each, none in common.
pub fn until_shared(one: &mut dyn Member, other: &mut dyn Member) -> Step {
    poll("each has 2", PATIENCE, [one, other], |[one, other], _| {
        let mut both = one.assigned();
        let halves = both.len() == 2;
        both.extend(other.assigned());
        both.sort();
        halves && both == [0, 1, 2, 3]
    })
    .map(drop)
}

pub fn numbered(word: &str, numbers: std::ops::Range<usize>) -> Vec<Record> {
    numbers.map(|number| Record { value: Some(format!("{word}-{number}").into_bytes()), ..Record::default() }).collect()
}

/// Gives each record the partition of its place in the list.
pub fn spread(mut records: Vec<Record>, partitions: i32) -> Vec<Record> {
    for (place, record) in records.iter_mut().enumerate() {
        record.partition = place as i32 % partitions;
    }
    records
}

pub fn by_partition(records: &[Record]) -> BTreeMap<i32, Vec<Record>> {
    let mut partitions = BTreeMap::<i32, Vec<Record>>::new();
    for record in records {
        partitions.entry(record.partition).or_default().push(record.clone());
    }
    partitions
}

pub fn values_of(records: &[Record]) -> Vec<String> {
    records.iter().map(|record| String::from_utf8_lossy(record.value.as_deref().unwrap_or_default()).into_owned()).collect()
}

pub fn crc_of(records: &[Record]) -> String {
    let mut sum = crc32fast::Hasher::new();
    for record in records {
        sum.update(record.value.as_deref().unwrap_or_default());
        sum.update(b"\n");
    }
    format!("{:08x}", sum.finalize())
}
