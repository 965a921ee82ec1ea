package main

import (
	"context"
	"time"

	"github.com/segmentio/kafka-go"
	"samsa.test/compat"
)

// inbox is where the readers of all partitions run together.
type inbox = compat.Inbox[kafka.Message]

func newInbox() inbox {
	return compat.NewInbox(recordOf)
}

// takeAll reads a partition until the context ends.
func takeAll(lifetime context.Context, to inbox, reader *kafka.Reader) {
	for {
		message, err := reader.FetchMessage(lifetime)
		if lifetime.Err() != nil {
			return
		}
		if err != nil {
			to.Errors <- err
			return
		}
		select {
		case to.Messages <- message:
		case <-lifetime.Done():
			return
		}
	}
}

func recordOf(message kafka.Message) compat.Record {
	record := compat.Record{
		Topic: message.Topic, Partition: int32(message.Partition), Offset: message.Offset,
		Key: message.Key, Value: message.Value, Timestamp: message.Time,
	}
	for _, header := range message.Headers {
		record.Headers = append(record.Headers, compat.Header{Key: header.Key, Value: header.Value})
	}
	return record
}

func (client *client) partitionReader(topic string, partition int, offset int64, isolation kafka.IsolationLevel) (*kafka.Reader, error) {
	reader := kafka.NewReader(kafka.ReaderConfig{
		Brokers: client.servers, Topic: topic, Partition: partition, MaxWait: 100 * time.Millisecond,
		MaxBytes: 10 << 20, IsolationLevel: isolation, ReadBackoffMax: 200 * time.Millisecond,
	})
	return reader, reader.SetOffset(offset)
}

func (client *client) NewReader(options compat.ReaderOptions) (compat.SeekingReader, error) {
	lifetime, end := context.WithCancel(context.Background())
	all := &reader{inbox: newInbox(), partitions: map[int32]*kafka.Reader{}, end: end}
	isolation := kafka.ReadUncommitted
	if options.ReadCommitted {
		isolation = kafka.ReadCommitted
	}
	for partition, offset := range options.From {
		one, err := client.partitionReader(options.Topic, int(partition), offset, isolation)
		if err != nil {
			return nil, err
		}
		all.partitions[partition] = one
		go takeAll(lifetime, all.inbox, one)
	}
	return all, nil
}

type reader struct {
	inbox
	partitions map[int32]*kafka.Reader
	end        context.CancelFunc
}

func (reader *reader) Seek(partition int32, offset int64) error {
	return reader.partitions[partition].SetOffset(offset)
}

func (reader *reader) Close() error {
	reader.end()
	for _, partition := range reader.partitions {
		go partition.Close()
	}
	return nil
}
