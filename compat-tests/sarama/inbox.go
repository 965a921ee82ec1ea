package main

import (
	"time"

	"github.com/IBM/sarama"
	"samsa.test/compat"
)

// inbox is where the channels of all partitions run together.
type inbox struct {
	messages chan *sarama.ConsumerMessage
	errors   chan error
}

func newInbox() inbox {
	return inbox{make(chan *sarama.ConsumerMessage, 1000), make(chan error, 1000)}
}

func (inbox inbox) takeAll(messages <-chan *sarama.ConsumerMessage) {
	for message := range messages {
		inbox.messages <- message
	}
}

// Read waits for the first record, and takes what has come by then.
func (inbox inbox) Read() ([]compat.Record, error) {
	select {
	case err := <-inbox.errors:
		return nil, err
	case message := <-inbox.messages:
		records := []compat.Record{recordOf(message)}
		for len(inbox.messages) > 0 {
			records = append(records, recordOf(<-inbox.messages))
		}
		return records, nil
	case <-time.After(100 * time.Millisecond):
		return nil, nil
	}
}

func recordOf(message *sarama.ConsumerMessage) compat.Record {
	record := compat.Record{
		Topic: message.Topic, Partition: message.Partition, Offset: message.Offset,
		Key: message.Key, Value: message.Value, Timestamp: message.Timestamp,
	}
	for _, header := range message.Headers {
		record.Headers = append(record.Headers, compat.Header{Key: string(header.Key), Value: header.Value})
	}
	return record
}
