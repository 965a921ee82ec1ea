package compat

import (
	"bytes"
	"slices"
	"strings"
	"sync"
	"time"
)

func produceWith(codec string) func(*Scenario) {
	return func(s *Scenario) {
		s.createTopic(s.Topic, 1)
		var records []Record
		for i := range 1000 {
			records = append(records, textRecord("key-%d", i, "value-%d-"+strings.Repeat("abcdefghij", 10), i))
		}
		s.send(ProducerOptions{Topic: s.Topic, Codec: codec}, records)
		read := s.readAll(1000)
		for i, record := range read {
			s.Equal("offset", record.Offset, i)
			s.Equal("key", string(record.Key), string(records[i].Key))
		}
		s.Equal("CRC of the values", crcOf(read), "51aab9cc")
	}
}

func recompressed(s *Scenario) {
	s.createTopic(s.Topic, 1, "compression.type", "gzip")
	s.send(ProducerOptions{Topic: s.Topic}, numbered("value", 0, 100))
	s.Equal("values", valuesOf(s.readAll(100)), valuesOf(numbered("value", 0, 100)))
}

func keysHeadersNulls(s *Scenario) {
	s.createTopic(s.Topic, 1)
	headers := []Header{{"a", []byte("1")}, {"b", []byte("2")}, {"a", []byte("3")}}
	s.same([]Record{
		{Key: []byte("k"), Value: []byte("v"), Headers: headers},
		{Value: []byte("no key")},
		{Key: []byte("gone")},
	})
}

func emptyValues(s *Scenario) {
	s.createTopic(s.Topic, 1)
	s.same([]Record{{Key: []byte{}, Value: []byte{}}, {Value: []byte{}}, {Key: []byte{}}})
}

// same sends the records and reads exactly them.
func (s *Scenario) same(records []Record) {
	s.send(ProducerOptions{Topic: s.Topic}, records)
	for i, record := range s.readAll(len(records)) {
		s.Equal("key", quoted(record.Key), quoted(records[i].Key))
		s.Equal("value", quoted(record.Value), quoted(records[i].Value))
		s.Equal("headers", record.Headers, records[i].Headers)
	}
}

func largeRecord(s *Scenario) {
	s.createTopic(s.Topic, 1)
	large := make([]byte, 900_000)
	for j := range large {
		large[j] = byte('a' + j%26)
	}
	producer := must(s.Client.NewProducer(ProducerOptions{Topic: s.Topic}))
	defer producer.Close()
	for _, value := range [][]byte{[]byte("before"), large, []byte("after")} {
		s.Check(producer.Send(Record{Value: value}))
	}
	read := s.readAll(3)
	s.Equal("first", string(read[0].Value), "before")
	s.Require(bytes.Equal(read[1].Value, large), "the large record is another")
	s.Equal("last", string(read[2].Value), "after")
}

func timestamps(s *Scenario) {
	s.createTopic(s.Topic, 1)
	var records []Record
	for _, ms := range []int64{1700000000000, 1700000001000, 1600000000000} {
		records = append(records, Record{Value: []byte("v"), Timestamp: time.UnixMilli(ms)})
	}
	s.send(ProducerOptions{Topic: s.Topic}, records)
	for i, record := range s.readAll(3) {
		s.Equal("timestamp", record.Timestamp.UnixMilli(), records[i].Timestamp.UnixMilli())
	}
	appended := s.Topic + "-append"
	s.createTopic(appended, 1, "message.timestamp.type", "LogAppendTime")
	s.send(ProducerOptions{Topic: appended}, records[2:])
	record := s.read(ReaderOptions{Topic: appended}, 1)[0]
	s.Require(time.Since(record.Timestamp).Abs() < time.Minute, "the timestamp is %v", record.Timestamp)
}

func seekOffset(s *Scenario) {
	s.createTopic(s.Topic, 1)
	s.send(ProducerOptions{Topic: s.Topic}, numbered("value", 0, 100))
	reader := s.reader(ReaderOptions{Topic: s.Topic, From: map[int32]int64{0: 42}})
	defer reader.Close()
	read := s.readFrom(reader, 58)
	s.Equal("first offset", read[0].Offset, 42)
	s.Equal("values", valuesOf(read), valuesOf(numbered("value", 42, 100)))
	s.Check(reader.Seek(0, 0))
	s.Equal("first value after the seek", string(s.readFrom(reader, 1)[0].Value), "value-0")
}

func seekTime(s *Scenario) {
	s.createTopic(s.Topic, 1)
	records := numbered("value", 0, 100)
	for i := range records {
		records[i].Timestamp = time.UnixMilli(1700000000000 + 1000*int64(i))
	}
	s.send(ProducerOptions{Topic: s.Topic}, records)
	at := func(ms int64) int64 { return must(s.Client.OffsetAt(s.Topic, 0, time.UnixMilli(ms))) }
	s.Equal("at 1700000050000", at(1700000050000), 50)
	s.Equal("at 1700000050001", at(1700000050001), 51)
	none := at(1800000000000)
	s.Require(none < 0 || none == 100, "at 1800000000000: %d", none)
	read := s.read(ReaderOptions{Topic: s.Topic, From: map[int32]int64{0: 50}}, 50)
	s.Equal("first", string(read[0].Value), "value-50")
}

func manyPartitions(s *Scenario) {
	s.createTopic(s.Topic, 50)
	records := spread(numbered("value", 0, 1000), 50)
	s.send(ProducerOptions{Topic: s.Topic}, records)
	perPartition := byPartition(s.readPartitions(50, 1000))
	for partition, sent := range byPartition(records) {
		s.Equal("values of a partition", valuesOf(perPartition[partition]), valuesOf(sent))
	}
}

func batch100k(s *Scenario) {
	s.createTopic(s.Topic, 4)
	var records []Record
	for i := range 100_000 {
		records = append(records, textRecord("%d", i, "value-%d-"+strings.Repeat("x", i%100), i))
	}
	s.send(ProducerOptions{Topic: s.Topic, Codec: "lz4"}, spread(records, 4))
	perPartition := byPartition(s.readPartitions(4, 100_000))
	for partition, crc := range []string{"1b771846", "f6b2c9b3", "173ac4af", "98433d9c"} {
		s.Equal("records", len(perPartition[int32(partition)]), 25_000)
		s.Equal("CRC of the values", crcOf(perPartition[int32(partition)]), crc)
	}
}

func concurrentProducers(s *Scenario) {
	s.createTopic(s.Topic, 1)
	var all sync.WaitGroup
	failures := make([]error, 4)
	for n := range 4 {
		all.Go(func() {
			producer, err := s.Client.NewProducer(ProducerOptions{Topic: s.Topic})
			if err == nil {
				defer producer.Close()
				err = producer.Send(ofProducer(n)...)
			}
			failures[n] = err
		})
	}
	all.Wait()
	for _, err := range failures {
		s.Check(err)
	}
	perKey := map[string][]Record{}
	for _, record := range s.readAll(2000) {
		perKey[string(record.Key)] = append(perKey[string(record.Key)], record)
	}
	for n := range 4 {
		sent := ofProducer(n)
		s.Require(slices.Equal(valuesOf(perKey[string(sent[0].Key)]), valuesOf(sent)), "the records of producer %d are others", n)
	}
}

func ofProducer(n int) []Record {
	var records []Record
	for i := range 500 {
		records = append(records, textRecord("p%d", n, "p%d-%d", n, i))
	}
	return records
}

func errorTooLarge(s *Scenario) {
	s.createTopic(s.Topic, 1, "max.message.bytes", "10000")
	refusedThenTaken(s, Record{Value: bytes.Repeat([]byte("x"), 20_000)}, messageTooLarge, Record{Value: []byte("small")})
}

func errorNullKey(s *Scenario) {
	s.createTopic(s.Topic, 1, "cleanup.policy", "compact")
	refusedThenTaken(s, Record{Value: []byte("v")}, invalidRecord, Record{Key: []byte("k"), Value: []byte("v")})
}

func refusedThenTaken(s *Scenario, refused Record, code int, taken Record) {
	producer := must(s.Client.NewProducer(ProducerOptions{Topic: s.Topic}))
	s.Refused("the first record", producer.Send(refused), code)
	producer.Close()
	s.send(ProducerOptions{Topic: s.Topic}, []Record{taken})
	s.Equal("values", valuesOf(s.readAll(1)), valuesOf([]Record{taken}))
}
