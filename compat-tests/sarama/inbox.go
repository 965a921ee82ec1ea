package main

import (
	"github.com/IBM/sarama"
	"samsa.test/compat"
)

// inbox is where the channels of all partitions run together.
type inbox = compat.Inbox[*sarama.ConsumerMessage]

func newInbox() inbox {
	return compat.NewInbox(recordOf)
}

func takeAll(to inbox, messages <-chan *sarama.ConsumerMessage) {
	for message := range messages {
		to.Messages <- message
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
