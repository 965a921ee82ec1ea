//! What is sent comes back as it was sent.

use std::collections::BTreeMap;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::client::{ProducerOptions, ReaderOptions, Record};
use crate::steps::{by_partition, crc_of, equal, numbered, read_from, refused, require, spread, values_of};
use crate::{Scenario, Step, Stop};

const MESSAGE_TOO_LARGE: i32 = 10;
const INVALID_RECORD: i32 = 87;

fn record(key: Option<&[u8]>, value: Option<&[u8]>) -> Record {
    Record { key: key.map(<[u8]>::to_vec), value: value.map(<[u8]>::to_vec), ..Record::default() }
}

pub fn produce_with(s: &Scenario, codec: Option<&'static str>) -> Step {
    s.create_topic(1, &[])?;
    let records: Vec<Record> = (0..1000)
        .map(|i| {
            let value = format!("value-{i}-{}", "abcdefghij".repeat(10));
            record(Some(format!("key-{i}").as_bytes()), Some(value.as_bytes()))
        })
        .collect();
    s.client.new_producer(&ProducerOptions { codec, ..s.producer_options() })?.send(&records)?;
    let found = s.read(1000)?;
    require(found.iter().map(|one| one.offset).eq(0..1000), "the offsets are others")?;
    require(found.iter().map(|one| &one.key).eq(records.iter().map(|one| &one.key)), "the keys are others")?;
    equal("CRC of the values", crc_of(&found).as_str(), "51aab9cc")
}

pub fn recompressed(s: &Scenario) -> Step {
    s.create_topic(1, &[("compression.type", "gzip")])?;
    s.send(&numbered("value", 0..100))?;
    equal("values", values_of(&s.read(100)?), values_of(&numbered("value", 0..100)))
}

pub fn keys_headers_nulls(s: &Scenario) -> Step {
    let mut first = record(Some(b"k"), Some(b"v"));
    first.headers = [("a", b"1"), ("b", b"2"), ("a", b"3")].map(|(name, value)| (name.into(), Some(value.to_vec()))).into();
    same(s, &[first, record(None, Some(b"no key")), record(Some(b"gone"), None)])
}

pub fn empty_values(s: &Scenario) -> Step {
    same(s, &[record(Some(b""), Some(b"")), record(None, Some(b"")), record(Some(b""), None)])
}

/// Sends the records and reads exactly them.
fn same(s: &Scenario, records: &[Record]) -> Step {
    s.create_topic(1, &[])?;
    s.send(records)?;
    for (seen, sent) in s.read(records.len())?.into_iter().zip(records) {
        equal("key", seen.key.as_ref(), sent.key.as_ref())?;
        equal("value", seen.value.as_ref(), sent.value.as_ref())?;
        equal("headers", &seen.headers, &sent.headers)?;
    }
    Ok(())
}

pub fn large_record(s: &Scenario) -> Step {
    s.create_topic(1, &[])?;
    let large: Vec<u8> = (0..900_000).map(|j| b'a' + (j % 26) as u8).collect();
    let sent = [&b"before"[..], &large, b"after"];
    let producer = s.producer()?;
    for value in sent {
        producer.send(&[record(None, Some(value))])?;
    }
    let found = s.read(3)?;
    require(found.iter().map(|one| one.value.as_deref()).eq(sent.map(Some)), "the values are others")
}

pub fn timestamps(s: &Scenario) -> Step {
    s.create_topic(1, &[])?;
    let at = |ms| Record { timestamp_ms: Some(ms), ..record(None, Some(b"v")) };
    let times = [1_700_000_000_000, 1_700_000_001_000, 1_600_000_000_000];
    s.send(&times.map(at))?;
    equal("timestamps", s.read(3)?.iter().map(|one| one.timestamp_ms).collect(), times.map(Some).to_vec())?;
    let appended = format!("{}-append", s.topic);
    s.create_named(&appended, 1, 1, &[("message.timestamp.type", "LogAppendTime")])?;
    let options = ProducerOptions { topic: appended.clone(), ..s.producer_options() };
    s.client.new_producer(&options)?.send(&[at(times[2])])?;
    let found = s.read_with(ReaderOptions { topic: appended, ..s.reader_options() }, 1)?;
    let now_ms = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as i64;
    let seen = found[0].timestamp_ms.unwrap_or_default();
    require((now_ms - seen).abs() < 60_000, format!("the timestamp is {seen}"))
}

pub fn seek_offset(s: &Scenario) -> Step {
    s.create_topic(1, &[])?;
    s.send(&numbered("value", 0..100))?;
    let mut reader = s.client.new_reader(&ReaderOptions { start: BTreeMap::from([(0, 42)]), ..s.reader_options() })?;
    let found = read_from(reader.as_mut(), 58)?;
    equal("first offset", found[0].offset, 42)?;
    equal("values", values_of(&found), values_of(&numbered("value", 42..100)))?;
    reader.seek(0, 0)?;
    equal("after the seek", &values_of(&read_from(reader.as_mut(), 1)?)[0], &"value-0".to_string())?;
    Ok(reader.close()?)
}

pub fn seek_time(s: &Scenario) -> Step {
    s.create_topic(1, &[])?;
    let mut records = numbered("value", 0..100);
    for (i, record) in records.iter_mut().enumerate() {
        record.timestamp_ms = Some(1_700_000_000_000 + 1000 * i as i64);
    }
    s.send(&records)?;
    let at = |ms| s.client.offset_at(&s.topic, 0, ms);
    equal("at 1700000050000", at(1_700_000_050_000)?, Some(50))?;
    equal("at 1700000050001", at(1_700_000_050_001)?, Some(51))?;
    let none = at(1_800_000_000_000)?;
    require(none.is_none_or(|offset| offset < 0 || offset == 100), format!("at 1800000000000: {none:?}"))?;
    let found = s.read_with(ReaderOptions { start: BTreeMap::from([(0, 50)]), ..s.reader_options() }, 50)?;
    equal("first", &values_of(&found)[0], &"value-50".to_string())
}

pub fn many_partitions(s: &Scenario) -> Step {
    s.create_topic(50, &[])?;
    let records = spread(numbered("value", 0..1000), 50);
    s.send(&records)?;
    let found = s.read_partitions(50, 1000)?;
    for (partition, sent) in by_partition(&records) {
        equal("values of a partition", values_of(&found[&partition]), values_of(&sent))?;
    }
    Ok(())
}

pub fn batch_100k(s: &Scenario) -> Step {
    s.create_topic(4, &[])?;
    let records = (0..100_000).map(|i| {
        let value = format!("value-{i}-{}", "x".repeat(i % 100));
        record(Some(i.to_string().as_bytes()), Some(value.as_bytes()))
    });
    let options = ProducerOptions { codec: Some("lz4"), ..s.producer_options() };
    s.client.new_producer(&options)?.send(&spread(records.collect(), 4))?;
    let found = s.read_partitions(4, 100_000)?;
    for (partition, crc) in (0..4).zip(["1b771846", "f6b2c9b3", "173ac4af", "98433d9c"]) {
        equal("records", found[&partition].len(), 25_000)?;
        equal("CRC of the values", crc_of(&found[&partition]).as_str(), crc)?;
    }
    Ok(())
}

pub fn concurrent_producers(s: &Scenario) -> Step {
    s.create_topic(1, &[])?;
    let of_producer = |n: usize| -> Vec<Record> {
        let one = |i| record(Some(format!("p{n}").as_bytes()), Some(format!("p{n}-{i}").as_bytes()));
        (0..500).map(one).collect()
    };
    std::thread::scope(|scope| {
        let senders: Vec<_> = (0..4).map(|n| scope.spawn(move || s.send(&of_producer(n)))).collect();
        senders.into_iter().try_for_each(|one| one.join().unwrap_or(Err(Stop::Failed("a sender panicked".into()))))
    })?;
    let found = s.read(2000)?;
    for records in (0..4).map(of_producer) {
        let of_one: Vec<Record> = found.iter().filter(|one| one.key == records[0].key).cloned().collect();
        equal("records of a producer", values_of(&of_one), values_of(&records))?;
    }
    Ok(())
}

pub fn error_too_large(s: &Scenario) -> Step {
    s.create_topic(1, &[("max.message.bytes", "10000")])?;
    refused_then_taken(s, record(None, Some(&[b'x'; 20_000])), MESSAGE_TOO_LARGE, record(None, Some(b"small")))
}

pub fn error_null_key(s: &Scenario) -> Step {
    s.create_topic(1, &[("cleanup.policy", "compact")])?;
    refused_then_taken(s, record(None, Some(b"v")), INVALID_RECORD, record(Some(b"k"), Some(b"v")))
}

fn refused_then_taken(s: &Scenario, wrong: Record, code: i32, right: Record) -> Step {
    refused("the first record", s.producer()?.send(&[wrong]), code)?;
    s.send(std::slice::from_ref(&right))?;
    equal("values", values_of(&s.read(1)?), values_of(&[right]))
}
