package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"io"
	"net"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kmsg"
)

// A client that hardly does anything: each connection sends the same batch again and again, to one partition after the
// other, with so many requests in flight, until its time is over or enough requests are sent.
func raw(o options) (outcome, error) {
	connections, err := many(o.clients, func() (net.Conn, error) { return net.Dial("tcp", o.bootstrap) })
	if err != nil {
		return outcome{}, err
	}
	batch, records := batchOf(o.size, o.batch)
	w := &rawWork{options: o, batch: batch, times: newLatencies(1 << 20)}
	w.deadline = time.Now().Add(time.Duration(o.seconds) * time.Second)
	ended := make(chan error, len(connections))
	started := time.Now()
	for _, connection := range connections {
		go func() { ended <- w.drive(connection) }()
	}
	for range connections {
		if err := <-ended; err != nil {
			return outcome{}, err
		}
	}
	seconds := time.Since(started).Seconds()
	answered := len(w.times.times)
	found := outcome{Requests: answered, Records: answered * records, Bytes: answered * len(batch), Seconds: seconds}
	found.LatencyMs = w.times.percentiles()
	return found, nil
}

// What all connections do together.
type rawWork struct {
	options
	batch    []byte
	deadline time.Time
	sent     atomic.Int64
	times    *latencies
}

func (w *rawWork) drive(connection net.Conn) error {
	inFlight := make(chan time.Time, w.inFlight)
	failed := make(chan error, 1)
	go func() { failed <- w.readAnswers(connection, inFlight) }()
	formatter := kmsg.NewRequestFormatter(kmsg.FormatterClientID("bench"))
	var buffer []byte
	var err error
	for err == nil {
		number := w.sent.Add(1) - 1
		if (w.requests > 0 && number >= int64(w.requests)) || (w.seconds > 0 && time.Now().After(w.deadline)) {
			break
		}
		buffer = formatter.AppendRequest(buffer[:0], w.request(int(number)), int32(number))
		select {
		case inFlight <- time.Now():
			_, err = connection.Write(buffer)
		case err = <-failed:
			return err
		}
	}
	close(inFlight)
	if err != nil {
		return err
	}
	return <-failed
}

const produceVersion = 9

func (w *rawWork) request(number int) *kmsg.ProduceRequest {
	number %= w.topics * w.partitions
	request := kmsg.NewPtrProduceRequest()
	request.Version = produceVersion
	request.Acks = -1
	request.TimeoutMillis = 60_000
	topic := kmsg.NewProduceRequestTopic()
	topic.Topic = fmt.Sprintf("%s-%d", w.topic, number/w.partitions)
	partition := kmsg.NewProduceRequestTopicPartition()
	partition.Partition = int32(number % w.partitions)
	partition.Records = w.batch
	topic.Partitions = append(topic.Partitions, partition)
	request.Topics = append(request.Topics, topic)
	return request
}

const (
	answerHeaderBytes       = 5
	unknownTopicOrPartition = 3
	notLeaderOrFollower     = 6
)

func (w *rawWork) readAnswers(connection net.Conn, inFlight <-chan time.Time) error {
	reader := bufio.NewReader(connection)
	var size [4]byte
	for sent := range inFlight {
		if _, err := io.ReadFull(reader, size[:]); err != nil {
			return err
		}
		answer := make([]byte, binary.BigEndian.Uint32(size[:]))
		if _, err := io.ReadFull(reader, answer); err != nil {
			return err
		}
		took := time.Since(sent)
		response := kmsg.ProduceResponse{Version: produceVersion}
		if err := response.ReadFrom(answer[answerHeaderBytes:]); err != nil {
			return err
		}
		switch code := response.Topics[0].Partitions[0].ErrorCode; code {
		case 0:
			w.times.add(took)
		case unknownTopicOrPartition, notLeaderOrFollower:
			// Apache Kafka tells of a new partition before it takes records for it: the next ones will be taken.
			time.Sleep(time.Millisecond)
		default:
			return fmt.Errorf("produce failed with error %d", code)
		}
	}
	return nil
}

// As many records of a size as a batch of so many bytes has room for; at least one.
func batchOf(size, bytes int) ([]byte, int) {
	value := filled(size)
	var records []byte
	count := 0
	for header := len((&kmsg.RecordBatch{}).AppendTo(nil)); count == 0 || header+len(records)+size+16 <= bytes; count++ {
		records = append(records, recordOf(value, count)...)
	}
	now := time.Now().UnixMilli()
	batch := kmsg.RecordBatch{
		Magic: 2, LastOffsetDelta: int32(count - 1), FirstTimestamp: now, MaxTimestamp: now,
		ProducerID: -1, ProducerEpoch: -1, FirstSequence: -1, NumRecords: int32(count), Records: records,
	}
	const lengthEnd, crcStart, crcEnd = 12, 17, 21
	batch.Length = int32(len(batch.AppendTo(nil)) - lengthEnd)
	written := batch.AppendTo(nil)
	binary.BigEndian.PutUint32(written[crcStart:], crc32.Checksum(written[crcEnd:], crc32.MakeTable(crc32.Castagnoli)))
	return written, count
}

func recordOf(value []byte, offsetDelta int) []byte {
	record := kmsg.Record{OffsetDelta: int32(offsetDelta), Value: value}
	// A length of 0 takes one byte, which is not part of the length.
	record.Length = int32(len(record.AppendTo(nil)) - 1)
	return record.AppendTo(nil)
}
